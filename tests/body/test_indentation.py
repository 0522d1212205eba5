import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body import indentation
from antiphon.body.indentation import block_end, block_start, indent_of, is_blank, next_block
from antiphon.body.store import BodyStore

LINES = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(["x", "{", "", "\r", "long " * 9])).map(
        lambda pair: " " * pair[0] + pair[1]
    ),
    min_size=1,
    max_size=30,
)


def body_of(lines):
    store = BodyStore()
    store.append("\n".join(lines).encode())
    store.finish()
    return store


def last(steps):
    found = None
    for found in steps:
        pass
    return found


def starts_of(lines):
    at, starts = 0, []
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return starts


@given(LINES, st.integers(0, 29), st.integers(24, 60))
def test_a_block_ends_where_a_line_is_indented_no_deeper(lines, at, step):
    at = min(at, len(lines) - 1)
    indentation.STEP_BYTES, before = step, indentation.STEP_BYTES
    try:
        body, starts = body_of(lines), starts_of(lines)
        indent = indent_of(lines[at].encode())
        end_of_line = starts[at] + len(lines[at])
        found = last(block_end(body, end_of_line, indent))
    finally:
        indentation.STEP_BYTES = before
    naive = [
        start
        for start, line in list(zip(starts, lines, strict=True))[at + 1 :]
        if not is_blank(line.encode()) and indent_of(line.encode()) <= indent
    ]
    assert found == (naive[0] if naive else body.size_bytes)


@given(LINES, st.integers(0, 29), st.integers(24, 60))
def test_a_block_begins_at_the_last_line_before_that_is_indented_less(lines, at, step):
    at = min(at, len(lines) - 1)
    indentation.STEP_BYTES, before = step, indentation.STEP_BYTES
    try:
        body, starts = body_of(lines), starts_of(lines)
        indent = indent_of(lines[at].encode())
        found = last(block_start(body, starts[at], indent))
    finally:
        indentation.STEP_BYTES = before
    naive = [
        start
        for start, line in list(zip(starts, lines, strict=True))[:at]
        if not is_blank(line.encode()) and indent_of(line.encode()) < indent
    ]
    assert found == (naive[-1] if naive else -1)


@given(LINES, st.integers(0, 29), st.integers(120, 300), st.booleans())
def test_the_next_block_begins_with_a_line_that_is_followed_by_a_deeper_one(lines, at, step, stays_inside):
    at = min(at, len(lines) - 1)
    indentation.STEP_BYTES, before = step, indentation.STEP_BYTES
    try:
        body, starts = body_of(lines), starts_of(lines)
        indent = indent_of(lines[at].encode())
        found = last(next_block(body, starts[at], indent, stays_inside=stays_inside))
    finally:
        indentation.STEP_BYTES = before
    full = [
        (start, line, indent_of(line.encode()))
        for start, line in list(zip(starts, lines, strict=True))[at:]
        if not is_blank(line.encode())
    ]
    naive = -1
    for (start, line, own), following in zip(full, [*full, (0, "", -1)][1:], strict=True):
        if stays_inside and own < indent:
            break
        if own == indent and following[2] > indent:
            naive = start + len(line)
            break
    assert found == naive


@pytest.mark.parametrize("length", [indentation.STEP_BYTES - 1, 3 * indentation.STEP_BYTES + 7])
def test_a_line_of_any_length_is_passed_over(length):
    body = body_of(["x" * length, "z", " 1"])
    assert last(next_block(body, 0, 0, stays_inside=True)) == body.size_bytes - len("\n 1")
