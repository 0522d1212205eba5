"""When the bytes of a body came, kept in little memory however long the body arrives."""

import time
from array import array
from bisect import bisect_left
from typing import TypeVar

MARK_LIMIT = 1 << 18
"""So many marks are kept (4 MB); beyond it every other one goes, and they are made half as often."""
LEAST_GAP_S = 0.001

Number = TypeVar("Number", int, float)


class Arrivals:
    """Marks of size and time; one writer notes, any thread asks."""

    def __init__(self) -> None:
        self._marks: tuple[array[int], array[float]] = (array("Q"), array("d"))
        self._gap_s = LEAST_GAP_S

    @property
    def exact_to_s(self) -> float:
        """How exact the times are: growth within this time shares a mark."""
        return self._gap_s

    def note(self, size_bytes: int) -> None:
        """Take note that the body is *size_bytes* long now."""
        sizes, times = self._marks
        now = time.perf_counter()
        if len(sizes) > 1 and now - times[-1] < self._gap_s:
            sizes[-1] = size_bytes
            return
        if len(sizes) >= MARK_LIMIT:
            self._gap_s *= 2
            sizes, times = _thinned(sizes), _thinned(times)
            self._marks = (sizes, times)
        times.append(now)  # before the size, by which it is found
        sizes.append(size_bytes)

    def after_first_s(self, end: int) -> float:
        """Return how long after the body's first bytes those before offset *end* were all there, in seconds.

        0 where nothing is known.
        """
        sizes, times = self._marks
        place = bisect_left(sizes, end)
        return times[min(place, len(sizes) - 1)] - times[0] if sizes else 0.0


def _thinned(marks: "array[Number]") -> "array[Number]":
    """Return every other mark, the first and the last among them."""
    kept = marks[:-1:2]
    kept.append(marks[-1])
    return kept
