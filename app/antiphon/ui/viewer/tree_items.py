"""The rows below one container of a tree: the first thousand children, then groups of a thousand, then of a million.

What is a row never changes while a body arrives, rows are only added; so a container of any size is opened by making
a row for each of what is seen, and a child's row is arithmetic.
"""

from dataclasses import dataclass, field

from antiphon.body.node import Node

FLAT = 1000
"""Children that have a row of their own before groups begin."""
GROUP, LARGE_GROUP = FLAT, FLAT * FLAT


@dataclass(slots=True, eq=False)
class Item:
    """One row: a node, or a group of *span* children of a container from number *first* on.

    Attributes:
        children: Rows made so far.
        is_open: Whether its rows are wanted.
        made: Rows made and not shown yet, those that follow.
        opens: Whether there is anything below it.
        cells: What its columns say, as far as it was asked for.
    """

    parent: "Item | None"
    row: int
    node: Node
    first: int = 0
    span: int = 0
    children: "list[Item]" = field(default_factory=list)
    is_open: bool = False
    made: "list[Item]" = field(default_factory=list)
    opens: bool = True
    cells: dict[int, str] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        return self.span > 0

    @property
    def made_count(self) -> int:
        return len(self.children) + len(self.made)

    @property
    def owner(self) -> "Item":
        """The item of the container that this is part of, or itself where it is no group."""
        item = self
        while item.is_group and item.parent is not None:
            item = item.parent
        return item

    def part(self, row: int) -> tuple[int, int]:
        """Return the first child that *row* stands for, and how many."""
        if self.is_group:
            size = GROUP if self.span == LARGE_GROUP else 1
            return self.first + row * size, size
        if row < FLAT:
            return row, 1
        if row < 2 * FLAT - 1:
            return (row - FLAT + 1) * GROUP, GROUP
        return (row - 2 * FLAT + 2) * LARGE_GROUP, LARGE_GROUP

    def row_of(self, number: int) -> int:
        """Return the row that is child *number* or holds it."""
        if self.is_group:
            return (number - self.first) // (GROUP if self.span == LARGE_GROUP else 1)
        if number < GROUP:
            return number
        if number < LARGE_GROUP:
            return FLAT - 1 + number // GROUP
        return 2 * FLAT - 2 + number // LARGE_GROUP

    def row_count(self, known: int) -> int:
        """Return how many rows there are below this when its container has *known* children."""
        if self.is_group:
            known = min(known, self.first + self.span)
        return self.row_of(known - 1) + 1 if known > self.first else 0
