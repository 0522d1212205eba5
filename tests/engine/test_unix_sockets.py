"""A Unix domain socket in the place of a host: same requests, same facts, no name looked up."""

import asyncio
import contextlib
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from antiphon.core.document import ProxySettings, Timeouts
from antiphon.core.events import Phase
from antiphon.engine import attempts, route
from tests.engine.exchanges import opened, request, send
from tests.servers import Received, read_request, reply

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix domain sockets here")


@asynccontextmanager
async def unix_server(path: Path, tls: ssl.SSLContext | None = None) -> AsyncIterator[list[Received]]:
    received: list[Received] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while (got := await read_request(reader)) is not None:
                received.append(got)
                writer.write(reply())
                await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_unix_server(handler, path, ssl=tls)
    try:
        yield received
    finally:
        server.close()
        for _turn in range(20):
            await asyncio.sleep(0)


async def test_a_request_goes_over_the_socket_with_the_host_of_its_url(tmp_path):
    path = tmp_path / "api.sock"
    options = {"unix_socket": str(path), "proxy": ProxySettings("manual", "http://127.0.0.1:1")}
    async with unix_server(path) as received, opened() as engine:
        outcomes = [await send(engine, request("http://docker.test/info", **options)) for _ in range(2)]
    first, second = (outcome.exchange.last for outcome in outcomes)
    assert [outcome.body for outcome in outcomes] == [b"ok"] * 2
    assert [span.phase.value for span in first.spans][:3] == ["queue", "tcp", "send"]
    assert first.connection.remote_address == str(path)
    assert first.connection.proxy == ""
    assert [(attempt.address, attempt.error) for attempt in first.attempts] == [(str(path), "")]
    assert second.connection.reused
    assert [(got.get("host"), got.target) for got in received] == [("docker.test", "/info")] * 2


async def test_tls_over_the_socket_is_verified_for_the_host_of_the_url(tmp_path, certificate):
    path = tmp_path / "api.sock"
    options = {"unix_socket": str(path), "ca_file": str(certificate.ca_file)}
    async with unix_server(path, certificate.server_context("http/1.1")), opened() as engine:
        good = await send(engine, request("https://localhost/", **options))
        other = await send(engine, request("https://other.test/", **options))
    assert good.body == b"ok"
    assert other.kind == "tls"
    assert "not for other.test" in other.told


def _barred(*_arguments):
    raise PermissionError(13, "Permission denied")


async def test_what_keeps_from_a_socket_is_said(tmp_path, engine, monkeypatch):
    stale = tmp_path / "stale.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(stale))
    cases = [
        (str(tmp_path / "none.sock"), "no such file"),
        (str(stale), "nobody listens"),
        ("/" + "x" * 200, "too long"),
        ("/a\0b", "socket"),
        (str(tmp_path / "barred.sock"), "no right"),
    ]
    for path, words in cases:
        if path.endswith("barred.sock"):
            monkeypatch.setattr(attempts, "_has_connected", _barred)
        outcome = await send(engine, request("http://a.test/", unix_socket=path))
        assert (outcome.kind, outcome.exchange.failure.phase) == ("connect", Phase.TCP)
        assert words in outcome.told
        assert path in outcome.told


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="root may write anywhere")
async def test_a_socket_without_the_right_to_write(tmp_path, engine):
    path = tmp_path / "api.sock"
    async with unix_server(path):
        path.chmod(0)
        outcome = await send(engine, request("http://a.test/", unix_socket=str(path)))
    assert "no right" in outcome.told


async def test_a_socket_whose_queue_stays_full_runs_into_the_connect_timeout(tmp_path, engine):
    path, fillers = str(tmp_path / "s"), []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(0)
        for _ in range(5):
            filler = socket.socket(socket.AF_UNIX)
            filler.setblocking(False)
            fillers.append(filler)
            if filler.connect_ex(path):
                break
        outcome = await send(
            engine, request("http://a.test/", unix_socket=path, timeouts=Timeouts(connect_s=0.1))
        )
        for filler in fillers:
            filler.close()
    assert outcome.kind == "connect_timeout"


async def test_a_system_without_them_says_so(engine, monkeypatch):
    monkeypatch.setattr(route, "HAS_UNIX_SOCKETS", False)
    outcome = await send(engine, request("http://a.test/", unix_socket="/x"))
    assert "no Unix domain sockets" in outcome.told
