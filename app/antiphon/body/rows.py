"""Rows of a body of any size, from 17 bytes of memory per 64 KiB.

The body is cut into cells of 4,096 bytes at absolute offsets. A row ends at each newline; a cell without one ends
in a forced break. So the rule is local: one line of a gigabyte is no special case, any part can be cut again from
its own bytes, and it is enough to keep, per block of 16 cells, how many rows and lines began before it.

A forced break moves past the continuation bytes of a UTF-8 character that it would cut (at most 3), and there is
none where the row after it would be empty (a newline, CRLF or the end follows).
"""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from antiphon.body.store import BodySource
from antiphon.body.strings import OUTSIDE, state_after

CELL_BYTES = 4096
BLOCK_BYTES = 16 * CELL_BYTES
GATHER_BYTES = 4 * BLOCK_BYTES
LOOKAHEAD_BYTES = 5
"""What must be known beyond a cell to place its forced break: 3 continuation bytes and a CRLF."""
MAX_ROW_BYTES = 2 * CELL_BYTES + 3

_KEPT_BLOCKS = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `content` are the bytes from `start` without the line ending that lies before `end`."""

    start: int
    end: int
    content: bytes
    begins_line: bool


class RowIndex:
    """Where rows and lines begin; `advance` takes in what has arrived.

    Args:
        with_strings: Keep for every block whether it begins inside a JSON string (`string_state`).
    """

    def __init__(self, body: BodySource, *, with_strings: bool = False) -> None:
        self._body = body
        self._rows = array("Q", [0])
        self._lines = array("Q", [0])
        self._states = bytearray([OUTSIDE]) if with_strings else None
        self._breaks_of: dict[int, tuple[int, array[int]]] = {}
        self._seen_bytes = 0

    @property
    def is_current(self) -> bool:
        """Whether all bytes that the body holds are covered."""
        return self._is_indexed_to(self._body.size_bytes) and self._seen_bytes == self._body.size_bytes

    @property
    def known_bytes(self) -> int:
        """Bytes that the rows counted so far cover."""
        return self._seen_bytes if self._is_indexed_to(self._seen_bytes) else self._indexed_bytes

    def advance(self) -> bool:
        """Take in at most 256 KiB; return whether more is waiting. Takes about 0.3 ms."""
        size = self._body.size_bytes
        if not self._is_indexed_to(size):
            self._index(self._body.read(self._indexed_bytes, GATHER_BYTES + LOOKAHEAD_BYTES))
        self._seen_bytes = size
        return not self._is_indexed_to(size)

    @property
    def row_count(self) -> int:
        """Rows known so far, at least 1: the row after a last newline counts, though it is empty."""
        if not self._is_indexed_to(self._seen_bytes):
            return self._rows[-1]
        return self._rows[-1] + sum(len(self._breaks(block)) for block in self._tail_blocks()) + 1

    @property
    def line_count(self) -> int:
        """Lines known so far, at least 1."""
        return self.line_of(self.known_bytes) + 1

    def row_start(self, row: int) -> int:
        """Return the offset at which *row* begins; the end of what is known for a row beyond it."""
        if row <= 0:
            return 0
        block = bisect_left(self._rows, row) - 1
        rest = row - self._rows[block] - 1
        if block < len(self._rows) - 1:
            return self._breaks(block)[rest]
        for tail in self._tail_blocks():
            breaks = self._breaks(tail)
            if rest < len(breaks):
                return breaks[rest]
            rest -= len(breaks)
        return self.known_bytes

    def offset_near(self, row: int) -> int:
        """Return about where *row* begins, to within 64 KiB and without reading."""
        block = max(0, bisect_left(self._rows, row) - 1)
        if block >= len(self._rows) - 1:
            known, rows, start = self.known_bytes, self.row_count, self._indexed_bytes
            share = (row - self._rows[block]) / max(1, rows - self._rows[block])
            return min(known, start + int((known - start) * share))
        share = (row - self._rows[block]) / max(1, self._rows[block + 1] - self._rows[block])
        return int((block + share) * BLOCK_BYTES)

    def row_of(self, offset: int) -> int:
        """Return the row that holds the byte at *offset* (the last row for the end and beyond)."""
        offset = max(0, min(offset, self.known_bytes))
        # The last break of a block may lie up to 3 bytes inside the next.
        block = max(0, offset - LOOKAHEAD_BYTES) // BLOCK_BYTES
        first = min(block, len(self._rows) - 1)
        row = self._rows[first]
        for nearby in range(first, offset // BLOCK_BYTES + 1):
            row += bisect_right(self._breaks(nearby), offset)
        return row

    def line_of(self, offset: int) -> int:
        """Return how many newlines lie before *offset*: the number of its line, counted from 0."""
        offset = max(0, min(offset, self.known_bytes))
        block = min(offset // BLOCK_BYTES, len(self._lines) - 1)
        start = block * BLOCK_BYTES
        return self._lines[block] + self._body.read(start, offset - start).count(b"\n")

    def line_start(self, line: int) -> int:
        """Return the offset at which *line* (from 0) begins; the end of what is known for a line beyond it."""
        if line <= 0:
            return 0
        block = bisect_left(self._lines, line) - 1
        start = block * BLOCK_BYTES
        text = self._body.read(start, min(BLOCK_BYTES + LOOKAHEAD_BYTES, self.known_bytes - start))
        position = -1
        for _ in range(line - self._lines[block]):
            position = text.find(b"\n", position + 1)
            if position < 0:
                return self.known_bytes
        return start + position + 1

    def rows(self, first: int, count: int) -> list[Row]:
        """Return up to *count* rows from row *first*; fewer at the end."""
        count = min(count, self.row_count - first)
        if count <= 0:
            return []
        starts = [self.row_start(row) for row in range(first, first + count + 1)]
        before = max(0, starts[0] - 1)
        text = self._body.read(before, starts[-1] - before)
        return [_row(text, before, start, end) for start, end in pairwise(starts)]

    def string_state(self, offset: int) -> int:
        """Return the state of JSON strings (`body.strings`) before the byte at *offset*; needs `with_strings`."""
        assert self._states is not None
        block = min(offset // BLOCK_BYTES, len(self._states) - 1)
        start = block * BLOCK_BYTES
        return state_after(self._body.read(start, offset - start), self._states[block])

    @property
    def _indexed_bytes(self) -> int:
        return (len(self._rows) - 1) * BLOCK_BYTES

    def _is_indexed_to(self, size: int) -> bool:
        return size < self._indexed_bytes + BLOCK_BYTES + LOOKAHEAD_BYTES

    def _tail_blocks(self) -> range:
        """Return the blocks that are not indexed yet and are cut again when asked: at most two."""
        return range(len(self._rows) - 1, -(-self._seen_bytes // BLOCK_BYTES))

    def _index(self, text: bytes) -> None:
        for start in range(0, len(text) - BLOCK_BYTES - LOOKAHEAD_BYTES + 1, BLOCK_BYTES):
            end = start + BLOCK_BYTES
            newlines = text.count(b"\n", start, end)
            forced = sum(
                text.find(b"\n", cell, cell + CELL_BYTES) < 0
                and _forced_break(text, cell + CELL_BYTES) is not None
                for cell in range(start, end, CELL_BYTES)
            )
            self._lines.append(self._lines[-1] + newlines)
            self._rows.append(self._rows[-1] + newlines + forced)
            if self._states is not None:
                self._states.append(state_after(text[start:end], self._states[-1]))

    def _breaks(self, block: int) -> "array[int]":
        """Return where the rows begin that follow a break of *block*, ascending."""
        start = block * BLOCK_BYTES
        size = min(self._seen_bytes - start, BLOCK_BYTES + LOOKAHEAD_BYTES)
        known = self._breaks_of.get(block)
        if known is not None and known[0] == size:
            return known[1]
        breaks = _breaks_in(self._body.read(start, size), start)
        while len(self._breaks_of) >= _KEPT_BLOCKS:
            del self._breaks_of[next(iter(self._breaks_of))]
        self._breaks_of[block] = (size, breaks)
        return breaks


def _breaks_in(text: bytes, base: int) -> "array[int]":
    """Return the row starts after each break in the first block of *text*, which lies at offset *base*."""
    breaks = array("Q")
    for cell in range(0, min(len(text), BLOCK_BYTES), CELL_BYTES):
        end = min(cell + CELL_BYTES, BLOCK_BYTES)
        pieces = text[cell:end].split(b"\n")
        if len(pieces) > 1:
            pieces.pop()
            breaks.extend(accumulate((len(piece) + 1 for piece in pieces), initial=base + cell))
            del breaks[len(breaks) - len(pieces) - 1]
        elif (forced := _forced_break(text, end)) is not None:
            breaks.append(base + forced)
    return breaks


def _forced_break(text: bytes, boundary: int) -> int | None:
    """Return where the row after the cell that ends at *boundary* begins; None if there is no break."""
    place = boundary
    while place < boundary + 3 and place < len(text) and text[place] & 0xC0 == 0x80:
        place += 1
    following = text[place : place + 2]
    return None if following[:1] in {b"", b"\n"} or following == b"\r\n" else place


def _row(text: bytes, base: int, start: int, end: int) -> Row:
    content = text[start - base : end - base]
    if content.endswith(b"\n"):
        content = content[:-2] if content.endswith(b"\r\n") else content[:-1]
    begins_line = start == 0 or text[start - base - 1 : start - base] == b"\n"
    return Row(start, end, content, begins_line)
