"""What is run, and the line of the table that says what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from antiphon.body.store import BodyStore
from antiphon.core.errors import UserError
from antiphon.core.events import Failure
from antiphon.core.exchange import Exchange
from antiphon.core.prepared import PreparedRequest

RowState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class RunItem:
    """One request of a run; *prepared* is the reason instead where it could not be prepared."""

    name: str
    path: str
    """Relative to the collection's root, with `/`."""
    prepared: PreparedRequest | UserError


@dataclass(frozen=True, slots=True)
class Row:
    """How one item stands. `done` means that an answer came whole, whatever its status."""

    index: int
    """Its place among the items, from 0."""
    name: str
    path: str
    state: RowState = "waiting"
    status: int | None = None
    reason: str = ""
    http_version: str = ""
    total_s: float | None = None
    decoded_bytes: int = 0
    failure: Failure | None = None
    values: tuple[str | None, ...] = ()
    """One per column of the plan; None where the path finds nothing."""
    exchange: Exchange | None = None
    body: BodyStore | None = None
    """Readable until `close_bodies`."""

    @property
    def is_marked(self) -> bool:
        """Whether the row wants a second look: it failed, or its status says error."""
        return self.state == "failed" or (self.status is not None and self.status >= 400)


def waiting_row(index: int, item: RunItem, columns: int) -> Row:
    return Row(index, item.name, item.path, values=(None,) * columns)


def failed_row(row: Row, error: UserError) -> Row:
    """Return *row* for a request that could not be prepared."""
    return replace(row, state="failed", failure=Failure("request", error.title, error.detail))


def ended_row(row: Row, exchange: Exchange, values: tuple[str | None, ...]) -> Row:
    """Return *row* with what *exchange* came to; one that is not over was cancelled."""
    states: dict[str, RowState] = {"finished": "done", "failed": "failed"}
    head, last = exchange.head, exchange.last
    return replace(
        row,
        state=states.get(exchange.state, "cancelled"),
        status=head.status if head else None,
        reason=head.reason if head else "",
        http_version=head.http_version if head else "",
        total_s=exchange.total_s(),
        decoded_bytes=last.decoded_bytes if last else 0,
        failure=exchange.failure,
        values=values,
        exchange=exchange,
    )


def error_text(row: Row) -> str:
    """Return why *row* is marked, or its state where it did not end; empty for a good answer that came whole.

    Timeouts, failed connections and error statuses each say which they are.
    """
    if row.state == "failed" and row.failure is not None:
        return f"{row.failure.kind.replace('_', ' ')}: {row.failure.sentence}"
    if row.is_marked:
        return f"error status {row.status}"
    return "" if row.state == "done" else row.state


def is_over(row: Row) -> bool:
    return row.state in {"done", "failed", "cancelled"}


def close_bodies(rows: Iterable[Row]) -> None:
    """Give the bodies of *rows* back; they cannot be read afterwards."""
    for row in rows:
        if row.body is not None:
            row.body.close()
