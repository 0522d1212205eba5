"""Which items of two sequences are the same ones, so that one inserted item does not change all that follow.

Items are hashes. Unique items that both sides have are anchors (the idea of patience diff); what lies between them is
settled by the shortest edit (Myers 1986) while that is short, and is left unmatched where it is not.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

LONGEST_EDIT = 300
"""Insertions and removals between two anchors up to which the shortest edit is looked for: 90,000 steps at most."""
WINDOW = 1 << 18
"""Items of either side that are looked at together; what is further apart is not found to be the same."""
_STRIDE = 4096

Run = tuple[int, int, int]
"""Where equal items begin on the left and on the right, and how many they are."""


@dataclass(frozen=True, slots=True)
class Alignment:
    runs: list[Run]
    """Ascending on both sides."""
    is_exact: bool
    """False: a stretch was so different that it was taken as one block."""


def aligned(left: Sequence[int], right: Sequence[int]) -> Alignment:
    """Return the runs of items that *left* and *right* have in common, in time that hardly grows faster than they do.

    *left* and *right* must be of one type, whose slices can be compared.
    """
    work = _Work(left, right)
    work.run()
    return Alignment(_joined(sorted(work.runs)), work.is_exact)


class Items(Protocol):
    """A sequence that is read forward, a window at a time; its memory does not grow with its length."""

    def window(self, count: int) -> "array[int]":
        """Return the items that come next, *count* of them unless the end comes before; they stay until `skip`."""

    def skip(self, count: int) -> None:
        """Go on by *count* items."""


class ItemArray:
    """An array as `Items`."""

    def __init__(self, items: "array[int]") -> None:
        self._items = items
        self._place = 0

    def window(self, count: int) -> "array[int]":
        return self._items[self._place : self._place + count]

    def skip(self, count: int) -> None:
        self._place += count


class LongAlignment:
    """The alignment of sequences of any length, found while `runs` is read.

    Attributes:
        is_exact: As of an `Alignment`, so far.
        counts: How many items either side has had so far; of all of them after the last run.
    """

    def __init__(self, left: Items, right: Items, window: int = WINDOW) -> None:
        self.is_exact = True
        self.counts = (0, 0)
        self._sides = (left, right)
        self._size = window

    def runs(self) -> Iterator[Run]:
        """Give the runs, ascending on both sides."""
        while True:
            left, right = (side.window(self._size) for side in self._sides)
            if not left and not right:
                return
            found = aligned(left, right)
            self.is_exact &= found.is_exact
            a, b = self.counts
            is_whole = len(left) < self._size and len(right) < self._size
            runs = found.runs if is_whole else self._certain(found.runs)
            yield from ((a + i, b + j, count) for i, j, count in runs)
            self._skip(left, right, runs, is_whole=is_whole)

    def _certain(self, runs: list[Run]) -> list[Run]:
        """Return the *runs* that what comes after the window would hardly change: those of its first three quarters."""
        if len(runs) == 1 and runs[0] == (0, 0, self._size):
            return runs
        limit = self._size * 3 // 4
        return [run for run in runs if max(run[0], run[1]) + run[2] <= limit] or runs[:1]

    def _skip(self, left: Sequence[int], right: Sequence[int], runs: list[Run], *, is_whole: bool) -> None:
        if is_whole:
            steps = (len(left), len(right))
        elif runs:
            i, j, count = runs[-1]
            steps = (i + count, j + count)
        else:  # a side that ends here waits for what the other has further on
            steps = (len(left) * (len(left) == self._size), len(right) * (len(right) == self._size))
            self.is_exact = False
        for side, step in zip(self._sides, steps, strict=True):
            side.skip(step)
        self.counts = (self.counts[0] + steps[0], self.counts[1] + steps[1])


class _Work:
    def __init__(self, left: Sequence[int], right: Sequence[int]) -> None:
        self.runs: list[Run] = []
        self.is_exact = True
        self._left = left
        self._right = right
        self._effort = 1_000_000 + 40 * (len(left) + len(right))
        """Items that may be looked at: sequences made to be slow end in blocks."""

    def run(self) -> None:
        ranges = [(0, len(self._left), 0, len(self._right))]
        while ranges:
            a, b, c, d = self._stripped(*ranges.pop())
            if a == b or c == d:
                continue
            self._effort -= b - a + d - c
            anchors = self._anchors(a, b, c, d) if self._effort > 0 else []
            if not anchors:
                self._settle(a, b, c, d)
                continue
            before = (-1, -1)
            for i, j in [*anchors, (b, d)]:
                if (i - 1, j - 1) != before or i == b:  # else it is stripped with the one before
                    ranges.append((a, i, c, j))
                    a, c = i, j  # the anchor is the first of the next range, and is stripped there
                before = (i, j)

    def _stripped(self, a: int, b: int, c: int, d: int) -> tuple[int, int, int, int]:
        """Take equal items from both ends of a range and return what is left of it."""
        before = _common(self._left, self._right, a, c, min(b - a, d - c))
        if before:
            self.runs.append((a, c, before))
        a, c = a + before, c + before
        after = 0
        limit = min(b - a, d - c)
        while after < limit and self._left[b - after - 1] == self._right[d - after - 1]:
            after += 1
        if after:
            self.runs.append((b - after, d - after, after))
        return a, b - after, c, d - after

    def _anchors(self, a: int, b: int, c: int, d: int) -> list[tuple[int, int]]:
        once = _places_of_unique(self._right, c, d)
        pairs = [(i, once[item]) for item, i in _places_of_unique(self._left, a, b).items() if item in once]
        return _longest_rising(pairs)

    def _settle(self, a: int, b: int, c: int, d: int) -> None:
        left, right = list(self._left[a:b]), list(self._right[c:d])
        if not set(left) & set(right):
            return
        runs = _shortest_edit(left, right) if self._effort > 0 else None
        self._effort -= LONGEST_EDIT * LONGEST_EDIT // 2 if runs is None else 0
        self.is_exact &= runs is not None
        self.runs += [(a + i, c + j, count) for i, j, count in runs or ()]


def _common(left: Sequence[int], right: Sequence[int], a: int, c: int, limit: int) -> int:
    """Return how many of the *limit* items from *a* and *c* on are equal."""
    count = 0
    while count < limit:
        step = min(_STRIDE, limit - count)
        if left[a + count : a + count + step] != right[c + count : c + count + step]:
            break
        count += step
    while count < limit and left[a + count] == right[c + count]:
        count += 1
    return count


def _places_of_unique(items: Sequence[int], start: int, end: int) -> dict[int, int]:
    """Return where each item stands that occurs once, in their order."""
    places: dict[int, int] = {}
    repeated = set()
    for place in range(start, end):
        item = items[place]
        if item in places:
            repeated.add(item)
        else:
            places[item] = place
    for item in repeated:
        del places[item]
    return places


def _longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest choice of *pairs*, which rise on the left, that rises on the right, too."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for number, (_i, j) in enumerate(pairs):
        place = bisect_left(ends, j)
        before.append(tops[place - 1] if place else -1)
        if place == len(ends):
            ends.append(j)
            tops.append(number)
        else:
            ends[place], tops[place] = j, number
    chosen = []
    number = tops[-1] if tops else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _shortest_edit(left: list[int], right: list[int]) -> list[Run] | None:
    """Return the runs that the shortest edit keeps; None where it is longer than `LONGEST_EDIT`."""
    n, m = len(left), len(right)
    furthest = {1: 0}
    trace: list[dict[int, int]] = []
    for edits in range(min(LONGEST_EDIT, n + m) + 1):
        trace.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            x = _step(furthest, diagonal, edits)
            while x < n and x - diagonal < m and left[x] == right[x - diagonal]:
                x += 1
            furthest[diagonal] = x
            if x >= n and x - diagonal >= m:
                return _walked_back(trace, n, m)
    return None


def _step(furthest: dict[int, int], diagonal: int, edits: int) -> int:
    """Return where *diagonal* is entered with *edits*: by an item of the right, or past one of the left."""
    is_added = _is_added(furthest, diagonal, edits)
    return furthest[diagonal + 1] if is_added else furthest[diagonal - 1] + 1


def _is_added(furthest: dict[int, int], diagonal: int, edits: int) -> bool:
    if diagonal == -edits:
        return True
    return diagonal != edits and furthest[diagonal - 1] < furthest[diagonal + 1]


def _walked_back(trace: list[dict[int, int]], x: int, y: int) -> list[Run]:
    """Return the runs on the way to the end, (*x*, *y*), the last one first."""
    runs = []
    for edits in range(len(trace) - 1, -1, -1):
        diagonal, furthest = x - y, trace[edits]
        entered = _step(furthest, diagonal, edits)
        if x > entered:
            runs.append((entered, entered - diagonal, x - entered))
        is_added = _is_added(furthest, diagonal, edits)
        x, y = (entered, entered - diagonal - 1) if is_added else (entered - 1, entered - diagonal)
    return runs


def _joined(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for i, j, count in runs:
        if joined and joined[-1][0] + joined[-1][2] == i and joined[-1][1] + joined[-1][2] == j:
            joined[-1] = (*joined[-1][:2], joined[-1][2] + count)
        else:
            joined.append((i, j, count))
    return joined
