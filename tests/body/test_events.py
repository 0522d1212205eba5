"""The index of events against a reading of the whole text, for random bytes that come in random pieces."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body import events as module
from antiphon.body.events import BLOCK_EVENTS, CHUNK_BYTES, OTHER_TYPE, Head, LineIndex, SseIndex
from antiphon.body.store import BodyStore


def naive_sse(text: bytes):
    """Read *text* line by line as the standard's prose does; return events (type, own id, last id, data) and the rest."""
    whole = text.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    found, data, kind, own_id, last_id, retry = [], "", "", None, "", None
    for line in lines:
        if line == "":
            if data:
                found.append((kind or "message", own_id, last_id, data[:-1]))
                own_id = None
            data = kind = ""
            continue
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data += value + "\n"
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            own_id = last_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            retry = int(value)
    return found, last_id, retry


def arriving(index_type, text: bytes, cuts, *, chunk_bytes=CHUNK_BYTES):
    """Return the index of *text*, which came in the pieces that *cuts* make."""
    store = BodyStore(memory_limit_bytes=1 << 30)
    index = index_type(store)
    before = module.CHUNK_BYTES
    module.CHUNK_BYTES = chunk_bytes
    try:
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            store.append(text[start:end])
            while index.advance():
                pass
        store.finish()
        while index.advance():
            pass
    finally:
        module.CHUNK_BYTES = before
    assert index.is_current
    return index


def told(index):
    rows = []
    for number in range(index.count):
        head = index.head(number)
        data = b"".join(index.data_pieces(number))
        assert index.data(number, 1 << 30) == data
        rows.append((head.type, head.id, data.decode("utf-8", "replace")))
    return rows


PIECES = [
    b"data",
    b"data:",
    b"data: ",
    b"event",
    b"event: ",
    b"id: ",
    b"id",
    b"retry: ",
    b"retry",
    b": ",
    b":",
    b" ",
    b"1",
    b"23",
    b"x",
]
PIECES += [
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"\r\r",
    b"\r\n\r\n",
    b"\0",
    "\u20ac".encode(),
    b"\xff",
    b"\xe2\x82",
    b"\xef\xbb\xbf",
]


@st.composite
def streams(draw):
    text = b"".join(draw(st.lists(st.sampled_from(PIECES), max_size=60)))
    if draw(st.booleans()):
        return text, list(range(1, len(text)))
    return text, sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))


@given(streams())
def test_events_are_those_of_the_standard_however_the_bytes_come(stream):
    text, cuts = stream
    index = arriving(SseIndex, text, cuts)
    events, last_id, retry = naive_sse(text)
    assert told(index) == [(kind, own_id, data) for kind, own_id, _last, data in events]
    assert (index.last_id, index.retry_ms) == (last_id, retry)


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8))
def test_random_bytes_are_read_like_the_standard_does(text, cuts):
    cuts = sorted(min(cut, len(text)) for cut in cuts)
    assert told(arriving(SseIndex, text, cuts)) == [(a, b, d) for a, b, _c, d in naive_sse(text)[0]]


@given(
    st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=8), st.sampled_from([3, 7, CHUNK_BYTES])
)
def test_lines_that_are_not_blank_are_events_however_the_bytes_come(text, cuts, chunk_bytes):
    cuts = sorted(min(cut, len(text)) for cut in cuts)
    index = arriving(LineIndex, text, cuts, chunk_bytes=chunk_bytes)
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    got = [index.read(number, 1000).strip() for number in range(index.count)]
    assert got == [line.strip() for line in lines if line.strip()]


def test_a_line_end_of_two_bytes_is_one_wherever_it_is_cut():
    text = b"data: a\r\ndata: b\r\n\r\n"
    for cut in range(len(text)):
        assert told(arriving(SseIndex, text, [cut])) == [("message", None, "a\nb")]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("cut", range(-2, 3))
def test_a_line_longer_than_a_chunk_is_one_event(end, cut):
    data = b"x" * (3 * CHUNK_BYTES + cut)
    text = b"id: 1" + end + b"data: " + data + end + b"data: tail" + end + end + b"data: next" + end + end
    index = arriving(SseIndex, text, [])
    assert [index.data(number, 1 << 30) for number in range(index.count)] == [data + b"\ntail", b"next"]
    assert index.head(0).id == "1"
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


def test_an_event_is_there_as_soon_as_its_blank_line_is():
    store = BodyStore()
    index = SseIndex(store)
    for text, count in ((b"data: 1\r", 0), (b"\r", 1), (b"\ndata: 2\n", 1), (b"\n", 2)):
        store.append(text)
        while index.advance():
            pass
        assert index.count == count
    store.close()


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        (b"data: 1\n\n", False),
        (b"data: 1\n", True),
        (b"data: 1\n\nda", True),
        (b"data: 1\n\n\n\n", False),
        (b"", False),
    ],
)
def test_an_event_cut_short_by_the_end_is_none_and_is_told(text, is_cut):
    for cuts in ([], [len(text)]):
        index = arriving(SseIndex, text, cuts)
        assert (index.count, index.is_cut) == (text.count(b"1\n\n"), is_cut)


def test_types_are_numbered_and_those_beyond_the_limit_are_read_from_the_event():
    text = b"".join(b"event: t%d\ndata: x\n\n" % number for number in range(300)) + b"data: y\n\n"
    index = arriving(SseIndex, text, [])
    assert [index.head(number).type for number in range(300)] == [f"t{number}" for number in range(300)]
    assert index.type_number(299) == OTHER_TYPE
    assert (len(index.types), index.head(300).type) == (OTHER_TYPE, "message")


def test_a_json_line_has_the_type_that_its_first_member_names():
    rows = [b'{"type":"ADDED","object":{}}', b' { "event" : "x" }', b'{"a":1,"type":"no"}', b"[1]"]
    index = arriving(LineIndex, b"\n".join(rows), [])
    assert [index.head(number).type for number in range(4)] == ["ADDED", "x", "", ""]
    assert index.head(3) == Head("", None, b"[1]")


def test_the_oldest_events_are_forgotten_beyond_the_limit(monkeypatch):
    monkeypatch.setattr(module, "EVENT_LIMIT", 2 * BLOCK_EVENTS)
    count = 4 * BLOCK_EVENTS + 5
    index = arriving(LineIndex, b"".join(b"%d\n" % number for number in range(count)), [])
    assert index.count == count
    assert index.first == 2 * BLOCK_EVENTS
    for number in (index.first, 3 * BLOCK_EVENTS - 1, count - 1):
        assert index.read(number, 99) == b"%d" % number
    with pytest.raises(IndexError):
        index.place(index.first - 1)
    assert len(index._blocks) == 3


def test_spans_cover_every_event_once():
    r = random.Random(1)
    text = b"".join(
        json.dumps("x" * r.choice([1, 50, 3000])).encode() + b"\n" for _ in range(BLOCK_EVENTS + 500)
    )
    index = arriving(LineIndex, text, [])
    number, seen = 0, 0
    while number < index.count:
        start, end, after = index.span(number, 100_000)
        assert after > number
        assert start == index.place(number)[0]
        assert end == sum(index.place(after - 1))
        assert end - start <= 103_100
        seen += after - number
        number = after
    assert seen == index.count
