import asyncio
import json
import threading

import pytest

from antiphon.body.store import BodyStore
from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.events import (
    BodyAdvanced,
    Connected,
    Connection,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
)
from antiphon.core.prepare import prepare
from antiphon.run import Row, RunItem, close_bodies, run_requests
from tests.waiting import until


class Sender:
    """Stands where `Engine.send` stands: each request waits for `release`, then is answered with its own JSON."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.now = 0
        self.most = 0
        self.release = asyncio.Event()
        self.connected = asyncio.Event()
        self.failures: dict[str, Failure] = {}
        self.bodies: dict[str, bytes] = {}

    async def send(self, prepared, body: BodyStore, emit) -> None:
        path = prepared.url.rpartition("/")[2]
        self.started.append(path)
        self.now += 1
        self.most = max(self.most, self.now)
        emit(HopBegan(prepared, 1.0))
        try:
            await self.connected.wait()
            if path in self.failures:
                emit(Failed(self.failures[path], 2.0))
                return
            emit(Connected(Connection("127.0.0.1:1", "127.0.0.1:2", reused=False), 1.1))
            await self.release.wait()
            self._answer(path, body, emit)
        except asyncio.CancelledError:
            emit(Failed(Failure("cancelled", "You cancelled it.", ""), 2.0))
            raise
        finally:
            self.now -= 1

    def _answer(self, path: str, body: BodyStore, emit) -> None:
        emit(HeadReceived(Head(200, "OK", "HTTP/1.1", ()), 1.2))
        content = self.bodies.get(path, json.dumps({"path": path}).encode())
        body.append(content)
        emit(BodyAdvanced(len(content), len(content), 1.3))
        body.finish()
        emit(Finished(1.5))


@pytest.fixture
def sender():
    made = Sender()
    made.connected.set()
    made.release.set()
    return made


def item(path: str) -> RunItem:
    document = RequestDocument(name=path, url=f"http://h.test/{path}")
    return RunItem(path, f"{path}.yml", prepare(document))


class Table:
    """The rows as a window would hold them, and every state each went through."""

    def __init__(self) -> None:
        self.rows: dict[int, Row] = {}
        self.states: dict[int, list[str]] = {}

    def take(self, row: Row) -> None:
        self.rows[row.index] = row
        self.states.setdefault(row.index, []).append(row.state)

    def close(self) -> None:
        close_bodies(self.rows.values())


@pytest.fixture
def table():
    made = Table()
    yield made
    made.close()


async def test_each_row_waits_runs_and_is_done(sender, table):
    await run_requests([item("a"), item("b")], RunPlan(), sender.send, table.take)
    assert table.states == {0: ["waiting", "running", "done"], 1: ["waiting", "running", "done"]}
    row = table.rows[0]
    assert (row.name, row.path, row.status, row.reason, row.http_version) == (
        "a",
        "a.yml",
        200,
        "OK",
        "HTTP/1.1",
    )
    assert row.total_s == 0.5
    assert row.decoded_bytes == len(b'{"path": "a"}')


async def test_bodies_stay_readable_until_the_run_is_closed(sender, table):
    await run_requests([item("a"), item("b")], RunPlan(), sender.send, table.take)
    assert [row.body.read(0, 100) for row in table.rows.values()] == [b'{"path": "a"}', b'{"path": "b"}']
    table.close()
    assert table.rows[0].body.read(0, 100) == b""


@pytest.mark.parametrize("limit", [1, 3, 20])
async def test_no_more_than_the_limit_run_at_once(sender, table, limit):
    sender.release.clear()
    run = asyncio.get_running_loop().create_task(
        run_requests([item(str(n)) for n in range(12)], RunPlan(limit=limit), sender.send, table.take)
    )
    await until(lambda: sender.now == min(limit, 12))
    await asyncio.sleep(0.02)
    assert sender.now == min(limit, 12)
    assert sum(row.state == "waiting" for row in table.rows.values()) == 12 - min(limit, 12)
    sender.release.set()
    await run
    assert sender.most == min(limit, 12)
    assert sender.started == [str(n) for n in range(12)]


async def test_one_that_cannot_be_prepared_is_a_failed_row_and_stops_nothing(sender, table):
    broken = RunItem("b", "b.yml", UserError("No value for {{x}}.", "Choose an environment."))
    await run_requests([item("a"), broken, item("c")], RunPlan(limit=1), sender.send, table.take)
    assert [row.state for row in table.rows.values()] == ["done", "failed", "done"]
    failure = table.rows[1].failure
    assert (failure.sentence, failure.hint) == ("No value for {{x}}.", "Choose an environment.")
    assert table.rows[1].body is None
    assert sender.started == ["a", "c"]


async def test_a_failed_exchange_is_a_failed_row_and_the_others_go_on(sender, table):
    sender.failures["b"] = Failure("connect", "Refused.", "Start the server.")
    await run_requests([item("a"), item("b"), item("c")], RunPlan(limit=2), sender.send, table.take)
    assert [row.state for row in table.rows.values()] == ["done", "failed", "done"]
    assert table.rows[1].failure.kind == "connect"
    assert table.rows[1].total_s == 1.0


async def test_cancelling_marks_what_runs_and_what_waits(sender, table):
    sender.release.clear()
    run = asyncio.get_running_loop().create_task(
        run_requests([item(str(n)) for n in range(5)], RunPlan(limit=2), sender.send, table.take)
    )
    await until(lambda: sender.now == 2)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert [row.state for row in table.rows.values()] == ["cancelled"] * 5
    assert table.rows[0].failure.kind == "cancelled"
    assert table.rows[4].failure is None
    assert sender.now == 0


async def test_what_was_done_before_the_cancel_stays_done(sender, table):
    sender.release.clear()
    sender.failures["0"] = Failure("connect", "Refused.", "")
    run = asyncio.get_running_loop().create_task(
        run_requests([item(str(n)) for n in range(3)], RunPlan(limit=1), sender.send, table.take)
    )
    await until(lambda: sender.started == ["0", "1"])
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert [row.state for row in table.rows.values()] == ["failed", "cancelled", "cancelled"]


async def test_a_fault_of_ours_ends_the_run_and_is_not_hidden(table):
    async def send(_prepared, _body, _emit) -> None:
        raise ZeroDivisionError

    with pytest.raises(ExceptionGroup) as caught:
        await run_requests([item("a"), item("b")], RunPlan(limit=1), send, table.take)
    assert isinstance(caught.value.exceptions[0], ZeroDivisionError)
    assert [row.state for row in table.rows.values()] == ["cancelled", "cancelled"]


async def test_columns_hold_what_their_paths_find(sender, table):
    sender.bodies["a"] = b'{"name": "Ada", "repos": 12345678901234567890, "score": 1.00}'
    plan = RunPlan(columns=(Column("Name", "$.name"), Column("Repos", "$.repos"), Column("Score", "$.score")))
    await run_requests([item("a"), item("b")], plan, sender.send, table.take)
    assert table.rows[0].values == ("Ada", "12345678901234567890", "1.00")
    assert table.rows[1].values == (None, None, None)


async def test_a_row_has_one_value_per_column_from_the_start(sender, table):
    seen = []
    plan = RunPlan(columns=(Column("a", "$.a"), Column("b", "$.b")))
    await run_requests([item("a")], plan, sender.send, lambda row: (table.take(row), seen.append(row)))
    assert {len(row.values) for row in seen} == {2}


async def test_a_large_body_is_searched_off_the_loop(sender, table, monkeypatch):
    threads = []
    monkeypatch.setattr(
        "antiphon.run.runner.values",
        lambda *arguments: (threads.append(threading.current_thread()), ("found",))[1],
    )
    sender.bodies["a"] = b"[" + b"1," * 50_000 + b"1]"
    await run_requests([item("a")], RunPlan(columns=(Column("x", "$[0]"),)), sender.send, table.take)
    assert table.rows[0].values == ("found",)
    assert threads[0] is not threading.main_thread()


async def test_a_path_that_is_not_jsonpath_sends_nothing(sender, table):
    with pytest.raises(UserError, match="no valid JSONPath"):
        await run_requests([item("a")], RunPlan(columns=(Column("x", "$.a["),)), sender.send, table.take)
    assert sender.started == []
    assert table.rows == {}


async def test_no_items_are_no_rows(sender, table):
    await run_requests([], RunPlan(), sender.send, table.take)
    assert table.rows == {}
