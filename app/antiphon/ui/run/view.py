"""The tab of a folder's run: limit, rate and columns above, the live table below."""

import re

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QDoubleValidator,
    QFontMetrics,
    QGuiApplication,
    QIntValidator,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QTableView, QVBoxLayout, QWidget

from antiphon.core.collection import Column, RunPlan
from antiphon.ui.run.model import RunModel
from antiphon.ui.theme import SPACE, TABLE_ROW, Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton
from antiphon.ui.widgets.field import Field
from antiphon.workbench.run import FolderRun

_COLUMN = re.compile(r"\s*([^=,]+?)\s*=\s*(\$(?:\[[^\]]*\]|[^,\[])*)\s*(?:,|$)")


def columns_text(plan: RunPlan) -> str:
    """Return the columns as they are typed: `name = $.name, repositories = $.public_repos`."""
    return ", ".join(f"{column.title} = {column.path}" for column in plan.columns)


def columns_of(text: str) -> tuple[Column, ...] | None:
    """Return the columns that *text* names, or None where it cannot be read."""
    columns, position = [], 0
    while position < len(text.rstrip(" ,")):
        match = _COLUMN.match(text, position)
        if match is None:
            return None
        columns.append(Column(match.group(1), match.group(2).strip()))
        position = match.end()
    return tuple(columns)


