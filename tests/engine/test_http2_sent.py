"""What left over an HTTP/2 connection is told by frame and by request, however the writes were cut."""

import h2.config
import h2.connection
import h2.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.events import SENT_BODY_BYTES, Frame
from antiphon.engine.http2_frames import window_update
from antiphon.engine.http2_sent import MAX_FRAMES, Http2Sent, Outbox, shown_frame
from tests.engine.test_http2_frames import frame

FIELDS = [(b":method", b"PUT"), (b":path", b"/"), (b":scheme", b"http"), (b":authority", b"a")]


class Counter:
    """A stream as far as it counts."""

    written_bytes = 0


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        (frame(0, b"abc", 1), Frame("DATA", 1, "END_STREAM", 3)),
        (frame(1, b"abc", 0x25), Frame("HEADERS", 1, "END_STREAM END_HEADERS PRIORITY", 3)),
        (frame(9, b"abc", 4), Frame("CONTINUATION", 1, "END_HEADERS", 3)),
        (frame(3, b"\0\0\0\x08"), Frame("RST_STREAM", 1, "", 4, "CANCEL")),
        (frame(3, b"\0\0\1\x08"), Frame("RST_STREAM", 1, "", 4, "0x00000108")),
        (
            frame(4, b"\0\2\0\0\0\0\0\4\0\1\0\0\xab\xcd\0\0\0\1", stream=0),
            Frame("SETTINGS", 0, "", 18, "ENABLE_PUSH 0, INITIAL_WINDOW_SIZE 65,536, 0xabcd 1"),
        ),
        (frame(4, b"", 1, stream=0), Frame("SETTINGS", 0, "ACK", 0)),
        (frame(6, b"\1" * 8, 1, stream=0), Frame("PING", 0, "ACK", 8, "01 01 01 01 01 01 01 01")),
        (
            frame(7, b"\0\0\0\3\0\0\0\1", stream=0),
            Frame("GOAWAY", 0, "", 8, "last stream 3, PROTOCOL_ERROR"),
        ),
        (window_update(3, 70_000), Frame("WINDOW_UPDATE", 3, "", 4, "70,000 bytes more")),
        (frame(0x63, b"x"), Frame("UNKNOWN 0x63", 1, "", 1, "78")),
    ],
)
def test_a_frame_is_named_with_what_it_says(wire, shown):
    assert shown_frame(wire) == shown


def _conversation() -> tuple[bytes, list[str]]:
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    connection.initiate_connection()
    connection.send_headers(1, FIELDS)
    connection.send_data(1, b"body", end_stream=True)
    connection.send_headers(3, FIELDS)
    connection.reset_stream(3, h2.errors.ErrorCodes.CANCEL)
    kinds = ["PREFACE", "SETTINGS", "HEADERS", "DATA"]
    return connection.data_to_send(), kinds


@given(st.lists(st.integers(0, 400), max_size=12))
def test_each_request_gets_its_frames_once_they_left_and_no_earlier(steps):
    wire, kinds = _conversation()
    stream = Counter()
    outbox, first, second = Outbox(stream), Http2Sent(FIELDS), Http2Sent(FIELDS)
    outbox.open(1, first)
    outbox.open(3, second)
    outbox.offer(wire)
    for step in sorted(steps):
        stream.written_bytes = min(step, len(wire))
        outbox.settle()
        told = first.facts().frames + second.facts().frames
        assert sum(item.length + 9 * (item.kind != "PREFACE") for item in told) <= stream.written_bytes
    stream.written_bytes = len(wire)
    outbox.settle()
    assert [item.kind for item in first.facts().frames] == kinds
    assert (first.facts().body, first.facts().body_bytes, first.facts().is_complete) == (b"body", 4, True)
    assert [item.kind for item in second.facts().frames] == ["HEADERS", "RST_STREAM"]
    assert not second.facts().is_complete


def test_frames_of_a_request_that_is_over_are_nobodys():
    stream, sent = Counter(), Http2Sent(FIELDS)
    outbox = Outbox(stream)
    outbox.open(1, sent)
    outbox.forget(1)
    outbox.offer(frame(0, b"x") + window_update(0, 5))
    stream.written_bytes = 100
    outbox.settle()
    assert sent.facts().frames == ()


def test_a_body_of_any_size_leaves_a_bounded_list_that_still_adds_up():
    sent = Http2Sent(FIELDS)
    for _ in range(5000):
        sent.note(memoryview(frame(0, b"x" * 1000)))
        sent.note(memoryview(window_update(1, 9)))
    sent.note(memoryview(frame(0, b"end", 1)))
    facts = sent.facts()
    assert len(facts.frames) == MAX_FRAMES + 3
    assert sum(item.length for item in facts.frames if item.kind == "DATA") == 5_000_003
    assert [item.detail for item in facts.frames[MAX_FRAMES:]] == [
        "4,900 more DATA frames, 4,900,000 bytes in all",
        "4,900 more WINDOW_UPDATE frames, 19,600 bytes in all",
        "",
    ]
    assert (len(facts.body), facts.body_bytes, facts.is_complete) == (SENT_BODY_BYTES, 5_000_003, True)


def test_fields_are_text_as_it_was_meant():
    sent = Http2Sent([(b":path", b"/"), (b"x-u", "ü".encode()), (b"x-l", b"\xfc")])
    assert sent.facts().fields == ((":path", "/"), ("x-u", "ü"), ("x-l", "ü"))
