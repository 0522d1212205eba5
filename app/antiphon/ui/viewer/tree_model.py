"""The tree of a JSON body as Qt wants it: rows are made when they are asked for, a few milliseconds at a time."""

import html
import time
from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from antiphon.body.node import Node
from antiphon.body.open_stack import DEPTH_LIMIT
from antiphon.body.outline import Outline
from antiphon.ui.viewer import tree_text
from antiphon.ui.viewer.tree_items import Item

ITEM = Qt.ItemDataRole.UserRole
TITLES = ("Name", "Value", "Kind")
NAME, VALUE, KIND = range(3)
FIRST_ROWS = 48
"""Made at once when a container opens: what a window shows of it."""

_BATCH = 16
_TOP = Node("lines", 0, None, 0, -1)
_Role = Qt.ItemDataRole
_Index = QModelIndex | QPersistentModelIndex


class TreeModel(QAbstractItemModel):
    """Shows an outline; call `grow` until it says that nothing is left to do, and whenever the outline knows more."""

    rows_wanted = Signal()
    """A container was opened: its rows are made by the next `grow`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.outline: Outline | None = None
        self._top = Item(None, 0, _TOP)
        self._waiting: list[Item] = []

    def show(self, outline: Outline | None) -> None:
        self.beginResetModel()
        self.outline = outline
        self._top = Item(None, 0, _TOP)
        self._waiting = []
        self.endResetModel()

    def item(self, index: _Index) -> Item:
        return index.internalPointer() if index.isValid() else self._top

    def index_of(self, item: Item, column: int = NAME) -> QModelIndex:
        return QModelIndex() if item is self._top else self.createIndex(item.row, column, item)

    def is_openable(self, item: Item) -> bool:
        return item.is_group or (item.node.is_container and item.node.level <= DEPTH_LIMIT)

    # Growth

    def grow(self, budget_s: float) -> bool:
        """Make rows that are wanted for at most *budget_s* seconds; return whether more are left."""
        end = time.perf_counter() + budget_s
        if self.outline is None:
            return False
        if not self._top.children and (root := self.outline.root) is not None:
            self._insert(self._top, [Item(self._top, 0, root)])
        while self._waiting and time.perf_counter() < end:
            item = self._waiting[0]
            if not self._fill(item, _BATCH if item.children else FIRST_ROWS):
                self._waiting.remove(item)
        return bool(self._waiting)

    def refresh(self) -> None:
        """Look again at what was not whole: the last row of each container on the way to the end of the text."""
        item = self._top.children[0] if self._top.children else None
        was_whole = False
        while item is not None and not was_whole:
            was_whole = not item.is_group and item.node.end is not None and item.node.kind != "lines"
            self._look_again(item)
            if item.is_open and item not in self._waiting:
                self._waiting.append(item)
            item = item.children[-1] if item.children else None

    def make(self, item: Item, row: int, budget_s: float) -> bool:
        """Make the rows of *item* up to *row* for at most *budget_s* seconds; return whether it is there."""
        end = time.perf_counter() + budget_s
        item.is_open = True
        while len(item.children) <= row:
            if not self._fill(item, _BATCH):
                return False
            if time.perf_counter() > end:
                break
        if item not in self._waiting and len(item.children) < self._wanted(item):
            self._waiting.append(item)
        return len(item.children) > row

    def is_made(self, item: Item) -> bool:
        """Return whether all rows of *item* that are known are there."""
        return len(item.children) >= self._wanted(item)

    def _look_again(self, item: Item) -> None:
        assert self.outline is not None
        if item.is_group or item.parent is None:
            return
        parent = item.parent.owner
        if parent is self._top:
            node = self.outline.root
        else:
            node = next(iter(self.outline.children(parent.node, item.node.index, 1)), None)
        if node is not None and (node != item.node or node.end is None or node.kind == "lines"):
            item.node = node
            self.dataChanged.emit(self.index_of(item, NAME), self.index_of(item, KIND))

    def _wanted(self, item: Item) -> int:
        assert self.outline is not None
        if not self.is_openable(item):
            return 0
        return item.row_count(self.outline.child_count(item.owner.node)[0])

    def _fill(self, item: Item, count: int) -> bool:
        """Add up to *count* rows below *item*; return whether there were any to add."""
        assert self.outline is not None
        made = len(item.children)
        count = min(count, self._wanted(item) - made)
        if count <= 0:
            return False
        first, span = item.part(made)
        if span == 1:
            count = next((at for at in range(count) if item.part(made + at)[1] > 1), count)
            nodes = self.outline.children(item.owner.node, first, count)
            rows = [Item(item, made + at, node) for at, node in enumerate(nodes)]
        else:
            parts = [item.part(made + at) for at in range(count)]
            node = item.owner.node
            rows = [Item(item, made + at, node, first, span) for at, (first, span) in enumerate(parts)]
        self._insert(item, rows)
        return bool(rows)

    def _insert(self, item: Item, rows: Sequence[Item]) -> None:
        if not rows:
            return
        made = len(item.children)
        self.beginInsertRows(self.index_of(item), made, made + len(rows) - 1)
        item.children += rows
        self.endInsertRows()

    # As Qt asks

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = self.item(parent).children
        is_there = 0 <= row < len(children) and 0 <= column < len(TITLES) and parent.column() <= 0
        return self.createIndex(row, column, children[row]) if is_there else QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:
        parent = self.item(index).parent
        return QModelIndex() if parent is None else self.index_of(parent)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(TITLES)

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        item = self.item(parent)
        if item is self._top:
            return bool(item.children)
        if parent.column() > 0 or not self.is_openable(item):
            return False
        return item.is_group or item.node.count != 0

    def canFetchMore(self, parent: _Index) -> bool:
        item = self.item(parent)
        if item is self._top or item.is_open or self.outline is None:
            return False
        return self.is_openable(item) and self._wanted(item) > 0

    def fetchMore(self, parent: _Index) -> None:
        if not self.canFetchMore(parent):
            return
        item = self.item(parent)
        item.is_open = True
        self._waiting.insert(0, item)  # it was opened just now: that is what is looked at
        self.rows_wanted.emit()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        is_title = orientation == Qt.Orientation.Horizontal and role == _Role.DisplayRole
        return TITLES[section] if is_title else None

    def data(self, index: _Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid() or self.outline is None:
            return None
        item = self.item(index)
        match role:
            case _Role.DisplayRole:
                return self._text(item, index.column())
            case _Role.UserRole:
                return item
            case _Role.ToolTipRole:
                return self._tip(item, index.column())
            case _Role.AccessibleTextRole:
                return self._spoken(item, index.column())
        return None

    def _text(self, item: Item, column: int) -> str:
        assert self.outline is not None
        match column:
            case 0:
                return tree_text.name_of(self.outline, item)
            case 1:
                return tree_text.value_of(self.outline, item)
        return "" if item.is_group else tree_text.kind_of(self.outline, item.node)

    def _spoken(self, item: Item, column: int) -> str:
        if column != NAME:
            return self._text(item, column)
        return ", ".join(filter(None, (self._text(item, one) for one in (NAME, VALUE, KIND))))

    def _tip(self, item: Item, column: int) -> str | None:
        """Return the whole text of what a row cuts, as far as a tip has room; never read as markup."""
        assert self.outline is not None
        if column == KIND or item.is_group or (column == NAME and item.node.key_start is None):
            return self._deep_tip(item)
        if column == NAME:
            text = self.outline.key_of(item.node)[: tree_text.TIP_BYTES]
        else:
            text = self.outline.text_of(item.node, tree_text.TIP_BYTES)
            text += tree_text.cut_mark(self.outline, item.node, tree_text.TIP_BYTES)
        return f"<p style='white-space: pre-wrap'>{html.escape(text)}</p>"

    def _deep_tip(self, item: Item) -> str | None:
        if item.node.is_container and not self.is_openable(item):
            return f"In more than {DEPTH_LIMIT} others: it is not opened here."
        return None