class RunView(QWidget):
    """Shows one `FolderRun`; start, cancel, CSV and code are asked for by signal."""

    start_asked = Signal()
    csv_asked = Signal()
    code_asked = Signal()
    open_asked = Signal(str)
    """The path of a request whose row was double-clicked."""

    def __init__(self, theme: Theme, run: FolderRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.run = run
        self._title = QLabel(self)
        self._summary = QLabel(self)
        self.start = PrimaryButton(theme, "Run", self)
        self.start.setToolTip("Run the folder (Ctrl+Return)")
        self._save_plan = QuietButton(
            theme, "Save settings", icon="save", tip="Keep limit, rate and columns in the folder"
        )
        self.csv = QuietButton(theme, "Save as CSV", icon="file", tip="Save the table as CSV")
        self.code = QuietButton(theme, "Copy as code", icon="code", tip="Copy the whole run as httpx code")
        self.limit = self._field(
            "At once", "How many requests may run at the same time", QIntValidator(1, 1000, self)
        )
        self.rate = self._field(
            "Per second",
            "How many requests may start in a second; empty for no bound",
            QDoubleValidator(0.001, 100000, 3, self),
        )
        self.columns = Field(
            theme,
            "Columns",
            placeholder="name = $.name, repositories = $.public_repos",
            mono=True,
            parent=self,
        )
        self.columns.setToolTip(
            "Fields of the JSON answers to show as columns: title = JSONPath, separated by commas"
        )
        self.table = QTableView(self)
        self._model = RunModel(theme, self.table)
        self._sized_for = 0
        self._set_up_table()
        self._lay_out()
        self.setFocusProxy(self.start)
        self._connect()
        self._show_plan()
        self._refresh()

    def toggle(self) -> None:
        """Start the run, or cancel the one that is going on."""
        if self.run.is_running:
            self.run.cancel()
        else:
            self.start_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.table.selectedIndexes()})
            lines = [
                "\t".join(
                    str(self._model.index(row, column).data() or "")
                    for column in range(self._model.columnCount())
                )
                for row in rows
            ]
            QGuiApplication.clipboard().setText("\n".join(lines))
            return
        super().keyPressEvent(event)

    def _field(self, name: str, tip: str, validator) -> Field:
        field = Field(self._theme, name, mono=True, parent=self)
        field.setToolTip(tip)
        field.setValidator(validator)
        field.setFixedWidth(round(72 * self._theme.zoom))
        return field

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self._model)
        table.setAccessibleName("Results")
        table.setShowGrid(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(round(TABLE_ROW * self._theme.zoom))
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)

    def _lay_out(self) -> None:
        self._title.setFont(self._theme.ui_font(2, bold=True))
        first = QHBoxLayout()
        first.setSpacing(2 * SPACE)
        first.addWidget(self._title)
        first.addWidget(self._summary)
        first.addStretch(1)
        for button in (self.code, self.csv, self.start):
            first.addWidget(button)
        second = QHBoxLayout()
        second.setSpacing(2 * SPACE)
        for text, field in (("At once", self.limit), ("Per second", self.rate), ("Columns", self.columns)):
            label = QLabel(text, self)
            label.setBuddy(field)
            second.addWidget(label)
            second.addWidget(field, 1 if field is self.columns else 0)
        second.addWidget(self._save_plan)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 0)
        column.setSpacing(3 * SPACE)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.run.changed.connect(self._refresh)
        self.run.collection.changed.connect(self._refresh)
        self.start.clicked.connect(self.toggle)
        self.csv.clicked.connect(self.csv_asked)
        self.code.clicked.connect(self.code_asked)
        self._save_plan.clicked.connect(self.run.save_plan)
        for field in (self.limit, self.rate, self.columns):
            field.textEdited.connect(self._edit_plan)
        self.table.doubleClicked.connect(lambda index: self.open_asked.emit(self._model.row(index).path))
        self._theme.changed.connect(self._restyle)

    def _show_plan(self) -> None:
        plan = self.run.plan
        self.limit.setText(str(plan.limit))
        self.rate.setText("" if plan.rate_per_s is None else f"{plan.rate_per_s:g}")
        self.columns.setText(columns_text(plan))

    def _edit_plan(self) -> None:
        columns = columns_of(self.columns.text())
        self.columns.set_invalid("" if columns is not None else "Write title = JSONPath, separated by commas")
        rate = self.rate.text().replace(",", ".")
        try:
            rate_per_s = float(rate) if rate else None
        except ValueError:
            rate_per_s = self.run.plan.rate_per_s
        self.run.edit(
            RunPlan(
                limit=max(1, int(self.limit.text() or 1)),
                rate_per_s=rate_per_s or None,
                columns=self.run.plan.columns if columns is None else columns,
            )
        )

    def _refresh(self) -> None:
        run = self.run
        self._title.setText(run.name)
        self._model.show(run.rows, run.plan.columns)
        totals, count = run.totals(), len(run.requests())
        if run.is_running:
            summary = f"{totals.over} of {totals.total}"
        elif run.rows:
            marked = f", {totals.marked} failed" if totals.marked else ""
            marked += f", {totals.cancelled} cancelled" if totals.cancelled else ""
            marked = marked or ", all well"
            summary = f"{totals.over} requests{marked}"
        else:
            summary = f"{count} request" if count == 1 else f"{count} requests"
        self._summary.setText(summary)
        self.start.set_calm(run.is_running, "Cancel" if run.is_running else "Run")
        self.start.setEnabled(bool(count))
        self.csv.setEnabled(bool(run.rows))
        self._save_plan.setVisible(not run.is_saved)
        self._size_columns()

    def _size_columns(self) -> None:
        """Fit the columns once when rows come and once when they are done, not while they move."""
        state = (len(self.run.rows), self._model.columnCount(), self.run.is_running)
        if state == self._sized_for or not self.run.rows:
            return
        self._sized_for = state
        metrics = QFontMetrics(self._theme.mono_font())
        least = {1: "404 Not Found", 2: "HTTP/1.1", 3: "000 ms", 4: "000 KB"}
        self.table.resizeColumnsToContents()
        for column in range(self._model.columnCount() - 1):
            width = max(self.table.columnWidth(column), metrics.horizontalAdvance(least.get(column, "")))
            self.table.setColumnWidth(column, min(width + 5 * SPACE, 360))

    def _restyle(self) -> None:
        self._title.setFont(self._theme.ui_font(2, bold=True))
        self.table.verticalHeader().setDefaultSectionSize(round(TABLE_ROW * self._theme.zoom))
        self.table.viewport().update()
