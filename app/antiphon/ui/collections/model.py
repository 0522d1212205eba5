"""A collection's tree as Qt wants it, with filtering and drag and drop."""

from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from antiphon.core.collection import FolderNode, Node, RequestNode

NODE = Qt.ItemDataRole.UserRole
_MIME = "application/x-antiphon-path"
_Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True, eq=False)
class Item:
    node: Node
    parent: "Item | None" = None
    row: int = 0
    children: "list[Item]" = field(default_factory=list)


def _items(folder: FolderNode, needle: str, parent: Item | None = None, row: int = 0) -> Item:
    """Return *folder* as items; with a *needle* only what has it in its name or method, or holds such."""
    item = Item(folder, parent, row)
    for child in folder.children:
        match child:
            case FolderNode():
                whole = needle and needle in child.name.lower()
                below = _items(child, "" if whole else needle, item, len(item.children))
                if whole or below.children or not needle:
                    item.children.append(below)
            case RequestNode():
                if not needle or needle in f"{child.method} {child.name}".lower():
                    item.children.append(Item(child, item, len(item.children)))
    return item


def _spoken(node: Node) -> str:
    kind = node.method if isinstance(node, RequestNode) else "Folder"
    return f"{node.name}, cannot be read" if node.broken else f"{kind} {node.name}"


class CollectionModel(QAbstractItemModel):
    """Shows the tree of one collection; asks for moves and renames by signal, and changes nothing itself."""

    rename_asked = Signal(str, str)
    """Path and new name."""
    move_asked = Signal(list, str, str)
    """Paths, folder and the sibling to stand before (empty: at the end)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._top = FolderNode("", "")
        self._needle = ""
        self._root = Item(self._top)

    def show(self, top: FolderNode) -> None:
        if top != self._top:
            self._top = top
            self._rebuild()

    def filter(self, needle: str) -> None:
        """Show only what has *needle* in its name or method, and the folders on the way."""
        if needle.strip().lower() != self._needle:
            self._needle = needle.strip().lower()
            self._rebuild()

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of the node at *path*, or an invalid one."""
        item = self._root
        while item.node.path != path:
            nearer = next(
                (c for c in item.children if c.node.path == path or path.startswith(c.node.path + "/")), None
            )
            if nearer is None:
                return QModelIndex()
            item = nearer
        return self._index(item)

    def node(self, index: _Index) -> Node:
        return index.internalPointer().node if index.isValid() else self._top

    def index(self, row: int, column: int, parent: _Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        item = parent.internalPointer() if parent.isValid() else self._root
        if column != 0 or not 0 <= row < len(item.children):
            return QModelIndex()
        return self.createIndex(row, 0, item.children[row])

    def parent(self, index: _Index) -> QModelIndex:  # type: ignore[override]
        return self._index(index.internalPointer().parent) if index.isValid() else QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() and parent.column() > 0:
            return 0
        return len((parent.internalPointer() if parent.isValid() else self._root).children)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        node = index.internalPointer().node
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return node.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(node)
            case Qt.ItemDataRole.ToolTipRole:
                if node.broken is None:
                    return node.path
                where = f", line {node.broken.line}" if node.broken.line else ""
                return f"{node.path}{where}: {node.broken.reason}"
            case _:
                return node if role == NODE else None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = str(value).strip()
        if role != Qt.ItemDataRole.EditRole or not name or name == self.node(index).name:
            return False
        self.rename_asked.emit(self.node(index).path, name)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags | Qt.ItemFlag.ItemIsDropEnabled
        if isinstance(self.node(index), FolderNode):
            flags |= Qt.ItemFlag.ItemIsDropEnabled
        return flags | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsDragEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(_MIME, "\n".join(self.node(index).path for index in indexes).encode())
        return data

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        folder = self.node(parent)
        paths = self._dragged(data)
        return isinstance(folder, FolderNode) and not self._needle and bool(paths) and not any(
            folder.path == path or folder.path.startswith(path + "/") for path in paths
        )  # fmt: skip

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: _Index
    ) -> bool:
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        folder = self.node(parent)
        siblings = [self.node(self.index(i, 0, parent)).path for i in range(self.rowCount(parent))]
        before = siblings[row] if 0 <= row < len(siblings) else ""
        if paths := [path for path in self._dragged(data) if path != before]:
            self.move_asked.emit(paths, folder.path, before)
        return False  # the tree is read from disk again; Qt must remove no row

    def _dragged(self, data: QMimeData) -> list[str]:
        return [path for path in bytes(data.data(_MIME).data()).decode().split("\n") if path]

    def _index(self, item: Item | None) -> QModelIndex:
        return QModelIndex() if item is None or item is self._root else self.createIndex(item.row, 0, item)

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._root = _items(self._top, self._needle)
        self.endResetModel()
