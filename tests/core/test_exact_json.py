"""JSON with numbers as they were written, against the standard library as the judge of the rest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.pretty import pretty
from antiphon.core.exact_json import LAID_OUT, json_text, parsed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "number",
    [
        "0",
        "-0",
        "-0.0",
        "1.0",
        "1.50",
        "1E5",
        "1e-400",
        "1e400",
        "123456789012345678901234567890",
        "9" * 5000,
    ],
)
def test_a_number_is_written_as_it_was_read(number):
    assert json_text(parsed(number)) == number
    assert json_text(parsed(f'[{{"n": {number}}}]')) == f'[{{"n": {number}}}]'


def test_numbers_compare_as_numbers():
    assert parsed("1.50") == 1.5
    assert parsed("[1E2, 3]") == [100, 3]
    assert parsed("1.10") < parsed("1.2")
    assert parsed("-0") == 0
    assert parsed("12345678901234567891") - parsed("12345678901234567890") == 1


@given(VALUES)
def test_text_is_what_the_standard_library_writes(value):
    assert json.loads(json_text(value)) == value
    assert json_text(value).encode("utf-8")
    if not any(0xD800 <= ord(char) <= 0xDFFF for char in str(value)):
        assert json_text(value) == json.dumps(value, ensure_ascii=False)


@given(VALUES)
def test_laid_out_text_is_that_of_a_body_that_is_laid_out(value):
    compact = json_text(value).encode()
    assert json_text(value, LAID_OUT).encode() == pretty(compact)


@pytest.mark.parametrize("inside", ["1", '{"a":[1,2],"b":{}},3'])
def test_deep_levels_stay_in_one_row(inside):
    deep = "[" * 150 + inside + "]" * 150
    assert json_text(parsed(deep), LAID_OUT).encode() == pretty(deep.encode())


def test_a_lone_surrogate_stays_an_escape():
    assert json_text(parsed(r'["\ud800", "\ud83d\ude00"]')) == '["\\ud800", "😀"]'


def test_of_a_name_twice_the_last_value_stays():
    assert json_text(parsed('{"a": 1, "b": 2, "a": 3.0}')) == '{"a": 3.0, "b": 2}'


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "01", "{'a': 1}", "[1,]", "", "\x00"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError):
        parsed(text)
