"""Rows of cells in any number, under titles that stay, with a rectangle of cells selected."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from itertools import accumulate

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QToolTip, QWidget

from antiphon.render.cells import shown
from antiphon.render.table_rows import TableRow
from antiphon.ui.theme import SPACE, TABLE_ROW, Theme
from antiphon.ui.viewer.cell_copy import CellCopy, Rows
from antiphon.ui.viewer.even_area import EvenArea
from antiphon.ui.viewer.scrolled_area import LEFT

PAINTED_CHARS = 300
"""No more of one cell is painted."""
_MEASURED_ROWS = 100
_WIDTH_CHARS = (4, 42)
_GRIP = 4
_MARK_OPACITY, _CHOSEN_MARK_OPACITY = 0.25, 0.5
_PAD = 2 * SPACE


class _NoRows:
    count = 0
    titles = ()

    def row(self, number: int) -> TableRow:
        raise IndexError(number)


class TableView(EvenArea):
    """Shows `Rows`; `moved` says that another cell is the current one or others are selected."""

    head_lines = 1

    moved = Signal()
    notice = Signal(str)
    """A sentence for the user."""
    opened = Signal()
    """The current cell was double-clicked, or Return was pressed on it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows: Rows = _NoRows()
        self._widths: list[int] = []
        self._edges = [0]
        self._fitted_rows = 0
        self._known_count = -1
        self._cell = self._anchor = (0, 0)
        self._dragged: tuple[int, float, int] | None = None
        self._marks: Callable[[TableRow], Collection[int]] | None = None
        self._copy = CellCopy(self)
        self._copy.notice.connect(self.notice)
        self.setAccessibleName("Table")
        self.viewport().setMouseTracking(True)

    # What is shown

    def set_rows(self, rows: Rows | None) -> None:
        """Show *rows* from the first; None lets go of them."""
        self._rows = _NoRows() if rows is None else rows
        self._copy.stop()
        self._set_widths(())
        self._fitted_rows, self._known_count = 0, -1
        self._cell = self._anchor = (0, 0)
        self.go_top()
        self.grow()
        self._moved()

    def grow(self) -> None:
        """Take note of rows that were added."""
        before, self._known_count = self._known_count, self._rows.count
        if before == self._known_count:
            return
        if self._fitted_rows < min(_MEASURED_ROWS, self._rows.count):
            self._fit()
        last_seen = self._scroll.row + self.rows_on_page + 2
        has_same_gutter = len(str(before)) == len(str(self._known_count))
        self.sync(is_seen=before <= last_seen or not has_same_gutter)

    def set_marks(self, marks: Callable[[TableRow], Collection[int]] | None) -> None:
        """Mark the cells of a row in the columns that *marks* tells; None for none."""
        self._marks = marks
        self.viewport().update()

    @property
    def rows(self) -> Rows:
        return self._rows

    @property
    def column_count(self) -> int:
        """Columns seen so far: rows need not be of one length."""
        return len(self._widths)

    @property
    def cell(self) -> tuple[int, int]:
        """Row and column of the current cell."""
        return self._cell

    @property
    def selection(self) -> tuple[range, range]:
        """Rows and columns of the selected cells."""
        (row, column), (other_row, other_column) = self._cell, self._anchor
        return (
            range(min(row, other_row), max(row, other_row) + 1),
            range(min(column, other_column), max(column, other_column) + 1),
        )

    def text_at(self, row: int, column: int) -> str | None:
        """Return a cell's text; None where the row has no such cell."""
        if not 0 <= row < self._rows.count:
            return None
        cells = self._rows.row(row).cells
        return cells[column] if column < len(cells) else None

    def copy(self) -> None:
        """Put the selected cells on the clipboard, tab between cells; with titles where whole columns are selected."""
        rows, columns = self.selection
        if self._rows.count:
            self._copy.start(self._rows, rows, columns, with_titles=len(rows) == self._rows.count)

    def select_all(self) -> None:
        self._anchor = (0, 0)
        self._cell = (max(0, self._rows.count - 1), max(0, self.column_count - 1))
        self._moved()

    def go_to(self, row: int, column: int, *, keeps_anchor: bool = False) -> None:
        """Make a cell the current one, and bring it into view."""
        row = max(0, min(row, self._rows.count - 1))
        column = max(0, min(column, self.column_count - 1))
        self._cell = (row, column)
        self._anchor = self._anchor if keeps_anchor else self._cell
        self.show_row(row)
        self._show_column(column)
        self._moved()

    # Columns

    @property
    def line_height(self) -> int:
        return max(super().line_height, self._theme.px(TABLE_ROW - SPACE - 2))

    @property
    def row_count(self) -> int:
        return max(1, self._rows.count)

    @property
    def content_width(self) -> int:
        return int(self._gutter) + self._edges[-1] + LEFT

    @property
    def _gutter(self) -> float:
        return LEFT + max(3, len(f"{self._rows.count}")) * self._style.char_width + 2 * _PAD

    def _fit(self) -> None:
        """Give columns that nobody drew room for what stands in the first rows."""
        char = self._style.char_width
        count = min(_MEASURED_ROWS, self._rows.count)
        rows = [self._rows.titles, *(self._rows.row(number).cells for number in range(count))]
        widths = list(self._widths)
        for column in range(max(map(len, rows), default=0)):
            longest = max((len(row[column][:PAINTED_CHARS]) for row in rows if column < len(row)), default=0)
            chars = max(_WIDTH_CHARS[0], min(longest, _WIDTH_CHARS[1]))
            width = int((chars + 1) * char) + 2 * _PAD
            if column == len(widths):
                widths.append(width)
            else:
                widths[column] = max(widths[column], width)
        self._set_widths(widths)
        self._fitted_rows = count

    def _widen(self, cells: int) -> None:
        """Make room for columns that the first rows did not have."""
        width = int(12 * self._style.char_width) + 2 * _PAD
        self._set_widths([*self._widths, *[width] * (cells - len(self._widths))])

    def _left_of(self, column: int) -> float:
        return self._gutter + self._edges[column] - self.horizontalScrollBar().value()

    def _column_at(self, x: float) -> int:
        column = bisect_right(self._edges, x - self._left_of(0)) - 1
        return max(0, min(column, self.column_count - 1))

    def _set_widths(self, widths: Sequence[int]) -> None:
        self._widths = list(widths)
        self._edges = [0, *accumulate(widths)]

    def _grip_at(self, place: QPointF) -> int | None:
        """Return the column whose right edge is at *place* of the titles."""
        if place.y() > self.head_height:
            return None
        edges = ((column, self._left_of(column + 1)) for column in range(self.column_count))
        return next((column for column, edge in edges if abs(place.x() - edge) <= _GRIP), None)

    def _show_column(self, column: int) -> None:
        if column >= self.column_count:
            return
        left, bar, width = self._left_of(column), self.horizontalScrollBar(), self._widths[column]
        if left < self._gutter or width > self.viewport().width() - self._gutter:
            bar.setValue(bar.value() + int(left - self._gutter))
        elif left + width > self.viewport().width():
            bar.setValue(bar.value() + int(left + width - self.viewport().width()))

    # Painting

    def paint_rows(self, painter: QPainter, first: int, last: int) -> None:
        rows = [self._rows.row(number) for number in range(first, min(last, self._rows.count))]
        if (most := max((len(row.cells) for row in rows), default=0)) > self.column_count:
            self._widen(most)
            self.sync()
        width = self.viewport().width()
        seen = [
            column
            for column in range(self.column_count)
            if self._left_of(column + 1) > self._gutter and self._left_of(column) < width
        ]
        painter.setClipRect(QRectF(self._gutter, 0, width, self.viewport().height()))
        for number, row in enumerate(rows, first):
            self._paint_row(painter, number, row, seen)
        painter.setClipping(False)
        self._paint_numbers(painter, first, len(rows))
        self._paint_head(painter, seen)

    def _paint_row(self, painter: QPainter, number: int, row: TableRow, columns: Sequence[int]) -> None:
        top, height = self.top_of(number), self.line_height
        chosen_rows, chosen_columns = self.selection
        marked = self._marks(row) if self._marks is not None else ()
        for column in columns:
            rect = QRectF(self._left_of(column), top, self._widths[column], height)
            is_chosen = number in chosen_rows and column in chosen_columns
            if is_chosen:
                painter.fillRect(rect, self._theme.color("selection"))
            if column in marked:
                painter.setOpacity(_CHOSEN_MARK_OPACITY if is_chosen else _MARK_OPACITY)
                painter.fillRect(rect, self._theme.color("accent"))
                painter.setOpacity(1)
            if column < len(row.cells):
                painter.setPen(self._theme.color("text"))
                self._paint_text(painter, rect, row.cells[column])
            else:
                painter.setPen(self._theme.color("faint"))
                self._paint_text(painter, rect, "–")
            if (number, column) == self._cell and self.hasFocus():
                painter.setPen(self._theme.color("accent"))
                painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_text(self, painter: QPainter, rect: QRectF, text: str) -> None:
        inside = rect.adjusted(_PAD, 0, -_PAD, 0)
        fit = int(inside.width() / self._style.char_width)
        line = shown(text[: PAINTED_CHARS + 1])
        if len(line) > fit:
            metrics = QFontMetricsF(self._style.font)
            line = metrics.elidedText(line, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, line)

    def _paint_numbers(self, painter: QPainter, first: int, count: int) -> None:
        painter.setPen(self._theme.color("faint"))
        for number in range(first, first + count):
            rect = QRectF(0, self.top_of(number), self._gutter - 2 * _PAD, self.line_height)
            painter.drawText(
                rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1)
            )

    def _paint_head(self, painter: QPainter, columns: Sequence[int]) -> None:
        head = QRectF(0, 0, self.viewport().width(), self.head_height)
        painter.fillRect(head, self._theme.color("side"))
        painter.fillRect(QRectF(0, head.bottom() - 1, head.width(), 1), self._theme.color("line"))
        painter.setClipRect(QRectF(self._gutter, 0, head.width(), head.height()))
        painter.setFont(self._theme.ui_font())
        titles = self._rows.titles
        for column in columns:
            rect = QRectF(self._left_of(column), 0, self._widths[column], head.height())
            painter.setPen(self._theme.color("dim"))
            self._paint_text(painter, rect, titles[column] if column < len(titles) else f"{column + 1}")
            painter.fillRect(QRectF(rect.right() - 1, 4, 1, rect.height() - 8), self._theme.color("line"))
        painter.setClipping(False)

    def restyled(self) -> None:
        self._fitted_rows = 0 if not self._widths else self._fitted_rows

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position()
        if (column := self._grip_at(place)) is not None:
            self._dragged = (column, place.x(), self._widths[column])
        elif place.y() <= self.head_height:
            self._anchor = (0, self._column_at(place.x()))
            self._cell = (max(0, self._rows.count - 1), self._anchor[1])
            self._moved()
        else:
            keeps = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.go_to(self.row_at(place.y()), self._column_at(place.x()), keeps_anchor=keeps)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._dragged is not None:
            column, start, width = self._dragged
            drawn = max(3 * _PAD, round(width + place.x() - start))
            self._set_widths([*self._widths[:column], drawn, *self._widths[column + 1 :]])
            self.sync()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.go_to(self.row_at(place.y()), self._column_at(place.x()), keeps_anchor=True)
        else:
            is_grip = self._grip_at(place) is not None
            shape = Qt.CursorShape.SplitHCursor if is_grip else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().y() > self.head_height:
            self.opened.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._explain(event)
            return True
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> None:
        """Show the whole text of a cell whose room is too small."""
        column = self._column_at(event.pos().x())
        text = (
            self.text_at(self.row_at(event.pos().y()), column) if event.pos().y() > self.head_height else None
        )
        is_cut = bool(text) and len(text) * self._style.char_width > self._widths[column] - 2 * _PAD
        QToolTip.showText(event.globalPos(), Qt.convertFromPlainText(text[:2000]) if is_cut else "", self)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        elif not self._move_by_key(event):
            super().keyPressEvent(event)

    def _move_by_key(self, event: QKeyEvent) -> bool:
        row, column = self._cell
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        last, width, page = self._rows.count - 1, self.column_count - 1, self.rows_on_page
        targets = {
            Qt.Key.Key_Left: (row, 0 if is_far else column - 1),
            Qt.Key.Key_Right: (row, width if is_far else column + 1),
            Qt.Key.Key_Up: (0 if is_far else row - 1, column),
            Qt.Key.Key_Down: (last if is_far else row + 1, column),
            Qt.Key.Key_PageUp: (row - page, column),
            Qt.Key.Key_PageDown: (row + page, column),
            Qt.Key.Key_Home: (0, 0) if is_far else (row, 0),
            Qt.Key.Key_End: (last, width) if is_far else (row, width),
        }
        target = targets.get(Qt.Key(event.key()))
        if target is None:
            return False
        self.go_to(*target, keeps_anchor=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        return True

    def _moved(self) -> None:
        row, column = self._cell
        text = self.text_at(row, column)
        title = self._rows.titles[column] if column < len(self._rows.titles) else f"column {column + 1}"
        words = "no cell" if text is None else text[:PAINTED_CHARS]
        self.setAccessibleDescription(f"Row {row + 1}, {title}: {words}")
        self.moved.emit()
        self.viewport().update()
