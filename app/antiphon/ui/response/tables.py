"""Read-only tables of facts: headers, cookies."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from antiphon.ui.theme import SPACE, TABLE_ROW, Theme

_Index = QModelIndex | QPersistentModelIndex


class FactsModel(QAbstractTableModel):
    """Rows of text under fixed titles."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = list(titles)
        self.rows: list[tuple[str, ...]] = []

    def show(self, rows: Sequence[tuple[str, ...]]) -> None:
        if list(rows) == self.rows:
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.rows[index.row()][index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class FactsTable(QTableView):
    """A quiet table: no grid, left-aligned dim titles, rows that can be copied with Ctrl+C as `name: value`."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        titles: Sequence[str],
        parent: QWidget | None = None,
        *,
        mono: bool = True,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mono = mono
        self.setAccessibleName(name)
        self.facts = FactsModel(titles, self)
        self.setModel(self.facts)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_rows(self, rows: Sequence[tuple[str, ...]]) -> None:
        was_empty = not self.facts.rows
        self.facts.show(rows)
        if was_empty and rows:
            for column in range(self.facts.columnCount() - 1):
                self.resizeColumnToContents(column)
                self.setColumnWidth(column, min(self.columnWidth(column) + 6 * SPACE, 320))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.selectedIndexes()})
            text = "\n".join(": ".join(self.facts.rows[row][:2]) for row in rows)
            QGuiApplication.clipboard().setText(text)
            return
        super().keyPressEvent(event)

    def _restyle(self) -> None:
        self.setFont(self._theme.mono_font() if self._mono else self._theme.ui_font())
        self.horizontalHeader().setFont(self._theme.ui_font())
        self.verticalHeader().setDefaultSectionSize(round((TABLE_ROW - SPACE) * self._theme.zoom))
