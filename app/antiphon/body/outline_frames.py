"""The containers that are open at one byte of a JSON text, from the root in."""

from dataclasses import dataclass

from antiphon.body.node import Kind
from antiphon.body.open_stack import CELL_BYTES, DEPTH_LIMIT
from antiphon.body.outline_cells import CLOSING, OPENING, CellReader, Token
from antiphon.body.skeleton import VALUE


@dataclass(slots=True)
class Frame:
    """One open container; offsets are None where only the cell is known yet.

    Attributes:
        count: The number of its child that is under way.
        comma: The last comma in it.
    """

    kind: Kind
    level: int
    cell: int
    count: int
    comma_cell: int
    start: int | None = None
    comma: int | None = None


def frames_at(cells: CellReader, offset: int, *, is_lines: bool) -> list[Frame]:
    """Return what is open before the byte at *offset*; of JSON Lines the virtual root comes first."""
    number = offset // CELL_BYTES
    stack = cells.before(number)
    parts = zip(stack.kinds, stack.cells, stack.counts, stack.comma_cells, strict=True)
    frames = [
        Frame(_kind(kind), level, cell, count, comma_cell)
        for level, (kind, cell, count, comma_cell) in enumerate(parts, 1)
    ]
    root = Frame("lines", 0, 0, stack.line_count - 1, 0)
    for token in cells.cell(number).tokens:
        at, byte, level = token
        if at > offset or (at == offset and byte != VALUE):
            break
        if byte == VALUE:
            root.count += 1
        elif level <= DEPTH_LIMIT:
            _take(frames, token, number)
    return [root, *frames] if is_lines and root.count >= 0 else frames


def _take(frames: list[Frame], token: Token, cell: int) -> None:
    at, byte, level = token
    if byte in OPENING:
        frames.append(Frame(_kind(byte), level, cell, 0, cell, at))
    elif byte in CLOSING:
        del frames[-1:]
    elif frames and level == frames[-1].level:
        frames[-1].count += 1
        frames[-1].comma, frames[-1].comma_cell = at, cell


def _kind(byte: int) -> Kind:
    return "object" if byte == 0x7B else "array"
