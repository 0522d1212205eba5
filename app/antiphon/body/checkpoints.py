"""What is open in JSON text at every 16 KiB, so that no question about its structure reads much more than that.

A checkpoint is a head of fixed size in one file, and a few open containers in another: about 1 % of the text.
"""

from collections.abc import Callable
from typing import Final, Protocol

from antiphon.body.open_stack import (
    CELL_BYTES,
    FRAME_BYTES,
    HEAD_BYTES,
    Head,
    OpenStack,
    frame_of,
    head_of,
    unpacked,
)

STEP_CELLS: Final = 4
STEP_BYTES: Final = STEP_CELLS * CELL_BYTES

_BOM = b"\xef\xbb\xbf"


class Readable(Protocol):
    """Where checkpoints are stored."""

    def read(self, offset: int, count: int) -> bytes: ...


class CheckpointWriter:
    """Takes the text from its first byte, and gives the checkpoints as bytes for the two files.

    Attributes:
        fault_cell: Where brackets do not match: nothing follows; None if they do.
    """

    def __init__(self, *, is_lines: bool = False) -> None:
        self.fault_cell: int | None = None
        self._is_lines = is_lines
        self._stack = OpenStack()
        self._cell = 0
        self._frames_bytes = 0

    def take(self, text: bytes) -> tuple[bytes, bytes]:
        """Return heads and containers of the checkpoints in *text*, whole cells that follow those taken before."""
        heads, frames = [], []
        for place in range(0, len(text), CELL_BYTES):
            cell = without_mark(text[place : place + CELL_BYTES], self._cell)
            if self._cell == 0:
                heads.append(self._stack.packed_head(0))
            if not self._stack.take(cell, self._cell, is_lines=self._is_lines):
                self.fault_cell = self._cell
                break
            self._cell += 1
            if self._cell % STEP_CELLS == 0:
                heads.append(self._stack.packed_head(self._frames_bytes))
                frames.append(self._stack.packed_frames())
                self._frames_bytes += len(frames[-1])
        return b"".join(heads), b"".join(frames)


class Checkpoints:
    """Reads what a `CheckpointWriter` gave; number *n* is what is open before the byte at n * `STEP_BYTES`."""

    def __init__(self, heads: Readable, frames: Readable) -> None:
        self._heads = heads
        self._frames = frames

    def head(self, number: int) -> Head:
        return head_of(self._heads.read(number * HEAD_BYTES, HEAD_BYTES))

    def frame(self, number: int, level: int) -> tuple[int, int] | None:
        """Return cell and commas of the container that is open at *level*; None if there is none."""
        head = self.head(number)
        if head.depth < level:
            return None
        return frame_of(self._frames.read(head.place + (level - 1) * FRAME_BYTES, FRAME_BYTES))

    def stack(self, number: int) -> OpenStack:
        if number == 0:
            return OpenStack()  # also before the first is written
        head = self._heads.read(number * HEAD_BYTES, HEAD_BYTES)
        known = head_of(head)
        return unpacked(head, self._frames.read(known.place, known.depth * FRAME_BYTES))


def without_mark(text: bytes, cell: int) -> bytes:
    """Return the text of *cell* with spaces for a byte order mark."""
    return b"   " + text[3:] if cell == 0 and text.startswith(_BOM) else text


def last_passing(first: int, count: int, test: Callable[[int], bool]) -> int | None:
    """Return the last number from *first* to before *count* that passes *test*; none passes after one that fails.

    Near ones are tried first, the steps double: what ends soon is found in two or three tries.
    """
    if first >= count or not test(first):
        return None
    low, step = first, 1
    while low + step < count and test(low + step):
        low, step = low + step, step * 2
    high = min(low + step, count)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if test(middle) else (low, middle)
    return low
