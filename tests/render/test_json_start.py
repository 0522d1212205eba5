"""What begins like JSON: whole, cut anywhere, line by line, and what is a log all the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.render.json_start import json_kind

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
CONTAINERS = st.lists(VALUES, max_size=3) | st.dictionaries(st.text(max_size=3), VALUES, max_size=3)


@given(CONTAINERS, st.integers(0, 400), st.sampled_from([None, 1]), st.booleans())
def test_json_that_is_cut_anywhere_is_json(value, cut, indent, is_ascii):
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    assert json_kind(text[: 1 + cut]) == "json"


@given(st.lists(CONTAINERS, min_size=2, max_size=4), st.integers(0, 40))
def test_a_value_on_each_line_is_json_lines(values, cut):
    lines = "\n".join(map(json.dumps, values))
    assert json_kind(lines[: max(lines.index("\n") + 2, len(lines) - cut)]) == "jsonlines"


@pytest.mark.parametrize(
    "text",
    [
        "[2026-11-25 10:00:00] started\n[2026-11-25 10:00:01] stopped\n",
        "[12:30] <bob> hello",
        "[1] See page 3.\n[2] See page 9.\n",
        "[INFO] started",
        "[0x12] core",
        "[true story]",
        "[] nothing",
        "{not json}",
        "{\nnot json",
        "{'a': 1}",
        '{"a": 1} and more words',
        '{"a": 1}\nwords',
        "",
        "12",
        '"words"',
    ],
)
def test_logs_and_words_are_text(text):
    assert json_kind(text) == "text"


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1,}',
        '[{"a": 1}, {"b" 2}]',
        '{"a": what}',
        '{"a": "one\ntwo"}',
        "[[" * 600,
        '{\n"a": 1\n}\n{\n"b": 2\n}',
    ],
)
def test_what_is_meant_as_json_and_has_a_fault_is_json(text):
    assert json_kind(text) == "json"


def test_very_many_values_are_taken_one_after_the_other():
    assert json_kind("[]\n" * 2000) == "jsonlines"
    assert json_kind("[]" * 2000) == "json"
