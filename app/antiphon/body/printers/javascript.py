"""JavaScript laid out for reading, its long lines only: what was written in short ones has been laid out by somebody.

A row begins after `{`, `;` and `}` and before `}`, and between the members of braces. A line break in these places
changes nothing in what the code does (ECMAScript, section 12.10: automatic semicolons), and none that was there is
lost. Strings, templates, regular expressions and comments are never touched. A slash is a division or begins a regular
expression by what stands before it; where a line ends in a string or an expression, the rest stays as it came.
"""

import re
from typing import Final

from antiphon.body.printers.code import CodePrinter
from antiphon.body.printers.lexing import LONGEST_HELD_BYTES

LONG_LINE_BYTES: Final = 200

_SPACE = re.compile(rb"[ \t\r\n\f\v]++")
_LETTERS, _SIGNS = rb"A-Za-z0-9_$#@\x80-\xff", rb"-.=!<>?:&|+*~^%"
_BOTH = _SIGNS + _LETTERS
_WORD = re.compile(rb"[" + _LETTERS + rb"]++")
_RUN = rb"((?:[" + _LETTERS + rb"]*+[" + _SIGNS + rb"]++)*)([" + _LETTERS + rb"]*+)"
"""Words and signs, and the word at their end."""
_PART = re.compile(
    rb"([ \t]*+)(?:" + _RUN + rb"(?=[^" + _BOTH + rb"]))?"
    rb"(\([" + _BOTH + rb",]*+\)|\[[" + _BOTH + rb",]*+\]|[\[\](){};,]?)"
)  # fmt: skip
"""A run, not where it may go on behind the text, and after it a bracket, or two with nothing but runs in them."""
_LONE_RUN = re.compile(_RUN)
_REGEX = re.compile(rb"/(?:[^/\\\[\n]++|\\[^\n]|\[(?:[^\]\\\n]++|\\[^\n])*\])+/[A-Za-z]*+")
_TEMPLATE = re.compile(rb"[^`\\$]*+(?:(?:\\.|\$(?=[^{]))[^`\\$]*+)*", re.DOTALL)
_BEFORE_REGEX = frozenset(
    b"return typeof case in of do else void delete throw new instanceof yield await default extends".split()
)
_BEFORE_PARENTHESIS = frozenset({b"if", b"while", b"for", b"with"})
_TWO_SIGNS = (b"++", b"--", b"=>")
_GOES_ON = frozenset(b"else catch finally while in of instanceof from as".split())
"""Words that go on in the row of a `}`."""


