"""Text as lines with a hash each, read forward; very long lines are cut where a page or a script would be broken.

Only a window of rows is held: where each row begins goes to a file as it is read.
"""

import re
import struct
import sys
from array import array
from collections.abc import Iterator
from itertools import accumulate

from antiphon.body.spool import SpoolFile
from antiphon.body.spool_writer import SpoolWriter

LONG_BYTES = 1000
"""Lines beyond this are cut after `>`, `;` or `}`; where there is none, after `PIECE_BYTES`."""
PIECE_BYTES = 4096
LONGEST_READ_BYTES = 1 << 16
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


class LineStarts:
    """Writes the same index for text of which every line is one row, an order of magnitude sooner.

    The text must have no carriage return; laid out JSON has none.
    """

    def __init__(self, index: SpoolWriter) -> None:
        self._index = index
        self._count = 0
        self._place = 0
        self._begins_row = True

    def feed(self, text: bytes) -> None:
        lines = text.splitlines(keepends=True)
        starts = array("Q", accumulate(map(len, lines), initial=self._place))
        self._place = starts.pop()
        if lines and not self._begins_row:
            del starts[0]
        self._begins_row = text.endswith(b"\n") if text else self._begins_row
        self._write(starts)

    def finish(self) -> int:
        """Write the end, and return how many rows there are."""
        self._index.append(INDEX_ENTRY.pack(self._place, 0))
        self._index.flush()
        return self._count

    def _write(self, starts: "array[int]") -> None:
        """Write entries as `INDEX_ENTRY` packs them, in three words of 32 bits each."""
        entries = array("I", bytes(len(starts) * INDEX_ENTRY.size))
        lines = array("I", range(self._count + 1, self._count + 1 + len(starts)))
        if sys.byteorder == "big":
            starts.byteswap()
            lines.byteswap()
        words = array("I")
        words.frombytes(starts.tobytes())
        entries[::3], entries[1::3], entries[2::3] = words[::2], words[1::2], lines
        self._index.append(entries.tobytes())
        self._count += len(starts)


class RowReader:
    """Reads rows of *text*, quickest one after the other: blocks of index and text stay at hand."""

    def __init__(self, text: SpoolFile, index: SpoolFile) -> None:
        self._files = (index, text)
        self._blocks = [(0, b""), (0, b"")]

    def read(self, row: int, count: int) -> bytes:
        """Return the text of *count* rows from *row* on, with the newline of the last, but no more than 64 KiB of it."""
        size = INDEX_ENTRY.size
        start, end = (INDEX_ENTRY.unpack(self._bytes(0, at * size, size))[0] for at in (row, row + count))
        return self._bytes(1, start, min(end - start, LONGEST_READ_BYTES))

    def _bytes(self, number: int, start: int, size_bytes: int) -> bytes:
        base, block = self._blocks[number]
        if not base <= start <= start + size_bytes <= base + len(block):
            base, block = self._blocks[number] = (
                start,
                self._files[number].read(start, 2 * LONGEST_READ_BYTES),
            )
        return block[start - base : start - base + size_bytes]
