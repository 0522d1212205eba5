"""Which rows of a comparison are seen: long equal stretches are folded into one row that says how long they are."""

from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from antiphon.body.comparison import ComparedPieces, PairedRow
from antiphon.body.pieces import Sign

CONTEXT = 3
"""Equal rows that stay beside a difference."""


class SeenRow(NamedTuple):
    piece: int
    row: PairedRow | None
    """None where rows are folded."""
    hidden: int = 0
    """How many."""


class Folds:
    """Rows as they are seen, counted from 0. All work is by pieces, of which there are 40,000 at most."""

    def __init__(self, pieces: ComparedPieces) -> None:
        self.pieces = pieces
        self._is_folded = True
        self._opened: set[int] = set()
        self._count()

    def __len__(self) -> int:
        return self._starts[-1]

    @property
    def is_folded(self) -> bool:
        return self._is_folded

    def set_folded(self, is_folded: bool) -> None:
        """Fold equal stretches, or show all rows."""
        self._is_folded = is_folded
        self._opened.clear()
        self._count()

    def toggle(self, piece: int) -> None:
        """Unfold the equal stretch *piece*, or fold it again."""
        self._opened ^= {piece}
        self._count()

    def row(self, number: int) -> SeenRow:
        piece = bisect_right(self._starts, number) - 1
        place = number - self._starts[piece]
        lead, hidden, _trail = self._parts(piece)
        if hidden and place == lead:
            return SeenRow(piece, None, hidden)
        place += hidden - 1 if hidden and place > lead else 0
        return SeenRow(piece, self.pieces.row(piece, place))

    def first_row(self, piece: int) -> int:
        """Return the first row of *piece* that is seen."""
        return self._starts[piece]

    def difference_after(self, row: int) -> int | None:
        """Return the number of the first difference that begins after *row*."""
        piece = bisect_right(self._starts, row) - 1 if row >= 0 else -1
        place = bisect_right(self.pieces.differences, piece) if row >= 0 else 0
        return place if place < len(self.pieces.differences) else None

    def difference_before(self, row: int) -> int | None:
        """Return the number of the last difference that begins before the piece of *row*."""
        piece = bisect_right(self._starts, row) - 1
        place = bisect_right(self.pieces.differences, piece - 1) - 1 if piece > 0 else -1
        return place if place >= 0 else None

    def _count(self) -> None:
        shown = (self._shown(piece) for piece in range(len(self.pieces)))
        self._starts = array("Q", accumulate(shown, initial=0))

    def _shown(self, piece: int) -> int:
        lead, hidden, trail = self._parts(piece)
        return lead + 1 + trail if hidden else self.pieces.counts[piece]

    def _parts(self, piece: int) -> tuple[int, int, int]:
        """Return how many rows are seen, hidden, and seen after them."""
        count = self.pieces.counts[piece]
        if not self._is_folded or piece in self._opened or self.pieces.sign(piece) != Sign.EQUAL:
            return count, 0, 0
        lead = CONTEXT if piece else 0
        trail = CONTEXT if piece < len(self.pieces) - 1 else 0
        return (lead, count - lead - trail, trail) if count > lead + trail + 1 else (count, 0, 0)
