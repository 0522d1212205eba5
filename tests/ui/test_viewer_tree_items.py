"""Which row stands for which child of a container of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.node import Node
from antiphon.ui.viewer.tree_items import Item

NODE = Node("array", 0, None, 0, 1)
numbers = st.integers(0, 5000) | st.integers(0, 3_000_000) | st.integers(0, 10**10)


def way(number: int) -> list[tuple[int, int]]:
    """Return the parts that stand for child *number*, from the outermost in."""
    item, parts = Item(None, 0, NODE), []
    while not parts or parts[-1][1] > 1:
        row = item.row_of(number)
        parts.append(item.part(row))
        item = Item(item, row, NODE, *parts[-1])
    return parts


@given(numbers)
def test_the_way_to_a_child_ends_at_it(number):
    parts = way(number)
    assert parts[-1] == (number, 1)
    assert all(first <= number < first + span for first, span in parts)


@given(numbers)
def test_rows_follow_each_other_without_a_gap(number):
    item = Item(None, 0, NODE)
    row = item.row_of(number)
    first, span = item.part(row)
    assert item.part(row + 1)[0] == first + span


@pytest.mark.parametrize(
    ("known", "rows"),
    [
        (0, 0),
        (1, 1),
        (1000, 1000),
        (1001, 1001),
        (2000, 1001),
        (2001, 1002),
        (1_000_000, 1999),
        (1_000_001, 2000),
    ],
)
def test_a_container_has_a_row_for_each_part(known, rows):
    assert Item(None, 0, NODE).row_count(known) == rows


def test_ten_million_children_are_a_few_thousand_rows():
    item = Item(None, 0, NODE)
    assert item.row_count(10_000_000) < 2100
    assert Item(item, 0, NODE, 9_000_000, 1_000_000).row_count(10_000_000) == 1000
    assert Item(item, 0, NODE, 9_999_000, 1000).row_count(9_999_500) == 500
