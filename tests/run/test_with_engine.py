"""A run against real servers, with the engine that the window and the command line give it."""

import asyncio
from collections.abc import Sequence
from contextlib import asynccontextmanager

import pytest

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import RequestDocument, RequestOptions, Timeouts
from antiphon.core.prepare import prepare
from antiphon.engine import Engine
from antiphon.run import Row, RunItem, close_bodies, run_requests
from tests.servers import answer, h2_server, http_server, make_certificate, reply
from tests.waiting import until


class Service:
    """An ASGI app that counts who is there at once, on how many connections; a request may be held."""

    def __init__(self) -> None:
        self.clients: set[object] = set()
        self.now = self.most = 0
        self.released = asyncio.Event()
        self.released.set()
        self.free: set[str] = set()

    async def __call__(self, scope, _receive, send) -> None:
        if scope["type"] != "http":
            return
        self.clients.add(scope["client"])
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if scope["path"] not in self.free:
                await self.released.wait()
            body = b'{"path": "%s", "version": %s}' % (scope["path"].encode(), scope["http_version"].encode())
            await answer(send, body)
        finally:
            self.now -= 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@asynccontextmanager
async def running(requests: Sequence, plan: RunPlan = RunPlan(limit=50)):
    """Run *requests* in a task; yields it and the rows as they stand."""
    rows: dict[int, Row] = {}
    items = [RunItem(str(index), f"{index}.yml", request) for index, request in enumerate(requests)]
    engine = Engine()
    task = asyncio.get_running_loop().create_task(
        run_requests(items, plan, engine.send, lambda row: rows.__setitem__(row.index, row))
    )
    try:
        yield task, rows
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.aclose()
        close_bodies(rows.values())


def requests(address, count: int, **options):
    return [
        prepare(RequestDocument(url=address.url(f"/{number}"), options=RequestOptions(**options)))
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [5, 40])
async def test_over_tls_all_requests_go_at_once_on_one_http2_connection(certificate, count):
    service = Service()
    service.released.clear()
    async with h2_server(service, certificate) as address:
        sent = requests(address, count, ca_file=str(certificate.ca_file))
        async with running(sent, RunPlan(limit=count, columns=(Column("v", "$.version"),))) as (task, rows):
            await until(lambda: service.now == count)
            service.released.set()
            await task
            assert len(service.clients) == 1
            assert {(row.state, row.http_version, row.values) for row in rows.values()} == {("done", "HTTP/2", ("2",))}  # fmt: skip
            assert sum(not row.exchange.last.connection.reused for row in rows.values()) == 1


async def test_requests_that_start_together_build_one_tls_context(certificate, monkeypatch):
    from antiphon.engine import tls

    built = []
    make_context = tls.make_context
    monkeypatch.setattr(
        tls, "make_context", lambda settings: (built.append(settings), make_context(settings))[1]
    )
    async with h2_server(Service(), certificate) as address:
        async with running(requests(address, 20, ca_file=str(certificate.ca_file))) as (task, rows):
            await task
            assert {row.state for row in rows.values()} == {"done"}
    assert [settings for settings in built if settings.ca_files] == [built[-1]]


async def test_by_prior_knowledge_all_requests_share_a_connection_too():
    service = Service()
    async with h2_server(service) as address:
        async with running(requests(address, 5, http_version="2-prior-knowledge")) as (task, rows):
            await task
            assert len(service.clients) == 1
            assert [row.status for row in rows.values()] == [200] * 5


async def test_over_http1_each_request_at_once_has_a_connection_and_later_ones_reuse_them(certificate):
    service = Service()
    service.released.clear()
    async with h2_server(service, certificate) as address:
        sent = requests(address, 9, http_version="1.1", ca_file=str(certificate.ca_file))
        async with running(sent, RunPlan(limit=3)) as (task, rows):
            await until(lambda: service.now == 3)
            service.released.set()
            await task
            assert (service.most, len(service.clients)) == (3, 3)
            assert {row.http_version for row in rows.values()} == {"HTTP/1.1"}


async def test_the_limit_holds_at_the_server_over_http2(certificate):
    service = Service()
    async with h2_server(service, certificate) as address:
        sent = requests(address, 30, ca_file=str(certificate.ca_file))
        async with running(sent, RunPlan(limit=4)) as (task, rows):
            await task
            assert 1 <= service.most <= 4
            assert len(rows) == 30


async def test_a_cancelled_run_keeps_its_finished_rows_and_the_next_run_works(certificate):
    service = Service()
    service.free = {"/0"}
    service.released.clear()
    async with h2_server(service, certificate) as address:
        sent = requests(address, 6, ca_file=str(certificate.ca_file))
        async with running(sent, RunPlan(limit=2)) as (task, rows):
            await until(lambda: rows and rows[0].state == "done" and service.now == 2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [row.state for row in rows.values()] == ["done", *["cancelled"] * 5]
        service.released.set()
        async with running(sent) as (task, rows):
            await task
            assert {row.state for row in rows.values()} == {"done"}


async def test_timeouts_refusals_and_error_statuses_are_told_apart():
    held = asyncio.Event()

    async def app(scope, _receive, send) -> None:
        if scope["type"] == "http":
            if scope["path"] == "/slow":
                await held.wait()
            await answer(send, b'{"name": "x"}', 500 if scope["path"] == "/broken" else 200)

    slow = RequestOptions(timeouts=Timeouts(read_s=0.2))
    async with h2_server(app) as address:
        sent = [
            prepare(RequestDocument(url=address.url("/fine"))),
            prepare(RequestDocument(url=address.url("/slow"), options=slow)),
            prepare(RequestDocument(url=address.url("/broken"))),
            prepare(RequestDocument(url="http://127.0.0.1:1/")),
        ]
        async with running(sent, RunPlan(columns=(Column("name", "$.name"),))) as (task, rows):
            await task
            held.set()
            kinds = [row.failure.kind if row.failure else row.status for row in rows.values()]
            assert kinds == [200, "read_timeout", 500, "connect"]
            assert [row.is_marked for row in rows.values()] == [False, True, True, True]
            assert [row.values for row in rows.values()] == [("x",), (None,), ("x",), (None,)]


async def test_bodies_beyond_memory_are_whole_and_their_spool_is_gone_when_closed(home):
    content = bytes(range(256)) * 2000
    async with http_server(lambda _request: reply(content)) as (address, _received):
        async with running(requests(address, 4)) as (task, rows):
            await task
            assert all(row.body.read(0, len(content) + 1) == content for row in rows.values())
            assert {row.decoded_bytes for row in rows.values()} == {len(content)}
    assert [path for path in home.rglob("*") if path.is_file()] == []
