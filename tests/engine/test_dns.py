"""Names become endpoints, in the order in which to try them."""

import asyncio
import contextlib
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.events import Phase, PhaseBegan
from antiphon.engine import Engine
from antiphon.engine.dns import Endpoint, alternating, endpoints_of, literal, overridden, resolve
from antiphon.engine.failures import ExchangeBroken
from tests.engine.exchanges import Outcome, check_story, request, send
from tests.servers import OK, raw_server

FAMILIES = st.lists(st.sampled_from([socket.AF_INET, socket.AF_INET6]), min_size=1, max_size=8)


@given(FAMILIES)
def test_families_alternate_as_long_as_both_last(families):
    endpoints = [Endpoint(family, (str(number), 80)) for number, family in enumerate(families)]
    order = alternating(endpoints)
    assert sorted(order) == sorted(endpoints)
    assert order[0] == endpoints[0]
    shared = 2 * min(families.count(socket.AF_INET), families.count(socket.AF_INET6))
    head = [endpoint.family for endpoint in order[:shared]]
    assert all(one != other for one, other in zip(head, head[1:], strict=False))


def test_addresses_are_not_looked_up():
    assert literal("127.0.0.1", 80) == [Endpoint(socket.AF_INET, ("127.0.0.1", 80))]
    assert literal("::1", 80)[0].family == socket.AF_INET6
    assert literal("localhost", 80) == []


@pytest.mark.parametrize("name", ["localhost", "LocalHost.", "api.localhost"])
async def test_localhost_is_this_computer_where_no_resolver_knows_it(name, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [])
    assert ("127.0.0.1", 80) in [endpoint.address[:2] for endpoint in await resolve(name, 80)]


async def test_a_name_is_looked_up_without_holding_the_loop():
    with pytest.raises(socket.gaierror):
        await resolve("no-such-name.invalid", 80)
    with pytest.raises(UnicodeError):
        await resolve("a" * 70 + ".test", 80)


async def test_a_hanging_resolver_is_given_up(engine, monkeypatch):
    import threading

    from antiphon.core.document import Timeouts

    hang = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: hang.wait() and [])
    outcome = await send(engine, request("http://hanging.test/", timeouts=Timeouts(connect_s=0.05)))
    hang.set()
    await asyncio.sleep(0.05)
    assert outcome.kind == "connect_timeout"
    assert "name server" in outcome.told


# -- times ---------------------------------------------------------------------------------------------------


async def test_the_thread_takes_the_time_however_busy_the_loop_is(monkeypatch):
    real = socket.getaddrinfo

    def slow(host, *args, **kwargs):
        time.sleep(0.1)
        return real("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    async with raw_server(OK) as address:
        outcome, engine = Outcome(), Engine(is_carried=False)

        def emit(event) -> None:
            outcome.events.append(event)
            if isinstance(event, PhaseBegan) and event.phase is Phase.DNS:
                time.sleep(0.6)

        await engine.send(request(f"http://slow.test:{address.port}/"), outcome, emit)
        await engine.aclose()
    check_story(outcome)
    assert outcome.body == b"ok"
    assert 0.1 <= outcome.exchange.last.duration_s(Phase.DNS) < 0.4


async def test_a_failed_look_up_ends_when_the_resolver_said_so(engine, monkeypatch):
    def slow(*_args, **_kwargs):
        time.sleep(0.05)
        raise socket.gaierror(socket.EAI_AGAIN, "x")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    outcome = await send(engine, request("http://lost.test/"))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("dns", Phase.DNS)
    assert "did not answer" in outcome.told
    assert outcome.exchange.last.duration_s(Phase.DNS) >= 0.05


async def test_nothing_is_told_to_who_gave_up(monkeypatch):
    told, go_on = [], threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: go_on.wait(5) and [])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await resolve("slow.test", 80, told.append, told.append)
    assert len(told) == 1
    go_on.set()
    await asyncio.sleep(0.05)
    assert len(told) == 1


# -- what is told -----------------------------------------------------------------------------------------------


async def test_all_addresses_are_told_with_their_source(engine, monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 1)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 1, 0, 0)),
    ]
    override = ("c.test:*:127.0.0.7,[::1]",)
    local = await send(engine, request("http://localhost:1/"))
    address = await send(engine, request("http://127.0.0.1:1/"))
    given = await send(engine, request("http://c.test:1/", resolve=override))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
    asked = await send(engine, request("http://b.test:1/"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [])
    empty = await send(engine, request("http://b.test:1/"))
    hops = [outcome.exchange.last for outcome in (local, address, given, asked, empty)]
    assert [(hop.addresses, hop.address_source) for hop in hops] == [
        (("::1", "127.0.0.1"), "localhost"),
        ((), ""),
        (("127.0.0.7", "::1"), "override"),
        (("127.0.0.1", "::1", "127.0.0.2"), "hosts file or DNS"),
        ((), ""),
    ]
    assert [any(span.phase is Phase.DNS for span in hop.spans) for hop in hops] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert empty.kind == "dns"


# -- overrides ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ((), ()),
        (("",), ()),
        (("a.test:80:10.0.0.1",), ("10.0.0.1",)),
        (("A.Test.:80:10.0.0.1",), ("10.0.0.1",)),
        (("+a.test:80:10.0.0.1",), ("10.0.0.1",)),
        (("a.test:*:10.0.0.1",), ("10.0.0.1",)),
        (("a.test:0080:10.0.0.1",), ("10.0.0.1",)),
        (("a.test:443:10.0.0.1",), ()),
        (("b.test:80:10.0.0.1",), ()),
        (("a.test:80:10.0.0.1,10.0.0.2, [::1],fe80::1%lo",), ("10.0.0.1", "10.0.0.2", "::1", "fe80::1%lo")),
        (("a.test:80:10.0.0.1", "a.test:80:10.0.0.2"), ("10.0.0.2",)),
        (("*:80:10.0.0.1",), ("10.0.0.1",)),
        (("a.test:80:10.0.0.2", "*:80:10.0.0.1"), ("10.0.0.2",)),
        (("*:*:10.0.0.1", "a.test:80:10.0.0.2"), ("10.0.0.2",)),
    ],
)
def test_overrides(entries, found):
    assert overridden(entries, "a.test", 80) == found


def test_an_address_may_be_overridden_too():
    assert overridden(("[::1]:80:10.0.0.1",), "::1", 80) == ("10.0.0.1",)
    assert endpoints_of(("10.0.0.1", "::1"), 80)[1].family == socket.AF_INET6


@pytest.mark.parametrize(
    "entry", ["a.test", "a.test:80", "a.test:80:", "a.test:x:10.0.0.1", "a.test:80:b.test", "-a.test:80",
              "a.test:80:10.0.0.1,", "::1:80:10.0.0.1", "a.test:80:10.0.0.256"]
)  # fmt: skip
async def test_an_override_that_is_none_is_said(engine, entry):
    outcome = await send(engine, request("http://a.test/", resolve=(entry,)))
    assert outcome.kind == "request"
    assert entry in outcome.told


@given(st.text())
def test_any_text_is_an_override_or_an_error(entry):
    with contextlib.suppress(ExchangeBroken):
        assert all(literal(address, 1) for address in overridden((entry,), "a.test", 80))
