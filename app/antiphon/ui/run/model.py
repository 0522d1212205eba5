"""The rows of a run as Qt wants them: a word for the state, never colour alone."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from antiphon.core.collection import Column
from antiphon.core.quantities import duration_text, size_text
from antiphon.ui.theme import Theme
from antiphon.workbench.run import Row, error_text

ROW = Qt.ItemDataRole.UserRole
_FIXED = ("Request", "Status", "Version", "Time", "Size")
_STATES = {"waiting": "waiting", "running": "running…", "cancelled": "cancelled"}
_Index = QModelIndex | QPersistentModelIndex


class RunModel(QAbstractTableModel):
    """Fixed columns, then one per chosen response field, then what went wrong."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[Row] = []
        self._titles = [*_FIXED, "Error"]

    def show(self, rows: Sequence[Row], columns: Sequence[Column]) -> None:
        titles = [*_FIXED, *(column.title for column in columns), "Error"]
        if titles != self._titles or len(rows) != len(self._rows):
            self.beginResetModel()
            self._titles, self._rows = titles, list(rows)
            self.endResetModel()
            return
        changed = [index for index, row in enumerate(rows) if row is not self._rows[index]]
        if changed:
            self._rows = list(rows)
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(titles) - 1))

    def row(self, index: _Index) -> Row:
        return self._rows[index.row()]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(row, index.column())
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(row, index.column())
            case Qt.ItemDataRole.FontRole:
                return self._theme.ui_font() if index.column() == 0 else self._theme.mono_font()
            case Qt.ItemDataRole.ToolTipRole if row.failure is not None:
                return f"{row.failure.sentence} {row.failure.hint}"
            case _:
                return row if role == ROW else None

    def _text(self, row: Row, column: int) -> str:
        has_answer = row.state in {"done", "failed", "cancelled"} and row.status is not None
        match column:
            case 0:
                return row.name
            case 1:
                return status_text(row)
            case 2:
                return row.http_version
            case 3:
                return duration_text(row.total_s) if row.total_s is not None else ""
            case 4:
                return size_text(row.decoded_bytes) if has_answer else ""
            case _ if column == len(self._titles) - 1:
                return error_text(row) if row.is_marked else ""
            case _:
                return (
                    row.values[column - len(_FIXED)] or "" if column - len(_FIXED) < len(row.values) else ""
                )

    def _color(self, row: Row, column: int):
        if column == 1 and row.status is not None and row.state == "done":
            return self._theme.status_color(row.status)
        if row.is_marked and column in {1, len(self._titles) - 1}:
            return self._theme.color("delete")
        if row.state in {"waiting", "running", "cancelled"}:
            return self._theme.color("dim")
        return self._theme.color("text")


def status_text(row: Row) -> str:
    """Return the status in words, or the state where there is none."""
    if row.state == "failed":
        return "failed"
    if row.state == "done":
        head = row.exchange.head if row.exchange is not None else None
        return head.status_text if head is not None else str(row.status)
    return _STATES.get(row.state, row.state)
