from hypothesis import given
from hypothesis import strategies as st

from antiphon.body import indentation
from antiphon.body.indentation import block_end, block_start, indent_of, is_blank
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
