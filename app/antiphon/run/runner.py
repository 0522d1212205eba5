"""The run itself: a few workers take the items in order, each row tells how its item stands."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from antiphon.body.store import BodyStore
from antiphon.core.collection import RunPlan
from antiphon.core.errors import UserError
from antiphon.core.events import Event
from antiphon.core.exchange import Exchange
from antiphon.core.prepared import PreparedRequest
from antiphon.run.pace import Pace
from antiphon.run.rows import Row, RunItem, ended_row, failed_row, is_over, waiting_row
from antiphon.run.values import compiled, values

if TYPE_CHECKING:
    from antiphon.render.json_query import JsonQuery

Emit = Callable[[Event], None]
Send = Callable[[PreparedRequest, BodyStore, Emit], Awaitable[None]]

MEMORY_LIMIT_BYTES = 64 << 10
"""What one row's body may hold in memory; a run has many."""
_PARSE_HERE_BYTES = 64 << 10


async def run_requests(
    items: Sequence[RunItem], plan: RunPlan, send: Send, emit_row: Callable[[Row], None]
) -> None:
    """Send *items*, at most `plan.limit` at once and `plan.rate_per_s` started a second, in their order.

    Every row is emitted as waiting, then running, then done, failed or cancelled; an item that could not be
    prepared fails at once and stops nothing. Cancel the task to stop: what runs and what waits becomes
    cancelled, with what had arrived. Over HTTP/2 they share a connection, which is *send*'s doing. The rows own their bodies; `close_bodies` gives them back.

    Raises:
        UserError: a column's path is not JSONPath; nothing was sent then.
    """
    queries = await asyncio.to_thread(compiled, plan.columns) if plan.columns else ()
    run = _Run(items, plan, send, emit_row, queries)
    try:
        await run.work(max(1, plan.limit))
    finally:
        run.cancel_waiting()


class _Run:
    def __init__(
        self,
        items: Sequence[RunItem],
        plan: RunPlan,
        send: Send,
        emit_row: Callable[[Row], None],
        queries: Sequence["JsonQuery"],
    ) -> None:
        self._send = send
        self._emit_row = emit_row
        self._queries = queries
        self._pace = Pace(plan.rate_per_s)
        self._rows = [waiting_row(index, item, len(plan.columns)) for index, item in enumerate(items)]
        self._ready: list[tuple[int, PreparedRequest]] = []
        for row, item in zip(self._rows, items, strict=True):
            emit_row(row)
            if isinstance(item.prepared, UserError):
                self._show(failed_row(row, item.prepared))
            else:
                self._ready.append((row.index, item.prepared))

    async def work(self, limit: int) -> None:
        remaining = iter(self._ready)
        async with asyncio.TaskGroup() as group:
            for number in range(min(limit, len(self._ready))):
                group.create_task(self._worker(remaining), name=f"run worker {number}")

    def cancel_waiting(self) -> None:
        for row in list(self._rows):
            if not is_over(row):
                self._show(replace(row, state="cancelled"))

    def _show(self, row: Row) -> None:
        self._rows[row.index] = row
        self._emit_row(row)

    async def _worker(self, remaining: Iterator[tuple[int, PreparedRequest]]) -> None:
        for index, prepared in remaining:
            await self._pace.turn()
            await self._one(index, prepared)

    async def _one(self, index: int, prepared: PreparedRequest) -> None:
        body = BodyStore(memory_limit_bytes=MEMORY_LIMIT_BYTES)
        row = replace(self._rows[index], state="running", body=body)
        self._show(row)
        exchange = Exchange()

        def accept(event: Event) -> None:
            nonlocal exchange
            exchange = exchange.after(event)

        found = row.values
        try:
            await self._send(prepared, body, accept)
            if exchange.state == "finished":
                found = await self._values(body)
        finally:
            self._show(ended_row(row, exchange, found))

    async def _values(self, body: BodyStore) -> tuple[str | None, ...]:
        if not self._queries or body.size_bytes <= _PARSE_HERE_BYTES:
            return values(body, self._queries)
        return await asyncio.to_thread(values, body, self._queries)
