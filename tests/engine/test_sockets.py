"""A stream loses no byte on the way."""

import asyncio
import socket

import pytest

from antiphon.engine.backend import Backend
from antiphon.engine.dns import Endpoint
from antiphon.engine.stack import httpcore
from tests.servers import scripted_server
from tests.waiting import until


def endpoint(port: int, host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(socket.AF_INET, (host, port))


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


async def test_what_was_put_back_is_read_again():
    async def speaks(_reader, writer):
        writer.write(b"later")

    async with scripted_server(speaks) as address:
        stream = await Backend().open([endpoint(address.port)])
        stream.unread(b"first")
        assert stream.get_extra_info("is_readable")
        assert await stream.read() == b"first"
        assert await stream.read() == b"later"
        await stream.aclose()
