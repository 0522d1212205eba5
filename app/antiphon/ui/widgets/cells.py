"""How a table's cells are painted and edited."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from antiphon.ui.icons import paint_icon
from antiphon.ui.paint import paint_check_box, paint_ground
from antiphon.ui.theme import TABLE_ROW, Theme
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.popover import set_raised
from antiphon.ui.widgets.rows import Cell, Index, Row, RowsModel
from antiphon.ui.widgets.variables import Run, laid_out, paint_chips, variable_runs

Completions = Callable[[Row, Cell], Sequence[str]]
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class RowsDelegate(QStyledItemDelegate):
    """Paints cells from the theme, and edits them in a frameless field that reports every keystroke."""

    step_wanted = Signal(int)
    """Up (-1) or Down (1) was pressed while editing."""
    move_wanted = Signal(int)
    """Alt+Up (-1) or Alt+Down (1) was pressed while editing."""

    def __init__(self, theme: Theme, completions: Completions | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._completions = completions
        self.hovered_row = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self._theme.px(TABLE_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, RowsModel):
            return
        column = model.columns[index.column()]
        painter.save()
        if column.cell == "enabled":
            self._paint_check(painter, option, index, model)
        else:
            self._paint_text(painter, option, index, model)
        line = option.rect
        painter.fillRect(line.left(), line.bottom(), line.width(), 1, self._theme.color("line"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            ring = QRectF(line).adjusted(1, 1, -1, -2)
            paint_ground(painter, ring, None, self._theme.color("accent"), radius=4, width=2)
        painter.restore()

    def remove_place(self, cell: QRect) -> QRect:
        """Return where the cross that removes a row stands in the row's last *cell*."""
        side = self._theme.px(24)
        return QRect(cell.right() - side - 4, cell.center().y() - side // 2, side, side)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        model = index.model()
        column = model.columns[index.column()]
        field = Field(
            self._theme,
            index.data(Qt.ItemDataRole.AccessibleTextRole),
            mono=column.is_mono,
            variables=column.cell in {"name", "value"},
            framed=False,
            parent=parent,
        )
        if model.scope is not None:
            field.set_scope(model.scope)
        field.setProperty("before", index.data(Qt.ItemDataRole.EditRole))
        field.textEdited.connect(lambda: self.commitData.emit(field))
        self._add_completions(field, model.row_at(index.row()), column.cell)
        field.setAutoFillBackground(True)
        palette = field.palette()
        palette.setColor(palette.ColorRole.Window, self._theme.color("bg"))
        field.setPalette(palette)
        return field

    def editorEvent(self, event: QEvent, model, option: QStyleOptionViewItem, index: Index) -> bool:
        return False  # the view answers clicks and keys; Qt's own answer would switch a box twice

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, Field):
            editor.show_text(index.data(Qt.ItemDataRole.EditRole))

    def setModelData(self, editor: QWidget, model, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(0, 0, 0, -1))

    def eventFilter(self, editor, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(editor, Field) and self._takes(editor, event):
            return True
        return super().eventFilter(editor, event)

    def _takes(self, editor: Field, event) -> bool:
        key = event.key()
        if editor.is_completing and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}:
            return editor.complete(event)
        if key == Qt.Key.Key_Escape:
            editor.setText(editor.property("before"))
            self.commitData.emit(editor)
            return False
        if key in _STEPS:
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            (self.move_wanted if alt else self.step_wanted).emit(_STEPS[key])
            return True
        return False

    def _add_completions(self, field: Field, row: Row, cell: Cell) -> None:
        offered = self._completions(row, cell) if self._completions is not None else ()
        if not offered:
            return
        completer = QCompleter(list(offered), field)
        set_raised(completer.popup(), self._theme)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.activated.connect(lambda text: self._take_completion(field, text))
        field.setCompleter(completer)

    def _take_completion(self, field: Field, text: str) -> None:
        field.setText(text)
        self.commitData.emit(field)

    def _paint_check(self, painter, option, index: Index, model: RowsModel) -> None:
        row = model.row_at(index.row())
        if model.is_toggled(index):
            state = Qt.CheckState.Checked if row.enabled else Qt.CheckState.Unchecked
            paint_check_box(painter, option.rect, self._theme, state, focused=False)
        elif row.is_fixed:
            side = self._theme.px(14)
            box = QRectF(0, 0, side, side)
            box.moveCenter(QRectF(option.rect).center())
            paint_icon(painter, box, "check", self._theme.color("dim"))

    def _paint_text(self, painter, option, index: Index, model: RowsModel) -> None:
        column, row = model.columns[index.column()], model.row_at(index.row())
        side = self._theme.px(8)
        inner = option.rect.adjusted(side, 0, -side, 0)
        if self._shows_cross(index, model):
            cross = self.remove_place(option.rect)
            paint_icon(painter, QRectF(cross).adjusted(4, 4, -4, -4), "close", self._theme.color("dim"))
            inner.setRight(cross.left() - side)
        text = index.data(Qt.ItemDataRole.DisplayRole) or self._hint(index, model)
        token = self._token(index, model, row)
        font = (
            self._theme.mono_font() if column.is_mono and not self._is_hint(index) else self._theme.ui_font()
        )
        runs = self._runs(index, model, text)
        if model.is_added(index.row()) and not row.enabled and column.cell in {"name", "value"}:
            font.setStrikeOut(True)
        painter.setFont(font)
        if not runs:
            painter.setPen(self._theme.color(token))
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(text.replace("\n", "↵"), Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
            return
        self._paint_runs(painter, inner, text.replace("\n", "↵"), runs, token)

    def _paint_runs(self, painter: QPainter, inner: QRect, text: str, runs: list[Run], token: str) -> None:
        layout = laid_out(text, self._theme, runs)
        line = layout.lineAt(0)
        origin = QPointF(inner.left(), inner.top() + (inner.height() - line.height()) / 2)
        painter.setClipRect(inner.adjusted(-2, 0, 2, 0))
        paint_chips(painter, line, origin, runs, self._theme)
        painter.setPen(self._theme.color(token))
        layout.draw(painter, origin)
        painter.setClipping(False)

    def _runs(self, index: Index, model: RowsModel, text: str) -> list[Run]:
        if model.columns[index.column()].cell not in {"name", "value"} or "{{" not in text:
            return []
        return variable_runs(text, None if model.is_added(index.row()) else model.scope)

    def _token(self, index: Index, model: RowsModel, row: Row) -> str:
        cell = model.columns[index.column()].cell
        if model.is_added(index.row()) or self._is_hint(index) or not row.enabled:
            return "dim"
        if row.is_fixed and cell == "name":
            return "patch"
        return "text" if cell in {"name", "value"} else "dim"

    def _is_hint(self, index: Index) -> bool:
        return not index.data(Qt.ItemDataRole.DisplayRole)

    def _hint(self, index: Index, model: RowsModel) -> str:
        cell, row = model.columns[index.column()].cell, model.row_at(index.row())
        if index.row() == model.blank_index and cell == "name":
            return f"New {model.noun.lower()}"
        return "Choose a file…" if cell == "value" and row.is_file else ""

    def _shows_cross(self, index: Index, model: RowsModel) -> bool:
        last = index.column() == len(model.columns) - 1
        own = model.is_own(index.row()) and not model.row_at(index.row()).is_fixed
        return last and own and index.row() == self.hovered_row
