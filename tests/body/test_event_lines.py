"""The index of JSON Lines against splitting the whole text, for random bytes that come in random pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.event_lines import LineIndex
from antiphon.body.events import CHUNK_BYTES, Head
from antiphon.body.store import BodyStore
from tests.body.streams import arriving


@given(
    st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8), st.sampled_from([3, 7, CHUNK_BYTES])
)
def test_lines_that_are_not_blank_are_events_however_the_bytes_come(text, cuts, chunk_bytes):
    cuts = sorted(min(cut, len(text)) for cut in cuts)
    index = arriving(LineIndex, text, cuts, chunk_bytes=chunk_bytes)
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    got = [index.read(number, 1000).strip() for number in range(index.count)]
    assert got == [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize("cut", range(-2, 3))
def test_a_line_longer_than_a_chunk_is_one_event(cut):
    data = b"x" * (3 * CHUNK_BYTES + cut)
    line = b'{"type": "big", "v": "' + data + b'"}'
    lines = arriving(LineIndex, line + b"\r\n" + b"{}", [])
    assert [lines.read(number, 1 << 30) for number in range(2)] == [line, b"{}"]
    assert lines.types[lines.type_number(0)] == "big"


def test_a_last_line_that_is_very_long_and_has_no_end_is_an_event_once_the_body_is_over():
    line = b"[" + b"1," * CHUNK_BYTES
    store = BodyStore(memory_limit_bytes=1 << 30)
    store.append(line)
    index = LineIndex(store)
    while index.advance():
        pass
    assert index.count == 0
    store.finish()
    index.advance()
    assert index.read(0, 1 << 30) == line


def test_a_json_line_has_the_type_that_its_first_member_names():
    rows = [b'{"type":"ADDED","object":{}}', b' { "event" : "x" }', b'{"a":1,"type":"no"}', b"[1]"]
    index = arriving(LineIndex, b"\n".join(rows), [])
    assert [index.head(number).type for number in range(4)] == ["ADDED", "x", "", ""]
    assert index.head(3) == Head("", None, b"[1]")
