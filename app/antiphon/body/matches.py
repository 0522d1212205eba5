"""Where matches are, kept small: each place up to a quarter of a million, beyond that how many lie in which stretch of the body."""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from antiphon.body.query import Match

KEPT_LIMIT = 250_000
"""Places that are kept (3 MB)."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A stretch in which matches begin whose places are not kept."""

    start: int
    end: int
    count: int
    number: int
    """Of its first match, counted from 0."""


class MatchIndex:
    """Grows at its end by one thread, is asked by others."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._lengths = array("I")
        self._leaf_starts = array("Q")
        self._leaf_ends = array("Q")
        self._leaf_numbers = array("Q")
        self._count = 0

    @property
    def count(self) -> int:
        """Matches known, kept or not."""
        return self._count

    @property
    def kept(self) -> int:
        """Matches whose places are kept: the first ones."""
        return len(self._lengths)

    @property
    def keeps_more(self) -> bool:
        """Whether places that come are kept still."""
        return not self._leaf_starts and self.kept < KEPT_LIMIT

    @property
    def keeps_all(self) -> bool:
        """Whether the place of every match so far is kept."""
        return not self._leaf_starts

    def keep(self, starts: "array[int]", lengths: "array[int]") -> None:
        """Add matches with their places."""
        self._starts.extend(starts)
        self._lengths.extend(lengths)
        self._count += len(lengths)

    def add_leaves(self, starts: "array[int]", ends: "array[int]", counts: "array[int]") -> None:
        """Add stretches with at least one match each."""
        number = self._count
        for count in counts:
            self._leaf_numbers.append(number)
            number += count
        self._leaf_ends.extend(ends)
        self._leaf_starts.extend(starts)
        self._count = number

    def match(self, number: int) -> Match:
        """Return a match whose place is kept."""
        return self._starts[number], self._lengths[number]

    def rank(self, offset: int) -> int | Leaf:
        """Return how many matches begin before *offset*, or in which stretch that is to be counted."""
        kept = self.kept
        rank = bisect_left(self._starts, offset, 0, kept)
        leaves = len(self._leaf_starts)
        index = bisect_right(self._leaf_starts, offset, 0, leaves) - 1
        if rank < kept or index < 0:
            return rank
        leaf = self._leaf(index)
        if leaf.start == offset:
            return leaf.number
        return leaf if offset < leaf.end else leaf.number + leaf.count

    def about_rank(self, offset: int) -> int:
        """Return how many matches begin before *offset*; within a stretch as if they lay evenly in it."""
        rank = self.rank(offset)
        if isinstance(rank, int):
            return rank
        return rank.number + (offset - rank.start) * rank.count // (rank.end - rank.start)

    def leaf_of(self, number: int) -> Leaf | None:
        """Return the stretch with match *number*; None where its place is kept."""
        if number < self.kept:
            return None
        return self._leaf(bisect_right(self._leaf_numbers, number, 0, len(self._leaf_starts)) - 1)

    def _leaf(self, index: int) -> Leaf:
        number = self._leaf_numbers[index]
        is_last = index + 1 >= len(self._leaf_starts)
        end = self._count if is_last else self._leaf_numbers[index + 1]
        return Leaf(self._leaf_starts[index], self._leaf_ends[index], end - number, number)
