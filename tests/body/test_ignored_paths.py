"""Paths to ignore are read as they are written, and meet what they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.ignored_paths import IgnoredPaths, Step, pattern_of, patterns_of
from antiphon.core.errors import UserError


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$.meta.time", (Step("meta"), Step("time"))),
        ("$..id", (Step("id", is_deep=True),)),
        ("$.items[*].updated_at", (Step("items"), Step(None), Step("updated_at"))),
        ("$['odd name'][0]", (Step("odd name"), Step(0))),
        ('$["a\\"b"].*', (Step('a"b'), Step(None))),
        ("$..items[2]", (Step("items", is_deep=True), Step(2))),
        ("$..[*]", (Step(None, is_deep=True),)),
        ("$.größe-x", (Step("größe-x"),)),
    ],
)
def test_a_path_is_read(text, steps):
    assert pattern_of(text) == steps


@pytest.mark.parametrize("text", ["id", "$", "$.", "$id", "$.a[", "$.a[x]", "$.a..", "$.a b$"])
def test_what_is_no_path_is_said_to_be_none(text):
    with pytest.raises(UserError):
        pattern_of(text)


def test_several_paths_are_parted_by_blanks_and_commas():
    assert patterns_of(" $.a, $..b\n$['c, d'] ") == (
        pattern_of("$.a"),
        pattern_of("$..b"),
        pattern_of("$['c, d']"),
    )
    assert patterns_of("") == ()


STEPS = st.builds(Step, st.sampled_from(["a", "b", 0, 1, None]), st.booleans())
PLACES = st.lists(st.sampled_from(["a", "b", 0, 1]), min_size=1, max_size=6)


def meets(pattern, place):
    """Tell by trying every way whether *pattern* names *place* itself."""
    if not pattern or not place:
        return not pattern and not place
    step = pattern[0]
    if step.name in (None, place[0]) and meets(pattern[1:], place[1:]):
        return True
    return step.is_deep and meets(pattern, place[1:])


@given(st.lists(st.lists(STEPS, min_size=1, max_size=4).map(tuple), max_size=3), PLACES)
def test_following_the_patterns_down_agrees_with_trying_every_way(patterns, place):
    paths = IgnoredPaths(patterns)
    states, is_ignored = paths.begin(), False
    for name in place:
        states, is_ignored = paths.after(states, name)
    assert is_ignored == any(meets(pattern, place) for pattern in patterns)
