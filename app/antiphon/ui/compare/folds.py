"""Which rows of a comparison are seen: long equal stretches are folded into one row that says how long they are."""

from bisect import bisect_left, bisect_right, insort
from typing import NamedTuple

from antiphon.body.comparison import ComparedPieces, PairedRow


class SeenRow(NamedTuple):
    piece: int
    row: PairedRow | None
    """None where rows are folded."""
    hidden: int = 0
    """How many."""


class Folds:
    """Rows as they are seen, counted from 0. Nothing here takes longer the more pieces there are."""

    def __init__(self, pieces: ComparedPieces) -> None:
        self.pieces = pieces
        self._is_folded = True
        self._opened: list[int] = []

    def __len__(self) -> int:
        return self._base[-1] + sum(map(self._extra, self._opened))

    @property
    def is_folded(self) -> bool:
        return self._is_folded

    def set_folded(self, is_folded: bool) -> None:
        """Fold equal stretches, or show all rows."""
        self._is_folded = is_folded
        self._opened.clear()

    def toggle(self, piece: int) -> None:
        """Unfold the equal stretch *piece*, or fold it again."""
        if not self._is_folded or not self.pieces.parts(piece)[1]:
            return
        place = bisect_left(self._opened, piece)
        if self._opened[place : place + 1] == [piece]:
            del self._opened[place]
        else:
            insort(self._opened, piece)

    def row(self, number: int) -> SeenRow:
        piece = self._piece_of(number)
        place = number - self.first_row(piece)
        lead, hidden, _trail = self.pieces.parts(piece)
        if not self._is_folded or self._is_open(piece):
            hidden = 0
        if hidden and place == lead:
            return SeenRow(piece, None, hidden)
        place += hidden - 1 if hidden and place > lead else 0
        return SeenRow(piece, self.pieces.row(piece, place))

    def first_row(self, piece: int) -> int:
        """Return the first row of *piece* that is seen."""
        before = self._opened[: bisect_left(self._opened, piece)]
        return self._base[piece] + sum(map(self._extra, before))

    def difference_after(self, row: int) -> int | None:
        """Return the number of the first difference that begins after *row*."""
        piece = self._piece_of(row) if row >= 0 else -1
        place = bisect_right(self.pieces.differences, piece) if row >= 0 else 0
        return place if place < len(self.pieces.differences) else None

    def difference_before(self, row: int) -> int | None:
        """Return the number of the last difference that begins before the piece of *row*."""
        piece = self._piece_of(row)
        place = bisect_right(self.pieces.differences, piece - 1) - 1 if piece > 0 else -1
        return place if place >= 0 else None

    @property
    def _base(self):
        return self.pieces.folded_starts if self._is_folded else self.pieces.starts

    def _piece_of(self, row: int) -> int:
        for piece in self._opened:
            begin, extra = self._base[piece], self._extra(piece)
            if row < begin:
                break
            if row < self._base[piece + 1] + extra:
                return piece
            row -= extra
        return bisect_right(self._base, row) - 1

    def _is_open(self, piece: int) -> bool:
        place = bisect_left(self._opened, piece)
        return self._opened[place : place + 1] == [piece]

    def _extra(self, piece: int) -> int:
        """Return how many rows more an opened *piece* has: the hidden ones for the one that says so."""
        return self.pieces.parts(piece)[1] - 1
