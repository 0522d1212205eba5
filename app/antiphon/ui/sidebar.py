"""The left side: filter field and the tree of the collection in front."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.collection import FolderNode
from antiphon.ui.collections.tree import CollectionTree
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.field import Field


class _Filter(Field):
    """A field that Down leaves for the tree, and that Esc empties."""

    left_down = Signal()

    def event(self, event: QEvent) -> bool:
        is_own_escape = event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape
        if is_own_escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down:
                self.left_down.emit()
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case _:
                super().keyPressEvent(event)


class Sidebar(QWidget):
    """Shows a collection's folders, or how to get one."""

    sample_asked = Signal()
    open_asked = Signal()
    new_asked = Signal()
    add_asked = Signal(QPoint)
    """The + button was pressed; the position is where its menu belongs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.filter = _Filter(theme, "Filter requests", placeholder="Filter", parent=self)
        self.filter.setClearButtonEnabled(True)
        self.add = QuietButton(theme, icon="plus", tip="New request, folder or run", parent=self)
        self.tree = CollectionTree(theme, self)
        self._empty = EmptyState(
            theme,
            "No collection yet",
            "A collection is a folder of plain files, one per request.",
            [
                ("Try Antiphon", self.sample_asked.emit),
                ("Open folder…", self.open_asked.emit),
                ("New collection…", self.new_asked.emit),
            ],
            stacked=True,
        )
        row = QHBoxLayout()
        row.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.filter, 1)
        row.addWidget(self.add)
        self._shown = QWidget(self)
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.tree, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._shown)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.filter.textChanged.connect(self.tree.filter)
        self.filter.left_down.connect(self._enter_tree)
        self.filter.returnPressed.connect(self._open_first)
        self.add.clicked.connect(
            lambda: self.add_asked.emit(self.add.mapToGlobal(self.add.rect().bottomLeft()))
        )
        self.setMinimumWidth(160)
        theme.changed.connect(self.update)

    def show_folder(self, top: FolderNode | None) -> None:
        """Show the requests below *top*; None where no collection is open."""
        self._stack.setCurrentWidget(self._empty if top is None else self._shown)
        self.setFocusProxy(None if top is None else self.tree)
        if top is not None:
            self.tree.show_folder(top)

    def _enter_tree(self) -> None:
        self.tree.choose_first_request()
        self.tree.setFocus(Qt.FocusReason.TabFocusReason)

    def _open_first(self) -> None:
        self._enter_tree()
        if path := self.tree.current_path():
            self.tree.open_asked.emit(path)

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("side"))
