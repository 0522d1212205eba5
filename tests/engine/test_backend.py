"""Where the loop cannot watch sockets, httpcore's stock backend gives the same facts."""

import asyncio
import hashlib

import pytest

from antiphon.core.exchange import Connected
from antiphon.engine import backend
from tests.engine.exchanges import opened, request, send, started
from tests.engine.test_http2 import BLOB, PRIOR, app
from tests.servers import h2_server, http_server, reply
from tests.waiting import until


@pytest.fixture(autouse=True)
def _cannot_watch(monkeypatch):
    monkeypatch.setattr(backend, "can_watch", lambda _loop: False)


def test_asyncios_own_loops_are_told_apart(monkeypatch):
    monkeypatch.undo()
    loop = asyncio.SelectorEventLoop()
    assert backend.can_watch(loop)
    loop.close()

    class Proactor(asyncio.AbstractEventLoop):
        pass

    assert not backend.can_watch(Proactor())


async def test_phases_facts_and_bodies_are_the_same():
    async with (
        http_server(lambda request_: reply(request_.body or b"ok")) as (address, _received),
        opened() as engine,
    ):
        first = await send(engine, request(f"http://localhost:{address.port}/"))
        second = await send(engine, request(f"http://localhost:{address.port}/", method="POST", content=BLOB))
    spans = [[span.phase.value for span in item.exchange.last.spans] for item in (first, second)]
    assert spans == [
        ["queue", "dns", "tcp", "send", "wait", "head", "download"],
        ["queue", "send", "upload", "wait", "head", "download"],
    ]
    assert first.exchange.last.connection.remote_address == f"127.0.0.1:{address.port}"
    assert second.body == BLOB
    assert [event.connection.reused for event in second.events if isinstance(event, Connected)] == [True]


async def test_tls_and_http2_work_too(certificate):
    async with h2_server(app, certificate) as address, opened() as engine:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        outcomes = await asyncio.gather(*[send(engine, request(address, "/blob/0")) for _ in range(5)])
        upload = await send(engine, request(address, "/digest", "POST", content=BLOB))
        refused = await send(engine, request("http://127.0.0.1:1/"))
    assert all(outcome.body == BLOB for outcome in outcomes)
    assert outcomes[0].exchange.last.connection.tls.alpn == "h2"
    assert upload.body.decode() == hashlib.sha256(BLOB).hexdigest()
    assert refused.kind == "connect"


async def test_certificate_failures_are_explained_too(certificate):
    async with h2_server(app, certificate) as address, opened() as engine:
        assert (await send(engine, request(address))).kind == "tls"


async def test_cancelling_works_too():
    async with h2_server(app) as address, opened() as engine:
        for _ in range(5):
            task, outcome = started(engine, request(address, "/endless", **PRIOR))
            await until(lambda outcome=outcome: outcome.data)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert (await send(engine, request(address, **PRIOR))).body == b"ok"
