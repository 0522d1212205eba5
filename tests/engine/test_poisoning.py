"""Bytes that belong to no answer, or to another one, reach no request: neither from a proxy nor on a kept connection."""

import asyncio
import time

import h2.events
import h2.settings
import pytest

from antiphon.core.document import ProxySettings
from tests.engine.exchanges import opened, request, send, started
from tests.engine.test_http2 import OKAY, PRIOR, peer_server
from tests.servers import scripted_server
from tests.waiting import until

FORGED = b"HTTP/1.1 200 OK\r\nSet-Cookie: evil=1; Secure\r\nContent-Length: 6\r\n\r\nFORGED"
REAL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nreal"


async def copy(reader, writer):
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


def served(*answers: bytes):
    """Answer the requests of each connection with *answers*, the last one again and again."""

    async def handler(reader, writer):
        left = list(answers)
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

    return handler


@pytest.mark.parametrize("kind", ["http", "socks5"])
async def test_a_proxy_cannot_put_words_into_the_mouth_of_a_server_with_tls(certificate, kind):
    async def proxy(reader, writer):
        if kind == "http":
            await reader.readuntil(b"\r\n\r\n")
            agreed = b"HTTP/1.1 200 OK\r\n\r\n"
        else:
            await reader.readexactly(3)
            writer.write(b"\5\0")
            await writer.drain()
            await reader.readexactly(10)
            agreed = b"\5\0\0\1" + bytes(6)
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", origin.port)
        writer.write(agreed + FORGED)  # in clear, before any TLS
        try:
            await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))
        finally:
            to_writer.close()

    async with (
        scripted_server(served(REAL), certificate.server_context("http/1.1")) as origin,
        scripted_server(proxy) as way,
        opened() as engine,
    ):
        options = {"proxy": ProxySettings("manual", f"{kind}://127.0.0.1:{way.port}")}
        outcome = await send(engine, request(origin, ca_file=str(certificate.ca_file), **options))
        assert engine.session.cookies.snapshot(0) == []
    assert outcome.exchange.state == "failed"
    assert b"FORGED" not in outcome.data
    assert "in clear before the handshake" in outcome.told


async def test_what_a_server_says_unasked_is_not_forgotten():
    """Looked at twice: who asks first reads the bytes away."""

    async def handler(reader, writer):
        first = not address.connections[1:]
        await reader.readuntil(b"\r\n\r\n")
        writer.write(REAL)
        await writer.drain()
        if first:
            await released.wait()
            writer.write(b"junk")
            await writer.drain()
        await served(REAL)(reader, writer)

    released = asyncio.Event()
    async with scripted_server(handler) as address, opened() as engine:
        assert (await send(engine, request(address))).body == b"real"
        released.set()
        await asyncio.sleep(0.1)
        after = [await send(engine, request(address)) for _ in range(3)]
    assert {outcome.body for outcome in after} == {b"real"}
    assert len(address.connections) == 2


async def test_bytes_that_lie_decrypted_in_a_kept_connection_are_seen(certificate):
    size = 1 << 18

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        await writer.drain()
        await held.wait()
        for _ in range(15):
            writer.write(b"x" * 16384)
        writer.write(b"x" * 16000)
        writer.write(b"x" * 384 + FORGED)
        await writer.drain()
        await served(REAL)(reader, writer)

    held = asyncio.Event()
    async with (
        scripted_server(handler, certificate.server_context("http/1.1")) as address,
        opened() as engine,
    ):
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        task, outcome = started(engine, request(address))
        await until(lambda: outcome.exchange.head is not None)
        held.set()
        await asyncio.sleep(0.05)
        time.sleep(0.1)  # all of it arrives meanwhile
        await task
        held.set()
        task, after = started(engine, request(address))
        await task
    assert len(outcome.data) == size
    assert after.exchange.last.connection.request_number == 1
    assert b"FORGED" not in after.data


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 7\r\n\r\n2\r\nok\r\n", b"2\r\nok\r\n"),
    ],
    ids=["HTTP/1.0 in chunks", "two lengths", "a folded coding"],
)  # fmt: skip
async def test_an_answer_whose_end_is_doubtful_ends_its_connection(answer, body):
    async with scripted_server(served(answer)) as address, opened() as engine:
        outcomes = [await send(engine, request(address)) for _ in range(2)]
    assert [outcome.body for outcome in outcomes] == [body] * 2
    assert [outcome.exchange.last.connection.request_number for outcome in outcomes] == [1, 1]


