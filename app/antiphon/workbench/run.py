"""A folder's requests sent at once, as a table that fills while they run."""

import asyncio
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.core.collection import FolderNode, RequestNode, RunPlan, requests_below
from antiphon.core.errors import UserError
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.run.csv import csv_text
from antiphon.run.rows import Row as Row  # the window shows rows, and may not import `run`
from antiphon.run.rows import RunItem, close_bodies, is_over
from antiphon.run.rows import error_text as error_text
from antiphon.run.runner import run_requests
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import Sender
from antiphon.workbench.tasks import Tasks

_FRAME_MS = 16


@dataclass(frozen=True, slots=True)
class RunTotals:
    over: int = 0
    marked: int = 0
    cancelled: int = 0
    total: int = 0


class FolderRun(QObject):
    """The requests below one folder, how they are to run, and their rows."""

    changed = Signal()
    """Rows, plan or state are others; at most sixty times a second."""

    def __init__(self, collection: OpenCollection, folder: str, parent: QObject | None = None) -> None:
        """Open the folder at the path *folder* of *collection* (empty: the whole collection)."""
        super().__init__(parent)
        self.collection = collection
        self.folder = folder
        self.plan: RunPlan = collection.run_plan(folder)
        self._saved = self.plan
        self.rows: list[Row] = []
        self.items: list[RunItem] = []
        self._task: asyncio.Task[None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.changed)

    @property
    def name(self) -> str:
        node = self.collection.node(self.folder)
        return node.name if node is not None else self.collection.name

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    @property
    def is_saved(self) -> bool:
        return self.plan == self._saved

    def requests(self) -> list[RequestNode]:
        """Return the requests that a run sends, in tree order."""
        node = self.collection.node(self.folder)
        return list(requests_below(node)) if isinstance(node, FolderNode) else []

    def totals(self) -> RunTotals:
        over = [row for row in self.rows if is_over(row)]
        cancelled = sum(row.state == "cancelled" for row in over)
        return RunTotals(len(over), sum(row.is_marked for row in over), cancelled, len(self.rows))

    def edit(self, plan: RunPlan) -> None:
        if plan != self.plan:
            self.plan = plan
            self.changed.emit()

    def save_plan(self) -> None:
        self.collection.save_run_plan(self.folder, self.plan)
        self._saved = self.plan
        self.changed.emit()

    def start(self, tasks: Tasks, sender: Sender) -> None:
        """Run; a run that is going on is left alone."""
        if self.is_running:
            return
        self._task = tasks.spawn(self._run(sender), f"run {self.name}")
        self._task.add_done_callback(lambda _task: self._timer.start(0))
        self.changed.emit()

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def csv(self) -> str:
        """Return the rows as CSV (RFC 4180), the chosen columns last."""
        return csv_text(self.rows, self.plan)

    def prepared(self) -> list[PreparedRequest]:
        """Return what a run would send, for writing it as code.

        Raises:
            UserError: one of the requests cannot be sent.
        """
        requests = []
        for item in self._items():
            if isinstance(item.prepared, UserError):
                raise item.prepared
            requests.append(item.prepared)
        return requests

    def close(self) -> None:
        """End what runs, and then let go of the bodies and of itself: a run that is ending still writes."""
        self.cancel()
        if self._task is not None and not self._task.done():
            self._task.add_done_callback(lambda _task: self._let_go())
        else:
            self._let_go()

    def _let_go(self) -> None:
        self._timer.stop()
        close_bodies(self.rows)
        self.deleteLater()

    async def _run(self, sender: Sender) -> None:
        send = await sender.ready(self.collection)
        close_bodies(self.rows)
        self.rows = []
        self.items = self._items()
        await run_requests(self.items, self.plan, send, self._take)

    def _items(self) -> list[RunItem]:
        return [RunItem(node.name, node.path, self._prepared(node)) for node in self.requests()]

    def _prepared(self, node: RequestNode) -> PreparedRequest | UserError:
        try:
            return prepare(self.collection.load(node.path), self.collection.context(node.path))
        except UserError as error:
            return error

    def _take(self, row: Row) -> None:
        if row.index < len(self.rows):
            self.rows[row.index] = row
        else:
            self.rows.append(row)
        if not self._timer.isActive():
            self._timer.start()
