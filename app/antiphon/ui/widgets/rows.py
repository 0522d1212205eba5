"""The rows of an editable table: values, the model over them, and an empty last row to type into."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from antiphon.core.template import Scope, references
from antiphon.ui.widgets.variables import explained

Cell = Literal["enabled", "name", "value", "description", "content_type", "is_file"]
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
_NONE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Row:
    name: str = ""
    value: str = ""
    enabled: bool = True
    description: str = ""
    is_fixed: bool = False
    """Its name, place and existence are decided elsewhere: a path variable, which stands in the URL."""
    is_file: bool = False
    """Its value is the files at *paths*, not text."""
    paths: tuple[str, ...] = ()
    content_type: str = ""
    is_optional: bool = False
    """An added row that can be left out: it has a check box."""

    @property
    def is_blank(self) -> bool:
        texts = (self.name, self.value, self.description, self.content_type)
        return not (any(texts) or self.paths or self.is_file or self.is_fixed)


@dataclass(frozen=True, slots=True)
class Column:
    cell: Cell
    title: str
    weight: int
    """Its share of the width; 0 for as narrow as it can be."""
    is_mono: bool = False


CHECK = Column("enabled", "", 0)
NAME = Column("name", "Name", 22, is_mono=True)
VALUE = Column("value", "Value", 34, is_mono=True)
DESCRIPTION = Column("description", "Description", 28)
COLUMNS = (CHECK, NAME, VALUE, DESCRIPTION)


class RowsModel(QAbstractTableModel):
    """Own rows, one blank row, then rows that others add, which are shown but not edited."""

    edited = Signal()
    """The user changed `rows()`."""
    added_toggled = Signal(str, bool)
    """The added row of this name is wanted, or not."""

    def __init__(self, noun: str, columns: Sequence[Column] = COLUMNS, parent: QObject | None = None) -> None:
        """Make an empty model; *noun* says in words what a row is (`Header`), for screen readers."""
        super().__init__(parent)
        self.noun = noun
        self.columns = tuple(columns)
        self._rows: list[Row] = []
        self._added: tuple[Row, ...] = ()
        self._scope: Scope | None = None

    def rows(self) -> tuple[Row, ...]:
        """Return the own rows that hold anything."""
        return tuple(row for row in self._rows if not row.is_blank)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show *rows* without telling that they were edited; equal ones change nothing."""
        if tuple(rows) == self.rows():
            return
        if len(rows) == len(self._rows):
            self._rows = list(rows)
            self._tell_all_changed()
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def set_added(self, rows: Sequence[Row]) -> None:
        """Show *rows* below the own ones, for reading only."""
        if tuple(rows) == self._added:
            return
        first = len(self._rows) + 1
        if len(rows) == len(self._added):
            self._added = tuple(rows)
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(first, 0), self.index(first + len(rows) - 1, last))
            return
        if self._added:
            self.beginRemoveRows(_NONE, first, first + len(self._added) - 1)
            self._added = ()
            self.endRemoveRows()
        if rows:
            self.beginInsertRows(_NONE, first, first + len(rows) - 1)
            self._added = tuple(rows)
            self.endInsertRows()

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        self._tell_all_changed()

    @property
    def scope(self) -> Scope | None:
        return self._scope

    @property
    def blank_index(self) -> int:
        """The number of the row to type a new one into."""
        return len(self._rows)

    def row_at(self, number: int) -> Row:
        if number < len(self._rows):
            return self._rows[number]
        return Row() if number == len(self._rows) else self._added[number - len(self._rows) - 1]

    def is_own(self, number: int) -> bool:
        return 0 <= number < len(self._rows)

    def is_added(self, number: int) -> bool:
        return number > len(self._rows)

    def remove(self, number: int) -> None:
        """Remove an own row that is not fixed; others stay."""
        if not self.is_own(number) or self._rows[number].is_fixed:
            return
        self._drop(number)
        self.edited.emit()

    def move(self, number: int, by: int) -> bool:
        """Move an own row one up (-1) or down (1); answer whether it went."""
        target = number + by
        movable = self.is_own(number) and self.is_own(target)
        if not movable or self._rows[number].is_fixed or self._rows[target].is_fixed:
            return False
        self.beginMoveRows(_NONE, number, number, _NONE, target + (1 if by > 0 else 0))
        self._rows.insert(target, self._rows.pop(number))
        self.endMoveRows()
        self.edited.emit()
        return True

    def duplicate(self, number: int) -> None:
        if not self.is_own(number) or self._rows[number].is_fixed:
            return
        self.beginInsertRows(_NONE, number + 1, number + 1)
        self._rows.insert(number + 1, self._rows[number])
        self.endInsertRows()
        self.edited.emit()

    def drop_blank_rows(self) -> None:
        """Remove own rows that were emptied; nothing that `rows()` gives changes."""
        for number in reversed(range(len(self._rows))):
            if self._rows[number].is_blank:
                self._drop(number)

    def change(self, number: int, **changes: Any) -> None:
        """Change fields of a row; changing the blank one makes it a row, and another blank one follows."""
        if number == self.blank_index:
            self._append(replace(Row(), **changes))
        elif self.is_own(number):
            changed = replace(self._rows[number], **changes)
            if changed == self._rows[number]:
                return
            self._rows[number] = changed
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))
        else:
            return
        self.edited.emit()

    # What Qt asks

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._rows) + 1 + len(self._added)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == _Role.DisplayRole:
            return self.columns[section].title
        if role == _Role.AccessibleTextRole:
            return self.columns[section].title or "Sent"
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if self.is_text_editable(index):
            return flags | Qt.ItemFlag.ItemIsEditable
        if self.columns[index.column()].cell == "enabled" and self.is_toggled(index):
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def is_text_editable(self, index: Index) -> bool:
        """Answer whether typing changes the cell at *index*."""
        if not index.isValid() or self.is_added(index.row()):
            return False
        cell, row = self.columns[index.column()].cell, self.row_at(index.row())
        if cell in {"enabled", "is_file"} or (cell == "value" and row.is_file):
            return False
        return not (cell == "name" and row.is_fixed)

    def is_toggled(self, index: Index) -> bool:
        """Answer whether the cell at *index* flips between two states."""
        cell = self.columns[index.column()].cell
        if cell == "is_file":
            return index.row() <= self.blank_index
        if cell == "enabled" and self.is_added(index.row()):
            return self.row_at(index.row()).is_optional
        return cell == "enabled" and self.is_own(index.row()) and not self._rows[index.row()].is_fixed

    def toggle(self, index: Index) -> None:
        if not self.is_toggled(index):
            return
        row = self.row_at(index.row())
        if self.is_added(index.row()):
            self.added_toggled.emit(row.name, not row.enabled)
        elif self.columns[index.column()].cell == "enabled":
            self.change(index.row(), enabled=not row.enabled)
        else:
            self.change(index.row(), is_file=not row.is_file)

    def data(self, index: Index, role: int = _Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.row_at(index.row()), self.columns[index.column()]
        if role in {_Role.DisplayRole, _Role.EditRole}:
            return self._text(row, column.cell, index.row())
        has_box = self.is_own(index.row()) or (self.is_added(index.row()) and row.is_optional)
        if role == _Role.CheckStateRole and column.cell == "enabled" and has_box:
            return Qt.CheckState.Checked if row.enabled else Qt.CheckState.Unchecked
        if role == _Role.AccessibleTextRole:
            return self._spoken(row, column, index.row())
        if role == _Role.ToolTipRole:
            return self._explanation(row, column.cell)
        return None

    def setData(self, index: Index, value: Any, role: int = _Role.EditRole) -> bool:
        cell = self.columns[index.column()].cell
        if role == _Role.CheckStateRole and cell == "enabled" and self.is_toggled(index):
            if (Qt.CheckState(value) == Qt.CheckState.Checked) != self.row_at(index.row()).enabled:
                self.toggle(index)
            return True
        if role != _Role.EditRole or not self.is_text_editable(index):
            return False
        if value == self._text(self.row_at(index.row()), cell, index.row()):
            return True
        self.change(index.row(), **{cell: value})
        return True

    def _text(self, row: Row, cell: Cell, number: int) -> str:
        match cell:
            case "enabled":
                return ""
            case "is_file":
                return "" if number == self.blank_index else "File" if row.is_file else "Text"
            case "value" if row.is_file:
                return ", ".join(row.paths)
            case "name" | "value" | "description" | "content_type":
                return getattr(row, cell)

    def _spoken(self, row: Row, column: Column, number: int) -> str:
        if self.is_added(number):
            return f"{row.name}: {row.value or 'no value'}, {row.description}"
        if number == self.blank_index:
            return f"New {self.noun.lower()}, {(column.title or 'sent').lower()}"
        place = f"{self.noun} {number + 1}"
        if column.cell == "enabled":
            return f"{place}, {row.name}, {'sent' if row.enabled else 'not sent'}"
        return f"{place}, {column.title.lower()}: {self._text(row, column.cell, number)}"

    def _explanation(self, row: Row, cell: Cell) -> str | None:
        if cell not in {"name", "value"}:
            return None
        names = dict.fromkeys(reference.name for reference in references(getattr(row, cell)))
        return "\n\n".join(explained(name, self._scope) for name in names) or None

    def _append(self, row: Row) -> None:
        """Make the blank row real, in place, so that an editor open on it stays; a new blank one follows it."""
        number = self.blank_index
        self.beginInsertRows(_NONE, number + 1, number + 1)
        self._rows.append(row)
        self.endInsertRows()
        self.dataChanged.emit(self.index(number, 0), self.index(number, len(self.columns) - 1))

    def _drop(self, number: int) -> None:
        self.beginRemoveRows(_NONE, number, number)
        del self._rows[number]
        self.endRemoveRows()

    def _tell_all_changed(self) -> None:
        last = self.index(self.rowCount() - 1, len(self.columns) - 1)
        self.dataChanged.emit(self.index(0, 0), last)
