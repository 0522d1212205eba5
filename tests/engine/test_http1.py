"""One HTTP/1.1 connection tells the whole story of a request: what left, what came in between, and when."""

import asyncio
import os
import time

import pytest

from antiphon.core.document import Timeouts
from antiphon.core.events import (
    SENT_BODY_BYTES,
    BodyAdvanced,
    Connected,
    InterimReceived,
    Phase,
    RequestSent,
    Uploaded,
)
from antiphon.core.prepared import FileContent
from antiphon.engine.recorder import MAX_INTERIMS, TOLD_INTERIMS
from tests.engine.exchanges import Outcome, cancelled_at, check_story, opened, request, send, started
from tests.servers import OK, Address, http_server, raw_server, read_request, reply, scripted_server
from tests.waiting import until

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
CHUNKED = (("Transfer-Encoding", "chunked"),)
EXPECTING = (("Expect", "100-continue"),)


def phases(outcome: Outcome) -> list[str]:
    return [span.phase.value for span in outcome.exchange.last.spans]


def told(outcome: Outcome, kind: type) -> list:
    return [event for event in outcome.events if isinstance(event, kind)]


def recording(wire: bytearray, answer: bytes = OK):
    """Return a handler that keeps every byte in *wire* and answers each time the connection falls silent."""

    async def handler(reader, writer):
        while data := await reader.read(1 << 20):
            wire.extend(data)
            try:
                while data := await asyncio.wait_for(reader.read(1 << 20), 0.05):
                    wire.extend(data)
            except TimeoutError:
                writer.write(answer)

    return handler


# -- what left ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [(), CHUNKED])
@pytest.mark.parametrize("size", [0, 5, 70_000, 700_000])
async def test_what_is_told_is_what_the_server_got_byte_for_byte(engine, headers, size):
    wire = bytearray()
    async with scripted_server(recording(wire)) as address:
        outcome = await send(
            engine, request(address, method="PUT", content=os.urandom(size), headers=headers)
        )
        await engine.aclose()
    sent = outcome.exchange.last.sent
    assert sent.head + sent.body == bytes(wire)
    assert sent.is_complete
    assert len(told(outcome, RequestSent)) == 1


