"""TLS within TLS carries every byte in its order, whatever is cancelled or answered early."""

import asyncio
import ssl

import pytest

from antiphon.engine.backend import Backend
from antiphon.engine.stack import httpcore
from antiphon.engine.tunnel import TunnelStream
from tests.proxies import http_proxy
from tests.servers import scripted_server
from tests.waiting import until

BIG = 30_000_000


def trusting(certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate.ca_file))


async def tunnel_to(address, proxy, certificate) -> TunnelStream:
    """Return a stream through *proxy*, which is reached by TLS, with TLS to *address* within."""
    from antiphon.engine.dns import literal

    outer = await Backend().open(literal("127.0.0.1", proxy.port))
    await outer.start_tls(trusting(certificate), "127.0.0.1")
    await outer.write(b"CONNECT a.test:%d HTTP/1.1\r\n\r\n" % address.port)
    assert (await outer.read()).startswith(b"HTTP/1.1 200")
    return await TunnelStream(outer).start_tls(trusting(certificate), "127.0.0.1")


async def test_a_cancelled_write_leaves_its_rest_for_the_next_one(certificate):
    received, may_read = bytearray(), asyncio.Event()

    async def late(reader, _writer):
        await may_read.wait()
        while data := await reader.read(65536):
            received.extend(data)

    context = certificate.server_context()
    async with scripted_server(late, context) as address, http_proxy(tls=context) as (proxy, _):
        stream = await tunnel_to(address, proxy, certificate)
        task = asyncio.get_running_loop().create_task(stream.write(b"a" * BIG))
        await asyncio.sleep(0.2)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert stream.has_unsent
        may_read.set()
        await stream.write(b"")
        assert not stream.has_unsent
        stream.post(b"c" * 10)
        await stream.write(b"b" * 1000)
        await until(lambda: len(received) == BIG + 1010)
        await stream.aclose()
    assert received == b"a" * BIG + b"c" * 10 + b"b" * 1000
    assert stream.written_bytes == len(received)


async def test_an_early_answer_stops_the_writing_and_no_byte_is_lost(certificate):
    received, may_read = bytearray(), asyncio.Event()

    async def early(reader, writer):
        writer.write(b"early")
        await may_read.wait()
        while data := await reader.read(65536):
            received.extend(data)

    context = certificate.server_context()
    async with scripted_server(early, context) as address, http_proxy(tls=context) as (proxy, _):
        stream = await tunnel_to(address, proxy, certificate)
        async with asyncio.timeout(10):
            rest = await stream.write_until_answered(b"x" * BIG, 5)
        assert rest
        assert await stream.read() == b"early"
        assert stream.read_early() is None
        may_read.set()
        while rest:
            rest = await stream.write_until_answered(rest, 5)
        await until(lambda: len(received) == BIG)
        await stream.aclose()


async def test_the_end_and_a_break_are_told_apart_from_nothing_yet(certificate):
    go_on = asyncio.Event()

    async def says(_reader, writer):
        writer.write(b"z" * 300_000)
        await writer.drain()
        await go_on.wait()

    context = certificate.server_context()
    async with scripted_server(says, context) as address, http_proxy(tls=context) as (proxy, _):
        stream = await tunnel_to(address, proxy, certificate)
        came = b""
        while len(came) < 300_000:
            came += await stream.read(timeout=5)
        assert stream.read_now() is None
        assert not stream.get_extra_info("is_readable")
        with pytest.raises(httpcore.ReadTimeout):
            await stream.read(timeout=0.02)
        go_on.set()
        assert await stream.read(timeout=5) == b""
        await stream.aclose()
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x")


async def test_a_server_that_does_not_speak_tls_closes_the_stream(certificate):
    async def plain(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    context = certificate.server_context()
    async with scripted_server(plain) as address, http_proxy(tls=context) as (proxy, _):
        with pytest.raises(httpcore.ConnectError, match=r"(?i)wrong.version"):
            await tunnel_to(address, proxy, certificate)
