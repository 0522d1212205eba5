"""The grid of a rows table: one click or any key edits, Tab goes on to the next cell and row."""

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from antiphon.ui.theme import TABLE_ROW, Theme
from antiphon.ui.widgets.cells import Completions, RowsDelegate
from antiphon.ui.widgets.rows import Index, RowsModel

_Hint = QAbstractItemDelegate.EndEditHint
_CHECK_WIDTH = 40
_KIND_WIDTH = 64


class RowsView(QTableView):
    """Shows a `RowsModel`; keys and clicks change it through the model alone."""

    file_wanted = Signal(int)

    def __init__(
        self, theme: Theme, model: RowsModel, completions: Completions | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = model
        self._shares = [column.weight for column in model.columns]
        self._fitting = False
        self._delegate = RowsDelegate(theme, completions, self)
        self._delegate.step_wanted.connect(self._step)
        self._delegate.move_wanted.connect(self._move)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self._set_behaviour()
        self._set_header()
        self.setAccessibleName(f"{model.noun}s")
        self.clicked.connect(self._activate)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _set_behaviour(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.AnyKeyPressed | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)

    def _set_header(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(self._theme.px(32))
        header.setStretchLastSection(True)
        header.sectionResized.connect(self._keep_shares)

    # Keys

    def keyPressEvent(self, event) -> None:
        index, key, modifiers = self.currentIndex(), event.key(), event.modifiers()
        if self.state() == QAbstractItemView.State.EditingState:
            event.setAccepted(
                key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            )  # the delegate is closing the editor
        elif modifiers & Qt.KeyboardModifier.AltModifier and key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._move(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Delete or (
            key == Qt.Key.Key_Backspace and modifiers & Qt.KeyboardModifier.ControlModifier
        ):
            self._remove(index.row())
        elif key in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._acts_on(index, event):
            self._activate(index)
        else:
            super().keyPressEvent(event)

    def _acts_on(self, index: Index, event) -> bool:
        """Answer whether Space or Return does something to the cell rather than type into it."""
        if not index.isValid() or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        return not self._rows.is_text_editable(index) or event.key() != Qt.Key.Key_Space

    def focusNextPrevChild(self, forward: bool) -> bool:
        target = self._neighbour(self.currentIndex(), 1 if forward else -1)
        if target is None:
            return super().focusNextPrevChild(forward)
        self._edit(target)
        return True

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason and not self.currentIndex().isValid():
            self._set_current(self._first_cell())
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._set_current(self._rows.index(self._rows.blank_index, len(self._rows.columns) - 1))
        elif event.reason() == Qt.FocusReason.TabFocusReason:
            self._set_current(self._first_cell())

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        step = {_Hint.EditNextItem: 1, _Hint.EditPreviousItem: -1}.get(hint, 0)
        before = self.currentIndex()
        super().closeEditor(editor, _Hint.NoHint)
        target = self._neighbour(before, step) if step else before
        keep = QPersistentModelIndex(target) if target is not None else None
        if target is None or target.row() != before.row() or not step:
            self._rows.drop_blank_rows()
        if not step:
            return
        if keep is None or not keep.isValid():
            QTableView.focusNextPrevChild(self, step > 0)
        else:
            self._edit(self._rows.index(keep.row(), keep.column()))

    def _neighbour(self, index: Index, step: int) -> Index | None:
        """Return the next cell to type into, in reading order, or None at either end."""
        width = len(self._rows.columns)
        last = (self._rows.blank_index + 1) * width
        place = index.row() * width + index.column() + step if index.isValid() else -1
        while 0 <= place < last:
            found = self._rows.index(place // width, place % width)
            if self._rows.is_text_editable(found) or self._is_file_cell(found):
                return found
            place += step
        return None

    def _first_cell(self) -> Index:
        return self._rows.index(0, min(1, len(self._rows.columns) - 1))

    def _step(self, by: int) -> None:
        index = self.currentIndex()
        target = self._rows.index(index.row() + by, index.column())
        if target.isValid() and target.row() <= self._rows.blank_index:
            self._edit(target)

    def _move(self, by: int) -> None:
        index = self.currentIndex()
        if self._rows.move(index.row(), by):
            self.scrollTo(self.currentIndex())

    def _remove(self, number: int) -> None:
        column = max(1, self.currentIndex().column())
        self._rows.remove(number)
        self._set_current(self._rows.index(min(number, self._rows.blank_index), column))

    def _activate(self, index: Index) -> None:
        if self._is_file_cell(index):
            self.file_wanted.emit(index.row())
        elif self._rows.is_toggled(index):
            self._rows.toggle(index)
        elif self._rows.is_text_editable(index):
            self.edit(index)

    def _is_file_cell(self, index: Index) -> bool:
        cell = self._rows.columns[index.column()].cell
        return cell == "value" and self._rows.is_own(index.row()) and self._rows.row_at(index.row()).is_file

    def _edit(self, index: Index) -> None:
        self._set_current(index)
        if self._rows.is_text_editable(index):
            self.edit(index)

    def _set_current(self, index: Index) -> None:
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(index)

    # Mouse

    def mouseMoveEvent(self, event) -> None:
        self._hover(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        is_last = index.isValid() and index.column() == len(self._rows.columns) - 1
        own = (
            index.isValid() and self._rows.is_own(index.row()) and not self._rows.row_at(index.row()).is_fixed
        )
        if is_last and own and self._delegate.remove_place(self.visualRect(index)).contains(point):
            self._rows.remove(index.row())
            return
        super().mousePressEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._delegate.hovered_row:
            self._delegate.hovered_row = row
            self.viewport().update()

    def _show_menu(self, point: QPoint) -> None:
        index = self.indexAt(point)
        if (
            not index.isValid()
            or not self._rows.is_own(index.row())
            or self._rows.row_at(index.row()).is_fixed
        ):
            return
        self._set_current(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        number = index.row()
        self._add_action(menu, "Move up", "Alt+Up", lambda: self._move(-1))
        self._add_action(menu, "Move down", "Alt+Down", lambda: self._move(1))
        self._add_action(menu, "Duplicate", "", lambda: self._rows.duplicate(number))
        menu.addSeparator()
        self._add_action(menu, "Remove", "Del", lambda: self._remove(number))
        menu.popup(self.viewport().mapToGlobal(point))

    def _add_action(self, menu: QMenu, title: str, keys: str, run) -> None:
        action = QAction(title, menu)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked: run())
        menu.addAction(action)

    # Widths

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        narrow = {"enabled": _CHECK_WIDTH, "is_file": _KIND_WIDTH}
        fixed = [self._theme.px(narrow.get(column.cell, 0)) for column in self._rows.columns]
        room = max(0, self.viewport().width() - sum(fixed))
        total = sum(self._shares) or 1
        self._fitting = True
        for number, share in enumerate(self._shares):
            self.setColumnWidth(number, fixed[number] or round(room * share / total))
        self._fitting = False

    def _keep_shares(self, *_section: int) -> None:
        """Take the widths the user dragged as the shares that a later resize keeps."""
        if self._fitting or not self.isVisible():
            return
        self._shares = [
            self.columnWidth(number) if column.weight else 0
            for number, column in enumerate(self._rows.columns)
        ]

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(TABLE_ROW))
        self.horizontalHeader().setFixedHeight(self._theme.px(TABLE_ROW))
        self._fit_columns()
        self.viewport().update()
