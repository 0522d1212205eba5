"""Ctrl+Tab goes through the tabs in the order they were used, as far back as one likes."""

import pytest

from antiphon.ui.recent import RecentTabs


@pytest.fixture
def recent(qapp):
    recent = RecentTabs()
    for tab in "abc":
        recent.used(tab)
    yield recent
    recent.end()


def test_one_step_goes_to_the_tab_used_before(recent):
    assert recent.step(1) == "b"
    recent.end()
    assert recent.step(1) == "c"


def test_a_walk_goes_on_past_the_second_tab_and_round(recent):
    assert [recent.step(1) for _ in range(4)] == ["b", "a", "c", "b"]


def test_what_is_passed_on_the_way_is_not_used(recent):
    for _ in range(2):
        recent.used(recent.step(1))
    recent.end()
    assert (recent.last(), recent.step(1), recent.step(1)) == ("a", "c", "b")


def test_the_walk_goes_back_too(recent):
    assert recent.step(-1) == "a"


def test_a_closed_tab_is_forgotten(recent):
    recent.forget("b")
    assert recent.step(1) == "a"


def test_no_tab_is_no_step(qapp):
    assert RecentTabs().step(1) is None
