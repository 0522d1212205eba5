"""Which containers are open at one byte of JSON text, and how that changes over a cell of 4,096 bytes.

Nothing here knows offsets: a container is named by the cell it opens in. That is exact, since of all that open at one
level in one cell only the last can still be open at the cell's end.
"""

import re
import struct
from dataclasses import dataclass, field
from typing import Final

from antiphon.body.skeleton import skeleton
from antiphon.body.strings import OUTSIDE

CELL_BYTES: Final = 4096
DEPTH_LIMIT: Final = 512
"""Containers in more others than this are passed over: where they begin and end is known, what they hold is not."""

_REST = re.compile(rb"([,x\n\]}]*+)([,x\n\[{]*+)")
"""What takes away, then what adds: brackets that match are gone, so no closing one can follow an opening one."""
_CLOSINGS = re.compile(rb"[\]}]")
_OPENINGS = re.compile(rb"([\[{])([^\[{]*+)")
_HEAD = struct.Struct("<QQQIIBB6x")
HEAD_BYTES: Final = _HEAD.size
FRAME_BYTES: Final = 16


@dataclass(slots=True)
class OpenStack:
    """The open containers from the outermost in, as parallel lists, and the string that is open, if any.

    Attributes:
        kinds: The opening brackets.
        cells: The number of the cell in which each opens.
        counts: Commas passed in each.
        comma_cells: The cell of the last of these, or of the opening where there was none.
        deeper: Containers that are open beyond `DEPTH_LIMIT`.
        string_state: As in `body.strings`.
        string_cell: Where the open string begins; means nothing outside strings.
        line_count: Lines begun that are not blank; only counted for JSON Lines.
        is_line_blank: Whether nothing has come since the last line ended.
    """

    kinds: bytearray = field(default_factory=bytearray)
    cells: list[int] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    comma_cells: list[int] = field(default_factory=list)
    deeper: int = 0
    string_state: int = OUTSIDE
    string_cell: int = 0
    line_count: int = 0
    is_line_blank: bool = True

    @property
    def depth(self) -> int:
        return len(self.kinds) + self.deeper

    def copy(self) -> "OpenStack":
        return OpenStack(
            bytearray(self.kinds), self.cells[:], self.counts[:], self.comma_cells[:], self.deeper,
            self.string_state, self.string_cell, self.line_count, self.is_line_blank,
        )  # fmt: skip

    def holds(self, level: int, cell: int) -> bool:
        """Return whether the container that opens in *cell* at *level* (the outermost has 1) is still open."""
        return len(self.cells) >= level and self.cells[level - 1] == cell

    def take(self, text: bytes, cell: int, *, is_lines: bool = False) -> bool:
        """Go on over *text*, all of *cell*; return False, and mean nothing any more, where brackets do not match."""
        rest, self.string_state, has_quote = skeleton(text, self.string_state, is_lines=is_lines)
        if has_quote:
            self.string_cell = cell
        match = _REST.fullmatch(rest)
        if match is None:
            return False
        closing, opening = match.groups()
        last = max(closing.rfind(b"]"), closing.rfind(b"}")) + 1
        if last and not self._close(_CLOSINGS.findall(closing)):
            return False
        if self.kinds:
            self._count(closing.count(b",", last), cell)
        elif is_lines:
            self._count_lines(closing[last:] + opening[:1])
        if opening:
            self._open(opening, cell)
        return True

    def _close(self, brackets: list[bytes]) -> bool:
        passed = min(self.deeper, len(brackets))
        self.deeper -= passed
        for bracket in brackets[passed:]:
            if not self.kinds or self.kinds[-1] != (0x5B if bracket == b"]" else 0x7B):
                return False
            self.pop()
        if not self.kinds:
            self.is_line_blank = False
        return True

    def pop(self) -> None:
        for part in (self.kinds, self.cells, self.counts, self.comma_cells):
            del part[-1]

    def push(self, kind: int, cell: int, commas: int) -> None:
        self.kinds.append(kind)
        self.cells.append(cell)
        self.counts.append(commas)
        self.comma_cells.append(cell)

    def _open(self, text: bytes, cell: int) -> None:
        for match in _OPENINGS.finditer(text):
            if len(self.kinds) == DEPTH_LIMIT:
                self.deeper += text.count(b"[", match.start()) + text.count(b"{", match.start())
                return
            self.push(match[1][0], cell, match[2].count(b","))

    def _count(self, commas: int, cell: int) -> None:
        if commas and not self.deeper:
            self.counts[-1] += commas
            self.comma_cells[-1] = cell

    def _count_lines(self, text: bytes) -> None:
        first, *others = text.split(b"\n")
        if first and self.is_line_blank:
            self.line_count += 1
        self.line_count += sum(1 for line in others if line)
        last = others[-1] if others else first
        self.is_line_blank = not last and (bool(others) or self.is_line_blank)

    # Stored

    def packed_frames(self) -> bytes:
        """Return the containers as bytes, `FRAME_BYTES` each; `unpacked` reads them."""
        numbers: list[int] = []
        for kind, cell, count, comma in zip(
            self.kinds, self.cells, self.counts, self.comma_cells, strict=True
        ):
            numbers += (cell, comma, count << 1 | (kind == 0x7B))
        return struct.pack("<" + "IIQ" * len(self.kinds), *numbers)

    def packed_head(self, place: int) -> bytes:
        """Return the rest as `HEAD_BYTES`, with the *place* of the containers in their file."""
        return _HEAD.pack(
            place, self.deeper, self.line_count, len(self.kinds), self.string_cell,
            self.string_state, self.is_line_blank,
        )  # fmt: skip


def unpacked(head: bytes, frames: bytes) -> OpenStack:
    """Return the stack that `packed_head` and `packed_frames` gave."""
    _place, deeper, lines, _depth, string_cell, state, is_blank = _HEAD.unpack(head)
    numbers = struct.unpack("<" + "IIQ" * (len(frames) // FRAME_BYTES), frames)
    counts = numbers[2::3]
    return OpenStack(
        bytearray(0x7B if count & 1 else 0x5B for count in counts), list(numbers[::3]),
        [count >> 1 for count in counts], list(numbers[1::3]),
        deeper, state, string_cell, lines, bool(is_blank),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The fixed part of a stored stack."""

    place: int
    depth: int
    line_count: int
    string_cell: int
    is_in_string: bool


def head_of(head: bytes) -> Head:
    place, _deeper, lines, depth, string_cell, state, _is_blank = _HEAD.unpack(head)
    return Head(place, depth, lines, string_cell, state != OUTSIDE)


def frame_of(frame: bytes) -> tuple[int, int]:
    """Return the cell in which a stored container opens, and its commas."""
    cell, _comma, count = struct.unpack("<IIQ", frame)
    return cell, count >> 1
