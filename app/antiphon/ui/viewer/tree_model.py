"""The tree of a JSON body as Qt wants it: rows are made when they are asked for, a few milliseconds at a time."""

import html
import time

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from antiphon.body.node import Node
from antiphon.body.open_stack import DEPTH_LIMIT
from antiphon.body.outline import Outline
from antiphon.ui.viewer import tree_text
from antiphon.ui.viewer.tree_items import FLAT, Item

ITEM = Qt.ItemDataRole.UserRole
TITLES = ("Name", "Value", "Kind")
NAME, VALUE, KIND = range(3)
FIRST_ROWS = 48
"""Made at once when a container opens: what a window shows of it."""

_BATCH = 4
_PAUSE_S = 0.1
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
        self._shown_at_s = 0.0

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

    def text(self, item: Item, column: int) -> str:
        """Return what a cell says."""
        kept = item.cells.get(column)
        if kept is not None:
            return kept
        text = self._text(item, column)
        if item.is_group or item.node.end is not None:
            item.cells[column] = text
        return text

    # Growth

    def grow(self, budget_s: float) -> bool:
        """Make rows that are wanted for at most *budget_s* seconds; return whether more are left."""
        end = time.perf_counter() + budget_s
        if self.outline is None:
            return False
        if not self._top.children and (root := self.outline.root) is not None:
            self._top.made = [self._item(self._top, 0, root)]
            self._show_made(self._top)
        while self._waiting and time.perf_counter() < end:
            item = self._waiting[0]
            if self._make(item):
                if len(item.made) >= max(FIRST_ROWS, 3 * len(item.children)):
                    self._show_made(item)
            elif self._is_due(item):
                self._waiting.remove(item)
                self._show_made(item)
            else:
                break
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
            item = item.made[-1] if item.made else item.children[-1] if item.children else None

    def make(self, item: Item, row: int, budget_s: float) -> bool:
        """Make the rows of *item* up to *row* for at most *budget_s* seconds; return whether it is there."""
        end = time.perf_counter() + budget_s
        item.is_open = True
        is_more = True
        while is_more and item.made_count <= row and time.perf_counter() < end:
            is_more = self._make(item)
        if item.made_count > row or not is_more:
            self._show_made(item)
        if item not in self._waiting and (item.made or item.made_count < self._wanted(item)):
            self._waiting.append(item)
        return len(item.children) > row

    def is_made(self, item: Item) -> bool:
        """Return whether all rows of *item* that are known are there."""
        return len(item.children) >= self._wanted(item)

    def _look_again(self, item: Item) -> None:
        assert self.outline is not None
        if item.is_group or item.parent is None:
            item.cells.clear()
            return
        parent = item.parent.owner
        if parent is self._top:
            node = self.outline.root
        else:
            node = next(iter(self.outline.children(parent.node, item.node.index, 1)), None)
        if node is not None and (node != item.node or node.end is None or node.kind in {"lines", "broken"}):
            item.node = node
            item.opens = self._opens(item)
            item.cells.clear()
            if item.row < len(item.parent.children):
                self.dataChanged.emit(self.index_of(item, NAME), self.index_of(item, KIND))

    def _wanted(self, item: Item) -> int:
        assert self.outline is not None
        if not self.is_openable(item):
            return 0
        return item.row_count(self.outline.child_count(item.owner.node)[0])

    def _is_due(self, item: Item) -> bool:
        """Return whether rows are to be shown: while a body arrives, few at a time would cost more than they tell."""
        is_due = not item.children or time.perf_counter() - self._shown_at_s > _PAUSE_S
        return is_due or not item.made or (self.outline is not None and self.outline.is_finished)

    def _make(self, item: Item) -> bool:
        """Make some rows below *item*; return whether there were any to make."""
        assert self.outline is not None
        made = item.made_count
        count = min(_BATCH, self._wanted(item) - made)
        if count <= 0:
            return False
        first, span = item.part(made)
        node = item.owner.node
        if span == 1:
            before = (item.made or item.children or [None])[-1]
            count = min(count, item.span - made if item.is_group else FLAT - made)
            nodes = self.outline.children(node, first, count, None if before is None else before.node)
            rows = [self._item(item, made + at, node) for at, node in enumerate(nodes)]
        else:
            parts = [item.part(made + at) for at in range(count)]
            rows = [Item(item, made + at, node, first, span) for at, (first, span) in enumerate(parts)]
        item.made += rows
        return bool(rows)

    def _item(self, parent: Item, row: int, node: Node) -> Item:
        item = Item(parent, row, node)
        item.opens = self._opens(item)
        return item

    def _opens(self, item: Item) -> bool:
        return self.is_openable(item) and item.node.count != 0

    def _show_made(self, item: Item) -> None:
        if not item.made:
            return
        shown = len(item.children)
        self._shown_at_s = time.perf_counter()
        self.beginInsertRows(self.index_of(item), shown, shown + len(item.made) - 1)
        item.children += item.made
        item.made = []
        self.endInsertRows()

    # As Qt asks

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        children = (parent.internalPointer() if parent.isValid() else self._top).children
        if 0 <= row < len(children) and 0 <= column <= KIND and parent.column() <= 0:
            return self.createIndex(row, column, children[row])
        return QModelIndex()

    def parent(self, index: _Index) -> QModelIndex:
        parent = self.item(index).parent
        return QModelIndex() if parent is None else self.index_of(parent)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return len(TITLES)

    def hasChildren(self, parent: _Index = QModelIndex()) -> bool:  # noqa: B008
        if parent.isValid():
            return parent.column() == 0 and parent.internalPointer().opens
        return bool(self._top.children)

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
                return self.text(item, index.column())
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
            return self.text(item, column)
        return ", ".join(filter(None, (self.text(item, one) for one in (NAME, VALUE, KIND))))

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
