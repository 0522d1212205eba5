"""What is looked for in a body, and the expression of Python's `re` that says what a match is."""

import re
from dataclasses import dataclass

Match = tuple[int, int]
"""Offset and length in bytes."""

_GLOBAL_FLAGS = re.compile(r"(?:\(\?[aiLmsux]+\))*")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; equal queries find the same."""

    text: str
    is_regex: bool = False
    is_case_sensitive: bool = False
    is_whole_word: bool = False
    """Neither the character before a match nor the one after it belongs to a word (`\\w`)."""

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern that finds this in decoded text.

        Raises:
            re.error: The expression is wrong; its message says where.
        """
        try:
            pattern = re.compile(self.text if self.is_regex else re.escape(self.text), self._flags)
            return re.compile(self.expression, self._flags) if self.is_whole_word else pattern
        except (OverflowError, RecursionError) as error:
            raise re.error(str(error)) from error

    @property
    def expression(self) -> str:
        """The source of the pattern."""
        source = self.text if self.is_regex else re.escape(self.text)
        if not self.is_whole_word:
            return source
        flags = _GLOBAL_FLAGS.match(source)[0] if self.is_regex else ""  # type: ignore[index]
        end = "\n)" if "x" in flags else ")"  # a comment at the end must not swallow the bracket
        return f"{flags}(?<!\\w)(?:{source[len(flags) :]}{end}(?!\\w)"

    @property
    def _flags(self) -> re.RegexFlag:
        return re.MULTILINE | (re.NOFLAG if self.is_case_sensitive else re.IGNORECASE)
