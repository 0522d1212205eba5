"""HTTP/1 replies are read as curl reads them, however the network cuts them."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.http1_reply import RAW_BYTES, ChunkedBody, HeadReader, Reply, parse_reply
from tests.engine.exchanges import Outcome, request, send
from tests.servers import raw_server, scripted_server
from tests.tools import require_corpora


def parsed(block: bytes, method: bytes = b"GET") -> Reply:
    return parse_reply(block, method)


@pytest.mark.parametrize(
    ("block", "status", "reason", "version"),
    [
        (b"HTTP/1.1 200 OK", 200, "OK", "HTTP/1.1"),
        (b"HTTP/1.0 404 Not Found\r", 404, "Not Found", "HTTP/1.0"),
        (b"HTTP/1.1 301", 301, "", "HTTP/1.1"),
        (b"HTTP/1.1  200   Two  spaces", 200, "Two  spaces", "HTTP/1.1"),
        (b"HTTP/1.1 999 Odd", 999, "Odd", "HTTP/1.1"),
        ("HTTP/1.1 200 Prüfung".encode("latin-1"), 200, "Prüfung", "HTTP/1.1"),
        (b"HTTP/1.1 200 OK\rX: 1", 200, "OK\rX: 1", "HTTP/1.1"),
    ],
)
def test_status_lines_are_read_as_curl_reads_them(block, status, reason, version):
    head = parsed(block).head
    assert (head.status, head.reason, head.http_version) == (status, reason, version)


@pytest.mark.parametrize(
    "block",
    [
        b"HTTP/2.0 200 OK",
        b"HTTP/1.1 2 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1\t200 OK",
        b"HTTP/01.1 200 OK",
        b"HTTP/1.1",
    ],
)
def test_what_is_no_status_line_is_refused(block):
    with pytest.raises(ExchangeBroken) as caught:
        parsed(block)
    assert caught.value.failure.kind == "protocol"


def test_headers_keep_order_case_repetitions_and_odd_bytes():
    head = parsed(
        b"HTTP/1.1 200 OK\r\nX-One: a\r\nx-TWO:  b\t\r\nX-One: caf\xe9\r\nno colon\r\nA b: c\r\nX-F: a\r\n  b"
    ).head
    assert head.headers == (
        ("X-One", "a"), ("x-TWO", "b"), ("X-One", "caf\xe9"), ("no colon", ""), ("A b", "c"), ("X-F", "a b"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "method", "length", "is_chunked"),
    [
        (b"Content-Length: 5", b"GET", 5, False),
        (b"Content-Length: 5\r\nContent-Length: 5", b"GET", 5, False),
        (b"Content-Length: 5", b"HEAD", 0, False),
        (b"Transfer-Encoding: chunked", b"GET", None, True),
        (b"Transfer-Encoding: gzip, chunked", b"GET", None, True),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"GET", None, True),
        (b"Transfer-Encoding: identity", b"GET", None, False),
        (b"X: y", b"GET", None, False),
        (b"X: y", b"CONNECT", 0, False),
    ],
)
def test_the_body_is_delimited_as_rfc_9112_says(headers, method, length, is_chunked):
    reply = parsed(b"HTTP/1.1 200 OK\r\n" + headers, method)
    assert (reply.length, reply.is_chunked) == (length, is_chunked)


@pytest.mark.parametrize("status", [204, 304, 101])
def test_statuses_without_a_body_have_none_whatever_they_say(status):
    assert parsed(b"HTTP/1.1 %d X\r\nContent-Length: 10" % status).length == 0


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -1",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: x",
        b"Transfer-Encoding: zip",
    ],
)
def test_a_body_that_cannot_be_delimited_is_refused(headers):
    with pytest.raises(ExchangeBroken):
        parsed(b"HTTP/1.1 200 OK\r\n" + headers)


@pytest.mark.parametrize(
    ("first", "word"),
    [
        (b"\x15\x03\x01\x00\x02\x02", "https"),
        (b"\0\0\x12\x04\0\0\0\0\0", "prior knowledge"),
        (b"SSH-2.0-x\r\n", "SSH"),
    ],
)
def test_other_protocols_are_told_apart(first, word):
    reader = HeadReader()
    reader.feed(first)
    with pytest.raises(ExchangeBroken) as caught:
        reader.next_block()
    assert word in f"{caught.value.failure.sentence} {caught.value.failure.hint}"


def test_a_head_without_end_is_refused_at_one_mebibyte():
    reader = HeadReader()
    reader.feed(b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 20))
    with pytest.raises(ExchangeBroken, match="larger than 1 MiB"):
        reader.next_block()


@given(st.data(), st.sampled_from([b"\r\n", b"\n"]))
def test_heads_are_found_however_the_bytes_are_cut(data, newline):
    wire = newline.join([b"HTTP/1.1 200 OK", b"A: b", b"", b"body\r\n\r\n"])
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    reader, found = HeadReader(), None
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        reader.feed(wire[begin:end])
        found = found or reader.next_block() if found is None else found
    assert found is not None
    assert parsed(found).head.headers == (("A", "b"),)
    assert bytes(reader.rest) == b"body\r\n\r\n"


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.data())
def test_chunks_are_joined_however_the_bytes_are_cut(chunks, data):
    wire = (
        b"".join(b"%x;ext=1\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        + b"0\r\nSum: 42\r\n\r\nmore"
    )
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=12)))
    body, came = ChunkedBody(), b""
    rest = b""
    for begin, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        if body.is_done:
            rest += wire[begin:end]
        else:
            came += body.feed(wire[begin:end])
    assert came == b"".join(chunks)
    assert body.is_done
    assert body.trailers == (("Sum", "42"),)
    assert body.rest + rest == b"more"


@pytest.mark.parametrize(
    "wire", [b"xyz\r\n", b"2\r\nabc\r\n", b"-1\r\n", b"0x5\r\n12345\r\n"[:0] + b"g\r\n", b"1" * 70_000]
)
def test_malformed_chunks_are_refused(wire):
    body = ChunkedBody()
    body.feed(wire)
    assert isinstance(body.fault, ExchangeBroken)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "Content-Length is 5, 6"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2x\r\n\r\nok", "Content-Length is 2x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nok", "unknown transfer coding 'zip'"),
        (b"HTTP/1.1 20 OK\r\n\r\nok", "no status line"),
        (b"SSH-2.0-OpenSSH_9\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: a", "in the middle of the head"),
        (b"HTTP/1.1 200 OK", "in the middle of the head"),
    ],
)
async def test_an_answer_that_is_refused_is_shown_raw_with_the_reason(engine, raw, sentence):
    async with raw_server(raw) as address:
        outcome = await send(engine, request(address))
    assert outcome.exchange.state == "failed"
    assert outcome.exchange.head is None
    assert sentence in outcome.told
    shown = bytes(outcome.data)
    assert raw.startswith(shown)
    assert shown == raw.partition(b"\r\n\r\n")[0] + b"\r" * (b"\r\n\r\n" in raw)


async def test_a_head_without_end_costs_little_and_is_shown_in_part(engine):
    sent = []

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while len(sent) < 1600:  # 100 MiB
            writer.write(b"x" * 65536)
            await writer.drain()
            sent.append(65536)

    async with scripted_server(handler) as address:
        outcome = await send(engine, request(address))
    assert outcome.kind == "protocol"
    assert "larger than 1 MiB" in outcome.told
    assert bytes(outcome.data[:20]) == b"HTTP/1.1 200 OK\r\nX: "
    assert len(outcome.data) == RAW_BYTES
    assert sum(sent) < 32 << 20


@pytest.mark.parametrize("size", [99, 100, 101])
def test_the_limit_holds_for_a_head_that_came_whole(size):
    reader = HeadReader(max_bytes=100)
    frame = b"HTTP/1.1 200 OK\r\nX: %b\r\n\r\n"
    reader.feed(frame % (b"x" * (size - len(frame) + 2)))
    if size <= 100:
        assert reader.next_block() is not None
        return
    with pytest.raises(ExchangeBroken, match="larger than 100 bytes"):
        reader.next_block()


REFUSED = {
    "llhttp/invalid.md#11": "its head is cut off in the middle: curl and browsers take what came, we say so",
}
"""The replies that curl reads to the end and we do not, and why."""


async def test_replies_in_the_wild_are_read_as_curl_reads_them(engine):
    text = Path(require_corpora(), "http1_responses.json").read_text()
    cases = [case for case in json.loads(text) if not case["nondet"]]
    differing = {}
    for case in cases:
        raw = base64.b64decode(case["raw_b64"])
        async with raw_server(raw) as address:
            outcome = await send(engine, request(address, follow_redirects=False))
        if not _agrees(outcome, case["curl"]):
            differing[case["id"]] = f"{case['name']}: {outcome.exchange.failure or bytes(outcome.data[:60])}"
            assert raw.startswith(outcome.data)
    assert differing.keys() == REFUSED.keys(), differing
    assert 1 - len(differing) / len(cases) >= 0.98


def _agrees(outcome: Outcome, curl: dict) -> bool:
    exchange = outcome.exchange
    if not curl["ok"]:
        return exchange.state == "failed"
    digest = hashlib.sha256(outcome.data).hexdigest()[:16]
    return exchange.state == "finished" and (exchange.head.status, digest) == (curl["status"], curl["body"])
