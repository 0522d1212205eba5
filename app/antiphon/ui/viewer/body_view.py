"""A painted view of a body of any size: it reads the rows that are seen and keeps nothing of the rest.

A trio after klogg: the source holds the bytes, the index knows where rows begin, the view paints.
"""

import time
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QWidget

from antiphon.body.rows import RowIndex
from antiphon.body.store import BodySource, BodyStore
from antiphon.render.media import Language
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.colouring import Colouring
from antiphon.ui.viewer.row_cache import RowCache
from antiphon.ui.viewer.row_layout import Mark, RowLayout, Style
from antiphon.ui.viewer.scroll import Scroll

COPY_LIMIT_BYTES = 64 << 20
REFRESH_MS = 16
INDEX_BUDGET_S = 0.004
"""Longest time that a refresh spends on new bytes: a quarter of a frame."""
LINE_SPACING = 1.35
LEFT = 4 * SPACE
SHADES = ("key", "string", "number", "constant", "punctuation", "faint")


class Found(Protocol):
    """Where searched text was found; asked for what lies between two offsets."""

    def between(self, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Return offset and length of the matches that touch bytes from *start* to *end*."""


class BodyView(QAbstractScrollArea):
    """Rows of a body, with line numbers, colours, selection and found text.

    `copied` tells how many bytes went to the clipboard, `notice` is a sentence for the user, `moved` says that the
    caret stands elsewhere.
    """

    copied = Signal(int)
    notice = Signal(str)
    moved = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._language: Language = "text"
        self._charset = "utf-8"
        self._body: BodySource = _nothing()
        self._index = RowIndex(self._body)
        self._colouring = Colouring(self._index, "text", "utf-8")
        self._is_wrapped = False
        self._scroll = Scroll(self)
        self._follows = False
        self._is_syncing = False
        self._widest = 0.0
        self._anchor = self._caret = 0
        self._caret_x: float | None = None
        self._found: Found | None = None
        self._current: tuple[int, int] | None = None
        self._row_count = 1
        self._style = self._make_style()
        self._cache = self._make_cache()
        self._refresh_timer = QTimer(self, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)
        self._drag_timer = QTimer(self, interval=30)
        self._drag_timer.timeout.connect(self._drag_on)
        self._awaited: tuple[int, int] | None = None
        self._drag_at = QPointF()
        self._double_click_s = 0.0
        self._prepare_widget()
        theme.changed.connect(self._retheme)

    def _prepare_widget(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Response body")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().valueChanged.connect(self._bar_moved)
        self.horizontalScrollBar().valueChanged.connect(lambda _value: self.viewport().update())
        self._retheme()

    # What is shown

    def set_source(
        self, body: BodySource | None, language: Language = "text", charset: str = "utf-8"
    ) -> None:
        """Show *body* from its beginning; None shows nothing and lets go of what was shown."""
        self._body = _nothing() if body is None else body
        self._anchor = self._caret = 0
        self._found = self._current = self._caret_x = None
        self._awaited = None
        self._follows = False
        self._widest = 0.0
        self._read_anew(language, charset)
        self._scroll.go(0)
        self.horizontalScrollBar().setValue(0)
        self._refresh()
        self._describe()

    def set_language(self, language: Language) -> None:
        """Colour the same body as another language, at the same place."""
        if language != self._language:
            self._read_anew(language, self._charset)
            self._refresh()

    def close_source(self) -> None:
        """Let go of the body and end all background work; the view may be used again."""
        self.set_source(None)
        self._refresh_timer.stop()
        self._drag_timer.stop()

    @property
    def source(self) -> BodySource:
        return self._body

    @property
    def charset(self) -> str:
        return self._charset

    @property
    def index(self) -> RowIndex:
        return self._index

    def set_wrapped(self, is_wrapped: bool) -> None:
        """Break long rows at the right edge, or let them run on."""
        if is_wrapped != self._is_wrapped:
            self._is_wrapped = is_wrapped
            self.horizontalScrollBar().setValue(0)
            self._restyle()

    def set_found(self, found: Found | None, current: tuple[int, int] | None = None) -> None:
        """Mark what was found; *current* (offset and length in bytes) stands out."""
        self._found, self._current = found, current
        self.viewport().update()

    # Rows, for `Scroll`

    @property
    def row_count(self) -> int:
        return self._row_count

    @property
    def line_height(self) -> int:
        return self._style.line_height

    @property
    def page_height(self) -> int:
        return max(self.viewport().height(), self.line_height)

    @property
    def is_wrapped(self) -> bool:
        return self._is_wrapped

    def row_height(self, row: int) -> int:
        return self._cache.layout(row).height if self._is_wrapped else self.line_height

    # Places and selection

    @property
    def caret(self) -> int:
        """Offset in bytes at which the keyboard stands."""
        return self._caret

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of the selected bytes; equal if none are."""
        return min(self._anchor, self._caret), max(self._anchor, self._caret)

    def select(self, start: int, end: int) -> None:
        """Select bytes and put the caret at *end*, without scrolling."""
        limit = self._index.known_bytes
        self._anchor, self._caret = min(start, limit), min(end, limit)
        self._caret_x = None
        self._caret_moved()

    def reveal(self, offset: int, length: int = 0) -> None:
        """Select *length* bytes at *offset* and scroll so that they are seen, once the rows up to there are known."""
        if self._index.known_bytes < min(offset + length, self._body.size_bytes):
            self._awaited = (offset, length)
            return
        self.select(offset, offset + length)
        self._show_offset(offset)

    def go_to_line(self, number: int) -> None:
        """Put the caret at the start of line *number*, counted from 1."""
        self.reveal(self._index.line_start(number - 1))

    def selected_text(self) -> str:
        """Return the selected text, at most `COPY_LIMIT_BYTES` of it."""
        start, end = self.selection
        return self._body.read(start, min(end - start, COPY_LIMIT_BYTES)).decode(self._charset, "replace")

    def copy(self) -> None:
        """Put the selected text on the clipboard; says so where it was more than fits."""
        start, end = self.selection
        if start == end:
            return
        QGuiApplication.clipboard().setText(self.selected_text())
        if end - start > COPY_LIMIT_BYTES:
            self.notice.emit("Only the first 64 MiB were copied. Save the body to have all of it.")
        self.copied.emit(min(end - start, COPY_LIMIT_BYTES))

    def select_all(self) -> None:
        self.select(0, self._index.known_bytes)

    # Growth

    def _refresh(self) -> None:
        """Take in what has arrived, for at most `INDEX_BUDGET_S`."""
        end = time.perf_counter() + INDEX_BUDGET_S
        while self._index.advance() and time.perf_counter() < end:
            pass
        self._grown()
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            self.reveal(*awaited)
        is_over = self._body.is_finished and self._index.is_current
        if is_over == self._refresh_timer.isActive():
            self._refresh_timer.stop() if is_over else self._refresh_timer.start()

    def _grown(self) -> None:
        before, self._row_count = self._row_count, self._index.row_count
        known = self._index.known_bytes
        if known == self._known_bytes:
            return
        self._known_bytes = known
        self._cache.forget_from(max(0, before - 2))
        if self._follows:
            self._scroll.go_end()
        last_seen = self._scroll.row + self.page_height // self.line_height + 1
        if self._follows or before - 2 <= last_seen:
            self.viewport().update()
        self._sync_bars()

    def _read_anew(self, language: Language, charset: str) -> None:
        self._colouring.close()
        self._language, self._charset = language, charset
        self._index = RowIndex(self._body, with_strings=language in {"json", "jsonlines"})
        self._colouring = Colouring(self._index, language, charset)
        self._colouring.changed.connect(self._recolour)
        self._row_count, self._known_bytes = 1, -1
        self._cache = self._make_cache()

    def _make_cache(self) -> RowCache:
        return RowCache(self._index, self._colouring, self._charset, self._style)

    def _recolour(self) -> None:
        if self.sender() is self._colouring:
            self._cache.recolour()
            self.viewport().update()

    # Looks

    def _make_style(self) -> Style:
        font = self._theme.mono_font()
        metrics = QFontMetricsF(font)
        line_height = round(metrics.height() * LINE_SPACING)
        formats = {}
        for shade in SHADES:
            formats[shade] = QTextCharFormat()
            formats[shade].setForeground(self._theme.color(shade))
        return Style(
            font=font,
            formats=formats,
            text=self._theme.color("text"),
            char_width=metrics.horizontalAdvance("0" * 1000) / 1000,
            line_height=line_height,
            baseline=(line_height - metrics.height()) / 2 + metrics.ascent(),
            wrap_width=self._text_width() if self._is_wrapped else None,
        )

    def _retheme(self) -> None:
        palette = self._theme.palette()
        palette.setColor(palette.ColorRole.Window, self._theme.color("bg"))
        self.setPalette(palette)
        self._restyle()

    def _restyle(self) -> None:
        self._style = self._make_style()
        self._cache.restyle(self._style)
        self._widest = 0.0
        self._scroll.clamp()
        self._sync_bars()
        self.viewport().update()

    def _gutter_width(self) -> float:
        digits = max(4, len(str(self._row_count)))
        char_width = QFontMetricsF(self._theme.mono_font()).horizontalAdvance("0")
        return LEFT + digits * char_width + LEFT

    def _text_width(self) -> float:
        return max(80.0, self.viewport().width() - self._gutter_width() - LEFT)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg"))
        rows = self._visible_rows()
        left, height = self._gutter_width(), self.viewport().height()
        painter.setClipRect(QRectF(left - 1, 0, self.viewport().width() - left + 1, height))
        for _number, layout, y in rows:
            self._paint_row(painter, layout, y, left)
        if self.hasFocus():
            self._paint_caret(painter, rows, left)
        painter.setClipping(False)
        self._paint_numbers(painter, rows, left)
        if self.hasFocus():
            painter.fillRect(0, 0, 2, height, self._theme.color("accent"))
        painter.end()
        self._widen(max((layout.width for _number, layout, _y in rows), default=0.0))

    def _visible_rows(self) -> list[tuple[int, RowLayout, int]]:
        rows = []
        y, number = -self._scroll.pixel, self._scroll.row
        while y < self.viewport().height() and number < self._row_count:
            layout = self._cache.layout(number)
            rows.append((number, layout, y))
            y += layout.height
            number += 1
        return rows

    def _paint_row(self, painter: QPainter, layout: RowLayout, y: int, left: float) -> None:
        shift = self.horizontalScrollBar().value()
        if self._is_ending_selected(layout):
            x, line_y = layout.place_of(len(layout.text.text))
            place = QRectF(left - shift + x, y + line_y, self._style.char_width, self.line_height)
            painter.fillRect(place, self._theme.color("selection"))
        seen = (float(shift), float(shift + self.viewport().width()))
        layout.draw(painter, left - shift, y, seen, self._marks(layout))

    def _marks(self, layout: RowLayout) -> list[Mark]:
        row, marks = layout.row, []
        if self._found is not None:
            ground = QColor(self._theme.color("accent"))  # a copy: the theme hands out its own
            ground.setAlphaF(0.3)
            marks += [
                _mark(layout, at, at + size, ground) for at, size in self._found.between(row.start, row.end)
            ]
        start, end = self.selection
        if start < end and start < row.end and end > row.start:
            marks.append(_mark(layout, start, end, self._theme.color("selection")))
        if self._current is not None:
            at, size = self._current
            if at < row.end and at + size > row.start:
                accent, ink = self._theme.color("accent"), self._theme.color("on_accent")
                found = _mark(layout, at, at + size, accent)
                marks.append(Mark(found.start, found.end, accent, ink))
        return [mark for mark in marks if mark.start < mark.end]

    def _is_ending_selected(self, layout: RowLayout) -> bool:
        start, end = self.selection
        text_end = layout.row.start + len(layout.row.content)
        return start <= text_end < end and text_end < layout.row.end

    def _paint_caret(self, painter: QPainter, rows: list[tuple[int, RowLayout, int]], left: float) -> None:
        number = self._index.row_of(self._caret)
        for row_number, layout, y in rows:
            if row_number == number:
                x, line_y = layout.place_of(self._caret_index(layout))
                x += left - self.horizontalScrollBar().value()
                painter.fillRect(
                    QRectF(x - 1, y + line_y + 2, 2, self.line_height - 4), self._theme.color("accent")
                )

    def _paint_numbers(self, painter: QPainter, rows: list[tuple[int, RowLayout, int]], left: float) -> None:
        painter.setPen(self._theme.color("faint"))
        painter.setFont(self._style.font)
        beginning = [(layout, y) for _number, layout, y in rows if layout.row.begins_line]
        if not beginning:
            return
        line = self._index.line_of(beginning[0][0].row.start) + 1
        for place, (_layout, y) in enumerate(beginning):
            number = str(line + place)
            x = left - LEFT - len(number) * self._style.char_width
            painter.drawText(QPointF(x, y + self._style.baseline), number)

    def _widen(self, width: float) -> None:
        if width > self._widest:
            self._widest = width
            self._sync_bars()

    # Scrolling

    def _sync_bars(self) -> None:
        self._is_syncing = True
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        scale = self._scroll.scale
        vertical.setPageStep(max(1, self.page_height // scale))
        vertical.setSingleStep(max(1, self.line_height // scale))
        vertical.setRange(0, self._scroll.bar_maximum)
        vertical.setValue(self._scroll.bar_value)
        page = int(self._text_width())
        horizontal.setPageStep(page)
        horizontal.setSingleStep(int(4 * self._style.char_width))
        horizontal.setRange(0, 0 if self._is_wrapped else max(0, int(self._widest) - page))
        self._is_syncing = False

    def _bar_moved(self, value: int) -> None:
        if not self._is_syncing:
            self._scroll.go_to_bar(value)
            self._scrolled()

    def _scroll_by(self, pixels: int) -> None:
        self._scroll.move(pixels)
        self._scrolled()

    def _scrolled(self) -> None:
        self._follows = self._scroll.is_at_end
        self._sync_bars()
        self.viewport().update()

    def _show_offset(self, offset: int) -> None:
        row = self._index.row_of(offset)
        layout = self._cache.layout(row)
        x, y = layout.place_of(layout.text.index_of(offset - layout.row.start))
        top = self._y_of(row)
        page = self.viewport().height()
        if top is None or top + y < 0 or top + y + self.line_height > page:
            self._scroll.go(row, int(y), lead=page // 3)
            self._scrolled()
        self._show_x(x)

    def _show_x(self, x: float) -> None:
        bar, page = self.horizontalScrollBar(), self._text_width()
        self._widen(x + self._style.char_width)
        if not bar.value() <= x <= bar.value() + page - self._style.char_width:
            bar.setValue(0 if x < page * 0.8 else int(x - page / 3))

    def _y_of(self, row: int) -> int | None:
        """Return where a row's top is painted; None if the row is not seen."""
        return next((y for number, _layout, y in self._visible_rows() if number == row), None)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew instead of moving pixels: the bars are not in pixels everywhere."""

    def resizeEvent(self, event: QEvent) -> None:
        if self._is_wrapped:
            self._restyle()
        if self._follows:
            self._scroll.go_end()
        self._scroll.clamp()
        self._sync_bars()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._theme.zoom_by(1 if event.angleDelta().y() > 0 else -1)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y():
            delta = event.angleDelta().x() or event.angleDelta().y()
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (event.pixelDelta().x() or delta * self.line_height * 3 // 120))
        else:
            lines = event.angleDelta().y() * QApplication.wheelScrollLines() * self.line_height / 120
            self._scroll_by(-(event.pixelDelta().y() or round(lines)))
        event.accept()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if time.monotonic() - self._double_click_s < QApplication.doubleClickInterval() / 1000:
            self._select_line(self.offset_at(event.position()))
            return
        offset = self.offset_at(event.position())
        keeps = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.select(self._anchor if keeps else offset, offset)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag_at = event.position()
            self.select(self._anchor, self.offset_at(self._drag_at))
            is_outside = not 0 <= self._drag_at.y() < self.viewport().height()
            if is_outside != self._drag_timer.isActive():
                self._drag_timer.start() if is_outside else self._drag_timer.stop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag_timer.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._double_click_s = time.monotonic()
        offset = self.offset_at(event.position())
        layout = self._cache.layout(self._index.row_of(offset))
        start, end = layout.text.word_at(layout.text.index_of(offset - layout.row.start))
        base = layout.row.start
        self.select(base + layout.text.byte_of(start), base + layout.text.byte_of(end))

    def offset_at(self, place: QPointF) -> int:
        """Return the offset of the character gap nearest to a place in the viewport."""
        x = place.x() - self._gutter_width() + self.horizontalScrollBar().value()
        rows = self._visible_rows()
        _number, layout, y = next((row for row in reversed(rows) if row[2] <= place.y()), rows[0])
        index = layout.index_at(x, max(0.0, min(place.y() - y, layout.height - 1)))
        return layout.row.start + layout.text.byte_of(index)

    def _drag_on(self) -> None:
        y, height = self._drag_at.y(), self.viewport().height()
        beyond = y if y < 0 else y - height
        self._scroll_by(int(beyond) + (self.line_height if beyond > 0 else -self.line_height))
        self.select(self._anchor, self.offset_at(self._drag_at))

    def _select_line(self, offset: int) -> None:
        line = self._index.line_of(offset)
        self.select(self._index.line_start(line), self._index.line_start(line + 1))

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
        keeps_x = event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
        if is_far and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self._scroll_by(self.line_height if event.key() == Qt.Key.Key_Down else -self.line_height)
            return True
        x = self._caret_x if keeps_x else None
        target = self._key_target(Qt.Key(event.key()), is_far)
        if target is None:
            return False
        kept_x = self._caret_x if keeps_x else x
        keeps_anchor = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self.select(self._anchor if keeps_anchor else target, target)
        self._caret_x = kept_x
        self._follow_caret(event.key())
        return True

    def _key_target(self, key: Qt.Key, is_far: bool) -> int | None:
        """Return where a key leads the caret; None for a key that does not move it."""
        page = max(1, self.viewport().height() // self.line_height - 1)
        match key:
            case Qt.Key.Key_Left:
                return self._beside(-1, is_far)
            case Qt.Key.Key_Right:
                return self._beside(1, is_far)
            case Qt.Key.Key_Up:
                return self._above(-self.line_height)
            case Qt.Key.Key_Down:
                return self._above(self.line_height)
            case Qt.Key.Key_PageUp:
                return self._above(-page * self.line_height)
            case Qt.Key.Key_PageDown:
                return self._above(page * self.line_height)
            case Qt.Key.Key_Home:
                return 0 if is_far else self._caret_layout().row.start
            case Qt.Key.Key_End:
                row = self._caret_layout().row
                return self._index.known_bytes if is_far else row.start + len(row.content)
        return None

    def _beside(self, step: int, is_far: bool) -> int:
        layout = self._caret_layout()
        text, index = layout.text, self._caret_index(layout)
        if is_far:
            target = text.next_word(index) if step > 0 else text.previous_word(index)
        else:
            target = index + step if 0 <= index + step <= len(text.text) else None
        if target is not None:
            return layout.row.start + text.byte_of(target)
        number = self._index.row_of(self._caret) + step
        if number < 0:
            return 0
        if number >= self._row_count:
            return self._index.known_bytes
        row = self._cache.layout(number).row
        return row.start if step > 0 else row.start + len(row.content)

    def _above(self, pixels: int) -> int:
        """Return the offset *pixels* below the caret (above if negative), in the column it came from."""
        number = self._index.row_of(self._caret)
        layout = self._cache.layout(number)
        x, y = layout.place_of(self._caret_index(layout))
        if self._caret_x is None:
            self._caret_x = x
        walk = Scroll(self)
        walk.row, walk.pixel = number, int(y)
        target, rest = _walked(walk, pixels, self)
        layout = self._cache.layout(target)
        return layout.row.start + layout.text.byte_of(layout.index_at(self._caret_x, rest))

    def _caret_layout(self) -> RowLayout:
        return self._cache.layout(self._index.row_of(self._caret))

    def _caret_index(self, layout: RowLayout) -> int:
        return layout.text.index_of(min(self._caret - layout.row.start, len(layout.row.content)))

    def _follow_caret(self, key: int) -> None:
        layout = self._caret_layout()
        x, y = layout.place_of(self._caret_index(layout))
        number = self._index.row_of(self._caret)
        top = self._y_of(number)
        page = self.viewport().height()
        if top is not None and top + y >= 0 and top + y + self.line_height > page:
            self._scroll_by(int(top + y) + self.line_height - page)
        elif top is None or top + y < 0:
            is_down = number >= self._scroll.row and (top is None)
            self._scroll.go(number, int(y), lead=page - self.line_height if is_down else 0)
            self._scrolled()
        self._follows = self._scroll.is_at_end
        self._show_x(x)

    def _caret_moved(self) -> None:
        self._describe()
        self.moved.emit()
        self.viewport().update()

    def _describe(self) -> None:
        """Give a screen reader the caret's row: PySide6 has no text interface for a painted widget."""
        layout = self._caret_layout()
        line = self._index.line_of(self._caret) + 1
        self.setAccessibleDescription(f"Line {line}: {layout.text.shown[:500]}")

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def _nothing() -> BodyStore:
    empty = BodyStore()
    empty.finish()
    return empty


def _mark(layout: RowLayout, start: int, end: int, ground: object) -> Mark:
    base = layout.row.start
    return Mark(layout.text.index_of(start - base), layout.text.index_of(end - base), ground)


def _walked(walk: Scroll, pixels: int, view: BodyView) -> tuple[int, float]:
    """Return row and pixel *pixels* from a place, first or last row's edge at most."""
    if not view.is_wrapped:
        row = walk.row + round(pixels / view.line_height)
        return max(0, min(view.row_count - 1, row)), 0.0
    row, y = walk.row, walk.pixel + pixels
    while y < 0 and row > 0:
        row -= 1
        y += view.row_height(row)
    while row < view.row_count - 1 and y >= view.row_height(row):
        y -= view.row_height(row)
        row += 1
    return row, float(max(0, y))
