"""Text as lines with a hash each, read forward; very long lines are cut where a page or a script would be broken.

Only a window of rows is held: where each row begins goes to a file as it is read.
"""

import re
import struct
from array import array
from collections.abc import Iterator

from antiphon.body.spool_writer import SpoolWriter

LONG_BYTES = 1000
"""Lines beyond this are cut after `>`, `;` or `}`; where there is none, after `PIECE_BYTES`."""
PIECE_BYTES = 4096
INDEX_ENTRY = struct.Struct("<QI")
"""Where a row begins in the text, and the number of the line that begins there, 0 where one goes on."""

_PIECE = re.compile(rb"[^>;}]{0,%d}[>;}]*" % (PIECE_BYTES - 64), re.DOTALL)


class TextRows:
    """The rows of the text that *chunks* are, as `Items`; the index of them goes to *index*, one entry more for the end.

    Attributes:
        ends_open: Whether the last line has no newline; known at the end.
        is_cut: Whether a line was cut.
    """

    def __init__(self, chunks: Iterator[bytes], index: SpoolWriter) -> None:
        self.ends_open = False
        self.is_cut = False
        self._chunks = chunks
        self._index = index
        self._hashes = array("q")
        self._parts: list[bytes] = []
        self._place = 0
        self._line = 0
        self._is_over = False

    @property
    def is_empty(self) -> bool:
        """Whether there was no row up to here."""
        return self._line == 0

    def window(self, count: int) -> "array[int]":
        """Return the hashes of the next *count* rows, fewer at the end; newlines are not included."""
        while len(self._hashes) < count and not self._is_over:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._finish()
            else:
                self._feed(chunk)
        return self._hashes[:count]

    def skip(self, count: int) -> None:
        del self._hashes[:count]

    def _feed(self, text: bytes) -> None:
        *lines, rest = text.split(b"\n")
        if lines:
            lines[0] = b"".join(self._parts) + lines[0]
            self._parts = []
            for line in lines:
                self._take(line)
        self._parts.append(rest)

    def _finish(self) -> None:
        self._is_over = True
        line = b"".join(self._parts)
        if line:
            self._take(line)
            self._place -= 1
        self.ends_open = bool(line)
        self._index.append(INDEX_ENTRY.pack(self._place, 0))
        self._index.flush()

    def _take(self, line: bytes) -> None:
        self._line += 1
        if len(line) <= LONG_BYTES:
            self._index.append(INDEX_ENTRY.pack(self._place, self._line))
            self._hashes.append(hash(line))
            self._place += len(line) + 1
        else:
            self._cut(line)

    def _cut(self, line: bytes) -> None:
        number = self._line
        for found in _PIECE.finditer(line):
            if piece := found[0]:
                self._index.append(INDEX_ENTRY.pack(self._place, number))
                self._hashes.append(hash(piece))
                self._place += len(piece)
                self.is_cut |= number == 0
                number = 0
        self._place += 1
