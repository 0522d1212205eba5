"""Single cells of JSON text for an outline: their brackets and commas by offset, and what is open before and after."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from antiphon.body.checkpoint_work import CheckpointWork, known_bytes
from antiphon.body.checkpoints import STEP_CELLS, without_mark
from antiphon.body.open_stack import CELL_BYTES, OpenStack
from antiphon.body.skeleton import VALUE, tokens
from antiphon.body.store import BodySource

OPENING: Final = frozenset(b"[{")
CLOSING: Final = frozenset(b"]}")
COMMA: Final = ord(",")
NEWLINE: Final = ord("\n")

_KEPT_CELLS = 128
_WINDOW_BYTES = 1 << 14
_ENOUGH_BYTES = 512
"""What is read at least, that a short item needs no second look."""
_SPACE = re.compile(rb"[ \t\n\r]*+")
_LONGEST_SPACE_BYTES = 1 << 22
"""White space between two tokens is passed over up to this much: 4 ms of work."""


Token = tuple[int, int, int]
"""Offset, byte and level of a bracket or comma outside strings; the level of the container it opens, closes, divides."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The tokens of one cell, ascending."""

    tokens: list[Token]

    def at(self, offset: int) -> Token | None:
        """Return the bracket or comma at *offset*; None if there is none."""
        found = self.tokens[bisect_left(self.tokens, (offset,)) :][:2]
        return next((token for token in found if token[0] == offset and token[1] != VALUE), None)

    def after(self, offset: int) -> list[Token]:
        return self.tokens[bisect_left(self.tokens, (offset + 1,)) :]

    def last(self, level: int, wanted: frozenset[int]) -> int | None:
        """Return where the last token of *level* is that is one of *wanted*."""
        found = (at for at, byte, depth in reversed(self.tokens) if depth == level and byte in wanted)
        return next(found, None)


class CellReader:
    """Reads one body cell by cell, and remembers the last ones."""

    def __init__(self, source: BodySource, work: CheckpointWork, *, is_lines: bool) -> None:
        self._source = source
        self._work = work
        self._is_lines = is_lines
        self._limit: int | None = None
        self._cells: dict[int, tuple[int, Cell]] = {}
        self._after: dict[int, OpenStack] = {}
        self._window = (0, b"")
        self.known = 0

    def look(self) -> None:
        """Take note of how much is known now."""
        known = known_bytes(self._work.count, self._source.size_bytes)
        self.known = known if self._limit is None else min(known, self._limit)

    def stop_at(self, offset: int) -> None:
        """Know nothing from *offset* on: the text is broken there."""
        self._limit = offset
        self._cells.clear()
        self._after.clear()
        self._window = (0, b"")
        self.look()

    @property
    def last_cell(self) -> int:
        """The cell of the last byte that is known."""
        return max(0, self.known - 1) // CELL_BYTES

    def text(self, cell: int) -> bytes:
        start = cell * CELL_BYTES
        return without_mark(self._source.read(start, min(CELL_BYTES, max(0, self.known - start))), cell)

    def cell(self, number: int) -> Cell:
        text = self.text(number)
        kept = self._cells.get(number)
        if kept is not None and kept[0] == len(text):
            return kept[1]
        cell = self._read(number, text)
        while len(self._cells) >= _KEPT_CELLS:
            del self._cells[next(iter(self._cells))]
        self._cells[number] = (len(text), cell)
        return cell

    def before(self, cell: int) -> OpenStack:
        """Return what is open before the first byte of *cell*; not to be changed."""
        last = max(0, self._work.count - 1)
        number = min(cell // STEP_CELLS, last)
        if cell == number * STEP_CELLS:
            return self._work.checkpoints.stack(number)
        return self.after(cell - 1)

    def after(self, cell: int) -> OpenStack:
        """Return what is open after *cell*, as far as it is known; not to be changed."""
        kept = self._after.get(cell)
        if kept is not None:
            return kept
        stack = self.before(cell).copy()
        text = self.text(cell)
        if not stack.take(text, cell, is_lines=self._is_lines):
            return self.before(cell)
        if len(text) == CELL_BYTES:
            while len(self._after) >= _KEPT_CELLS:
                del self._after[next(iter(self._after))]
            self._after[cell] = stack
        return stack

    def is_broken(self, cell: int) -> bool:
        """Return whether brackets do not match in *cell*."""
        return not self.before(cell).copy().take(self.text(cell), cell, is_lines=self._is_lines)

    # Text

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*, of what is known."""
        return self._source.read(offset, max(0, min(count, self.known - offset)))

    def byte(self, offset: int) -> int | None:
        """Return the byte at *offset*; None beyond what is known."""
        text, place = self.window(offset)
        return text[place] if place < len(text) else None

    def window(self, offset: int) -> tuple[bytes, int]:
        """Return some text around *offset* and the place of *offset* in it; the place is its length at the end."""
        base, text = self._window
        end = base + len(text)
        if not (base <= offset < end and (offset + _ENOUGH_BYTES <= end or end >= self.known)):
            base = offset
            text = self.read(base, _WINDOW_BYTES)
            self._window = (base, text)
        return text, offset - base

    def after_space(self, offset: int) -> int:
        """Return the offset of what follows white space at *offset*."""
        limit = offset + _LONGEST_SPACE_BYTES
        while offset < limit:
            text, place = self.window(offset)
            end = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
            offset += end - place
            if end < len(text) or end == place:
                return offset
        return offset

    def _read(self, number: int, text: bytes) -> Cell:
        stack = self.before(number)
        found = tokens(text, stack.string_state, is_lines=self._is_lines)
        return Cell(_with_levels(found, number * CELL_BYTES, stack.depth, is_blank=stack.is_line_blank))


def _with_levels(found: list[tuple[int, int]], base: int, depth: int, *, is_blank: bool) -> list[Token]:
    """Return tokens with their levels; of `VALUE` and newlines only a `VALUE` at the first byte of each line."""
    out: list[Token] = []
    for place, byte in found:
        if byte in OPENING or byte in CLOSING or byte == COMMA:
            if depth == 0 and is_blank and byte in OPENING:
                out.append((base + place, VALUE, 0))
            is_blank = False
            depth += byte in OPENING
            out.append((base + place, byte, depth))
            depth -= byte in CLOSING
            if depth < 0:
                break
        elif byte == NEWLINE:
            is_blank = is_blank or depth == 0
        elif depth == 0 and is_blank:
            is_blank = False
            out.append((base + place, VALUE, 0))
    return out
