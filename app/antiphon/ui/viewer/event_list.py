"""A live list of events, painted: only the rows that are seen are read, however many there are."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from antiphon.body.events import Head
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.event_cells import Column, columns_of, paint_cell, shown_text
from antiphon.ui.viewer.event_rows import EventRows
from antiphon.ui.widgets.buttons import PrimaryButton

_ROW = 24
_SPOKEN_CHARS = 300
_CELL_BYTES = 1024
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class EventList(QAbstractScrollArea):
    """Follows the newest event until one scrolls up or chooses another.

    Attributes:
        jump: The button that goes to the newest, there once more have come since one left it.
    """

    chosen = Signal(int)
    """The number of the event that was chosen."""
    copy_asked = Signal()
    reveal_asked = Signal()
    menu_asked = Signal(QPoint)
    """A menu is wanted, at this place of the screen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: EventRows | None = None
        self._count = 0
        self._gone = 0
        self._follows = True
        self._left_at = 0
        self._current = -1
        self._is_syncing = False
        self._columns: list[Column] = []
        self.row_height = _ROW
        self._char_width = 8.0
        self._header = _Header(self)
        self.jump = PrimaryButton(theme, "Jump to the newest", self)
        self.jump.setToolTip("Go to the newest event and follow (End)")
        self.jump.hide()
        self.jump.clicked.connect(self.follow)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Events")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_rows(self, rows: EventRows | None) -> None:
        """Show *rows* from their newest on; None shows nothing."""
        self._rows = rows
        self._current = -1
        self.begin_anew()

    def begin_anew(self) -> None:
        """Follow the newest event: other rows are let through."""
        self._count = self._gone = 0
        self._follows = True
        self.refresh()

    def refresh(self) -> None:
        """Take note of rows that came or went."""
        rows = self._rows
        count, gone = (rows.count, rows.gone) if rows is not None else (0, 0)
        lost, before = gone - self._gone, self._count
        self._count, self._gone = count, gone
        bar = self.verticalScrollBar()
        if count == before and not lost and bar.maximum() == self._maximum():
            return
        place = bar.value() - max(0, lost) * self.row_height
        self._left_at = max(0, self._left_at - max(0, lost))
        self._sync_bar(self._maximum() if self._follows else max(0, place))
        if self._follows or lost or self._first_row() + self._page_rows() + 1 >= before:
            self._set_columns()
            self.viewport().update()
        self._show_jump()

    @property
    def is_following(self) -> bool:
        return self._follows

    @property
    def current(self) -> int:
        """The number of the event that is chosen, -1 for none."""
        return self._current

    def follow(self) -> None:
        """Go to the newest event and stay there as more come."""
        self._follows = True
        self._sync_bar(self._maximum())
        self._show_jump()
        self.viewport().update()
        if self.jump.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, number: int) -> None:
        """Choose event *number* where it is among the rows, and show it."""
        row = self._rows.row_of(number) if self._rows is not None else None
        if row is not None:
            self._go(row)

    def seen_text(self) -> list[tuple[str, ...]]:
        """Return the cells of the rows that are seen, as they are painted."""
        last = min(self._count, self._first_row() + self._page_rows() + 1)
        return [self._cells(row) for row in range(self._first_row(), last)]

    def empty_words(self) -> str:
        """Return what stands where there are no rows."""
        if self._rows is None or not self._rows.index.count:
            return "No event yet"
        return "No event fits the filter"

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self._page_rows() - 1)
        steps = {**_STEPS, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        key = Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in steps:
            self._step(steps[key])
        elif key == Qt.Key.Key_Home:
            self._go(0)
        elif key == Qt.Key.Key_End:
            self._go(self._count - 1)
            self.follow()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.reveal_asked.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if row is not None:
            self._go(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._row_at(event.position().y()) is not None:
            self.reveal_asked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.viewport().mapToGlobal(QPoint(4 * SPACE, 4 * SPACE))
        self.menu_asked.emit(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._theme.zoom_by_wheel(event):
            return
        lines = event.angleDelta().y() * QApplication.wheelScrollLines() / 120
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() - (event.pixelDelta().y() or round(lines * self.row_height)))

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def _step(self, by: int) -> None:
        row = self._rows.row_of(self._current) if self._rows is not None and self._current >= 0 else None
        if row is None:
            row = self._count if by < 0 else self._first_row() - 1
        self._go(row + by)

    def _go(self, row: int) -> None:
        if self._rows is None or not self._count:
            return
        row = max(0, min(row, self._count - 1))
        if row < self._count - 1:
            self._leave_end()
        self._current = self._rows.number(row)
        self._show_row(row)
        self._describe(row)
        self.viewport().update()
        self.chosen.emit(self._current)

    def _show_row(self, row: int) -> None:
        top, page = row * self.row_height, self.viewport().height()
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif top + self.row_height > bar.value() + page:
            bar.setValue(top + self.row_height - page)

    def _row_at(self, y: float) -> int | None:
        row = int(y + self.verticalScrollBar().value()) // self.row_height
        return row if 0 <= row < self._count else None

    def _describe(self, row: int) -> None:
        """Tell a screen reader of the chosen event: PySide6 has no table interface for a painted widget."""
        cells = self._cells(row)
        words = ", ".join(cell[:_SPOKEN_CHARS] for cell in cells if cell)
        self.setAccessibleDescription(f"Event {row + 1:,} of {self._count:,}: {words}")

    # Scrolling

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QEvent) -> None:
        self._place()

    def _bar_moved(self, value: int) -> None:
        if self._is_syncing:
            return
        if value >= self.verticalScrollBar().maximum():
            self._follows = True
        else:
            self._leave_end()
        self._show_jump()

    def _leave_end(self) -> None:
        if self._follows:
            self._follows = False
            self._left_at = self._count
        self._show_jump()

    def _maximum(self) -> int:
        return max(0, self._count * self.row_height - self.viewport().height())

    def _sync_bar(self, value: int) -> None:
        self._is_syncing = True
        bar = self.verticalScrollBar()
        bar.setSingleStep(self.row_height)
        bar.setPageStep(max(1, self.viewport().height()))
        bar.setRange(0, self._maximum())
        bar.setValue(value)
        self._is_syncing = False

    def _first_row(self) -> int:
        return self.verticalScrollBar().value() // self.row_height

    def _page_rows(self) -> int:
        return self.viewport().height() // self.row_height

    def _show_jump(self) -> None:
        new = self._count - self._left_at
        is_wanted = not self._follows and new > 0 and self.verticalScrollBar().value() < self._maximum()
        if is_wanted:
            self.jump.setText(f"Jump to the newest (+{new:,})")
            self.jump.setAccessibleName(f"Jump to the newest, {new:,} new")
            self.jump.resize(self.jump.sizeHint())
            area = self.viewport().geometry()
            self.jump.move(
                area.center().x() - self.jump.width() // 2, area.bottom() - self.jump.height() - 2 * SPACE
            )
        elif self.jump.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.jump.setVisible(is_wanted)

    # Looks

    def _restyle(self) -> None:
        palette = self._theme.palette()
        palette.setColor(palette.ColorRole.Window, self._theme.color("bg"))
        self.setPalette(palette)
        metrics = QFontMetricsF(self._theme.mono_font())
        self.row_height = max(self._theme.px(_ROW), round(metrics.height()) + SPACE)
        self._char_width = metrics.horizontalAdvance("0")
        self.setViewportMargins(0, self.row_height + SPACE, 0, 0)
        self._place()

    def _place(self) -> None:
        """Lay out header, bar and button for the size and the font as they are."""
        self._header.setGeometry(0, 0, self.width(), self.row_height + SPACE)
        self._set_columns()
        value = self.verticalScrollBar().value()
        self._sync_bar(self._maximum() if self._follows else value)
        self._show_jump()
        self.viewport().update()

    def _set_columns(self) -> None:
        index = self._rows.index if self._rows is not None else None
        columns = columns_of(index, self.viewport().width(), self._char_width)
        if columns != self._columns:
            self._columns = columns
            self._header.update()

    def _cells(self, row: int) -> tuple[str, ...]:
        """Return what stands on *row*, cell by cell as the columns are."""
        assert self._rows is not None
        number = self._rows.number(row)
        head = self._rows.index.head(number)
        return tuple(self._cell(column.title, number, head) for column in self._columns)

    def _cell(self, title: str, number: int, head: Head) -> str:
        match title:
            case "Time":
                return self._rows.time_text(number)
            case "Type":
                return shown_text(head.type.encode())
            case "Id":
                return shown_text((head.id or "").encode())
            case _:
                return shown_text(head.data[:_CELL_BYTES])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg"))
        painter.setFont(self._theme.mono_font())
        height, first = self.row_height, self._first_row()
        y = first * height - self.verticalScrollBar().value()
        for row in range(first, min(self._count, first + self._page_rows() + 2)):
            self._paint_row(painter, row, y, height)
            y += height
        if not self._count:
            painter.setFont(self._theme.ui_font())
            painter.setPen(self._theme.color("dim"))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, self.empty_words())
        if self.hasFocus():
            painter.fillRect(0, 0, 2, self.viewport().height(), self._theme.color("accent"))

    def _paint_row(self, painter: QPainter, row: int, y: int, height: int) -> None:
        if self._rows.number(row) == self._current:
            painter.fillRect(0, y, self.viewport().width(), height, self._theme.color("selection"))
        needle = self._rows.text.lower()
        for column, text in zip(self._columns, self._cells(row), strict=True):
            box = QRectF(column.left, y, column.width, height)
            paint_cell(painter, self._theme, column, text, box, needle if column.is_filtered else "")


class _Header(QWidget):
    def __init__(self, events: EventList) -> None:
        super().__init__(events)
        self._events = events

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._events._theme
        painter.fillRect(self.rect(), theme.color("bg"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        painter.setFont(theme.ui_font())
        painter.setPen(theme.color("dim"))
        for column in self._events._columns:
            side = Qt.AlignmentFlag.AlignRight if column.is_right else Qt.AlignmentFlag.AlignLeft
            box = QRectF(column.left, 0, column.width, self.height() - 1)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | side, column.title)
