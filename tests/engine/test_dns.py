"""Names become endpoints, in the order in which to try them."""

import asyncio
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.dns import Endpoint, alternating, literal, resolve
from tests.engine.exchanges import request, send

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
