"""Proxies for the tests, all on 127.0.0.1: HTTP with CONNECT, and SOCKS 5, each with a password or without.

Whatever name they are asked for, they look for the port on this computer, as if their resolver knew it.
"""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers import Address, reply, scripted_server


@asynccontextmanager
async def http_proxy(
    user: str = "", password: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Address, list[bytes]]]:
    """Serve as an HTTP proxy; yields its address and the heads of the requests it read."""
    heads: list[bytes] = []
    wanted = base64.b64encode(f"{user}:{password}".encode())

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heads.append(head)
        if user and b"Proxy-Authorization: Basic " + wanted not in head:
            challenge = 'Proxy-Authenticate: Basic realm="test"'
            writer.write(reply(b"no", "407 Proxy Authentication Required", challenge))
            return
        method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
        if method == b"CONNECT":
            port, first = int(target.rpartition(b":")[2]), b""
        else:
            place, _, path = target.removeprefix(b"http://").partition(b"/")
            port = int(place.rpartition(b":")[2]) if b":" in place else 80
            first = head.replace(target, b"/" + path, 1)
        try:
            there = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            page = b"<html><head><title>No  such\nserver &amp; port</title></head></html>"
            writer.write(reply(page, "502 Bad Gateway", "Content-Type: text/html"))
            return
        if method == b"CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
        there[1].write(first)
        await relay((reader, writer), there)

    async with scripted_server(handler, tls) as address:
        yield address, heads


@asynccontextmanager
async def socks_proxy(
    user: str = "", password: str = "", code: int = 0
) -> AsyncIterator[tuple[Address, list[tuple[str, int]]]]:
    """Serve as a SOCKS 5 proxy; yields its address and the hosts and ports it was asked for.

    Args:
        code: What it answers instead of opening the way, where it is not 0.
    """
    asked: list[tuple[str, int]] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        method = 2 if user else 0
        writer.write(bytes([5, method if method in methods else 0xFF]))
        if method not in methods:
            return
        if user:
            _, size = await reader.readexactly(2)
            name = await reader.readexactly(size)
            secret = await reader.readexactly((await reader.readexactly(1))[0])
            is_known = (name, secret) == (user.encode(), password.encode())
            writer.write(bytes([1, 0 if is_known else 1]))
            if not is_known:
                return
        asked.append(await _read_goal(reader))
        if code:
            writer.write(bytes([5, code, 0, 1]) + bytes(6))
            return
        there = await asyncio.open_connection("127.0.0.1", asked[-1][1])
        name = b"proxy.test"
        writer.write(bytes([5, 0, 0, 3, len(name)]) + name + bytes(2))
        await relay((reader, writer), there)

    async with scripted_server(handler) as address:
        yield address, asked


async def _read_goal(reader: asyncio.StreamReader) -> tuple[str, int]:
    *_, kind = await reader.readexactly(4)
    size = (await reader.readexactly(1))[0] if kind == 3 else {1: 4, 4: 16}[kind]
    host = await reader.readexactly(size)
    text = host.decode() if kind == 3 else ".".join(str(byte) for byte in host)
    return text, int.from_bytes(await reader.readexactly(2), "big")


Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def relay(one: Ends, other: Ends) -> None:
    """Carry bytes both ways until both sides are at their end."""
    try:
        await asyncio.gather(_carry(one[0], other[1]), _carry(other[0], one[1]))
    finally:
        other[1].close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await other[1].wait_closed()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
