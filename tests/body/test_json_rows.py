"""Laid out JSON becomes rows whose hashes tell what is the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.ignored_paths import patterns_of
from antiphon.body.json_rows import JsonRowReader, RowKind, Sameness, key_steps, row_key
from antiphon.body.pretty import pretty

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text('ab\\"{}[],:\n é', max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab": ', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def rows_of(text, sameness=Sameness(), is_lines=False, step=7, fold_bytes=0):
    laid_out = text if is_lines else pretty(text)
    lines = laid_out.split(b"\n")

    def read(row, count):
        return b"\n".join(lines[row : row + count])

    made = JsonRowReader(sameness, read, is_lines=is_lines, fold_bytes=fold_bytes)
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
    assert list(rows.rows) == list(range(len(lines)))
    assert all(span in (size, 1) for span, size in zip(rows.spans, rows.sizes))
    for row, size in enumerate(rows.sizes):
        if size:
            stretch = b"\n".join(lines[row : row + size]).strip().rstrip(b",")
            name = row_key(stretch)
            json.loads(stretch.removeprefix(name + b": ") if name else stretch)
        else:
            assert rows.kinds[row] == RowKind.CLOSING


@given(VALUES, st.integers(2, 80), st.booleans())
def test_what_is_folded_has_the_same_value_when_it_is_looked_into(value, fold_bytes, order_matters):
    text, sameness = json.dumps(value).encode(), Sameness(patterns_of("$..a $.*[1]"), order_matters, True)
    whole, _text = rows_of(text, sameness)
    folded, _text = rows_of(text, sameness, fold_bytes=fold_bytes)
    assert folded.value(0) == whole.value(0) == whole.values[0]
    by_row = dict(zip(whole.rows, range(len(whole))))
    for entry in range(len(folded)):
        if not folded.sizes[entry]:
            continue
        other = by_row[folded.rows[entry]]
        assert folded.sizes[entry] == whole.sizes[other]
        assert folded.keys[entry] == whole.keys[other]
        assert folded.value(entry) == whole.values[other]
        if folded.is_folded(entry):
            inner = folded.unfolded(entry)
            end = other + whole.sizes[other]
            assert inner.rows == whole.rows[other:end]
            assert inner.values == whole.values[other:end]
            assert inner.ignored[1:] == whole.ignored[other + 1 : end]
        if folded.kinds[entry] == RowKind.OBJECT and folded.sizes[entry] > 1:
            assert folded.scalar_members(entry) == whole.scalar_members(other)


@pytest.mark.parametrize("step", [1, 100, 1 << 20])
def test_small_containers_are_folded_however_the_text_comes(step):
    items = [{"n": number, "deep": [number]} for number in range(2000)]
    rows, _text = rows_of(json.dumps({"items": items}).encode(), step=step, fold_bytes=200)
    assert len(rows) == 2 + 2000 + 2
    assert rows.sizes[0] == len(_text.split(b"\n"))


def test_a_very_deep_value_is_looked_into_all_the_same():
    deep = b"[" * 3000 + b"1" + b"]" * 3000
    folded, _text = rows_of(deep, fold_bytes=1 << 16, step=1 << 20)
    whole, _text = rows_of(deep)
    assert folded.is_folded(0)
    assert folded.value(0) == whole.values[0]


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
    rows, _text = rows_of(b'{\n  "a": 1\n}\n2\n[]', is_lines=True)
    assert list(rows.roots) == [0, 3, 4]
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
