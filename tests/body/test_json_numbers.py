"""Numbers are the same value where they are, exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.json_numbers import number_value

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,8})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)


@given(NUMBERS, NUMBERS)
def test_the_spelling_is_one_exactly_where_the_value_is_one(left, right):
    ours, theirs = number_value(left.encode()), number_value(right.encode())
    assert (ours == theirs) == (Fraction(left) == Fraction(right))


@pytest.mark.parametrize(
    "spellings",
    [(b"1", b"1.0", b"10e-1", b"0.1E+1", b"100e-02"), (b"0", b"-0", b"0.000", b"0e9"), (b"-12", b"-1.2e1")],
)
def test_spellings_of_one_value_are_one(spellings):
    assert len({number_value(text) for text in spellings}) == 1


def test_no_digit_is_rounded_away():
    assert number_value(b"12345678901234567890123456789012345678901") != number_value(
        b"12345678901234567890123456789012345678902"
    )


def test_what_no_machine_can_count_to_stays_as_it_is_written():
    assert number_value(b"1e" + b"9" * 5000) == b"1e" + b"9" * 5000
    assert number_value(b"true") == b"true"
