"""Laid out JSON becomes rows whose hashes tell what is the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.ignored_paths import patterns_of
from antiphon.body.json_rows import JsonLinesReader, JsonRowReader, RowKind, Sameness, key_steps, row_key
from antiphon.body.pretty import pretty

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text('ab\\"{}[],:\n é', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab": ', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def rows_of(text, sameness=Sameness(), reader=JsonRowReader, step=7):
    laid_out = pretty(text) if reader is JsonRowReader else text
    made = reader(sameness)
    for place in range(0, len(laid_out), step):
        made.feed(laid_out[place : place + step])
    made.finish()
    return made.rows, laid_out


def value_hash(text, **sameness):
    rows, _text = rows_of(text, Sameness(**sameness))
    return rows.values[0]


@given(VALUES, st.integers(1, 40))
def test_rows_are_the_lines_and_sizes_are_the_values(value, step):
    rows, text = rows_of(json.dumps(value).encode(), step=step)
    lines = text.split(b"\n")
    assert len(rows) == len(lines) == len(rows.starts) - 1
    assert [text[a:b].rstrip(b"\n") for a, b in zip(rows.starts, rows.starts[1:])] == lines
    for row, size in enumerate(rows.sizes):
        if size:
            stretch = b"\n".join(lines[row : row + size]).strip().rstrip(b",")
            json.loads(stretch.removeprefix(row_key(stretch) + b": ") if rows.keys[row] else stretch)
        else:
            assert rows.kinds[row] == RowKind.CLOSING


@given(VALUES, VALUES)
def test_hashes_are_equal_exactly_where_values_are(left, right):
    ours, theirs = value_hash(json.dumps(left).encode()), value_hash(json.dumps(right).encode())
    same = json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
    assert (ours == theirs) == same


@pytest.mark.parametrize(
    ("left", "right", "options", "is_same"),
    [
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', {}, True),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}', {"order_matters": True}, False),
        (b"[1,2]", b"[2,1]", {}, False),
        (b"1.0", b"1", {}, False),
        (b"1.0", b"1", {"numbers_by_value": True}, True),
        (b'"1"', b"1", {"numbers_by_value": True}, False),
        ('"é"'.encode(), b'"\\u00e9"', {}, True),
        (b'{"\\u0061":1}', b'{"a":1}', {}, True),
        (b'"\\ud800"', b'"\\ud801"', {}, False),
        (b"{}", b"[]", {}, False),
        (b'{"a":1,"a":2}', b'{"a":2}', {}, False),
        (b'{"id":1,"a":2}', b'{"id":9,"a":2}', {"ignored": patterns_of("$.id")}, True),
        (b'{"id":1,"a":2}', b'{"a":2}', {"ignored": patterns_of("$..id")}, True),
        (b'{"x":{"id":1}}', b'{"x":{}}', {"ignored": patterns_of("$..id")}, True),
        (b'[{"t":1},{"t":2}]', b'[{"t":3},{"t":4}]', {"ignored": patterns_of("$[*].t")}, True),
        (b"[1,2,3]", b"[9,2,3]", {"ignored": patterns_of("$[0]")}, True),
        (b"[1,2,3]", b"[1,9,3]", {"ignored": patterns_of("$[0]")}, False),
    ],
)
def test_what_counts_as_the_same(left, right, options, is_same):
    assert (value_hash(left, **options) == value_hash(right, **options)) == is_same


def test_json_lines_have_a_root_for_each_document():
    rows, _text = rows_of(b'{\n  "a": 1\n}\n2\n[]', reader=JsonLinesReader)
    assert rows.roots == [0, 3, 4]
    assert list(rows.sizes) == [3, 1, 0, 1, 1]


def test_a_byte_order_mark_belongs_to_no_value():
    assert value_hash(b"\xef\xbb\xbf[1]") == value_hash(b"[1]")


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (b'"a"', ".a"),
        (b'"\\u00fc_1"', ".ü_1"),
        (b'"a b"', "['a b']"),
        (b'"it\'s"', "['it\\'s']"),
        (b'"0"', "['0']"),
    ],
)
def test_names_become_steps_of_a_path(name, step):
    assert key_steps(name) == step
