"""Which rows of a comparison are seen: what is long between differences is folded into a row that says how long it is."""

from bisect import bisect_left, bisect_right, insort
from typing import NamedTuple

from antiphon.body.comparison import BETWEEN, ComparedPieces, PairedRow


class SeenRow(NamedTuple):
    piece: int
    row: PairedRow | None
    """None where rows are folded."""
    hidden: int = 0
    """How many."""
    hides_ignored: bool = False
    """Whether something ignored is among them."""

    @property
    def hidden_text(self) -> str:
        return f"{self.hidden:,} equal {'or ignored ' if self.hides_ignored else ''}lines"


class Folds:
    """Rows as they are seen, counted from 0. Nothing here takes longer the more pieces there are."""

    def __init__(self, pieces: ComparedPieces) -> None:
        self.pieces = pieces
        self._is_folded = True
        self._opened: list[int] = []
        """Stretches, ascending."""

    def __len__(self) -> int:
        return self._base[-1] + sum(map(self._extra, self._opened))

    @property
    def is_folded(self) -> bool:
        return self._is_folded

    def set_folded(self, is_folded: bool) -> None:
        """Fold what lies between differences, or show all rows."""
        self._is_folded = is_folded
        self._opened.clear()

    def toggle(self, piece: int) -> None:
        """Unfold the stretch of *piece*, or fold it again."""
        stretch = self._stretch_with(piece)
        if not self._is_folded or not self.pieces.parts(stretch)[1]:
            return
        if self._is_open(stretch):
            self._opened.remove(stretch)
        else:
            insort(self._opened, stretch)

    def row(self, number: int) -> SeenRow:
        stretch = self._stretch_at(number)
        place = number - self._first_row(stretch)
        lead, hidden = self._parts(stretch)
        start = self.pieces.stretch_starts[stretch]
        if hidden and place == lead:
            return SeenRow(self._piece_at(start + lead), None, hidden, self.pieces.has_ignored(stretch))
        row = start + place + (hidden - 1 if hidden and place > lead else 0)
        piece = self._piece_at(row)
        return SeenRow(piece, self.pieces.row(piece, row - self.pieces.starts[piece]))

    def first_row(self, piece: int) -> int:
        """Return the first row of *piece* that is seen, or the one that it is folded into."""
        stretch = self._stretch_with(piece)
        place = self.pieces.starts[piece] - self.pieces.stretch_starts[stretch]
        lead, hidden = self._parts(stretch)
        if hidden and place > lead:
            place = max(lead, place - hidden + 1)
        return self._first_row(stretch) + place

    def difference_after(self, row: int) -> int | None:
        """Return the number of the first difference that begins after *row*."""
        differences = self.pieces.differences
        place = bisect_right(differences, self.row(row).piece) if 0 <= row < len(self) else 0
        return place if place < len(differences) else None

    def difference_before(self, row: int) -> int | None:
        """Return the number of the last difference that begins before the piece of *row*."""
        piece = self.row(row).piece if 0 <= row < len(self) else 0
        place = bisect_left(self.pieces.differences, piece) - 1
        return place if place >= 0 else None

    def has_difference(self, first: int, end: int) -> bool:
        """Whether one of the rows from *first* to before *end* differs."""
        if self.pieces.sign(self.row(first).piece) not in BETWEEN:
            return True
        number = self.difference_after(first)
        return number is not None and self.first_row(self.pieces.differences[number]) < end

    @property
    def _base(self):
        return self.pieces.folded_starts if self._is_folded else self.pieces.stretch_starts

    def _first_row(self, stretch: int) -> int:
        before = self._opened[: bisect_left(self._opened, stretch)]
        return self._base[stretch] + sum(map(self._extra, before))

    def _parts(self, stretch: int) -> tuple[int, int]:
        """Return how many rows of *stretch* are seen before the folded ones, and how many these are."""
        lead, hidden, _trail = self.pieces.parts(stretch)
        return lead, hidden if self._is_folded and not self._is_open(stretch) else 0

    def _stretch_at(self, row: int) -> int:
        for stretch in self._opened:
            begin, extra = self._base[stretch], self._extra(stretch)
            if row < begin:
                break
            if row < self._base[stretch + 1] + extra:
                return stretch
            row -= extra
        return bisect_right(self._base, row) - 1

    def _stretch_with(self, piece: int) -> int:
        return bisect_right(self.pieces.stretches, piece) - 1

    def _piece_at(self, row: int) -> int:
        """Return the piece that holds *row* of all rows."""
        return bisect_right(self.pieces.starts, row) - 1

    def _is_open(self, stretch: int) -> bool:
        place = bisect_left(self._opened, stretch)
        return self._opened[place : place + 1] == [stretch]

    def _extra(self, stretch: int) -> int:
        """Return how many rows more an opened *stretch* has: the hidden ones for the one that says so."""
        return self.pieces.parts(stretch)[1] - 1
