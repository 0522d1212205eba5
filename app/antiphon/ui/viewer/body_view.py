"""A body to read, select, copy and find in, with mouse and keyboard."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from antiphon.body.store import BodySource
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.accessible import AccessibleBody, SpokenText, TextRow
from antiphon.ui.viewer.caret import Caret
from antiphon.ui.viewer.folding_area import FoldingArea
from antiphon.ui.viewer.marks import Found, marks_of
from antiphon.ui.viewer.match_ticks import MatchTicks
from antiphon.ui.viewer.row_area import SeenRow
from antiphon.ui.viewer.row_layout import Mark, RowLayout
from antiphon.ui.viewer.row_text import RowText
from antiphon.ui.viewer.scrolled_area import DragScroll

COPY_LIMIT_BYTES = 16 << 20
"""More than this is not put on the clipboard without asking."""
DESCRIBED_CHARS = 500
"""How much of a row a screen reader is given."""


class BodyView(FoldingArea):
    """Rows of a body with a caret, a selection and found text.

    `copied` tells how many bytes went to the clipboard, `copy_refused` that more is selected than fits there, `moved` that
    the caret stands elsewhere.
    """

    copied = Signal(int)
    copy_refused = Signal()
    moved = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._caret = Caret(self)
        self._accessible: AccessibleBody | None = None
        self._brackets: tuple[int, ...] = ()
        self._anchor = 0
        self._found: Found | None = None
        self._current: tuple[int, int] | None = None
        self.match_ticks = MatchTicks(self.verticalScrollBar(), theme, self._offset_at_share)
        self._awaited: Callable[[], None] | None = None
        self._drag = DragScroll(self, lambda place: self._select_to(self.offset_at(place)))
        self._double_click = (0.0, QPointF())
        self._unit: Callable[[int], tuple[int, int]] = _gap
        self._held: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Response body")
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)

    def set_source(
        self, body: BodySource | None, language: Language = "text", charset: str = "utf-8"
    ) -> None:
        """Show *body* from its beginning; None shows nothing and lets go of what was shown."""
        self._caret.put(0)
        self._anchor = 0
        self._awaited = None
        self.set_found(None)
        super().set_source(body, language, charset)
        self._describe()

    def close_source(self) -> None:
        """Let go of the body and end all background work; the view may be used again."""
        self.set_source(None)
        self._refresh_timer.stop()
        self._drag.stop()

    def set_found(self, found: Found | None, current: tuple[int, int] | None = None) -> None:
        """Mark what was found; *current* (offset and length in bytes) stands out."""
        self._found, self._current = found, current
        self.match_ticks.show_found(found, current)
        self.viewport().update()

    def set_brackets(self, offsets: tuple[int, ...]) -> None:
        """Mark the brackets at *offsets*, which belong together."""
        if offsets != self._brackets:
            self._brackets = offsets
            self.viewport().update()

    # Places and selection

    @property
    def caret(self) -> int:
        """Offset in bytes at which the keyboard stands."""
        return self._caret.offset

    @property
    def anchor(self) -> int:
        """Offset in bytes at which the selection began; the caret is its other end."""
        return self._anchor

    @property
    def selection(self) -> tuple[int, int]:
        """Start and end of the selected bytes; equal if none are."""
        return min(self._anchor, self.caret), max(self._anchor, self.caret)

    def select(self, start: int, end: int) -> None:
        """Select bytes and put the caret at *end*, without scrolling."""
        limit = self._index.known_bytes
        self._anchor = min(start, limit)
        self._caret.put(min(end, limit))
        self._caret_moved()

    def reveal(self, offset: int, length: int = 0) -> None:
        """Select *length* bytes at *offset* and scroll so that they are seen, once the rows up to there are known."""
        if self._index.known_bytes < min(offset + length, self._body.size_bytes):
            self._awaited = lambda: self.reveal(offset, length)
            return
        offset = min(offset, self._index.known_bytes)
        self.select(offset, offset + length)
        row = self._index.row_of(offset)
        self.open_folds_at(row)
        layout = self.layout_of(row)
        self.show_place(row, layout.place_of(layout.text.index_of(offset - layout.row.start)), lead=1 / 3)

    def go_to_line(self, number: int, column: int = 1) -> None:
        """Put the caret at *column* of line *number*, both counted from 1, once the lines up to there are known."""
        if number > self._index.line_count and not (self._body.is_finished and self._index.is_current):
            self._awaited = lambda: self.go_to_line(number, column)
            return
        start = self._index.line_start(number - 1)
        self.reveal(start if column <= 1 else self._in_line(start, column - 1))

    def go_to_share(self, share: float) -> None:
        """Put the caret at the start of the row that lies at *share* (0 to 1) of what is there now."""
        offset = int(self._body.size_bytes * share)
        if offset > self._index.known_bytes:
            self._awaited = lambda: self.go_to_share(share)
            return
        self.reveal(self._index.row_start(self._index.row_of(offset)))

    def _in_line(self, start: int, count: int) -> int:
        """Return the offset *count* characters after the start of a line; its end for a shorter one."""
        row = self._index.row_of(start)
        while True:
            layout = self.layout_of(row)
            length = len(layout.text.text)
            is_last = row + 1 >= self._index.row_count or self.layout_of(row + 1).row.begins_line
            if count <= length or is_last:
                return layout.row.start + layout.text.byte_of(min(count, length))
            row, count = row + 1, count - length

    def selected_text(self) -> str:
        """Return the selected text, at most `COPY_LIMIT_BYTES` of it."""
        start, end = self.selection
        return self._body.read(start, min(end - start, COPY_LIMIT_BYTES)).decode(self._charset, "replace")

    def copy(self) -> None:
        """Put the selected text on the clipboard where that is no more than it should hold."""
        start, end = self.selection
        if end - start > COPY_LIMIT_BYTES:
            self.copy_refused.emit()
        elif start < end:
            self.copy_beginning()

    def copy_beginning(self) -> None:
        """Put the selected text on the clipboard, no more of it than it should hold."""
        start, end = self.selection
        QGuiApplication.clipboard().setText(self.selected_text())
        self.copied.emit(min(end - start, COPY_LIMIT_BYTES))

    def select_all(self) -> None:
        self.select(0, self._index.known_bytes)

    def offset_at(self, place: QPointF, *, is_gap: bool = True) -> int:
        """Return the offset of the gap nearest to a place in the viewport, or of the character that is there."""
        x = place.x() - self.gutter_width + self.horizontalScrollBar().value()
        rows = self.seen_rows()
        number, _layout, y = next((row for row in reversed(rows) if row[2] <= place.y()), rows[0])
        layout, index = self.nearest(number, x, max(0.0, place.y() - y))
        if not is_gap and index > 0 and _holds(layout, index - 1, x):
            index -= 1
        return layout.row.start + layout.text.byte_of(index)

    def _offset_at_share(self, share: float) -> int:
        """Return about where the row begins that the scroll bar leads to at *share* of its length."""
        return self._index.offset_near(self.folds.row_at(int(self.row_count * share)))

    def _refresh(self) -> None:
        super()._refresh()
        if self._awaited is not None:
            awaited, self._awaited = self._awaited, None
            awaited()

    # For screen readers

    def accessible_body(self) -> AccessibleBody:
        """Return what a screen reader asks; made when one does."""
        if self._accessible is None:
            self._accessible = AccessibleBody(self, SpokenText(self, self))
        return self._accessible

    def rows_around(self, offset: int, count: int, size_bytes: int) -> list[TextRow]:
        """Return rows around *offset*: at most *count* and *size_bytes* on each side of its own."""
        own = self._index.row_of(offset)
        first = max(own - count, min(own, self._index.row_of(max(0, offset - size_bytes)) + 1), 0)
        last = min(own + count, max(own, self._index.row_of(offset + size_bytes)))
        rows = self._index.rows(first, last - first + 1)
        return [(row, RowText(row.content, self._charset)) for row in rows]

    def go_to(self, anchor: int, caret: int) -> None:
        """Select from *anchor* to *caret*, and scroll there."""
        self._anchor = anchor
        self._caret.put(caret)
        self._caret_moved()
        self.show_place(self._caret.row, self._caret.place())

    def _grown(self) -> None:
        super()._grown()
        self.match_ticks.refresh_soon()
        if self._accessible is not None:
            self._accessible.spoken.grow()

    def _caret_moved(self) -> None:
        self._describe()
        if self._accessible is not None:
            self._accessible.spoken.follow()
        self.moved.emit()
        self.viewport().update()

    def _describe(self) -> None:
        """Give a screen reader the caret's row, with the number of its line."""
        line = self._index.line_of(self.caret) + 1
        self.setAccessibleDescription(f"Line {line}: {self._caret.layout().text.shown[:DESCRIBED_CHARS]}")

    # Painting

    def row_marks(self, layout: RowLayout) -> list[Mark]:
        return marks_of(layout, self._theme, self.selection, self._found, self._current, self._brackets)

    def is_ending_marked(self, layout: RowLayout) -> bool:
        start, end = self.selection
        text_end = layout.row.start + len(layout.row.content)
        return start <= text_end < min(end, layout.row.end)

    def paint_over(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        super().paint_over(painter, rows, left)
        if not self.hasFocus():
            return
        number = self._caret.row
        for row, _layout, top in rows:
            if row == number:
                x, y = self._caret.place()
                x += left - self.horizontalScrollBar().value()
                place = QRectF(x - 1, top + y + 2, 2, self.line_height - 4)
                painter.fillRect(place, self._theme.color("accent"))

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if (header := self.fold_hit(event.position())) is not None:
            self._held = None
            self.toggle_fold(header)
            return
        offset = self.offset_at(event.position())
        if self._is_third_click(event.position()):
            self._hold(self._line_around, offset)
            return
        keeps = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        self._hold(_gap, self._anchor if keeps else offset)
        self._select_to(offset)

    def _is_third_click(self, place: QPointF) -> bool:
        when_s, where = self._double_click
        is_soon = time.monotonic() - when_s < QApplication.doubleClickInterval() / 1000
        return is_soon and (place - where).manhattanLength() < QApplication.startDragDistance()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._held is not None:
            self._drag.to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.fold_hit(event.position()) is not None:
            self.mousePressEvent(event)
            return
        self._double_click = (time.monotonic(), event.position())
        self._hold(self._word_around, self.offset_at(event.position(), is_gap=False))

    def _hold(self, unit: Callable[[int], tuple[int, int]], offset: int) -> None:
        """Select the *unit* at *offset*; while the button is held, more of its kind are added."""
        self._unit, self._held = unit, unit(offset)
        self.select(*self._held)

    def _select_to(self, offset: int) -> None:
        """Select from what is held to the unit at *offset*."""
        if self._held is None:
            return
        start, end = self._unit(offset)
        if start < self._held[0]:
            self.select(self._held[1], start)
        else:
            self.select(self._held[0], max(end, self._held[1]))

    def _word_around(self, offset: int) -> tuple[int, int]:
        layout = self.layout_of(self._index.row_of(offset))
        base, text = layout.row.start, layout.text
        start, end = text.word_at(text.index_of(offset - base))
        return base + text.byte_of(start), base + text.byte_of(end)

    def _line_around(self, offset: int) -> tuple[int, int]:
        line = self._index.line_of(offset)
        return self._index.line_start(line), self._index.line_start(line + 1)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy):
            self.copy()
        elif event.matches(keys.SelectAll):
            self.select_all()
        elif not self._fold_by_key(event) and not self._move_by_key(event):
            super().keyPressEvent(event)

    def header_folded(self, row: int) -> None:
        header = self._cache.row(row)
        self.select(header.start, header.start)
        self.show_place(row, self._caret.place())

    def fold_at_caret(self) -> None:
        """Fold the block that the caret's line begins, else the one around it."""
        self.fold_around(self._caret.row)

    def _fold_by_key(self, event: QKeyEvent) -> bool:
        """Fold with Alt+Left, unfold with Alt+Right; with Shift everything."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_all = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        if modifiers & ~Qt.KeyboardModifier.ShiftModifier != Qt.KeyboardModifier.AltModifier:
            return False
        if event.key() == Qt.Key.Key_Left:
            self.fold_all() if is_all else self.fold_at_caret()
        elif event.key() == Qt.Key.Key_Right:
            self.unfold_all() if is_all else self.unfold(self._caret.row)
        else:
            return False
        return True

    def _move_by_key(self, event: QKeyEvent) -> bool:
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if is_far and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.scroll_by(self.line_height if event.key() == Qt.Key.Key_Down else -self.line_height)
            return True
        edges = dict(zip((Qt.Key.Key_Left, Qt.Key.Key_Right), self.selection, strict=True))
        if self.selection[0] < self.selection[1] and not event.modifiers() and event.key() in edges:
            self._caret.put(edges[Qt.Key(event.key())])
        elif not self._caret.move(Qt.Key(event.key()), is_far=is_far):
            return False
        if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = self.caret
        self._caret_moved()
        self.show_place(self._caret.row, self._caret.place())
        self._follows = self._scroll.is_at_end
        return True


def _gap(offset: int) -> tuple[int, int]:
    return offset, offset


def _holds(layout: RowLayout, index: int, x: float) -> bool:
    """Whether the character at *index* is seen at *x*, whichever way its text runs."""
    sides = layout.place_of(index)[0], layout.place_of(index + 1)[0]
    return min(sides) <= x < max(sides)
