"""Sockets race for the first answer, and each attempt is told with its true times."""

import asyncio
import errno
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from antiphon.core.events import AttemptBegan, AttemptEnded, Phase
from antiphon.engine import attempts
from antiphon.engine.attempts import GIVEN_UP, OUTRUN, connect, connect_unix, handshake_end
from antiphon.engine.dns import Endpoint
from antiphon.engine.failures import NoneAnswered, not_connected
from tests.engine.delayed_wire import BUSY_S, DELAY_S
from tests.engine.exchanges import request, send
from tests.servers import OK, in_thread, raw_server
from tests.waiting import until

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "app"), str(ROOT)])}


def endpoint(port: int, host: str = "127.0.0.1") -> Endpoint:
    return Endpoint(socket.AF_INET, (host, port))


def closed_port() -> int:
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    return port


@pytest.fixture
def dead_end():
    """An address that takes no connection and refuses none: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    yield endpoint(listener.getsockname()[1])
    for sock in (*fillers, listener):
        sock.close()


def outcomes(told) -> list[tuple[str, str]]:
    return [(event.address, event.error) for event in told if isinstance(event, AttemptEnded)]


def check_order(told) -> None:
    assert [event.at for event in told] == sorted(event.at for event in told)
    began = [event.address for event in told if isinstance(event, AttemptBegan)]
    ended = [event.address for event in told if isinstance(event, AttemptEnded)]
    assert sorted(began) == sorted(ended)


async def test_the_next_address_is_tried_at_once_where_one_refuses(monkeypatch):
    monkeypatch.setattr(attempts, "STAGGER_S", 30)
    told, port = [], closed_port()
    async with raw_server(OK) as address:
        async with asyncio.timeout(5):
            connected = await connect([endpoint(port), endpoint(address.port)], tell=told.append)
        assert connected.getpeername()[1] == address.port
        await until(lambda: address.connections)
        connected.close()
    check_order(told)
    assert outcomes(told) == [
        (f"127.0.0.1:{port}", "connection refused"),
        (f"127.0.0.1:{address.port}", ""),
    ]


async def test_a_silent_address_is_overtaken_by_the_next(dead_end, monkeypatch):
    monkeypatch.setattr(attempts, "STAGGER_S", 0.01)
    told = []
    async with raw_server(OK) as address:
        async with asyncio.timeout(5):
            connected = await connect([dead_end, endpoint(address.port)], tell=told.append)
        assert connected.getpeername()[1] == address.port
        await until(lambda: address.connections)
        connected.close()
    check_order(told)
    assert outcomes(told) == [
        (f"127.0.0.1:{dead_end.address[1]}", OUTRUN),
        (f"127.0.0.1:{address.port}", ""),
    ]


async def test_every_reason_is_kept_where_all_refuse():
    told, ports = [], (closed_port(), closed_port())
    with pytest.raises(NoneAnswered, match="refused") as caught:
        await connect([endpoint(port) for port in ports], tell=told.append)
    assert [address for address, _ in caught.value.refusals] == [f"127.0.0.1:{port}" for port in ports]
    assert caught.value.errno == errno.ECONNREFUSED
    check_order(told)


@pytest.mark.parametrize("count", [1, 2])
async def test_a_race_can_be_cancelled(dead_end, monkeypatch, count):
    monkeypatch.setattr(attempts, "STAGGER_S", 0.01)
    told, others = [], [dead_end, Endpoint(socket.AF_INET, ("127.0.0.1", dead_end.address[1]))]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await connect(others[:count], tell=told.append)
    check_order(told)
    assert {error for _, error in outcomes(told)} == {GIVEN_UP}


def refusals(*rows: tuple[str, int]) -> NoneAnswered:
    return NoneAnswered([(address, OSError(number, "x")) for address, number in rows])


REFUSED, NO_ROUTE = errno.ECONNREFUSED, errno.ENETUNREACH


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refusals(("a.test:80", REFUSED)), "a.test:80: connection refused."),
        (refusals(("10.0.0.1:80", REFUSED)), "a.test:80: connection refused (10.0.0.1:80)."),
        (
            refusals(("[::1]:80", REFUSED), ("10.0.0.1:80", REFUSED)),
            "a.test:80: connection refused ([::1]:80, 10.0.0.1:80).",
        ),
        (
            refusals(("[::1]:80", NO_ROUTE), ("10.0.0.1:80", REFUSED)),
            "a.test:80: no route to it ([::1]:80), connection refused (10.0.0.1:80).",
        ),
        (refusals(*[(f"10.0.0.{n}:80", REFUSED) for n in range(4)]), "10.0.0.2:80) and 1 more address."),
        (refusals(*[(f"10.0.0.{n}:80", REFUSED) for n in range(9)]), "10.0.0.2:80) and 6 more addresses."),
    ],
)
def test_the_failure_names_the_addresses_tried_and_their_reasons(error, told):
    sentence = not_connected("a.test:80", error).failure.sentence
    assert sentence.startswith("Could not connect to a.test:80: ")
    assert told in sentence


async def test_attempts_stand_in_the_exchange(engine):
    async with raw_server(OK) as address:
        port = closed_port()
        rows = (f"two.test:{address.port}:127.0.0.2,127.0.0.1", f"none.test:{port}:127.0.0.2,127.0.0.1")
        good = await send(engine, request(f"http://two.test:{address.port}/", resolve=rows))
        bad = await send(engine, request(f"http://none.test:{port}/", resolve=rows))
    tried = [(attempt.address, attempt.error) for attempt in good.exchange.last.attempts]
    assert tried == [(f"127.0.0.2:{address.port}", "connection refused"), (f"127.0.0.1:{address.port}", "")]
    assert good.exchange.last.connection.remote_address == f"127.0.0.1:{address.port}"
    assert [attempt.error for attempt in bad.exchange.last.attempts] == ["connection refused"] * 2
    assert f"connection refused (127.0.0.2:{port}, 127.0.0.1:{port})" in bad.told
    assert bad.exchange.failure.phase is Phase.TCP


# -- the time of the answer ------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="only Linux says when the answer came")
async def test_a_busy_loop_does_not_lengthen_the_handshake():
    told = []

    def tell(event) -> None:
        told.append(event)
        if isinstance(event, AttemptBegan):
            asyncio.get_running_loop().call_soon(time.sleep, BUSY_S)

    with in_thread(raw_server(OK)) as address:
        began = time.perf_counter()
        for count in (1, 2):
            sock = await connect([endpoint(address.port)] * count, tell=tell)
            sock.close()
    assert time.perf_counter() - began >= 2 * BUSY_S
    lengths = [end.at - begin.at for begin, end in zip(told[::2], told[1::2], strict=True)]
    assert max(lengths) < BUSY_S / 3
    assert min(lengths) > 0


def may_make_networks() -> bool:
    made = shutil.which("unshare") and shutil.which("ip") and os.access("/dev/net/tun", os.W_OK)
    return (
        bool(made)
        and subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.skipif(
    not may_make_networks(), reason="a slow wire takes a network namespace (root, /dev/net/tun)"
)
def test_over_a_slow_wire_the_handshake_takes_what_the_wire_took_however_busy_the_loop_is():
    command = ["unshare", "-n", sys.executable, "-m", "tests.engine.delayed_wire"]
    told = subprocess.run(
        command, capture_output=True, check=True, timeout=30, cwd=ROOT, env=ENVIRONMENT
    ).stdout
    took_s = json.loads(told)["tcp"]
    assert 2 * DELAY_S <= took_s < BUSY_S / 2


async def test_the_plain_clock_counts_where_the_kernel_knows_nothing(monkeypatch):
    with socket.socket() as unconnected:
        before = time.perf_counter()
        assert handshake_end(unconnected, before - 1) >= before
    async with raw_server(OK) as address:
        sock = await connect([endpoint(address.port)])
        exact = handshake_end(sock, time.perf_counter())
        assert exact <= time.perf_counter()
        monkeypatch.setattr("sys.platform", "darwin")
        before = time.perf_counter()
        assert handshake_end(sock, before - 1) >= before
        sock.close()


# -- Unix domain sockets -----------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix domain sockets here")
async def test_a_full_queue_of_a_unix_socket_is_waited_for(tmp_path):
    path = str(tmp_path / "s")
    told, fillers = [], []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(0)
        for _ in range(5):
            filler = socket.socket(socket.AF_UNIX)
            filler.setblocking(False)
            fillers.append(filler)
            if filler.connect_ex(path):
                break
        task = asyncio.get_running_loop().create_task(connect_unix(path, told.append))
        await until(lambda: told)
        listener.accept()[0].close()
        async with asyncio.timeout(5):
            (await task).close()
        for filler in fillers:
            filler.close()
    assert outcomes(told) == [(path, "")]
