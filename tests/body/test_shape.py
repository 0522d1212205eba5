import re

import pytest

from antiphon.body.shape import shape_of


def shape(source, flags=0):
    return shape_of(re.compile(source, flags | re.MULTILINE))


@pytest.mark.parametrize(
    ("source", "widths"),
    [("abc", (3, 3)), (r"\d{4}-\d\d", (7, 7)), ("a*", (0, None)), ("a|bcd", (1, 3)), (r"(ab)\1", (4, 4))],
)
def test_widths_are_those_of_the_shortest_and_longest_match(source, widths):
    assert (shape(source).shortest, shape(source).longest) == widths


@pytest.mark.parametrize(
    ("source", "looks"),
    [("a", (1, 1)), ("(?<=ab)c", (3, 1)), ("a(?=bcd)", (1, 4)), ("(?:(?!.*x)a)+", (1, None))],
)
def test_how_far_an_expression_looks(source, looks):
    assert (shape(source).looks_back, shape(source).looks_ahead) == looks


@pytest.mark.parametrize(
    "source", ["a.*b", "^a$", r"\bx\b", "[a-z]+", r"\d", r"(?<!\w)a(?!\w)", "(a|b)+?", r"\S+"]
)
def test_what_has_no_way_to_a_newline_stays_in_its_line(source):
    assert shape(source).stays_in_line


@pytest.mark.parametrize(
    "source",
    [
        "a\nb",
        r"a\s",
        "[^a]",
        "(?s:.)a",
        r"\W",
        r"\D",
        r"a(?=\n)",
        r"(?<!\n)a",
        r"\Aa",
        r"a\Z",
        "(?:a|b\n)+",
        "(?>[^x]+)",
    ],
)
def test_what_may_meet_a_newline_does_not(source):
    assert not shape(source).stays_in_line
