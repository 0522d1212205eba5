"""Connections are shared out: none is lost, none is used twice at once, no one waits without need."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from antiphon.core.document import Timeouts
from antiphon.engine import pool
from tests.engine.exchanges import opened, request, send, started
from tests.servers import OK, Address, answer, h2_server, http_server, read_request, scripted_server
from tests.waiting import until


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(pool, "MAX_CONNECTIONS", 2)


async def test_never_more_connections_than_allowed_and_all_requests_come_through(two):
    at_once, most = set(), [0]

    async def busy(reader, writer):
        while await read_request(reader):
            at_once.add(writer)
            most[0] = max(most[0], len(at_once))
            await asyncio.sleep(0.005)
            at_once.discard(writer)
            writer.write(OK)
            await writer.drain()

    async with scripted_server(busy) as address, opened() as engine:
        outcomes = await asyncio.gather(*[send(engine, request(address)) for _ in range(30)])
        assert len(address.connections) == 2
    assert most == [2]
    assert {outcome.body for outcome in outcomes} == {b"ok"}


async def test_an_idle_connection_makes_room_for_another_server(two):
    async with (
        http_server() as (one, _),
        http_server() as (other, _),
        http_server() as (third, _),
        opened() as engine,
    ):
        for address in (one, other, third, one, other, third):
            assert (await send(engine, request(address))).body == b"ok"


async def test_who_waits_for_another_server_gets_the_room_that_becomes_free(two):
    async def slow(reader, writer):
        while await read_request(reader):
            await asyncio.sleep(0.05)
            writer.write(OK)
            await writer.drain()

    async with scripted_server(slow) as one, http_server() as (other, _), opened() as engine:
        both = [started(engine, request(one))[0] for _ in range(2)]
        await until(lambda: len(one.connections) == 2)
        outcome = await send(engine, request(other, timeouts=Timeouts(pool_s=2)))
        await asyncio.gather(*both)
    assert outcome.body == b"ok"


async def test_a_cancelled_wait_takes_no_turn_from_the_others(two):
    gate = asyncio.Event()

    async def gated(reader, writer):
        while await read_request(reader):
            await gate.wait()
            writer.write(OK)
            await writer.drain()

    async with scripted_server(gated) as address, opened() as engine:
        tasks = [started(engine, request(address))[0] for _ in range(8)]
        await until(lambda: len(address.connections) == 2)
        for task in tasks[2:5]:
            task.cancel()
        gate.set()
        tasks[5].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(result, asyncio.CancelledError) for result in results] == [False] * 2 + [
            True
        ] * 4 + [False] * 2
        assert (await send(engine, request(address))).body == b"ok"


async def test_few_idle_connections_are_kept(monkeypatch):
    monkeypatch.setattr(pool, "MAX_IDLE_CONNECTIONS", 3)
    closed = []

    async def noted(reader, writer):
        while await read_request(reader):
            await asyncio.sleep(0.02)
            writer.write(OK)
            await writer.drain()
        closed.append(writer)

    async with scripted_server(noted) as address, opened() as engine:
        await asyncio.gather(*[send(engine, request(address)) for _ in range(10)])
        await until(lambda: len(closed) == 7)


async def test_requests_at_once_to_a_tls_server_without_http2_do_not_queue_up(engine, certificate):
    gate = asyncio.Event()

    async def gated(reader, writer):
        await read_request(reader)
        await gate.wait()
        writer.write(OK)
        await writer.drain()

    async with scripted_server(gated, certificate.server_context("http/1.1")) as address:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        tasks = [started(engine, request(address)) for _ in range(5)]
        await until(lambda: len(address.connections) == 5)
        gate.set()
        await asyncio.gather(*[task for task, _ in tasks])
        await engine.aclose()
    assert {bytes(outcome.data) for _, outcome in tasks} == {b"ok"}


@asynccontextmanager
async def held_back(address, first: int):
    """Pass bytes on to *address*, those of the *first* connections only until the yielded event is set."""
    gate, accepted = asyncio.Event(), []

    async def copy(reader, writer):
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()

    async def passed_on(reader, writer):
        accepted.append(len(accepted))
        if len(accepted) > first:
            await gate.wait()
        to_reader, to_writer = await asyncio.open_connection(address.host, address.port)
        await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer))

    async with scripted_server(passed_on) as passage:
        yield Address("127.0.0.1", passage.port, "https", passage.connections), gate


@asynccontextmanager
async def http1_over_tls(certificate, first: int):
    async with (
        http_server(tls=certificate.server_context("http/1.1")) as (address, _),
        held_back(address, first) as (passage, gate),
        opened() as engine,
    ):
        engine.trust(f"127.0.0.1:{passage.port}", certificate.ca_file)
        yield passage, gate, engine


async def bodies(tasks) -> set[bytes]:
    await asyncio.gather(*[task for task, _ in tasks])
    return {outcome.body for _, outcome in tasks}


def answering_when(is_time):
    async def gated(reader, writer):
        while await read_request(reader):
            await is_time.wait()
            writer.write(OK)
            await writer.drain()

    return gated


async def test_the_first_handshake_that_says_http1_lets_all_others_begin_at_once(certificate, monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE_S", 60.0)
    answer_now = asyncio.Event()
    async with (
        scripted_server(answering_when(answer_now), certificate.server_context("http/1.1")) as address,
        held_back(address, first=1) as (passage, gate),
        opened() as engine,
    ):
        engine.trust(f"127.0.0.1:{passage.port}", certificate.ca_file)
        tasks = [started(engine, request(passage)) for _ in range(6)]
        await until(lambda: len(passage.connections) == 6)
        gate.set()
        answer_now.set()
        assert await bodies(tasks) == {b"ok"}


async def test_a_server_known_to_speak_http1_gets_its_connections_at_once(certificate):
    answer_now = asyncio.Event()
    answer_now.set()
    async with (
        scripted_server(answering_when(answer_now), certificate.server_context("http/1.1")) as address,
        held_back(address, first=1) as (passage, gate),
        opened() as engine,
    ):
        engine.trust(f"127.0.0.1:{passage.port}", certificate.ca_file)
        assert (await send(engine, request(passage))).body == b"ok"
        answer_now.clear()  # else the kept connection could serve one request after the other
        tasks = [started(engine, request(passage)) for _ in range(6)]
        await until(lambda: len(passage.connections) == 6)
        gate.set()
        answer_now.set()
        assert await bodies(tasks) == {b"ok"}


async def test_a_handshake_that_hangs_does_not_hold_the_others_for_ever(certificate, monkeypatch):
    monkeypatch.setattr(pool, "PATIENCE_S", 0.05)
    async with http1_over_tls(certificate, first=0) as (address, gate, engine):
        tasks = [started(engine, request(address)) for _ in range(4)]
        await until(lambda: len(address.connections) == 4)
        gate.set()
        assert await bodies(tasks) == {b"ok"}


async def test_requests_at_once_to_a_tls_server_with_http2_share_one_connection(certificate):
    async def app(_scope, _receive, send):
        await answer(send)

    async with (
        h2_server(app, certificate) as address,
        held_back(address, 9) as (passage, _),
        opened() as engine,
    ):
        engine.trust(f"127.0.0.1:{passage.port}", certificate.ca_file)
        for _ in range(2):
            tasks = [started(engine, request(passage)) for _ in range(6)]
            assert await bodies(tasks) == {b"ok"}
        assert len(passage.connections) == 1


async def test_a_cancelled_handshake_fails_none_of_those_that_waited_for_it(certificate):
    async with http1_over_tls(certificate, first=0) as (address, gate, engine):
        tasks = [started(engine, request(address)) for _ in range(4)]
        await until(lambda: len(address.connections) == 1)
        tasks[0][0].cancel()
        gate.set()
        await asyncio.gather(tasks[0][0], return_exceptions=True)
        assert tasks[0][1].kind == "cancelled"
        assert await bodies(tasks[1:]) == {b"ok"}
