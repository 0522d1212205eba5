"""What a server may do wrong, or odd, without any harm: the answer is whole, and a note says what was odd."""

import asyncio
import itertools
from dataclasses import dataclass, field, replace

import pytest

from antiphon.core.events import BodyAdvanced, DecodingPaused
from antiphon.engine import Engine
from antiphon.engine.http2 import WINDOW_BYTES
from antiphon.engine.session import Session
from tests.benchmarks.bench_hostile import ROWS, run
from tests.certificates import Authority
from tests.engine.exchanges import Outcome, cancelled_at, check_story, opened, request, send
from tests.engine.faults import PRIOR, Ground, Place, secured, served
from tests.engine.test_receiving import bomb
from tests.hostile import (
    PING,
    Peer,
    Reader,
    Writer,
    answers,
    data,
    frame,
    framed,
    goaway,
    good,
    head,
    hostile_server,
    rst,
)
from tests.waiting import until

MIB = 1 << 20


@dataclass(frozen=True)
class Oddity:
    name: str
    place: Place
    note: str = ""
    """Words of the note, or of the notes; empty: there is none."""
    body: bytes = b"ok"
    asks: dict = field(default_factory=dict)
    keeps: bool = True
    """Whether the connection is used for the next request."""


def over_http2(
    name: str, wire, note: str = "", body: bytes = b"ok", *, keeps: bool = True, **script
) -> Oddity:
    return Oddity(name, served(framed(wire, **script)), note, body, PRIOR, keeps)


async def wants_http1(reader: Reader, writer: Writer) -> None:
    """Over HTTP/2, ask for HTTP/1.1; over that, serve well."""
    if writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
        await good(reader, writer)
        return
    peer = Peer(reader, writer)
    while True:
        writer.write(rst(await peer.request(), 13))


async def gives_up_for_http1(reader: Reader, writer: Writer) -> None:
    if writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
        await good(reader, writer)
        return
    await Peer(reader, writer).request()
    writer.write(goaway(0, 13))


ODDITIES = [
    over_http2("thousands of tiny frames", lambda n: head(n) + data(n, b"x") * 9_000 + data(n, b"", ends=True), body=b"x" * 9_000),
    over_http2("unknown frames", lambda n: frame(0xBB, 0, 0, b"?") + frame(0xBC, 0xFF, n, b"?") + head(n) + data(n, b"ok", ends=True)),
    over_http2("a few pings", lambda n: frame(PING, 0, 0, b"12345678") * 100 + head(n) + data(n, b"ok", ends=True)),
    over_http2("reset after the whole answer", lambda n: head(n) + data(n, b"ok", ends=True) + rst(n, 0)),
    over_http2("DATA after the end", lambda n: head(n) + data(n, b"ok", ends=True) + data(n, b"y"), keeps=False),
    over_http2("GOAWAY before the answer", lambda n: goaway(n) + head(n) + data(n, b"ok", ends=True), keeps=False),
    over_http2("capitals in header names", lambda n: head(n, ("X-Large", "1")) + data(n, b"ok", ends=True), "capitals"),
    over_http2("headers of HTTP/1.1", lambda n: head(n, ("connection", "close"), ("transfer-encoding", "chunked")) + data(n, b"ok", ends=True), "connection, transfer-encoding"),
    over_http2("a stream refused once", lambda n: rst(n, 7), times=1),
    Oddity("HTTP/1.1 asked for by RST_STREAM", secured(wants_http1, "h2", "http/1.1"), "HTTP_1_1_REQUIRED", asks={"method": "POST", "content": b"x"}),
    Oddity("HTTP/1.1 asked for by GOAWAY", secured(gives_up_for_http1, "h2", "http/1.1"), "HTTP_1_1_REQUIRED"),
    Oddity("a length too long for any body", served(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok")), "ends where the connection does", keeps=False),
    Oddity("a body that ends with the connection", served(answers(b"HTTP/1.1 200 OK\r\n\r\nok")), "ends where the connection does", keeps=False),
    Oddity("more bytes than the body has", served(answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok more", stays=True)), "More bytes came", keeps=False),
    Oddity("NULs in a header", served(answers(b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\nok", stays=True)), "X"),
    Oddity("no close_notify at the end of the body", secured(answers(b"HTTP/1.1 200 OK\r\n\r\nok")), "ends where the connection does", keeps=False),
]  # fmt: skip


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
async def test_an_odd_answer_is_whole_and_noted(oddity, tmp_path, monkeypatch):
    ground = Ground(tmp_path, Authority(), monkeypatch)
    async with oddity.place(ground) as where, opened() as engine:
        outcome = await send(engine, request(where.url, "", **{**where.options, **oddity.asks}))
        assert outcome.body == oddity.body
        notes = " ".join(note for hop in outcome.exchange.hops for note in hop.notes)
        assert oddity.note in notes
        assert bool(notes) is bool(oddity.note), notes
        if not oddity.keeps:
            await until(lambda: not where.open)


async def test_a_server_that_ignores_the_window_of_a_stream_that_is_not_read_is_stopped():
    """One stream waits for a person's word, another reads for both: what comes for the first must not pile up."""

    async def script(reader, writer):
        peer = Peer(reader, writer)
        first = await peer.request()
        writer.write(head(first, ("content-encoding", "gzip")) + b"".join(parts(first, bomb(8 * MIB))))
        second = await peer.request()
        writer.write(head(second))
        while not writer.is_closing():
            writer.write(data(first, bytes(16_000)) * 60 + data(second, b"x"))
            await writer.drain()

    def parts(stream_id, body):
        return [data(stream_id, body[at : at + 16_000]) for at in range(0, len(body), 16_000)]

    class Host:
        async def allows_decoding(self, wire_bytes, decoded_bytes):
            await asyncio.sleep(60)

    async with hostile_server(script) as where, opened() as engine:
        paused = Outcome()
        swelling = request(where.url, "", decoded_limit_bytes=MIB, **PRIOR)
        session = replace(Session(), host=Host())
        waiting = asyncio.get_running_loop().create_task(
            engine.send(swelling, paused, paused.events.append, session)
        )
        await until(lambda: any(isinstance(event, DecodingPaused) for event in paused.events))
        other = await send(engine, request(where.url, "", **PRIOR))
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    check_story(paused)
    assert other.kind == "protocol"
    assert "more DATA than its window allows" in other.told
    assert WINDOW_BYTES == 16 * MIB


async def test_a_byte_now_and_then_can_be_cancelled_at_once():
    async def script(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with hostile_server(script) as where, opened() as engine:
        outcome = await cancelled_at(engine, request(where.url, ""), BodyAdvanced)
        assert outcome.data
        await until(lambda: not where.open)


async def test_many_tiny_chunks_are_read_in_steps_between_which_others_get_their_turn():
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n"
    engine = Engine(is_carried=False)  # a thread tells only the latest count of many
    async with hostile_server(answers(reply, stays=True)) as where:
        outcome = await send(engine, request(where.url, ""))
        assert outcome.body == b"x" * 50_000
        await engine.aclose()
    steps = [event.wire_bytes for event in outcome.events if isinstance(event, BodyAdvanced)]
    assert max(after - before for before, after in itertools.pairwise([0, *steps])) <= 2_000


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
def test_no_hostile_server_makes_memory_grow_or_holds_up_a_cancel(name):
    row = run(name, 2.0)
    assert row["grew"] < 150
    assert (row["cancel"] or 0) < 500
