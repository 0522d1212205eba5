"""The first byte's time is that of its arrival, also when the program was busy and read it late."""

import asyncio
import socket
import struct
import sys
import threading
import time

import pytest

from antiphon.core.events import Phase, PhaseBegan
from antiphon.engine import arrivals
from tests.engine.exchanges import opened, request, send
from tests.engine.test_http2 import PRIOR
from tests.servers import OK, h2_server, in_thread, read_request, scripted_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux stamps packets")


class Busy:
    """Holds the loop from when the request is out until after the answer has come; the answer comes only then."""

    def __init__(self) -> None:
        self.is_waiting = threading.Event()
        self.answered = threading.Event()
        self.freed_at = 0.0

    async def began(self) -> None:
        """Let the server answer only now."""
        while not self.is_waiting.is_set():
            await asyncio.sleep(0.001)

    def hold(self) -> None:
        self.is_waiting.set()
        assert self.answered.wait(5)
        time.sleep(0.05)
        self.freed_at = time.perf_counter()


async def answered_at(engine, prepared, busy: Busy) -> float:
    """Send with the loop held as soon as it waits for the answer; return when the first byte is said to have come."""
    events = []

    def emit(event) -> None:
        events.append(event)
        if isinstance(event, PhaseBegan) and event.phase is Phase.WAIT and not busy.freed_at:
            busy.hold()

    class Nothing:
        def append(self, _chunk): ...

        def finish(self): ...

    await engine.send(prepared, Nothing(), emit)
    return next(
        event.at for event in events if isinstance(event, PhaseBegan) and event.phase is Phase.DOWNLOAD
    )


@pytest.mark.parametrize("is_tls", [False, True])
async def test_a_busy_loop_does_not_lengthen_the_wait(certificate, is_tls):
    busy = Busy()

    async def server(reader, writer):
        while (got := await read_request(reader)) is not None:
            if got.target == "/busy":
                await busy.began()
            writer.write(OK)
            await writer.drain()
            busy.answered.set()

    context = certificate.server_context() if is_tls else None
    with in_thread(scripted_server(server, context)) as address:
        async with opened() as engine:
            engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
            if is_tls:  # its session tickets are read with this answer
                await send(engine, request(address))
                busy.answered.clear()
            came = await answered_at(engine, request(address, "/busy"), busy)
    assert came < busy.freed_at


async def test_http2_too():
    busy = Busy()

    async def app(scope, receive, send_):
        if scope["type"] == "http":
            if scope["path"] == "/busy":
                await busy.began()
            await send_({"type": "http.response.start", "status": 200, "headers": []})
            await send_({"type": "http.response.body", "body": b"ok"})
            busy.answered.set()

    with in_thread(h2_server(app)) as address:
        async with opened() as engine:
            await send(engine, request(address, **PRIOR))
            busy.answered.clear()
            came = await answered_at(engine, request(address, "/busy", **PRIOR), busy)
    assert came < busy.freed_at


def test_stamps_read_nothing_away():
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    assert arrivals.asked_for(client)
    client.settimeout(5)
    for _attempt in range(100):  # the system begins to stamp a moment after it was asked
        before = time.perf_counter()
        server.sendall(b"ab")
        stamp = arrivals.arrival(client)
        assert client.recv(10) == b"ab"
        if stamp is not None:
            break
        time.sleep(0.01)
    assert stamp is not None
    assert abs(stamp - before) < 5
    client.setblocking(False)
    assert arrivals.arrival(client) is None
    for sock in (client, server, listener):
        sock.close()


def test_elsewhere_there_are_no_stamps(monkeypatch):
    monkeypatch.setattr(arrivals.sys, "platform", "darwin")
    with socket.socket() as sock:
        assert not arrivals.asked_for(sock)


async def test_a_reset_is_named_though_the_system_says_it_only_once(engine):
    async def resets(reader, writer):
        await read_request(reader)
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with scripted_server(resets) as address:
        outcome = await send(engine, request(address))
    assert outcome.kind == "disconnected"
    assert "reset by peer" in outcome.told


def test_a_broken_socket_raises():
    sock = socket.socket()
    sock.close()
    with pytest.raises(OSError, match="descriptor"):
        arrivals.arrival(sock)
