"""Cells of a table on their way to the clipboard, gathered in steps that nobody feels."""

import time
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from antiphon.core.quantities import whole_size_text
from antiphon.render.table_rows import TableRow

COPY_LIMIT_BYTES = 4 << 20
COPY_LIMIT_ROWS = 20_000
_STEP_S = 0.004
_TOLD_ROWS = 1000
"""From so many rows on it is told that they are there."""


class Rows(Protocol):
    """What a table shows."""

    @property
    def count(self) -> int: ...
    @property
    def titles(self) -> tuple[str, ...]: ...
    def row(self, number: int) -> TableRow: ...


class CellCopy(QObject):
    """One copy at a time; another one takes its place."""

    notice = Signal(str)
    """A sentence for the user."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: Rows | None = None
        self._rows = self._columns = range(0)
        self._lines: list[str] = []
        self._taken = self._size = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    def start(self, source: Rows, rows: range, columns: range, *, with_titles: bool) -> None:
        """Gather cells; few are on the clipboard when this returns."""
        self._source, self._rows, self._columns = source, rows, columns
        self._lines = [tsv_line(source.titles, columns)] if with_titles and source.titles else []
        self._taken = self._size = 0
        self._timer.start()
        self._step()

    def stop(self) -> None:
        """Give up."""
        self._timer.stop()
        self._source, self._lines = None, []

    def _step(self) -> None:
        source, end = self._source, time.perf_counter() + _STEP_S
        if source is None:
            return
        while self._wants_more and time.perf_counter() < end:
            self._lines.append(tsv_line(source.row(self._rows[self._taken]).cells, self._columns))
            self._size += len(self._lines[-1])
            self._taken += 1
        if not self._wants_more:
            self._finish()

    @property
    def _wants_more(self) -> bool:
        is_full = self._taken >= COPY_LIMIT_ROWS or self._size > COPY_LIMIT_BYTES
        return self._taken < len(self._rows) and not is_full

    def _finish(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._lines))
        self.stop()
        if self._taken < len(self._rows):
            limit = f"{COPY_LIMIT_ROWS:,} rows or {whole_size_text(COPY_LIMIT_BYTES)}"
            self.notice.emit(f"Only the first {self._taken:,} rows were copied (at most {limit}).")
        elif self._taken > _TOLD_ROWS:
            self.notice.emit(f"{self._taken:,} rows were copied.")


def tsv_line(cells: Sequence[str], columns: range) -> str:
    """Return cells of one row as a line of TSV, quoted as spreadsheets do where a cell has its signs in it."""
    texts = (cells[column] if column < len(cells) else "" for column in columns)
    clean = (text.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for text in texts)
    return "\t".join(
        '"' + text.replace('"', '""') + '"' if any(sign in text for sign in '\t\n\r"') else text
        for text in clean
    )
