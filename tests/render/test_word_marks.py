"""The marks of two changed lines hold exactly what the lines do not share."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.word_marks import MOST_WORDS, word_marks

TEXTS = st.text("ab ,:1", max_size=30)


def unmarked(text, marks):
    return "".join(char for place, char in enumerate(text) if not any(a <= place < b for a, b in marks))


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_on_both_sides(left, right):
    ours, theirs = word_marks(left, right)
    assert unmarked(left, ours) == unmarked(right, theirs)


@given(TEXTS)
def test_equal_lines_have_no_marks(text):
    assert word_marks(text, text) == ([], [])


def test_words_are_marked_and_not_what_lies_between():
    left, right = '"name": "old", "n": 1', '"name": "new", "n": 2'
    ours, theirs = word_marks(left, right)
    assert [left[a:b] for a, b in ours] == ["old", "1"]
    assert [right[a:b] for a, b in theirs] == ["new", "2"]


def test_with_very_many_words_the_part_that_differs_is_marked_as_a_whole():
    left = "same " + "x " * MOST_WORDS + "end"
    assert word_marks(left, "same y end")[0] == [(5, len(left) - 4)]
