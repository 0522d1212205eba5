"""CSS laid out for reading: a rule, a declaration and a brace begin a row each (tokens: CSS Syntax Level 3).

What stands in parentheses, strings and comments is never touched, nor is a selector: only in `name: value` a space
comes after the colon.
"""

import re
from typing import Final

from antiphon.body.printers.code import CodePrinter
from antiphon.body.printers.lexing import LONGEST_HELD_BYTES

_LOOKAHEAD_BYTES: Final = 4096
"""How far on it is looked for what tells a declaration from a selector."""

_SPACE = re.compile(rb"[ \t\r\n\f]++")
_PLAIN_PART = rb"[^ \t\r\n\f{};:\"'/()\\]++"
_PLAIN = re.compile(_PLAIN_PART)
_SLASH = rb"/(?!\*)"
_INSIDE = rb"(?:[^()\"'\\/{};\r\n\f]++|" + _SLASH + rb")*"
_WORD = (
    rb"(?:[^ \t\r\n\f{};\"'/()\\]++|" + _SLASH + rb"|\"[^\"\\{};\r\n\f]*+\"|'[^'\\{};\r\n\f]*+'"
    rb"|\(" + _INSIDE + rb"(?:\(" + _INSIDE + rb"\)" + _INSIDE + rb")*\))+"
)
_WORDS = _WORD + rb"(?:[ \t]++" + _WORD + rb")*"
_ROW = re.compile(
    rb"([ \t\r\n\f]*+)(?:(" + _PLAIN_PART + rb"): ?(" + _WORDS + rb")[ \t\r\n\f]*+([;}])"
    rb"|(" + _WORDS + rb")[ \t\r\n\f]*+\{)"
)
"""A declaration or the selector of a rule, with nothing in it that has to be looked at: most of most sheets."""
_URL = re.compile(rb"\([ \t\r\n\f]*+(?=[^\"' \t\r\n\f)])")
_ENDS = re.compile(rb"[{};]")


class CssPrinter(CodePrinter):
    """A `Printer` of CSS."""

    def __init__(self) -> None:
        super().__init__()
        self._parentheses = 0
        self._spaces = b""
        self._breaks = False
        self._is_empty = True
        self._has_colon = False
        self._last = self._tail = b""

    def _code(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._breaks and self._is_empty and (after := self._rows(text, place)) > place:
            return after
        if (space := _SPACE.match(text, place)) is not None:
            is_whole = space.end() < len(text) or is_end or space.end() - place > LONGEST_HELD_BYTES
            self._spaces += space[0] if is_whole else b""
            return space.end() if is_whole else None
        token = text[place : place + 1]
        if token in {b"/", b"\\", b"("} and len(text) - place < 2 and not is_end:
            return None
        if text.startswith(b"/*", place):
            return self._comment(place)
        if token == b"(":
            return self._open(text, place, is_end=is_end)
        if token == b":":
            return self._colon(text, place, is_end=is_end)
        if token in {b"{", b"}", b";"} and not self._parentheses:
            self._end_part(token)
            return place + 1
        plain = _PLAIN.match(text, place)
        end = plain.end() if plain else place + (2 if token == b"\\" else 1)
        if token in {b'"', b"'"}:
            self._inside = token
        self._parentheses -= token == b")" and self._parentheses > 0
        self._part(text[place:end])
        return end

    def _rows(self, text: bytes, place: int) -> int:
        """Lay out declarations and selectors as long as they follow each other, and return where they end."""
        while (row := _ROW.match(text, place)) is not None and (self._depth or row[5]):
            spaces, name, value, end, selector = row.groups()
            self._spaces += spaces
            self._before()
            self._put(selector or name + b": " + value)
            self._is_empty, self._last = False, b"x"
            self._end_part(end or b"{")
            place = row.end()
        return place

    def _end(self) -> str:
        if self._inside:
            return "the text ends inside a string or a comment"
        return "the text ends where } should be" if self._depth else ""

    def _string_broken(self, place: int) -> None:  # noqa: ARG002 - the fault is none here
        """Let the row end, too, that ends the string."""
        if not self._parentheses:
            self._put(self._row(self._depth))
            self._is_empty, self._last = True, b""

    def _part(self, piece: bytes) -> None:
        """Put a part of a selector or a declaration."""
        self._tail = (piece if self._spaces else self._tail + piece)[-len(b"url") :]
        self._before()
        self._put(piece)
        self._is_empty = False
        self._last = piece[-1:]

    def _before(self) -> None:
        """Put what stands between the last token and the next one."""
        if self._breaks:
            self._put(b"\n" if self._spaces.count(b"\n") > 1 else b"", self._row(self._depth))
        elif b"\n" in self._spaces and not self._parentheses:
            self._put(b"" if self._is_empty else self._row(self._depth))
        elif self._last:
            self._put(self._spaces)
        self._spaces, self._breaks = b"", False

    def _comment(self, place: int) -> int:
        stays = self._breaks and self._spaces and b"\n" not in self._spaces
        if stays:
            self._put(self._spaces)
            self._spaces = b""
        else:
            self._before()
        self._put(b"/*")
        self._inside = b"*/"
        self._breaks = self._breaks or self._is_empty
        self._last = b"/"
        return place + 2

    def _open(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Take a parenthesis; with an address that stands in it without quotes as a whole."""
        is_address = self._tail.lower() == b"url" and not self._spaces
        url = _URL.match(text, place) if is_address else None
        if is_address and url is None and not text[place + 1 :].strip(b" \t\r\n\f") and not is_end:
            return None
        self._part(b"(")
        if url is not None:
            self._inside = b")"
        else:
            self._parentheses += 1
        return place + 1

    def _colon(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._has_colon or not self._depth or self._parentheses or self._is_empty:
            self._part(b":")
            return place + 1
        ahead = text[place : place + _LOOKAHEAD_BYTES]
        end = _ENDS.search(ahead)
        if end is None and len(ahead) < _LOOKAHEAD_BYTES and not is_end:
            return None
        following = text[place + 1 : place + 2]
        is_declaration = end is None or end[0] != b"{"
        self._has_colon = True
        self._part(
            b": "
            if is_declaration and following.strip(b" \t\r\n\f") and following not in _ENDS_OF_VALUE
            else b":"
        )
        return place + 1

    def _end_part(self, token: bytes) -> None:
        if token == b"{":
            self._spaces = b"" if self._is_empty and not self._last else b" "
            self._before()
            self._depth += 1
        elif token == b"}":
            self._depth = max(0, self._depth - 1)
            self._breaks = self._last != b"{"
            self._spaces = b""
            self._before()
        else:
            self._spaces = b""
            self._breaks = False
        self._put(token)
        self._last, self._breaks, self._is_empty, self._has_colon = token, True, True, False


_ENDS_OF_VALUE = frozenset({b"{", b"}", b";"})
