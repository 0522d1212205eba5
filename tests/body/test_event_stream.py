"""The index of server-sent events against the standard's prose, for random bytes that come in random pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.event_stream import SseIndex
from antiphon.body.events import CHUNK_BYTES, OTHER_TYPE
from antiphon.body.store import BodyStore
from tests.body.streams import arriving, told


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
