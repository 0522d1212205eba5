"""The tree of a JSON body as it is painted and moved in."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.tree_items import Item
from antiphon.ui.viewer.tree_model import KIND, NAME, VALUE, TreeModel
from antiphon.ui.viewer.tree_text import UNFINISHED

_Index = QModelIndex | QPersistentModelIndex
_INKS = {
    "string": "string",
    "number": "number",
    "boolean": "constant",
    "null": "constant",
    "broken": "delete",
}
_ROW = 24
_NAME_WIDTH, _KIND_WIDTH = 300, 120
_LEAST_VALUE_WIDTH = 160
_LEAST_NAME_WIDTH = 120
_GAP = 6
_TEXT = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


class _Delegate(QStyledItemDelegate):
    """Paints a cell in the colour of what it says; the row's ground is painted before."""

    def __init__(self, theme: Theme, model: TreeModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.restyle()

    def restyle(self) -> None:
        """Take fonts from the theme as they are now: to ask for them in each cell costs more than to paint it."""
        self._fonts = (self._theme.mono_font(), self._theme.ui_font())
        self._metrics = tuple(QFontMetrics(font) for font in self._fonts)
        self._letter_width = QFontMetricsF(self._fonts[0]).horizontalAdvance("0" * 100) / 100

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(80, self._theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item, column = index.internalPointer(), index.column()
        kind = int(column == KIND)
        gap = self._theme.px(_GAP)
        room = option.rect.adjusted(gap, 0, -gap, 0)
        text = self._cut(self._model.text(item, column), kind, room.width())
        painter.setFont(self._fonts[kind])
        painter.setPen(self._theme.color(self._ink(item, column)))
        painter.drawText(room, _TEXT, text)

    def _ink(self, item: Item, column: int) -> str:
        if column == KIND or item.is_group:
            return "dim"
        if column == NAME:
            return "dim" if item.node.key_start is None else "key"
        if item.node.kind == "broken" and self._model.text(item, KIND) == UNFINISHED:
            return "dim"
        return _INKS.get(item.node.kind, "dim")

    def _cut(self, text: str, kind: int, width: int) -> str:
        """Return *text* with an ellipsis where it is wider than *width*, counted where every letter is as wide."""
        metrics = self._metrics[kind]
        if kind == 0:
            fits = int(width / self._letter_width)
            if text.isascii():
                return text if len(text) <= fits else f"{text[: max(0, fits - 1)]}…"
            text = text[: 2 * fits]  # letters of half the width are rare
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


class TreeView(QTreeView):
    """Tells what is wanted by signal; everything that could be endless is for the page to bound."""

    open_below_asked = Signal()
    """The current row, and all below it, is to be opened."""

    def __init__(self, theme: Theme, model: TreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setModel(model)
        self._delegate = _Delegate(theme, model, self)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName("Body as a tree")
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAllColumnsShowFocus(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(theme.px(60))
        header.setSectionResizeMode(VALUE, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        self._is_sized = False
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def item(self) -> Item | None:
        """The current row; None where there is none."""
        index = self.currentIndex()
        return index.internalPointer() if index.isValid() else None

    def go_to(self, index: QModelIndex) -> None:
        """Put the cursor on *index*, in the middle where it was not seen."""
        self.setCurrentIndex(index)
        if not self.viewport().rect().contains(self.visualRect(index)):
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Give a name that stands far to the right some room."""
        super().currentChanged(current, previous)
        indent = self.visualRect(current.siblingAtColumn(NAME)).left() + self.horizontalOffset()
        wanted = min(indent + self._theme.px(_LEAST_NAME_WIDTH), self.viewport().width() * 6 // 10)
        if current.isValid() and self.header().sectionSize(NAME) < wanted:
            self.header().resizeSection(NAME, wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, index = event.key(), self.currentIndex().siblingAtColumn(NAME)
        if key == Qt.Key.Key_Asterisk:
            self.open_below_asked.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.model().hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index))
        elif key == Qt.Key.Key_Left and not event.modifiers() and not self.isExpanded(index):
            self._go_up(index)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._theme.zoom_by_wheel(event):
            super().wheelEvent(event)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one ground below the whole row, then its cells."""
        if self.selectionModel().isRowSelected(index.row(), index.parent()):
            paint_ground(painter, QRectF(option.rect).adjusted(1, 1, -1, -1), self._theme.color("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            paint_ground(painter, QRectF(option.rect).adjusted(1, 1, -1, -1), self._theme.color("field"))
        super().drawRow(painter, option, index)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if not self._is_sized and event.size().width() > 0:
            self._size_columns(event.size().width())

    def _go_up(self, index: QModelIndex) -> None:
        if index.parent().isValid():
            self.setCurrentIndex(index.parent())

    def _size_columns(self, width: int) -> None:
        """Give names and kinds what they need, values the rest, until a column is moved by hand."""
        px = self._theme.px
        kind = min(px(_KIND_WIDTH), width // 4)
        name = min(px(_NAME_WIDTH), max(width // 3, width - kind - px(2 * _LEAST_VALUE_WIDTH)))
        self.header().resizeSection(KIND, kind)
        self.header().resizeSection(NAME, name)

    def _restyle(self) -> None:
        self.setFont(self._theme.ui_font())
        self.header().setFont(self._theme.ui_font())
        self._delegate.restyle()
        self.setIndentation(self._theme.px(4 * SPACE))
        self._size_columns(max(1, self.viewport().width()))
        self.doItemsLayout()
