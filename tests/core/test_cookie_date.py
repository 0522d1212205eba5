"""The dates of cookies are read however servers write them."""

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.cookie_date import parse_date


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", (1994, 11, 6, 8, 49, 37)),
        ("Sun Nov  6 08:49:37 1994", (1994, 11, 6, 8, 49, 37)),
        ("6 nov 2037 1:2:3", (2037, 11, 6, 1, 2, 3)),
        ("29 Feb 1700 00:00:00", None),
        ("1 Mar 1601 00:00:00", (1601, 3, 1, 0, 0, 0)),
    ],
)
def test_dates_are_read_in_every_order(text, parts):
    assert parse_date(text) == (parts and calendar.timegm(parts))


@pytest.mark.parametrize(
    "text", ["", "Nov 1994", "31 Feb 2020 00:00:00", "6 Nov 1994 25:00:00", "6 Nov 1500 00:00:00"]
)
def test_impossible_dates_are_no_dates(text):
    assert parse_date(text) is None


@given(st.text("0123456789: -,JanfebDGMT\t\u0660", max_size=40))
def test_no_text_breaks_the_reading_of_dates(text):
    assert parse_date(text) is None or parse_date(text) > -1.2e10
