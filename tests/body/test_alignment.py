"""Equal items of two sequences are found, in order, whatever the sequences are like."""

from array import array
from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.alignment import LONGEST_EDIT, ItemArray, LongAlignment, aligned

ITEMS = st.lists(st.integers(0, 12), max_size=60)


def rebuilt(left, right):
    """Return *right*, made of the left's items in runs and of the right's own between them."""
    made, b = [], 0
    for i, j, count in aligned(left, right).runs:
        made += right[b:j] + left[i : i + count]
        b = j + count
    return made + right[b:]


@given(ITEMS, ITEMS)
def test_the_runs_and_what_the_right_has_between_them_make_the_right(left, right):
    assert rebuilt(left, right) == right


@given(ITEMS, ITEMS)
def test_runs_rise_on_both_sides_and_never_touch_a_difference(left, right):
    a = b = 0
    for i, j, count in aligned(left, right).runs:
        assert i >= a and j >= b and count > 0
        assert left[i : i + count] == right[j : j + count]
        a, b = i + count, j + count
    assert a <= len(left) and b <= len(right)


@given(ITEMS)
def test_equal_sequences_are_one_run(items):
    assert aligned(items, items).runs == ([(0, 0, len(items))] if items else [])


@given(st.lists(st.integers(0, 3), max_size=40), st.lists(st.integers(0, 3), max_size=40))
def test_without_anchors_the_shortest_edit_keeps_at_least_what_difflib_keeps(left, right):
    left, right = left * 2, right * 2  # nothing is unique
    kept = sum(count for _i, _j, count in aligned(left, right).runs)
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    assert kept >= sum(block.size for block in blocks)


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=50), st.data())
def test_one_item_more_leaves_all_others_in_place(items, data):
    place = data.draw(st.integers(0, len(items)))
    more = [*items[:place], "new", *items[place:]]
    assert sum(count for _i, _j, count in aligned(items, more).runs) == len(items)


def test_a_stretch_without_anchors_and_far_apart_is_one_block_and_said_so():
    left = [1, 2] * LONGEST_EDIT
    right = [2, 3, 3, 1] * LONGEST_EDIT
    found = aligned([0, *left, 9], [0, *right, 9])
    assert not found.is_exact
    assert found.runs == [(0, 0, 1), (len(left) + 1, len(right) + 1, 1)]


def test_nothing_in_common_is_exact():
    assert aligned([1, 1, 1], [2, 2]).runs == []
    assert aligned([1, 1, 1], [2, 2]).is_exact


@given(ITEMS, ITEMS, st.integers(1, 20))
def test_read_in_windows_the_runs_make_the_right_all_the_same(left, right, window):
    long = LongAlignment(ItemArray(array("q", left)), ItemArray(array("q", right)), window)
    made, a, b = [], 0, 0
    for i, j, count in long.runs():
        assert i >= a and j >= b and left[i : i + count] == right[j : j + count]
        made += right[b:j] + left[i : i + count]
        a, b = i + count, j + count
    assert made + right[b:] == right
    assert long.counts == (len(left), len(right))


@given(st.lists(st.integers(0, 10**6), unique=True, min_size=1, max_size=200), st.integers(8, 30), st.data())
def test_what_moved_by_less_than_half_a_window_is_found(items, window, data):
    place = data.draw(st.integers(0, len(items)))
    more = [*items[:place], *range(-1, -1 - window // 4, -1), *items[place:]]
    long = LongAlignment(ItemArray(array("q", items)), ItemArray(array("q", more)), window)
    assert sum(count for _i, _j, count in long.runs()) == len(items)


def test_a_few_items_wait_for_their_place_far_on_the_other_side():
    long = LongAlignment(ItemArray(array("q", [1, 2])), ItemArray(array("q", [*range(100, 200), 1, 2])), 10)
    assert [(i, count) for i, _j, count in long.runs()] in ([(0, 2)], [(0, 1), (1, 1)])
