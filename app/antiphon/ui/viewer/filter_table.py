"""Results of a filter as a table, of which only the rows that are seen are read."""

import json
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QTableView,
    QWidget,
)

from antiphon.render.filter import Results
from antiphon.render.filter_sheet import PATH, ROW_LIMIT, CsvAsk
from antiphon.ui.theme import SPACE, TABLE_ROW, Theme

_KEPT_BLOCKS = 64
_SAMPLED_CELLS = 200
"""How many are measured for the widths of columns."""
_WIDEST_CHARS = 42
_SHOWN_ROLES = {
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.ForegroundRole,
}
_Index = QModelIndex | QPersistentModelIndex


class ResultModel(QAbstractTableModel):
    """Rows of `Results`, read a block at a time; the first column is the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: Results | None = None
        self._starts: list[int] = []
        self._missing_ink = QColor()
        self._blocks: OrderedDict[int, list[list[str | None]]] = OrderedDict()

    def set_missing_ink(self, ink: QColor) -> None:
        """Take the colour of the dash where a row has no cell."""
        self._missing_ink = ink

    def show(self, results: Results | None) -> None:
        self.beginResetModel()
        self._results = results
        self._starts = [row for row, _offset in results.blocks] if results is not None else []
        self._blocks.clear()
        self.endResetModel()

    @property
    def titles(self) -> list[str]:
        return [PATH, *self._results.columns] if self._results is not None else []

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._results is None else min(self._results.count, ROW_LIMIT)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid() or role not in _SHOWN_ROLES:
            return None
        cells = self._row(index.row())
        cell = cells[index.column()] if index.column() < len(cells) else None
        match role:
            case Qt.ItemDataRole.ForegroundRole:
                return self._missing_ink if cell is None else None
            case Qt.ItemDataRole.AccessibleTextRole if cell is None:
                return "no cell"
        return "—" if cell is None else _on_one_line(cell)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return _on_one_line(self.titles[section]) if orientation == Qt.Orientation.Horizontal else section + 1

    def _row(self, number: int) -> list[str | None]:
        block = bisect_right(self._starts, number) - 1
        return self._block(block)[number - self._starts[block]]

    def _block(self, number: int) -> list[list[str | None]]:
        rows = self._blocks.get(number)
        if rows is None:
            rows = self._blocks[number] = self._read(number)
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return rows

    def _read(self, number: int) -> list[list[str | None]]:
        assert self._results is not None
        blocks, body = self._results.blocks, self._results.body
        start = blocks[number][1]
        end = blocks[number + 1][1] if number + 1 < len(blocks) else body.size_bytes
        return [json.loads(line) for line in body.read(start, end - start).splitlines()]


class _Header(QHeaderView):
    """Titles or row numbers, painted here: Qt's own way asks of every row whether its column is selected as a whole."""

    def __init__(self, theme: Theme, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._theme = theme

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        is_title = self.orientation() == Qt.Orientation.Horizontal
        painter.fillRect(rect, self._theme.color("bg"))
        painter.setFont(self.font())
        painter.setPen(self._theme.color("dim" if is_title else "faint"))
        style = self.style()
        pad = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, None, self.parentWidget()) + 1
        place = rect.adjusted(pad, 0, -pad, 0)  # as Qt does it in cells
        title = str(self.model().headerData(section, self.orientation()))
        side = Qt.AlignmentFlag.AlignLeft if is_title else Qt.AlignmentFlag.AlignRight
        shown = QFontMetrics(self.font()).elidedText(title, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, shown)
        if is_title:
            painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, self._theme.color("line"))


class ResultTable(QTableView):
    """Cells to look at and copy; what is copied or saved is asked for by signals."""

    copy_asked = Signal(object)
    """Copy these cells (`CsvAsk`)."""
    save_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.guards_formulas = False
        self.results = ResultModel(self)
        self.setVerticalHeader(_Header(theme, Qt.Orientation.Vertical, self))
        self.setHorizontalHeader(_Header(theme, Qt.Orientation.Horizontal, self))
        self.setModel(self.results)
        self.setAccessibleName("Results as a table")
        self._set_behaviour()
        self.customContextMenuRequested.connect(self._open_menu)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_results(self, results: Results | None) -> None:
        """Show *results* of the form "table" from the top; None shows nothing."""
        self.results.show(results)
        self._fit_columns()
        self.scrollToTop()
        if self.results.rowCount():
            self.setCurrentIndex(self.results.index(0, 0))

    def copy(self, separator: str = "\t", *, has_titles: bool = False) -> bool:
        """Ask for the selected cells, with tabs or commas between them; False where none is selected."""
        ask = self.ask(separator, has_titles=has_titles)
        if ask is not None:
            self.copy_asked.emit(ask)
        return ask is not None

    def ask(self, separator: str = "\t", *, has_titles: bool = False) -> CsvAsk | None:
        """Return what is selected: the rows and columns that have a selected cell; None for nothing."""
        ranges = list(self.selectionModel().selection())
        if not ranges:
            return None
        columns = sorted({column for one in ranges for column in range(one.left(), one.right() + 1)})
        spans = _joined(sorted((one.top(), one.bottom()) for one in ranges))
        return CsvAsk(columns, spans, separator, has_titles, self.guards_formulas)

    def whole(self) -> CsvAsk:
        """Return the whole table, as it is saved."""
        return CsvAsk(is_guarded=self.guards_formulas)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._theme.zoom_by_wheel(event):
            super().wheelEvent(event)

    def _set_behaviour(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        corner = self.findChild(QAbstractButton)
        corner.setAccessibleName("Select all cells")
        corner.setToolTip("Select all cells (Ctrl+A)")
        titles = self.horizontalHeader()
        titles.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        titles.setStretchLastSection(True)
        for header in (rows, titles):
            header.setSectionsClickable(True)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_selected = self.selectionModel().hasSelection()
        menu.addAction("Copy (tabs between cells)", self.copy).setEnabled(is_selected)
        menu.addAction("Copy as CSV with titles", lambda: self.copy(",", has_titles=True)).setEnabled(
            is_selected
        )
        menu.addAction("Select all", self.selectAll)
        menu.addSeparator()
        menu.addAction("Save as CSV…", self.save_asked.emit)
        guard = menu.addAction("Put ' before formulas in copies and CSV")
        guard.setCheckable(True)
        guard.setChecked(self.guards_formulas)
        guard.toggled.connect(self._guard)
        menu.popup(self.viewport().mapToGlobal(place))

    def _guard(self, is_guarded: bool) -> None:
        self.guards_formulas = is_guarded

    def _fit_columns(self) -> None:
        """Make each column as wide as its title and first rows want, up to a bound."""
        model, metrics = self.results, QFontMetrics(self.font())
        sampled = range(min(model.rowCount(), max(1, _SAMPLED_CELLS // max(1, model.columnCount()))))
        for column, title in enumerate(model.titles):
            shown = [title, *(model.index(row, column).data() for row in sampled)]
            longest = max(shown, key=len)[:_WIDEST_CHARS]
            self.setColumnWidth(column, metrics.horizontalAdvance(longest) + 6 * SPACE)

    def _restyle(self) -> None:
        self.results.set_missing_ink(self._theme.color("faint"))
        self.setFont(self._theme.mono_font())
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setFont(self._theme.ui_font())
        self.horizontalHeader().setFixedHeight(self._theme.px(TABLE_ROW))
        self.verticalHeader().setDefaultSectionSize(self._theme.px(TABLE_ROW - SPACE))


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted *spans* with those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else "".join(char if char.isprintable() else "␣" for char in text)
