"""The text of one row: bytes to characters and back, exact for bytes that are no text."""

import re

_CONTROLS = {code: 0x2400 + code for code in range(32) if code != 9} | {0x7F: 0x2421}
"""Control characters are shown as their pictures (U+2400 block), one for one."""
_ESCAPED = dict.fromkeys(range(56448, 56576), 65533)
_SHOWN = _CONTROLS | _ESCAPED
_LOOKLESS = (0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_WRITTEN_OUT = _SHOWN | dict.fromkeys(_LOOKLESS, 0x25CC)
"""Characters that have no look of their own, those that turn the direction of text among them, as a dotted circle."""
_WORD = re.compile(r"\w+|[^\w\s]|\s+")


class RowText:
    """Characters of a row; `shown` has one character for each of `text`, fit to be painted."""

    __slots__ = ("_charset", "_raw", "is_simple", "is_wide", "shown", "text")

    def __init__(self, raw: bytes, charset: str, *, shows_invisible: bool = False) -> None:
        self._raw = raw
        self._charset = charset
        self.text = _decoded(raw, charset)
        is_ascii = self.text.isascii()
        self.is_simple = is_ascii and self.text.isprintable()
        self.shown = (
            self.text if self.is_simple else self.text.translate(_WRITTEN_OUT if shows_invisible else _SHOWN)
        )
        self.is_wide = not is_ascii and max(self.text, default="") > "\uffff"

    def byte_of(self, index: int) -> int:
        """Return the offset in the row's bytes of the character at *index*."""
        if len(self._raw) == len(self.text):
            return min(index, len(self._raw))
        try:
            return len(self.text[:index].encode(self._charset, "surrogateescape"))
        except UnicodeError:
            return min(index, len(self._raw))

    def index_of(self, byte: int) -> int:
        """Return the index of the character that holds the byte at offset *byte* of the row."""
        if len(self._raw) == len(self.text):
            return max(0, min(byte, len(self.text)))
        return min(len(_decoded(self._raw[: max(0, byte)], self._charset)), len(self.text))

    def to_qt(self, index: int) -> int:
        """Return the UTF-16 position, as Qt counts, of the character at *index*."""
        return index + sum(char > "\uffff" for char in self.text[:index]) if self.is_wide else index

    def from_qt(self, position: int) -> int:
        """Return the index of the character at UTF-16 *position*."""
        if not self.is_wide:
            return position
        units = 0
        for index, char in enumerate(self.text):
            if units >= position:
                return index
            units += 1 + (char > "\uffff")
        return len(self.text)

    def word_at(self, index: int) -> tuple[int, int]:
        """Return start and end of the word, sign or gap at *index*."""
        index = min(index, max(0, len(self.text) - 1))
        for match in _WORD.finditer(self.text):
            if match.end() > index:
                return match.span()
        return index, index

    def next_word(self, index: int) -> int | None:
        """Return where the next word begins; None if there is none in this row."""
        starts = (match.start() for match in _WORD.finditer(self.text) if not match[0].isspace())
        return next((start for start in starts if start > index), None)

    def previous_word(self, index: int) -> int | None:
        """Return where the word before *index* begins; None if there is none in this row."""
        starts = [match.start() for match in _WORD.finditer(self.text) if not match[0].isspace()]
        return next((start for start in reversed(starts) if start < index), None)


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "surrogateescape")
    except UnicodeError:
        return raw.decode("latin-1")
