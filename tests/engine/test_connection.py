"""A connection opens step by step, each in its time, and says how it came to be."""

import asyncio
import socket
import threading
import time

import pytest

from antiphon.core.document import Timeouts
from antiphon.core.events import AttemptEnded, Phase, PhaseBegan, PhaseEnded
from antiphon.engine import Engine
from antiphon.engine.attempts import GIVEN_UP
from tests.engine.exchanges import Outcome, check_story, opened, request, send, started
from tests.servers import OK, http_server, in_thread, raw_server
from tests.waiting import until

BUSY_S = 0.3


@pytest.fixture
def dead_end():
    """The port of a listener whose queue is full: it takes no connection and refuses none."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in fillers:
            filler.close()


async def test_it_says_where_it_leads_and_since_when_it_is_open():
    async with http_server() as (address, _), opened() as engine:
        outcomes = [await send(engine, request(address)) for _ in range(2)]
    first, second = (outcome.exchange.last.connection for outcome in outcomes)
    assert first.remote_address == f"127.0.0.1:{address.port}"
    assert first.local_address.startswith("127.0.0.1:")
    assert (first.reused, second.reused, first.proxy) == (False, True, "")
    assert first.opened_at == second.opened_at
    tcp = next(span for span in outcomes[0].exchange.last.spans if span.phase is Phase.TCP)
    assert tcp.ended <= first.opened_at <= outcomes[0].exchange.ended


async def test_the_steps_are_told_in_their_order(engine):
    async with raw_server(OK) as address:
        outcome = await send(engine, request(f"http://localhost:{address.port}/"))
    told = [type(event).__name__ for event in outcome.events]
    steps = [name for name in told if name in {"Resolved", "AttemptBegan", "AttemptEnded", "Connected"}]
    assert steps[0] == "Resolved"
    assert steps[-2:] == ["AttemptEnded", "Connected"]


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux says when the answer came")
async def test_what_the_busy_loop_needs_after_the_handshake_belongs_to_no_phase():
    outcome, engine = Outcome(), Engine(is_carried=False)

    def emit(event) -> None:
        outcome.events.append(event)
        if isinstance(event, PhaseBegan) and event.phase is Phase.TCP:
            asyncio.get_running_loop().call_soon(time.sleep, BUSY_S)

    with in_thread(raw_server(OK)) as address:
        await engine.send(request(address), outcome, emit)
        await engine.aclose()
    check_story(outcome)
    hop = outcome.exchange.last
    assert hop.duration_s(Phase.TCP) < BUSY_S / 3
    assert hop.ended - hop.began > BUSY_S
    ended = next(event.at for event in outcome.events if event == PhaseEnded(Phase.TCP, event.at))
    assert ended == next(event.at for event in outcome.events if isinstance(event, AttemptEnded))


async def test_an_address_that_stays_silent_runs_into_the_connect_timeout(engine, dead_end):
    outcome = await send(engine, request(f"http://127.0.0.1:{dead_end}/", timeouts=Timeouts(connect_s=0.05)))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("connect_timeout", Phase.TCP)
    assert [attempt.error for attempt in outcome.exchange.last.attempts] == [GIVEN_UP]


@pytest.mark.parametrize("phase", [Phase.DNS, Phase.TCP])
async def test_every_step_can_be_cancelled_at_once(engine, dead_end, monkeypatch, phase):
    hang = threading.Event()
    if phase is Phase.DNS:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: hang.wait(5) and [])
    host = "slow.test" if phase is Phase.DNS else "127.0.0.1"
    task, outcome = started(engine, request(f"http://{host}:{dead_end}/"))
    await until(
        lambda: any(isinstance(event, PhaseBegan) and event.phase is phase for event in outcome.events)
    )
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(2):
            await task
    hang.set()
    await asyncio.sleep(0.02)
    check_story(outcome)
    assert (outcome.kind, outcome.exchange.failure.phase) == ("cancelled", phase)


async def test_an_override_makes_a_connection_of_its_own():
    async with http_server() as (address, received), opened() as engine:
        url = f"http://localhost:{address.port}/"
        await send(engine, request(url))
        away = await send(engine, request(url, resolve=(f"localhost:{address.port}:127.0.0.2",)))
        other = await send(engine, request(url, resolve=("other.test:*:127.0.0.2",)))
    assert away.kind == "connect"
    assert other.exchange.last.connection.reused
    assert len(received) == 2
