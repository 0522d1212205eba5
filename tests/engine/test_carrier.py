"""The thread that carries the sockets: what runs in it, what it tells, and how it ends."""

import asyncio
import threading
import time
from dataclasses import replace

import pytest

from antiphon.core.events import BodyAdvanced, HopBegan
from antiphon.engine import Engine
from antiphon.engine.carrier import Carrier, Relay, at_home
from antiphon.engine.session import Session
from tests.engine.exchanges import Outcome, request, send, started
from tests.servers import http_server, scripted_server
from tests.waiting import until


async def test_work_runs_in_the_thread_and_its_value_comes_home():
    carrier = Carrier()

    async def work():
        await asyncio.sleep(0)
        return threading.current_thread().name

    assert await carrier.run(work) == "antiphon network"
    await carrier.aclose()


async def test_an_error_of_the_work_is_raised_at_home():
    carrier = Carrier()

    async def work():
        raise KeyError("x")

    with pytest.raises(KeyError):
        await carrier.run(work)
    await carrier.aclose()


async def test_cancelling_waits_until_the_work_has_ended():
    carrier, told = Carrier(), []

    async def work():
        told.append("began")
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)
            told.append("ended")

    task = asyncio.get_running_loop().create_task(carrier.run(work))
    await until(lambda: told)
    task.cancel()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told == ["began", "ended"]
    await carrier.aclose()


async def test_closing_ends_the_thread_and_what_still_runs():
    carrier = Carrier()
    task = asyncio.get_running_loop().create_task(carrier.run(lambda: asyncio.sleep(60)))
    await until(lambda: carrier._tasks)
    await carrier.aclose()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "antiphon network" not in [thread.name for thread in threading.enumerate()]


async def test_a_carrier_can_be_used_again_after_it_was_closed():
    carrier = Carrier()
    for _ in range(2):
        assert await carrier.run(lambda: asyncio.sleep(0, "x")) == "x"
        await carrier.aclose()


async def test_facts_come_home_in_order_and_only_the_last_count_of_many():
    told = []
    relay = Relay(told.append)
    began = HopBegan(request("http://a.test/"), 1.0)

    def tell():
        relay.tell(began)
        for count in range(1000):
            relay.tell(BodyAdvanced(count, count, 2.0))
        relay.tell(began)

    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()  # nothing could be handed on while this loop was held
    assert told == []
    await asyncio.sleep(0)
    assert told == [began, BodyAdvanced(999, 999, 2.0), began]


async def test_facts_are_told_on_the_loop_that_awaits_them():
    async with http_server() as (address, _received):
        engine, threads = Engine(is_carried=True), set()
        outcome = Outcome()
        await engine.send(request(address), outcome, lambda _event: threads.add(threading.current_thread()))
        await engine.aclose()
    assert threads == {threading.main_thread()}


async def test_bytes_arrive_while_the_loop_at_home_is_busy():
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        await writer.drain()

    def serve(ready):  # on a loop of its own: this one is held
        async def run():
            async with scripted_server(handler) as address:
                ready.append(address)
                await asyncio.to_thread(done.wait)

        asyncio.run(run())

    done, ready = threading.Event(), []
    server = threading.Thread(target=serve, args=(ready,))
    server.start()
    await until(lambda: ready)
    engine = Engine(is_carried=True)
    await asyncio.to_thread(engine.warm_up)
    task, outcome = started(engine, request(ready[0]))
    await asyncio.sleep(0)
    end = time.monotonic() + 5
    while not outcome.is_finished and time.monotonic() < end:
        time.sleep(0.01)  # the window paints, say
    assert bytes(outcome.data) == b"hello"
    await task
    done.set()
    await engine.aclose()
    server.join()


async def test_a_host_is_asked_on_the_loop_at_home_and_its_answer_comes_back():
    class Host:
        async def allows_decoding(self, wire_bytes, decoded_bytes):
            return (wire_bytes, decoded_bytes, threading.current_thread() is threading.main_thread())

    carrier = Carrier()
    session = at_home(replace(Session(), host=Host()))
    assert await carrier.run(lambda: session.host.allows_decoding(1, 2)) == (1, 2, True)
    await carrier.aclose()


async def test_a_loop_that_cannot_watch_sockets_has_them_carried(monkeypatch):
    monkeypatch.setattr("antiphon.engine.engine.can_watch", lambda _loop: False)
    async with http_server() as (address, _received):
        engine = Engine()
        assert (await send(engine, request(address))).status == 200
        assert engine._carrier is not None
        await engine.aclose()


async def test_many_sendings_at_once_are_carried_by_one_thread():
    async with http_server() as (address, _received):
        engine = Engine(is_carried=True)
        outcomes = await asyncio.gather(*[send(engine, request(address, f"/{n}")) for n in range(50)])
        names = [thread.name for thread in threading.enumerate()]
        await engine.aclose()
    assert {outcome.status for outcome in outcomes} == {200}
    assert names.count("antiphon network") == 1
