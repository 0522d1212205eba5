"""What a comparison says: pieces of rows, each equal on both sides or different in one way, in the order of reading."""

from array import array
from enum import IntEnum
from typing import NamedTuple

MOST_DIFFERENCES = 20_000
FIELDS = 7
"""Numbers of 32 bits that a piece takes in `Pieces.numbers`."""
LONGEST_PATH = 500


class Sign(IntEnum):
    EQUAL = 0
    CHANGED = 1
    REMOVED = 2
    ADDED = 3
    IGNORED = 4
    """Different, where the user asked to pass over it."""


class Piece(NamedTuple):
    """Rows of the left and rows of the right that stand beside each other, from the first of either on."""

    sign: Sign
    left: int
    left_count: int
    right: int
    right_count: int
    path_start: int = 0
    path_length: int = 0
    """Of its JSON path, in bytes of `Pieces.paths`; 0 where there is none."""


class EnoughError(Exception):
    """As many differences were found as are shown."""


class Pieces:
    """Collects pieces; equal ones that follow each other on both sides become one."""

    def __init__(self) -> None:
        self.numbers = array("I")
        self.paths = bytearray()
        self.differences = 0

    def equal(self, left: int, left_count: int, right: int, right_count: int) -> None:
        """Add rows that are equal; of two spellings of one value either may be longer."""
        numbers = self.numbers
        if (
            numbers
            and numbers[-FIELDS] == Sign.EQUAL
            and left_count == right_count
            and self._follows(left, right)
        ):
            numbers[-5] += left_count
            numbers[-3] += right_count
        elif left_count or right_count:
            self._add(Sign.EQUAL, left, left_count, right, right_count)

    def different(
        self, sign: Sign, left: int, left_count: int, right: int, right_count: int, path: str = ""
    ) -> None:
        """Add rows that differ as *sign* says, those of the JSON value at *path*.

        Raises:
            EnoughError: there are `MOST_DIFFERENCES` already.
        """
        if sign != Sign.IGNORED:
            if self.differences >= MOST_DIFFERENCES:
                raise EnoughError
            self.differences += 1
        if len(path) > LONGEST_PATH:
            path = f"{path[:LONGEST_PATH]}…"
        text = path.encode("utf-8", "replace")
        self._add(sign, left, left_count, right, right_count, len(self.paths), len(text))
        self.paths += text

    def pieces(self) -> list[Piece]:
        """Return all of them."""
        numbers = self.numbers
        return [
            Piece(Sign(numbers[at]), *numbers[at + 1 : at + FIELDS]) for at in range(0, len(numbers), FIELDS)
        ]

    def _follows(self, left: int, right: int) -> bool:
        numbers = self.numbers
        is_even = numbers[-5] == numbers[-3]
        return is_even and numbers[-6] + numbers[-5] == left and numbers[-4] + numbers[-3] == right

    def _add(self, *values: int) -> None:
        self.numbers.extend(values)
        self.numbers.extend([0] * (FIELDS - len(values)))
