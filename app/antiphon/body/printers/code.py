"""What the printers of code in braces share: comments and strings of any length, and rows that begin at a depth."""

import re
from typing import Final

from antiphon.body.printers.lexing import DEEPEST_INDENT, INDENT, LexingPrinter

_STRINGS: Final = {
    quote: re.compile(rb"[^%s\\\n]*+(?:\\.[^%s\\\n]*+)*" % (quote, quote), re.DOTALL)
    for quote in (b'"', b"'")
}
_LINES: Final = tuple(b"\n" + INDENT * depth for depth in range(DEEPEST_INDENT + 1))


class CodePrinter(LexingPrinter):
    """A `Printer` that knows `/* */` and two kinds of quotes; a subclass takes all other tokens by `_code`."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = b""
        """What ends the comment or string that is open."""
        self._depth = 0

    def _token(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._inside in _STRINGS:
            return self._string_rest(text, place, is_end=is_end)
        if self._inside:
            return self._comment_rest(text, place, is_end=is_end)
        return self._code(text, place, is_end=is_end)

    def _code(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        raise NotImplementedError

    def _string_broken(self, place: int) -> None:
        """Take note that a line ends, at *place*, in a string."""

    def _row(self, depth: int) -> bytes:
        return _LINES[max(0, min(depth, DEEPEST_INDENT))]

    def _string_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        end = _STRINGS[self._inside].match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        following = text[end : end + 1]
        if following == b"\\" and is_end:
            end, following = len(text), b""
        self._put(text[place:end])
        if following == b"\n":
            self._inside = b""
            self._string_broken(end)
        elif following == self._inside:
            self._put(following)
            self._inside = b""
            return end + 1
        return end if end > place or not self._inside else None

    def _comment_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        end = text.find(self._inside, place)
        if end < 0:
            end = len(text) if is_end else max(place, len(text) - len(self._inside) + 1)
            self._put(text[place:end])
            return end if end > place else None
        end += len(self._inside)
        self._put(text[place:end])
        self._inside = b""
        return end
