"""Bodies on their way into the store: kept both ways, bounded, and asked about when they swell."""

import asyncio
import gzip
import secrets
import zlib
from dataclasses import replace

import pytest

from antiphon.core.events import BodyAdvanced, DecodingPaused, DecodingResumed
from antiphon.engine import Engine
from antiphon.engine.session import Session
from tests.engine.exchanges import Outcome, check_story, request
from tests.servers import raw_server, scripted_server
from tests.waiting import until

MIB = 1 << 20


class Host:
    """Answers what it is told to, and notes what it was asked."""

    def __init__(self, answer: bool | None) -> None:
        self.asked: list[tuple[int, int]] = []
        self._answer = answer

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        self.asked.append((wire_bytes, decoded_bytes))
        if self._answer is None:
            await asyncio.sleep(60)
        return bool(self._answer)


def bomb(size_bytes: int) -> bytes:
    engine = zlib.compressobj(9, wbits=31)
    return b"".join(engine.compress(bytes(MIB)) for _ in range(size_bytes // MIB)) + engine.flush()


def reply(body: bytes, coding: str = "gzip") -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


async def sent(address, host=None, **options) -> tuple[Outcome, Outcome]:
    engine, outcome, raw = Engine(), Outcome(), Outcome()
    session = replace(Session(), host=host)
    await engine.send(request(address, **options), outcome, outcome.events.append, session, raw)
    await engine.aclose()
    check_story(outcome)
    return outcome, raw


async def test_bytes_are_kept_decoded_and_as_they_came():
    data = gzip.compress(b"hello " * 1000)
    async with raw_server(reply(data)) as address:
        outcome, raw = await sent(address)
    assert outcome.body == b"hello " * 1000
    assert bytes(raw.data) == data
    assert raw.is_finished


async def test_without_a_coding_nothing_is_kept_twice():
    async with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") as address:
        outcome, raw = await sent(address)
    assert (outcome.body, bytes(raw.data), raw.is_finished) == (b"hello", b"", True)


async def test_a_body_that_swells_stops_where_nobody_can_be_asked():
    async with raw_server(reply(bomb(40 * MIB))) as address:
        outcome, _ = await sent(address, decoded_limit_bytes=4 * MIB)
    assert outcome.kind == "decode"
    assert "Stopped unpacking at" in outcome.told
    assert outcome.exchange.failure.remedies == ("ask_uncompressed",)
    assert 4 * MIB < len(outcome.data) <= 5 * MIB


@pytest.mark.parametrize(("answer", "size"), [(True, 40 * MIB), (False, 5 * MIB)])
async def test_a_person_decides_once_whether_to_go_on(answer, size):
    host = Host(answer)
    async with raw_server(reply(bomb(40 * MIB))) as address:
        outcome, _ = await sent(address, host, decoded_limit_bytes=4 * MIB)
    assert len(host.asked) == 1
    assert [
        type(event) for event in outcome.events if isinstance(event, DecodingPaused | DecodingResumed)
    ] == [
        DecodingPaused,
        *[DecodingResumed] * answer,
    ]
    assert len(outcome.data) == size if answer else len(outcome.data) <= size
    assert outcome.exchange.state == ("finished" if answer else "failed")


async def test_what_compresses_well_but_is_small_is_not_asked_about():
    host = Host(False)
    async with raw_server(reply(bomb(4 * MIB))) as address:
        outcome, _ = await sent(address, host, decoded_limit_bytes=4 * MIB)
    assert (len(outcome.body), host.asked) == (4 * MIB, [])


async def test_a_large_body_that_hardly_compresses_is_not_asked_about():
    noise = bytes(range(256)) * 4096 * 3
    host = Host(False)
    async with raw_server(reply(gzip.compress(noise, 1), "gzip")) as address:
        outcome, _ = await sent(address, host, decoded_limit_bytes=len(noise) * 2)
    assert (outcome.body, host.asked) == (noise, [])


async def test_no_limit_asks_nobody():
    async with raw_server(reply(bomb(8 * MIB))) as address:
        outcome, _ = await sent(address, decoded_limit_bytes=None)
    assert len(outcome.body) == 8 * MIB


async def test_cancelling_while_it_waits_for_an_answer_is_told_at_once():
    host, outcome = Host(None), Outcome()
    async with raw_server(reply(bomb(8 * MIB))) as address:
        engine = Engine()
        session = replace(Session(), host=host)
        task = asyncio.get_running_loop().create_task(
            engine.send(request(address, decoded_limit_bytes=MIB), outcome, outcome.events.append, session)
        )
        await until(lambda: host.asked)
        assert outcome.exchange.state == "paused"
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await engine.aclose()
    assert outcome.exchange.state == "cancelled"
    assert len(outcome.data) > MIB


async def test_a_broken_coding_keeps_what_came_before_and_says_where_it_broke():
    noise = secrets.token_bytes(300_000)
    data = bytearray(gzip.compress(noise))
    data[250_000:250_100] = bytes(100)
    async with raw_server(reply(bytes(data))) as address:
        outcome, raw = await sent(address)
    assert outcome.kind == "decode"
    assert f"it breaks after {len(outcome.data):,} unpacked bytes" in outcome.told
    assert bytes(outcome.data)[:200_000] == noise[:200_000]
    assert bytes(raw.data)[:250_000] == bytes(data[:250_000])


async def test_a_coding_cut_short_says_so_with_its_place():
    data = gzip.compress(bytes(range(256)) * 400)[:-20]
    async with raw_server(reply(data)) as address:
        outcome, _ = await sent(address)
    assert outcome.kind == "decode"
    assert f"within the first {len(data):,} received" in outcome.told


async def test_time_spent_on_decoding_is_told():
    async with raw_server(reply(bomb(20 * MIB))) as address:
        outcome, _ = await sent(address)
    assert 0 < outcome.exchange.last.decoding_s < outcome.exchange.total_s()
    steps = [event.decoding_s for event in outcome.events if isinstance(event, BodyAdvanced)]
    assert steps == sorted(steps)


@pytest.mark.slow
async def test_ten_gigabytes_of_zeros_stop_within_a_bounded_memory():
    import resource

    block = bomb(512 * MIB)  # gzip members one after the other: 20 times half a gigabyte

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n")
        for _ in range(20):
            writer.write(block)
            await writer.drain()

    class Nowhere:
        def append(self, chunk: bytes) -> None: ...

        def finish(self) -> None: ...

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with scripted_server(handler) as address:
        engine, events = Engine(), []
        options = {"decoded_limit_bytes": None}
        await engine.send(request(address, **options), Nowhere(), events.append)
        await engine.aclose()
    assert sum(isinstance(event, BodyAdvanced) for event in events) > 100
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 150_000
