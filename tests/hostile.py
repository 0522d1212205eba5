"""Servers that break the rules, each in one way, until they are told to be good; all on 127.0.0.1.

A script is what such a server does with one connection. `Hostile.be_good` makes it serve properly from the next
connection on, and, over HTTP/2, from the next request on: so a test sees whether the engine recovers.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import hpack

from tests.servers import OK, Address, read_request, scripted_server

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Script = Callable[[Reader, Writer], Awaitable[None]]
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10)
)
END_STREAM, END_HEADERS, PADDED = 0x1, 0x4, 0x8


@dataclass
class Hostile:
    address: Address
    is_good: bool = False
    can_be_good: bool = True
    open: int = 0
    """How many connections are open now."""
    options: dict = field(default_factory=dict)
    """What a request to it needs: a CA file, a proxy."""
    url: str = ""

    def be_good(self) -> None:
        self.is_good = True


@asynccontextmanager
async def hostile_server(
    script: Script, tls: ssl.SSLContext | None = None, *, can_be_good: bool = True, **options: object
) -> AsyncIterator[Hostile]:
    """Serve each connection with *script*, with `good` once it was told to be good."""

    async def handler(reader: Reader, writer: Writer) -> None:
        made.open += 1
        try:
            await (good if made.is_good else script)(reader, writer)
        finally:
            made.open -= 1

    async with scripted_server(handler, tls) as address:
        made = Hostile(address, can_be_good=can_be_good, options=dict(options), url=address.url())
        yield made


async def good(reader: Reader, writer: Writer) -> None:
    """Answer every request with 200, in the version that it comes in."""
    negotiated = writer.get_extra_info("ssl_object")
    if negotiated is not None and negotiated.selected_alpn_protocol() == "h2":
        await Peer(reader, writer).serve()
        return
    start = await reader.readexactly(3)
    if start == PREFACE[:3]:
        await Peer(reader, writer, read=start).serve()
        return
    first = await reader.readuntil(b"\r\n\r\n")
    writer.write(OK if first else b"")
    while await read_request(reader) is not None:
        writer.write(OK)


# -- HTTP/1.1 and what comes before it -------------------------------------------------------------------------


async def stay(reader: Reader) -> None:
    """Read away whatever comes until the other side is gone."""
    with contextlib.suppress(ConnectionError):
        while await reader.read(65536):
            pass


def reset(writer: Writer) -> None:
    """Close with RST instead of FIN."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answers(
    *pieces: bytes,
    stays: bool = False,
    resets: bool = False,
    before_request: bool = False,
    pause_s: float = 0.03,
) -> Script:
    """Read a request's head, write *pieces* with pauses between them, then close, stay silent, or reset."""

    async def script(reader: Reader, writer: Writer) -> None:
        if not before_request:
            await reader.readuntil(b"\r\n\r\n")
        for number, piece in enumerate(pieces):
            if number:
                await asyncio.sleep(pause_s)
            writer.write(piece)
            await writer.drain()
        if resets:
            await asyncio.sleep(pause_s)  # what was written is to arrive: a reset takes it away
            reset(writer)
        elif stays:
            await stay(reader)

    return script


def resets_after(size: int) -> Script:
    """Reset the connection once *size* bytes of it came; what is not read yet has little room to wait in."""

    async def script(reader: Reader, writer: Writer) -> None:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        if size:
            await reader.readexactly(size)
        reset(writer)

    return script


def deaf() -> Script:
    """Read nothing of what is sent."""

    async def script(reader: Reader, writer: Writer) -> None:
        writer.transport.pause_reading()
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(2)
        writer.transport.abort()

    return script