class JavaScriptPrinter(CodePrinter):
    """A `Printer` of JavaScript."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[bytes] = []
        """Brackets; `$` for a part of a template, `i` for the parenthesis of an `if` or a loop."""
        self._is_long: bool | None = None
        self._in_template = False
        self._begins_line = True
        self._breaks = False
        self._spaces = b""
        self._word = b""
        self._last = b""
        self._may_regex = True

    def _code(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._in_template:
            return self._template_rest(text, place, is_end=is_end)
        if (space := _SPACE.match(text, place)) is not None:
            return self._space(space, len(text), is_end=is_end)
        if self._is_long is None and not self._measure(text, place, is_end=is_end):
            return None
        if (after := self._parts(text, place)) > place:
            return after
        token = text[place : place + 1]
        if token in {b'"', b"'"}:
            self._plain(token, may_regex=False)
            self._inside = token
            return place + 1
        if token == b"`":
            self._plain(token, may_regex=False)
            self._in_template = True
            return place + 1
        if token == b"/":
            return self._slash(text, place, is_end=is_end)
        return self._other(text, place, is_end=is_end)

    def _parts(self, text: bytes, place: int) -> int:
        """Lay out words, signs and brackets as long as they follow each other, and return where they end."""
        while (part := _PART.match(text, place)) is not None and part.end() > place:
            spaces, head, word, bracket = part.groups()
            if spaces:
                self._spaces += spaces
            if head or word:
                self._run_of(head, word)
            if bracket == b"}":
                self._close_brace()
                if self._in_template:
                    return part.end()
            elif len(bracket) > 1:
                self._plain(bracket, may_regex=bracket[:1] == b"(" and self._word in _BEFORE_PARENTHESIS)
                self._last = bracket[-1:]
            elif bracket:
                self._bracket(bracket)
            place = part.end()
        return place

    def _end(self) -> str:
        if not self._is_long:
            self._put(self._spaces)
        if self._inside not in {b"", b"\n"} or self._in_template:
            return "the text ends inside a string, a template or a comment"
        closing = {b"{": "}", b"[": "]", b"$": "}"}.get(self._open[-1], ")") if self._open else ""
        return f"the text ends where {closing} should be" if closing else ""

    def _string_broken(self, place: int) -> None:
        self._fail(place, "a string that does not end on its line")

    # Lines

    def _space(self, space: "re.Match[bytes]", size: int, *, is_end: bool) -> int | None:
        if space.end() == size and not is_end and space.end() - space.start() <= LONGEST_HELD_BYTES:
            return None
        self._spaces += space[0]
        if b"\n" in space[0]:
            self._is_long = None
            self._begins_line = True
        return space.end()

    def _measure(self, text: bytes, place: int, *, is_end: bool) -> bool:
        """Know whether the line at *place* is long; False where that has still to come."""
        end = text.find(b"\n", place, place + LONG_LINE_BYTES)
        if end < 0 and len(text) - place < LONG_LINE_BYTES and not is_end:
            return False
        self._is_long = end < 0 and len(text) - place >= LONG_LINE_BYTES
        return True

    def _before(self) -> None:
        """Put what stands between the last token and the next one."""
        if not self._is_long:
            self._put(self._spaces)
        elif self._begins_line and b"\n" in self._spaces:
            self._put(b"\n" * (min(self._spaces.count(b"\n"), 2) - 1), self._row(self._depth))
        elif self._breaks:
            self._put(self._row(self._depth))
        else:
            self._put(self._spaces)
        self._spaces = b""
        self._breaks = self._begins_line = False

    # Tokens

    def _plain(self, token: bytes, *, may_regex: bool) -> None:
        if self._spaces or self._breaks or self._begins_line:
            self._before()
        self._out.append(token)
        self._word = b""
        self._last = token
        self._may_regex = may_regex

    def _other(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Take a run at the end of the text, or a character that is none of the language's."""
        run = _LONE_RUN.match(text, place)
        assert run is not None  # it matches nothing, too
        if run.end() == place:
            self._plain(text[place : place + 1], may_regex=True)
            return place + 1
        if run.end() == len(text) and not is_end and run.end() - place <= LONGEST_HELD_BYTES:
            return None
        self._run_of(*run.groups())
        return run.end()

    def _run_of(self, head: bytes, word: bytes) -> None:
        """Put words and signs that follow each other; *word* is the last of them, where it is none of the signs."""
        if self._last == b"}" and self._is_long and not self._begins_line and not self._in_row_of_brace:
            self._after_brace(head + word)
        is_member = head.endswith(b".") or (not head and self._last == b".")
        if self._spaces or self._breaks or self._begins_line:
            self._before()
        self._out.append(head + word)
        if word:
            self._word, self._last = b"" if is_member else word, word
            self._may_regex = word in _BEFORE_REGEX and not is_member
        else:
            self._word, self._last = b"", head[-2:] if head.endswith(_TWO_SIGNS) else head[-1:]
            self._may_regex = not (head.endswith((b"++", b"--")) or (is_member and head[-2:-1].isdigit()))

    def _after_brace(self, run: bytes) -> None:
        """Know whether *run*, which follows a `}`, begins a row."""
        word = _WORD.match(run)
        if word is not None:
            self._breaks = word[0] not in _GOES_ON
            self._spaces = self._spaces or b" "

    @property
    def _in_row_of_brace(self) -> bool:
        """Whether a `}` closes what stands in parentheses or brackets in its row."""
        return bool(self._open) and self._open[-1] in {b"(", b"["}

    def _slash(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if len(text) - place < 2 and not is_end:
            return None
        following = text[place + 1 : place + 2]
        if following in {b"/", b"*"}:
            if self._breaks and self._spaces and b"\n" not in self._spaces:
                self._put(self._spaces)
                self._spaces = b""
            else:
                self._before()
            self._put(b"/" + following)
            if following == b"*":
                self._inside = b"*/"
                return place + 2
            return self._line_comment(place)
        if not self._may_regex:
            self._plain(b"/", may_regex=True)
            return place + 1
        regex = _REGEX.match(text, place)
        if regex is not None and (regex.end() < len(text) or is_end):
            self._plain(regex[0], may_regex=False)
            return regex.end()
        if text.find(b"\n", place) < 0 and not is_end and len(text) - place <= LONGEST_HELD_BYTES:
            return None
        self._before()
        self._fail(place, "a slash that is neither a division nor begins an expression")
        return None

    def _line_comment(self, place: int) -> int:
        self._inside = b"\n"
        return place + 2

    def _comment_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._inside != b"\n":
            after = super()._comment_rest(text, place, is_end=is_end)
            self._passed(text, place, after or place)
            return after
        end = text.find(b"\n", place)
        self._put(text[place : end if end >= 0 else len(text)])
        if end < 0:
            return len(text)
        self._inside = b""
        self._breaks = False
        return end if end > place else self._after_line_comment(text, place)

    def _after_line_comment(self, text: bytes, place: int) -> int | None:
        return self._code(text, place, is_end=False)

    def _template_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        end = _TEMPLATE.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        following = text[end : end + 2]
        is_open = following in {b"$", b"\\"} and end + 1 == len(text)
        if is_open and is_end:
            end = len(text)
        self._put(text[place:end])
        self._passed(text, place, end)
        if following[:1] == b"`":
            self._put(b"`")
            self._in_template, self._may_regex = False, False
            return end + 1
        if following == b"${":
            self._put(following)
            self._open.append(b"$")
            self._in_template, self._may_regex = False, True
            self._last = b"${"
            return end + 2
        return end if end > place else None

    def _passed(self, text: bytes, start: int, end: int) -> None:
        """Take note that a comment or a template has brought a new line."""
        if text.find(b"\n", start, end) >= 0:
            self._is_long = None

    # Brackets

    def _bracket(self, token: bytes) -> None:
        """Put what opens, closes or parts, but no closing brace."""
        match token:
            case b"{":
                if (
                    self._is_long
                    and not self._begins_line
                    and (self._last == b")" or self._word or self._last == b"=>")
                ):
                    self._spaces = self._spaces or b" "
                self._plain(token, may_regex=True)
                self._open.append(token)
                self._depth += 1
                self._breaks = True
            case b"(" | b"[":
                kind: bytes = b"i" if token == b"(" and self._word in _BEFORE_PARENTHESIS else token
                self._plain(token, may_regex=True)
                self._open.append(kind)
            case b")" | b"]":
                kind = self._open.pop() if self._open and self._open[-1] in {b"(", b"i", b"["} else b""
                self._plain(token, may_regex=kind == b"i")
            case _:
                if self._last == b"}":
                    self._breaks = False
                self._plain(token, may_regex=True)
                inner = self._open[-1] if self._open else b""
                self._breaks = inner == b"{" or (not inner and token == b";")

    def _close_brace(self) -> None:
        if self._open and self._open[-1] == b"$":
            self._open.pop()
            self._before()
            self._put(b"}")
            self._in_template = True
            return
        is_empty = self._last == b"{"
        if self._open and self._open[-1] == b"{":
            self._open.pop()
            self._depth -= 1
        self._breaks = not is_empty
        if is_empty and b"\n" not in self._spaces:
            self._spaces = b"" if self._is_long else self._spaces
        self._plain(b"}", may_regex=True)
