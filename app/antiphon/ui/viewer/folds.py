"""Which rows are hidden, and how rows that are left are counted."""

from bisect import bisect_left, bisect_right
from itertools import accumulate


class Folds:
    """Ranges of hidden rows, none inside another; *row* counts all rows, *place* only those that are left.

    A range that another takes in is there again once that one is shown.
    """

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._hidden_before: list[int] = [0]
        """How many rows the ranges before each one hide, and at last all of them."""
        self._taken_in: dict[int, list[tuple[int, int]]] = {}
        """By the first row of the range that took them in."""

    def __len__(self) -> int:
        return len(self._firsts)

    @property
    def hidden_rows(self) -> int:
        return self._hidden_before[-1]

    def hide(self, first: int, last: int) -> None:
        """Hide the rows from *first* to *last*; ranges inside are taken in."""
        low, high = bisect_left(self._firsts, first), bisect_right(self._firsts, last)
        self._taken_in[first] = list(zip(self._firsts[low:high], self._lasts[low:high], strict=True))
        self._put(low, high, [(first, last)])

    def show(self, row: int) -> bool:
        """Show the range that begins at *row* or hides it, but what it took in; tell whether there was one."""
        at = bisect_right(self._firsts, row) - 1
        if at < 0 or self._lasts[at] < row:
            return False
        self._put(at, at + 1, self._taken_in.pop(self._firsts[at], []))
        return True

    def remembers(self, first: int) -> bool:
        """Whether it is known what was hidden inside the range from row *first* on before that was."""
        return first in self._taken_in

    def add(self, ranges: list[tuple[int, int]]) -> None:
        """Hide *ranges*, ascending and apart, which lie between two of those that are hidden."""
        at = bisect_left(self._firsts, ranges[0][0]) if ranges else 0
        self._put(at, at, ranges)

    def replace(self, ranges: list[tuple[int, int]]) -> None:
        """Hide *ranges* (first and last row, ascending, apart) and nothing else."""
        self._taken_in = {}
        self._put(0, len(self._firsts), ranges)

    def hidden_after(self, row: int) -> int:
        """Return how many rows right after *row* are hidden, 0 if none are."""
        at = bisect_left(self._firsts, row + 1)
        is_there = at < len(self._firsts) and self._firsts[at] == row + 1
        return self._lasts[at] - row if is_there else 0

    def row_at(self, place: int) -> int:
        """Return the row at *place* among those that are left."""
        low, high = 0, len(self._firsts)
        while low < high:
            middle = (low + high) // 2
            if self._firsts[middle] - self._hidden_before[middle] <= place:
                low = middle + 1
            else:
                high = middle
        return place + self._hidden_before[low]

    def place_of(self, row: int) -> int:
        """Return the place of *row*; of the row before its range where it is hidden."""
        at = bisect_right(self._firsts, row)
        if at and self._lasts[at - 1] >= row:
            return self._firsts[at - 1] - 1 - self._hidden_before[at - 1]
        return row - self._hidden_before[at]

    def _put(self, low: int, high: int, ranges: list[tuple[int, int]]) -> None:
        """Put *ranges* in the place of those from number *low* to before *high*."""
        self._firsts[low:high] = [first for first, _ in ranges]
        self._lasts[low:high] = [last for _, last in ranges]
        sizes = (last - first + 1 for first, last in zip(self._firsts, self._lasts, strict=True))
        self._hidden_before = list(accumulate(sizes, initial=0))