def goes_on(start: bytes, block: bytes, pause_s: float = 0) -> Script:
    """Answer with *start*, then *block* for ever."""

    async def script(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while not writer.is_closing():
            writer.write(block)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return script


# -- HTTP/2, frame by frame ----------------------------------------------------------------------------------------


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream_id.to_bytes(4, "big") + payload


def fields(*pairs: tuple[str, str]) -> bytes:
    """Return a header block that changes no table, so that any number of them may follow each other."""
    return hpack.Encoder().encode([hpack.NeverIndexedHeaderTuple(*pair) for pair in pairs], huffman=False)


def head(stream_id: int, *pairs: tuple[str, str], ends: bool = False, status: str = "200") -> bytes:
    block = fields((":status", status), *pairs)
    return frame(HEADERS, END_HEADERS | (END_STREAM if ends else 0), stream_id, block)


def data(stream_id: int, payload: bytes, *, ends: bool = False) -> bytes:
    return frame(DATA, END_STREAM if ends else 0, stream_id, payload)


def rst(stream_id: int, code: int) -> bytes:
    return frame(RST_STREAM, 0, stream_id, code.to_bytes(4, "big"))


def goaway(last_stream_id: int, code: int = 0, debug: bytes = b"") -> bytes:
    return frame(GOAWAY, 0, 0, last_stream_id.to_bytes(4, "big") + code.to_bytes(4, "big") + debug)


class Peer:
    """The server's side of one HTTP/2 connection, which writes what it is told to."""

    def __init__(
        self, reader: Reader, writer: Writer, read: bytes = b"", *, first: bytes | None = None
    ) -> None:
        self.reader = reader
        self.writer = writer
        self._missing = len(PREFACE) - len(read)
        self._first = frame(SETTINGS, 0, 0) if first is None else first

    async def begin(self) -> None:
        if self._missing:
            await self.reader.readexactly(self._missing)
            self._missing = 0
            self.writer.write(self._first)

    async def frame(self) -> tuple[int, int, int, bytes]:
        """Return the next frame: its type, flags, stream and payload."""
        start = await self.reader.readexactly(9)
        payload = await self.reader.readexactly(int.from_bytes(start[:3], "big"))
        return start[3], start[4], int.from_bytes(start[5:9], "big"), payload

    async def request(self, *, whole: bool = True) -> int:
        """Return the stream of the next request, all of it read unless only its head is wanted."""
        await self.begin()
        while True:
            kind, flags, stream_id, payload = await self.frame()
            if kind == SETTINGS and not flags and self._first:
                self.writer.write(frame(SETTINGS, 1, 0))
            if kind == DATA and payload and whole:
                room = len(payload).to_bytes(4, "big")
                for which in (0, stream_id):
                    self.writer.write(frame(WINDOW_UPDATE, 0, which, room))
            if (kind == HEADERS and (flags & END_STREAM or not whole)) or (
                kind == DATA and flags & END_STREAM
            ):
                return stream_id

    async def serve(self) -> None:
        while True:
            stream_id = await self.request()
            self.writer.write(head(stream_id) + data(stream_id, b"ok", ends=True))
            await self.writer.drain()


def framed(
    wire: Callable[[int], bytes],
    *,
    whole: bool = True,
    closes: bool = False,
    first: bytes | None = None,
    times: int = 1,
    pause_s: float = 0,
) -> Script:
    """Answer a request on stream n with *wire*(n), then close, or serve well what may follow.

    Args:
        whole: Wait for the end of the request, else for its head only.
        first: What to write instead of SETTINGS.
        times: How many requests of the connection are answered so.
        pause_s: How long to wait before closing.
    """

    async def script(reader: Reader, writer: Writer) -> None:
        peer = Peer(reader, writer, first=first)
        for _ in range(times):
            writer.write(wire(await peer.request(whole=whole)))
            await writer.drain()
        if closes:
            await asyncio.sleep(pause_s)
        else:
            await peer.serve()

    return script


def stalls() -> Script:
    """Take a request's head and give its body no room but the first window, until it is reset; then serve well."""

    async def script(reader: Reader, writer: Writer) -> None:
        peer = Peer(reader, writer)
        await peer.request(whole=False)
        while (await peer.frame())[0] != RST_STREAM:
            pass
        await peer.serve()

    return script


def flooded(wire: Callable[[int], bytes], start: Callable[[int], bytes] = lambda _n: b"") -> Script:
    """Answer a request on stream n with *start*(n), then *wire*(n) for ever, reading what comes."""

    async def script(reader: Reader, writer: Writer) -> None:
        stream_id = await Peer(reader, writer).request()
        writer.write(start(stream_id))
        block = wire(stream_id)
        reading = asyncio.get_running_loop().create_task(stay(reader))
        try:
            while not writer.is_closing():
                writer.write(block)
                await writer.drain()
                await asyncio.sleep(0)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    return script
