"""Sockets race for the first answer, and a stream loses no byte on the way."""

import asyncio
import socket

import pytest

from antiphon.engine import sockets
from antiphon.engine.backend import Backend
from antiphon.engine.dns import Endpoint
from antiphon.engine.sockets import connect
from antiphon.engine.stack import httpcore
from tests.servers import OK, raw_server, scripted_server
from tests.waiting import until


def endpoint(port: int, host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(socket.AF_INET, (host, port))


@pytest.fixture
def dead_end():
    """An address that takes no connection and refuses none: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    yield endpoint(listener.getsockname()[1])
    for sock in (*fillers, listener):
        sock.close()


async def test_the_next_address_is_tried_where_one_refuses():
    async with raw_server(OK) as address:
        closed = socket.socket()
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        closed.close()
        connected = await connect([endpoint(port), endpoint(address.port)])
        assert connected.getpeername()[1] == address.port
        await until(lambda: address.connections)
        connected.close()


async def test_a_silent_address_is_overtaken_by_the_next(dead_end, monkeypatch):
    monkeypatch.setattr(sockets, "STAGGER_S", 0.01)
    async with raw_server(OK) as address:
        async with asyncio.timeout(5):
            connected = await connect([dead_end, endpoint(address.port)])
        assert connected.getpeername()[1] == address.port
        await until(lambda: address.connections)
        connected.close()


async def test_the_first_error_is_told_where_all_refuse():
    with pytest.raises(ConnectionRefusedError):
        await connect([endpoint(1), endpoint(2)])


async def test_a_race_can_be_cancelled(dead_end, monkeypatch):
    monkeypatch.setattr(sockets, "STAGGER_S", 0.01)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await connect([dead_end, dead_end])


async def test_a_cancelled_write_leaves_its_rest_for_the_next_one():
    received = bytearray()
    may_read = asyncio.Event()

    async def late(reader, _writer):
        await may_read.wait()
        while data := await reader.read(65536):
            received.extend(data)

    async with scripted_server(late) as address:
        stream = await Backend().open([endpoint(address.port)])
        first, second = b"a" * 20_000_000, b"b" * 1000
        task = asyncio.get_running_loop().create_task(stream.write(first))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        may_read.set()
        await stream.write(second)
        await until(lambda: len(received) == len(first) + len(second))
        await stream.aclose()
    assert received == first + second


async def test_closing_wakes_whoever_reads():
    async def silent(reader, _writer):
        await reader.read()

    async with scripted_server(silent) as address:
        stream = await Backend().open([endpoint(address.port)])
        task = asyncio.get_running_loop().create_task(stream.read())
        await asyncio.sleep(0.02)
        await stream.aclose()
        with pytest.raises(httpcore.ReadError):
            await task
        with pytest.raises(httpcore.ReadError):
            await stream.read()
        with pytest.raises(httpcore.WriteError):
            await stream.write(b"x")
