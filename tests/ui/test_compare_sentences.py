"""What is said in place of rows is whole sentences with numbers."""

import pytest

from antiphon.body.compare import Outcome
from antiphon.ui.compare.sentences import count_text, ending, nothing_yet


def test_equal_bodies_and_different_bytes():
    assert ending(Outcome("equal"), 1234, 1234)[1] == "1,234 bytes, every one the same."
    assert "byte 7." in ending(Outcome("bytes", 1, first_difference=7), 10, 10)[1]
    assert "up to byte 10, where the right one goes on" in ending(Outcome("bytes", 1), 10, 12)[1]


@pytest.mark.parametrize(
    ("outcome", "number", "text"),
    [
        (None, None, ""),
        (Outcome("lines"), None, "No differences"),
        (Outcome("lines", 1), None, "1 difference"),
        (Outcome("lines", 1200), None, "1,200 differences"),
        (Outcome("lines", 1200), 4, "5 of 1,200"),
        (Outcome("lines", 20000, is_limited=True), None, "More than 20,000 differences"),
    ],
)
def test_differences_are_counted_in_words(outcome, number, text):
    assert count_text(outcome, number) == text


def test_each_way_of_having_nothing_has_its_own_words():
    ways = {
        nothing_yet(is_waiting=a, has_answer=b)[0] for a, b in ((True, True), (False, False), (False, True))
    }
    assert len(ways) == 3