async def test_of_a_large_body_the_beginning_is_kept_and_the_rest_counted(engine, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(os.urandom(1 << 20) * 5)
    async with http_server() as (address, received):
        content = FileContent(big, 5 << 20)
        outcome = await send(engine, request(address, method="PUT", content=content))
    sent = outcome.exchange.last.sent
    assert (sent.head, sent.body) == (received[0].head, big.read_bytes()[:SENT_BODY_BYTES])
    assert (sent.body_bytes, sent.is_complete) == (5 << 20, True)


async def test_a_cancelled_upload_tells_how_far_it_got(engine):
    wire = bytearray()

    async def takes_some(reader, writer):
        wire.extend(await reader.readexactly(300_000))
        await asyncio.sleep(10)

    async with scripted_server(takes_some) as address:
        content = os.urandom(30_000_000)
        task, outcome = started(engine, request(address, method="PUT", content=content))
        await until(lambda: len(wire) == 300_000 and told(outcome, Uploaded))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    check_story(outcome)
    sent = outcome.exchange.last.sent
    assert 300_000 - len(sent.head) <= sent.body_bytes < 30_000_000
    assert outcome.exchange.last.uploaded_bytes == sent.body_bytes
    assert not sent.is_complete
    assert (sent.head + content).startswith(bytes(wire))


async def test_a_server_that_hangs_up_on_an_upload_gets_what_left_told(engine):
    async def hangs_up(reader, writer):
        await reader.readexactly(100)
        writer.transport.abort()

    async with scripted_server(hangs_up) as address:
        outcome = await send(engine, request(address, method="PUT", content=b"z" * 30_000_000))
    assert outcome.kind == "disconnected"
    sent = outcome.exchange.last.sent
    assert sent.head.startswith(b"PUT / HTTP/1.1\r\n")
    assert not sent.is_complete


async def test_a_second_attempt_tells_its_own_story(engine):
    async def dies_on_the_second(reader, writer):
        await read_request(reader)
        writer.write(OK)
        await read_request(reader)

    async with scripted_server(dies_on_the_second) as address:
        await send(engine, request(address))
        outcome = await send(engine, request(address, method="PUT", content=b"data"))
    assert [event.sent.is_complete for event in told(outcome, RequestSent)] == [True, True]
    assert phases(outcome) == ["queue", "send", "wait", "queue", "tcp", "send", "wait", "head", "download"]
    hop = outcome.exchange.last
    assert sum(hop.duration_s(phase) or 0 for phase in Phase) <= hop.ended - hop.began + 1e-9


# -- which connection --------------------------------------------------------------------------------------


async def test_a_reused_connection_says_when_it_was_opened_and_what_it_carried(engine):
    async with http_server() as (address, _received):
        before = time.perf_counter()
        outcomes = [await send(engine, request(address)) for _ in range(3)]
    facts = [outcome.exchange.last.connection for outcome in outcomes]
    assert [(item.request_number, item.reused) for item in facts] == [(1, False), (2, True), (3, True)]
    assert {item.opened_at for item in facts} == {facts[0].opened_at}
    assert before < facts[0].opened_at <= told(outcomes[0], Connected)[0].at


# -- phases ------------------------------------------------------------------------------------------------


async def test_a_small_body_leaves_with_its_head_and_a_large_one_after_it(engine):
    async with http_server() as (address, _received):
        small = await send(engine, request(address, method="PUT", content=b"x" * 1000))
        large = await send(engine, request(address, method="PUT", content=b"x" * 1_000_000))
    assert phases(small) == ["queue", "tcp", "send", "wait", "head", "download"]
    assert phases(large) == ["queue", "send", "upload", "wait", "head", "download"]
    assert [item.exchange.last.uploaded_bytes for item in (small, large)] == [1000, 1_000_000]
    assert large.exchange.last.upload_bytes == 1_000_000


async def test_the_wait_lasts_to_the_first_byte_of_the_final_answer_and_the_head_to_its_last(engine):
    async def slow(reader, writer):
        await read_request(reader)
        for piece, pause in (
            (HINT[:-1], 0.06), (b"\nHTTP/1.1 2", 0.12), (b"00 OK\r\nContent-Length: 2\r\n", 0.0), (b"\r\n", 0.06), (b"ok", 0),
        ):  # fmt: skip
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        await reader.read()

    async with scripted_server(slow) as address:
        outcome = await send(engine, request(address))
        await engine.aclose()
    hop = outcome.exchange.last
    assert phases(outcome)[-3:] == ["wait", "head", "download"]
    assert hop.duration_s(Phase.WAIT) >= 0.055
    assert hop.duration_s(Phase.HEAD) >= 0.115
    assert hop.duration_s(Phase.DOWNLOAD) >= 0.055
    assert hop.duration_s(Phase.WAIT) < 0.06 + 0.115


@pytest.mark.parametrize(
    ("wire", "phase"), [(b"HTT", Phase.HEAD), (b"HTTP/1.1 200 OK\r\nA: b", Phase.HEAD), (HINT, Phase.WAIT)]
)
async def test_a_server_that_falls_silent_does_so_in_the_right_phase(engine, wire, phase):
    async def falls_silent(reader, writer):
        await read_request(reader)
        writer.write(wire)
        await reader.read()

    async with scripted_server(falls_silent) as address:
        outcome = await send(engine, request(address, timeouts=Timeouts(read_s=0.1)))
        await engine.aclose()
    assert (outcome.kind, outcome.exchange.failure.phase) == ("read_timeout", phase)


# -- interim answers ---------------------------------------------------------------------------------------


async def test_interim_answers_are_told_with_their_headers_and_when_they_came(engine):
    wire = HINT + b"HTTP/1.1 102 Processing\r\n\r\n" + OK
    async with raw_server([wire[:20], wire[20:70], wire[70:]]) as address:
        outcome = await send(engine, request(address))
    hop = outcome.exchange.last
    assert [head.status_text for head, _ in hop.interims] == ["103 Early Hints", "102 Processing"]
    assert hop.interims[0][0].headers == (("Link", "</a.css>; rel=preload"),)
    assert hop.began < hop.interims[0][1] <= hop.interims[1][1] <= hop.ended
    assert outcome.body == b"ok"


def _endless(step: bytes):
    async def handler(reader, writer):
        await read_request(reader)
        while True:
            writer.write(step)
            await writer.drain()

    return handler


async def test_interim_answers_without_end_are_a_failure_and_told_in_part(engine):
    async with scripted_server(_endless(HINT * 50)) as address:
        outcome = await send(engine, request(address))
    assert outcome.kind == "protocol"
    assert f"more than {MAX_INTERIMS:,} interim answers (103 Early Hints)" in outcome.told
    assert len(told(outcome, InterimReceived)) == TOLD_INTERIMS


async def test_slow_interim_answers_without_end_can_be_cancelled(engine):
    async def slowly(reader, writer):
        await read_request(reader)
        while True:
            writer.write(HINT)
            await asyncio.sleep(0.001)

    async with scripted_server(slowly) as address:
        task, outcome = started(engine, request(address))
        await until(lambda: len(told(outcome, InterimReceived)) == TOLD_INTERIMS)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    check_story(outcome)
    assert outcome.exchange.failure.phase == Phase.WAIT


# -- Expect: 100-continue ------------------------------------------------------------------------------------


async def test_a_body_waits_for_continue_past_other_interim_answers(engine, monkeypatch):
    monkeypatch.setattr("antiphon.engine.http1.CONTINUE_WAIT_S", 20)
    got = []

    async def careful(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HINT)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        got.append(await reader.readexactly(4))
        writer.write(OK)
        await writer.drain()

    async with scripted_server(careful) as address:
        outcome = await send(engine, request(address, method="PUT", content=b"body", headers=EXPECTING))
    assert (outcome.body, got) == (b"ok", [b"body"])
    assert [head.status for head, _ in outcome.exchange.last.interims] == [103, 100]
    assert phases(outcome)[2:] == ["send", "wait", "upload", "wait", "head", "download"]
    assert outcome.exchange.last.sent.is_complete


async def test_a_refusal_while_the_body_waits_keeps_it_here(engine):
    async def refuses(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        answer = reply(b"no", "417 Expectation Failed")
        writer.write(answer[:30])
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(answer[30:])
        await reader.read()

    async with scripted_server(refuses) as address:
        outcome = await send(engine, request(address, method="PUT", content=b"body", headers=EXPECTING))
        await engine.aclose()
    assert (outcome.status, outcome.body) == (417, b"no")
    sent = outcome.exchange.last.sent
    assert (sent.body_bytes, sent.is_complete) == (0, False)


async def test_a_body_waits_a_second_at_most(engine, monkeypatch):
    monkeypatch.setattr("antiphon.engine.http1.CONTINUE_WAIT_S", 0.1)
    async with http_server() as (address, received):
        outcome = await send(engine, request(address, method="PUT", content=b"body", headers=EXPECTING))
    assert (outcome.body, received[0].body) == (b"ok", b"body")
    assert outcome.exchange.last.spans[3].ended - outcome.exchange.last.spans[3].began >= 0.095


# -- uploads ---------------------------------------------------------------------------------------------------


async def test_an_upload_that_takes_its_time_is_told_as_it_goes(engine):
    async def slow(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        assert head
        for _ in range(10):
            await reader.readexactly(3_000_000)
            await asyncio.sleep(0.03)
        writer.write(OK)
        await writer.drain()
        await reader.read()

    async with scripted_server(slow) as address:
        outcome = await send(engine, request(address, method="PUT", content=b"z" * 30_000_000))
        await engine.aclose()
    steps = [event.sent_bytes for event in told(outcome, Uploaded)]
    assert steps == sorted(steps)
    assert steps[-1] == 30_000_000
    took = outcome.exchange.last.duration_s(Phase.UPLOAD)
    assert 2 <= len(steps) <= took / 0.05 + 2


async def test_a_thousand_cancels_leave_the_engine_healthy():
    async def answers(reader, writer):
        while (got := await read_request(reader)) is not None:
            if got.target == "/silent":
                await reader.read()
                return
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
            if got.target != "/half":
                writer.write(b"y" * 500)

    async with scripted_server(answers) as where, opened() as engine:
        address: Address = where
        for number in range(1000):
            path, kind = (("/silent", RequestSent), ("/half", BodyAdvanced))[number % 2]
            await cancelled_at(engine, request(address, path), kind)
        healthy = await send(engine, request(address))
        again = await send(engine, request(address))
    assert healthy.body == again.body == b"x" * 500 + b"y" * 500
    assert again.exchange.last.connection.reused
