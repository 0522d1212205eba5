"""The tree of requests: method words, filter, rename in place, drag and drop, all by keyboard too."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from antiphon.core.collection import FolderNode, RequestNode
from antiphon.ui.collections.model import NODE, CollectionModel
from antiphon.ui.theme import RADIUS, SPACE, TREE_ROW, Theme

_Index = QModelIndex | QPersistentModelIndex
_INDENT = 16
_SHORT = {"DELETE": "DEL", "PATCH": "PTCH", "OPTIONS": "OPT"}


def method_word(method: str) -> str:
    """Return *method* short enough for a tree or a tab (`DELETE` is `DEL`)."""
    return _SHORT.get(method.upper(), method.upper()[:5])


class _Delegate(QStyledItemDelegate):
    """Paints a row: arrow and bold name for a folder, coloured method word and name for a request."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.shows_cursor = True
        """Whether the row of the cursor has a ring while the tree has the focus: not where the mouse put both."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, round(TREE_ROW * self._theme.zoom))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, node, rect = self._theme, index.data(NODE), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        if isinstance(node, FolderNode):
            left = rect.left() + SPACE
            painter.setFont(theme.ui_font(bold=True))
        else:
            left = self._paint_method(painter, rect, node)
            painter.setFont(theme.ui_font())
        painter.setPen(theme.color("delete" if node.broken else "text"))
        name = f"{node.name} (cannot be read)" if node.broken else node.name
        box = QRect(left, rect.top(), rect.right() - left - SPACE, rect.height())
        text = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        super().setEditorData(editor, index)
        editor.setFont(self._theme.ui_font())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        is_request = isinstance(index.data(NODE), RequestNode)
        editor.setGeometry(option.rect.adjusted(self._method_width() if is_request else 0, 2, -SPACE, -2))

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state, color = QStyle.StateFlag, None
        if option.state & state.State_Selected:
            color = self._theme.color("selection")
        elif option.state & state.State_MouseOver:
            color = self._theme.color("field")
        if color is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -1, -1), RADIUS, RADIUS)
        if option.state & state.State_HasFocus and self.shows_cursor:
            painter.setPen(self._theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -1, -1), RADIUS, RADIUS)

    def _paint_method(self, painter: QPainter, rect: QRect, node: RequestNode) -> int:
        painter.setFont(self._theme.mono_font(-1, bold=True))
        painter.setPen(self._theme.color("delete") if node.broken else self._theme.method_color(node.method))
        left = rect.left() + SPACE
        painter.drawText(
            QRect(left, rect.top(), self._method_width(), rect.height()),
            Qt.AlignmentFlag.AlignVCenter,
            "?" if node.broken else method_word(node.method),
        )
        return left + self._method_width()

    def _method_width(self) -> int:
        return QFontMetrics(self._theme.mono_font(-1, bold=True)).horizontalAdvance("DEL") + 4 * SPACE


class CollectionTree(QTreeView):
    """Shows one collection; tells what the user wants by signal."""

    preview_asked = Signal(str)
    """A request was chosen with one click or the arrow keys and Space."""
    open_asked = Signal(str)
    """A request was double-clicked, or Enter pressed on it."""
    menu_asked = Signal(str, QPoint)
    """The context menu of a path (empty: the ground), at a global position."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._collapsed: set[str] = set()
        self.tree = CollectionModel(self)
        self.setModel(self.tree)
        self._delegate = _Delegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Requests")
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setIndentation(_INDENT)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDropIndicatorShown(True)
        self.setExpandsOnDoubleClick(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.clicked.connect(self._clicked)
        self.doubleClicked.connect(lambda index: self._tell(index, self.open_asked.emit))
        self.expanded.connect(lambda index: self._collapsed.discard(self.tree.node(index).path))
        self.collapsed.connect(lambda index: self._collapsed.add(self.tree.node(index).path))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_folder(self, top: FolderNode) -> None:
        """Show what is below *top*; what was open, chosen and scrolled to stays so."""
        kept = self.current_path()
        scroll = self.verticalScrollBar().value()
        self.tree.show(top)
        self._expand()
        self.choose(kept)
        self.verticalScrollBar().setValue(scroll)

    def filter(self, needle: str) -> None:
        kept = self.current_path()
        self.tree.filter(needle)
        if needle:
            self.expandAll()
        else:
            self._expand()
        self.choose(kept)

    def current_path(self) -> str:
        index = self.currentIndex()
        return self.tree.node(index).path if index.isValid() else ""

    def selected_paths(self) -> list[str]:
        return [self.tree.node(index).path for index in self.selectedIndexes()]

    def choose(self, path: str) -> None:
        """Put the cursor on the request or folder at *path*, where it is shown."""
        index = self.tree.index_of(path) if path else QModelIndex()
        if index.isValid() and path != self.current_path():
            self.setCurrentIndex(index)

    def choose_all(self, paths: Sequence[str]) -> None:
        """Select the entries at *paths* and nothing else; the cursor stands on the first."""
        indexes = [index for path in paths if (index := self.tree.index_of(path)).isValid()]
        selection = self.selectionModel()
        if indexes:
            selection.setCurrentIndex(indexes[0], selection.SelectionFlag.ClearAndSelect)
            self.scrollTo(indexes[0])
        for index in indexes[1:]:
            selection.select(index, selection.SelectionFlag.Select)

    def path_after(self, paths: Sequence[str]) -> str:
        """Return where the cursor goes when *paths* are gone: the next entry, else the one before."""
        index = self.tree.index_of(paths[-1]) if paths else QModelIndex()
        while index.isValid() and self.tree.node(index).path in paths:
            index = index.sibling(index.row() + 1, 0)
        if not index.isValid() and paths:
            index = self.indexAbove(self.tree.index_of(paths[0]))
        return self.tree.node(index).path if index.isValid() else ""

    def choose_first_request(self) -> None:
        """Put the cursor on the first request that is shown."""
        index = self.tree.index(0, 0)
        while index.isValid() and not isinstance(self.tree.node(index), RequestNode):
            index = self.indexBelow(index)
        if index.isValid():
            self.setCurrentIndex(index)

    def rename(self, path: str) -> None:
        index = self.tree.index_of(path)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the cursor stands; one that stands nowhere goes to the first row."""
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._delegate.shows_cursor = event.reason() != Qt.FocusReason.MouseFocusReason
        if self._delegate.shows_cursor and not self.currentIndex().isValid():
            first = self.tree.index(0, 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        self._delegate.shows_cursor = True
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.state() != self.State.EditingState:
                self._toggle_or(index, self.open_asked.emit)
            case Qt.Key.Key_Space:
                self._toggle_or(index, self.preview_asked.emit)
            case Qt.Key.Key_Menu:
                self._ask_menu(self.visualRect(index).center())
            case _:
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        is_menu_key = (
            isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_F10
            and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if is_menu_key and event.type() == QEvent.Type.KeyPress:
            self._ask_menu(self.visualRect(self.currentIndex()).center())
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._delegate.shows_cursor = False
        super().mousePressEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.clearSelection()

    def drawBranches(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        """Paint the arrow of a folder; requests have no branch."""
        if not isinstance(index.data(NODE), FolderNode):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("dim"))
        center = QPoint(rect.right() - _INDENT // 2 + 2, rect.center().y() + 1)
        if self.isExpanded(QModelIndex(index)):
            shape = [QPoint(-4, -2), QPoint(4, -2), QPoint(0, 3)]
        else:
            shape = [QPoint(-2, -4), QPoint(3, 0), QPoint(-2, 4)]
        painter.drawPolygon([center + point for point in shape])
        painter.restore()

    def _clicked(self, index: QModelIndex) -> None:
        if len(self.selectedIndexes()) == 1:
            self._toggle_or(index, self.preview_asked.emit)

    def _toggle_or(self, index: QModelIndex, tell: Callable[[str], None]) -> None:
        if index.isValid() and isinstance(self.tree.node(index), FolderNode):
            self.setExpanded(index, not self.isExpanded(index))
        else:
            self._tell(index, tell)

    def _tell(self, index: QModelIndex, tell: Callable[[str], None]) -> None:
        if index.isValid() and isinstance(self.tree.node(index), RequestNode):
            tell(self.tree.node(index).path)

    def _ask_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        path = self.tree.node(index).path if index.isValid() else ""
        if index.isValid() and index not in self.selectedIndexes():
            self.setCurrentIndex(index)
        self.menu_asked.emit(path, self.viewport().mapToGlobal(at))

    def _expand(self) -> None:
        self.blockSignals(True)
        self.expandAll()
        for path in self._collapsed:
            self.collapse(self.tree.index_of(path))
        self.blockSignals(False)

    def _restyle(self) -> None:
        self.setFont(self._theme.ui_font())
        palette = self.palette()
        palette.setColor(palette.ColorRole.Base, self._theme.color("side"))
        self.setPalette(palette)
        self.scheduleDelayedItemsLayout()