async def test_a_tunnel_that_a_user_opened_serves_no_other_request():
    agreed = b"HTTP/1.1 200 Connection established\r\n\r\n"
    async with scripted_server(served(agreed, REAL)) as address, opened() as engine:
        await send(engine, request(address, method="CONNECT", request_target="inner.test:80"))
        after = await send(engine, request(address))
    assert after.exchange.last.connection.request_number == 1


# -- HTTP/2: one stream and the others ------------------------------------------------------------------------


async def test_a_window_that_becomes_negative_is_waited_for():
    async def script(peer, _number):
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1 << 20})
        peer.h2.increment_flow_control_window(1 << 24)
        asked = await peer.until(h2.events.RequestReceived)
        await peer.until(h2.events.DataReceived)
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1})
        await peer.flush()
        await asyncio.sleep(0.2)
        peer.h2.increment_flow_control_window(1 << 24, asked.stream_id)
        await peer.until(h2.events.StreamEnded)
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, method="PUT", content=b"z" * 3_000_000, **PRIOR))
    assert outcome.status == 200


@pytest.mark.parametrize("length", ["abc", "0, 0", "9" * 5000])
async def test_an_odd_length_of_one_answer_harms_no_other(length):
    async def script(peer, _number):
        peer.h2.config.validate_outbound_headers = False
        first = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(first.stream_id, OKAY)
        peer.h2.send_data(first.stream_id, b"part")
        odd = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(odd.stream_id, [*OKAY, ("content-length", length)], end_stream=True)
        await peer.flush()
        await heard.wait()
        peer.h2.send_data(first.stream_id, b"rest", end_stream=True)
        await peer.flush()
        await peer.reader.read()

    heard = asyncio.Event()
    async with peer_server(script) as address, opened() as engine:
        task, outcome = started(engine, request(address, **PRIOR))
        await until(lambda: outcome.data)
        other, _told = started(engine, request(address, **PRIOR))
        await other
        heard.set()
        await task
    assert outcome.body == b"partrest"


async def test_trailers_belong_to_the_time_of_the_answer():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY)
        peer.h2.send_data(asked.stream_id, b"x")
        await peer.flush()
        await asyncio.sleep(0.2)
        peer.h2.send_headers(asked.stream_id, [("grpc-status", "0")], end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert outcome.exchange.last.trailers == (("grpc-status", "0"),)
    assert outcome.exchange.total_s() > 0.15


async def test_who_writes_reads_too_once_nobody_else_does():
    async def script(peer, _number):
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: (1 << 31) - 1})
        peer.h2.increment_flow_control_window((1 << 31) - 1 - 65_535)
        small = await peer.until(h2.events.RequestReceived)
        large = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        await asyncio.sleep(0.3)  # by now the upload fills the line, and the small one waits for its answer
        peer.h2.send_headers(small.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await asyncio.sleep(0.1)
        peer.h2.send_headers(large.stream_id, OKAY)
        for _ in range(700):  # an echo that writes before it reads on
            peer.h2.send_data(large.stream_id, b"e" * 16_000)
        await peer.flush()
        await peer.until(h2.events.StreamEnded)
        peer.h2.end_stream(large.stream_id)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        small, told = started(engine, request(address, **PRIOR))
        await until(lambda: told.exchange.last and told.exchange.last.sent.is_complete)
        async with asyncio.timeout(4):
            outcome = await send(engine, request(address, method="PUT", content=b"z" * 30_000_000, **PRIOR))
        await small
    assert (told.status, len(outcome.body)) == (200, 700 * 16_000)
