"""Bytes of any size as hexadecimal and letters, with a caret and a selection."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from antiphon.body.store import BodySource, BodyStore
from antiphon.core.quantities import whole_size_text
from antiphon.render.hexadecimal import (
    COPY_LIMITS_BYTES,
    CopyForm,
    copied,
    layers,
    letters,
    pair_column,
    pair_index,
    pairs,
)
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.even_area import EvenArea
from antiphon.ui.viewer.marks import Found
from antiphon.ui.viewer.match_ticks import MatchTicks
from antiphon.ui.viewer.scrolled_area import LEFT, DragScroll

WIDTHS = (32, 16, 8)
_GAP = 2
"""Characters between offset, digits and letters."""


class HexView(EvenArea):
    """Shows a `BodySource`; `moved` says that the caret stands elsewhere or other bytes are selected."""

    moved = Signal()
    notice = Signal(str)
    """A sentence for the user."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._body: BodySource = BodyStore()
        self._charset = "utf-8"
        self._width = 16
        self._known_bytes = 0
        self._caret = self._anchor = 0
        self._pressed = 0
        self._found: Found | None = None
        self._current: tuple[int, int] | None = None
        self.match_ticks = MatchTicks(
            self.verticalScrollBar(), theme, lambda share: int(self._known_bytes * share)
        )
        self._drag = DragScroll(self, lambda place: self._drag_to(self.offset_at(place)))
        self.setAccessibleName("Bytes of the body")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)

    # What is shown

    def set_source(self, body: BodySource | None, charset: str = "utf-8") -> None:
        """Show *body* from its beginning; None lets go of what was shown. *charset* is for copying text."""
        self._drag.stop()
        self._body = BodyStore() if body is None else body
        self._charset = charset
        self._caret = self._anchor = 0
        self.set_found(None)
        self.go_top()
        self.grow()
        self._moved()

    @property
    def source(self) -> BodySource:
        return self._body

    @property
    def charset(self) -> str:
        """What letters are in the body, for copying and finding text."""
        return self._charset

    def grow(self) -> None:
        """Take note of what has arrived."""
        if self._known_bytes != self._body.size_bytes:
            rows = self.row_count
            self._known_bytes = self._body.size_bytes
            self.match_ticks.refresh_soon()
            self._fit_width()
            self.sync(is_seen=rows <= self._scroll.row + self.rows_on_page + 2)

    def set_found(self, found: Found | None, current: tuple[int, int] | None = None) -> None:
        """Mark what was found; *current* (offset and length) stands out."""
        self._found, self._current = found, current
        self.match_ticks.show_found(found, current)
        self.viewport().update()

    # Selection

    @property
    def caret(self) -> int:
        return self._caret

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of the selected bytes; equal if none are."""
        return min(self._anchor, self._caret), max(self._anchor, self._caret)

    def select(self, start: int, end: int) -> None:
        """Select bytes and put the caret at *end*, without scrolling."""
        limit = self._known_bytes
        self._anchor, self._caret = (max(0, min(place, limit)) for place in (start, end))
        self._moved()

    def select_all(self) -> None:
        self.select(0, self._known_bytes)

    def reveal(self, offset: int, length: int = 0) -> None:
        """Select *length* bytes at *offset* and scroll so that they are seen."""
        self.select(offset, offset + length)
        self.show_row(self.selection[0] // self._width, lead=1 / 3)

    def copy(self, form: CopyForm = "hex") -> bool:
        """Put what is selected on the clipboard and tell how much that was; False where nothing is."""
        start, end = self.selection
        if start == end:
            return False
        limit = COPY_LIMITS_BYTES[form]
        content = self._body.read(start, min(end - start, limit))
        QGuiApplication.clipboard().setText(copied(content, form, self._charset))
        if end - start > limit:
            size = whole_size_text(limit)
            self.notice.emit(f"Only the first {size} were copied. Save the body to have all of it.")
        return True

    # Places

    @property
    def bytes_per_row(self) -> int:
        return self._width

    @property
    def row_count(self) -> int:
        return max(1, -(-self._known_bytes // self._width))

    @property
    def content_width(self) -> int:
        return int(self._columns_at(self._width) * self._style.char_width) + 2 * LEFT

    def offset_at(self, place: QPointF) -> int:
        """Return the byte nearest to a place in the viewport, in either column."""
        column = (place.x() - LEFT + self.horizontalScrollBar().value()) / self._style.char_width
        column -= self._digits + _GAP
        letter = column - self._letters_column(self._width) + self._digits + _GAP
        index = int(letter) if letter >= -1 else pair_index(max(0.0, column), self._width)
        return self.row_at(place.y()) * self._width + max(0, min(self._width - 1, index))

    @property
    def _digits(self) -> int:
        return max(8, len(f"{self._known_bytes:x}"))

    def _letters_column(self, width: int) -> int:
        return self._digits + _GAP + pair_column(width) + _GAP - 1 - (width > 8)

    def _columns_at(self, width: int) -> int:
        return self._letters_column(width) + width

    def restyled(self) -> None:
        self._fit_width()

    def _fit_width(self) -> None:
        """Take the widest rows that fit, and keep the byte at the top there."""
        room = (self.viewport().width() - 2 * LEFT) / self._style.char_width
        width = next((width for width in WIDTHS if self._columns_at(width) <= room), WIDTHS[-1])
        if width != self._width:
            top = self._scroll.row * self._width
            self._width = width
            self._scroll.go(top // width)

    # Painting

    def paint_rows(self, painter: QPainter, first: int, last: int) -> None:
        start = first * self._width
        content = self._body.read(start, min((last - first) * self._width, self._known_bytes - start))
        painter.translate(LEFT - self.horizontalScrollBar().value(), 0)
        self._paint_marks(painter, start, start + len(content))
        for place in range(0, len(content), self._width):
            y = self.top_of((start + place) // self._width) + self._style.baseline
            self._paint_row(painter, start + place, content[place : place + self._width], y)
        self._paint_caret(painter)
        painter.resetTransform()

    def _paint_row(self, painter: QPainter, offset: int, row: bytes, y: float) -> None:
        zeros, others, dots, signs = layers(row)
        char = self._style.char_width
        left, right = (self._digits + _GAP) * char, self._letters_column(self._width) * char
        number = f"{offset:0{self._digits}x}"
        for ink, x, text in (
            ("faint", 0, number),
            ("faint", left, zeros),
            ("faint", right, dots),
            ("text", left, others),
            ("string", right, signs),
        ):
            painter.setPen(self._theme.color(ink))
            painter.drawText(QPointF(x, y), text)

    def _paint_marks(self, painter: QPainter, start: int, end: int) -> None:
        if self._found is not None:
            ground = self._theme.color("accent")
            painter.setOpacity(0.3)
            for at, size in self._found.between(start, end):
                self._paint_span(painter, max(at, start), min(at + size, end), ground)
            painter.setOpacity(1)
        chosen = (max(self.selection[0], start), min(self.selection[1], end))
        self._paint_span(painter, *chosen, self._theme.color("selection"))
        if self._current is not None:
            at, size = self._current
            painter.setOpacity(0.5)
            self._paint_span(painter, max(at, start), min(at + size, end), self._theme.color("accent"))
            painter.setOpacity(1)

    def _paint_span(self, painter: QPainter, start: int, end: int, ground) -> None:
        """Paint the ground of bytes in both columns, row by row."""
        while start < end:
            row, first = divmod(start, self._width)
            last = min(end - row * self._width, self._width)
            for rect in self._rects(row, first, last):
                painter.fillRect(rect, ground)
            start = row * self._width + last

    def _rects(self, row: int, first: int, last: int) -> tuple[QRectF, QRectF]:
        char, top = self._style.char_width, self.top_of(row)
        left = self._digits + _GAP + pair_column(first)
        right = self._digits + _GAP + pair_column(last - 1) + 2
        letter = self._letters_column(self._width) + first
        return (
            QRectF(left * char, top, (right - left) * char, self.line_height),
            QRectF(letter * char, top, (last - first) * char, self.line_height),
        )

    def _paint_caret(self, painter: QPainter) -> None:
        if not self.hasFocus():
            return
        row, index = divmod(self._caret, self._width)
        if row >= self.row_count:
            row, index = row - 1, self._width
        for rect in self._rects(row, index, index + 1):
            place = QRectF(rect.left() - 1, rect.top() + 2, 2, rect.height() - 4)
            painter.fillRect(place, self._theme.color("accent"))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        offset = self.offset_at(event.position())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._drag_to(offset)
            return
        self._pressed = offset
        self.select(offset, offset)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag.to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = self.offset_at(event.position())
        self.select(self._pressed, self._pressed + 1)

    def _drag_to(self, offset: int) -> None:
        """Select from the byte that was pressed to *offset*, both of them too."""
        if offset >= self._pressed:
            self.select(self._pressed, offset + 1)
        else:
            self.select(self._pressed + 1, offset)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy):
            self.copy()
        elif event.matches(keys.SelectAll):
            self.select_all()
        elif not self._move_by_key(event):
            super().keyPressEvent(event)

    def _move_by_key(self, event: QKeyEvent) -> bool:
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        target = self._target(Qt.Key(event.key()), is_far=is_far)
        if target is None:
            return False
        caret = max(0, min(target, self._known_bytes))
        keeps = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.select(self._anchor if keeps else caret, caret)
        self._pressed = self._anchor
        self.show_row(min(caret // self._width, self.row_count - 1))
        return True

    def _target(self, key: Qt.Key, *, is_far: bool) -> int | None:
        width, caret = self._width, self._caret
        page = self.rows_on_page * width
        row_start = caret - caret % width
        targets: dict[Qt.Key, Callable[[], int]] = {
            Qt.Key.Key_Left: lambda: caret - (8 if is_far else 1),
            Qt.Key.Key_Right: lambda: caret + (8 if is_far else 1),
            Qt.Key.Key_Up: lambda: caret - width if caret >= width else caret,
            Qt.Key.Key_Down: lambda: caret + width,
            Qt.Key.Key_PageUp: lambda: caret - page,
            Qt.Key.Key_PageDown: lambda: caret + page,
            Qt.Key.Key_Home: lambda: 0 if is_far else row_start,
            Qt.Key.Key_End: lambda: self._known_bytes if is_far else row_start + width - 1,
        }
        return targets[key]() if key in targets else None

    def _moved(self) -> None:
        row = self._body.read(self._caret - self._caret % self._width, self._width)
        self.setAccessibleDescription(f"Byte {self._caret:,}: {pairs(row)}, {letters(row)}")
        self.moved.emit()
        self.viewport().update()
