"""Conditions in filters: what is equal, what is less, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.json_query import JsonQuery

SCALARS = st.sampled_from([None, False, True, 0, 1, 1.0, -1, 2.5, 10**30, "", "a", "b", "é", "true"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2), max_leaves=4)  # fmt: skip


def kept(condition: str, document) -> list:
    return [value for _parts, value in JsonQuery(f"$[?{condition}]").nodes(document)]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("@ > 0", [1, 1.5]),
        ("@ <= 1", [1, 0]),
        ("@ >= false", [False]),
        ("@ == 1", [1]),
        ("@ == true", [True]),
        ("@ <= 'b'", ["a"]),
        ("@ <= null", [None]),
        ("@ != 1", [True, 0, False, 1.5, "a", None, [True]]),
    ],
)
def test_a_truth_value_is_no_number(condition, found):
    document = [1, True, 0, False, 1.5, "a", None, [True]]
    assert list(map(repr, kept(condition, document))) == list(map(repr, found))


def test_containers_are_equal_where_all_in_them_is():
    assert kept("@.a == @.b", [{"a": [1], "b": [True]}, {"a": {"x": [0]}, "b": {"x": [False]}}]) == []
    alike = [{"a": {"x": [0.0], "y": 1}, "b": {"y": 1, "x": [0]}}]
    assert kept("@.a == @.b", alike) == alike


def test_nothing_equals_nothing_and_is_less_than_nothing():
    assert kept("@.a == @.b", [{}, {"a": None}, {"a": 1, "b": 1}]) == [{}, {"a": 1, "b": 1}]
    assert kept("@.a <= @.b", [{}, {"a": 1}]) == [{}]
    assert kept("@.a < @.b", [{}, {"a": 1}]) == []


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("length(@) == 2", ["ab", [1, 2]]),
        ("count(@.*) == 2", [[1, 2]]),
        ("value(@.*) == 3", [[3]]),
        ("value(@.*) == 1", []),
        ("match(@, 'a')", []),
        ("search(@, 'a')", ["ab"]),
        ("search(@, '(')", []),
        ("!search(@, 'a') && @[0] || @[0] == 3", [[1, 2], [3]]),
    ],
)
def test_functions(condition, found):
    assert kept(condition, ["ab", [1, 2], [3], 7]) == found


def test_what_stands_below_the_root_is_found_once_for_each_document():
    query = JsonQuery("$.items[?@ == $.wanted]")
    for wanted in (1, 2):
        document = {"wanted": wanted, "items": [1, 2]}
        assert [value for _parts, value in query.nodes(document)] == [wanted]


def equal(left, right) -> bool:
    """Compare as RFC 9535 section 2.3.5.2.2 does, by spelling types out."""
    if isinstance(left, int | float) and isinstance(right, int | float):
        return isinstance(left, bool) == isinstance(right, bool) and left == right
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return set(left) == set(right) and all(equal(left[name], right[name]) for name in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return left == right


@given(VALUES, VALUES)
def test_equality_agrees_with_a_naive_one(left, right):
    assert bool(kept("@.a == @.b", [{"a": left, "b": right}])) == equal(left, right)
    assert bool(kept("@.a != @.b", [{"a": left, "b": right}])) != equal(left, right)
