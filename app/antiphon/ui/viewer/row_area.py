"""The rows of a body of any size, painted and scrolled: only what is seen is read, laid out and kept.

A trio after klogg: the source holds the bytes, the index knows where rows begin, the area paints.
"""

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from antiphon.body.rows import RowIndex
from antiphon.body.store import BodySource, BodyStore
from antiphon.render.media import Language
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.colouring import Colouring
from antiphon.ui.viewer.folds import Folds
from antiphon.ui.viewer.look import make_style
from antiphon.ui.viewer.row_cache import RowCache
from antiphon.ui.viewer.row_layout import Mark, RowLayout, Style
from antiphon.ui.viewer.scrolled_area import LEFT, ScrolledArea

REFRESH_MS = 16
INDEX_BUDGET_S = 0.004
"""Longest time that a refresh spends on new bytes: a quarter of a frame."""
BACKLOG_BYTES = 1 << 24
"""With more than this still to be taken in a refresh spends twice as long."""
_JSON = {"json", "jsonlines"}

SeenRow = tuple[int, RowLayout, int]
"""Number, layout and top in pixels of a row that is seen."""


class RowArea(ScrolledArea):
    """Rows with line numbers and colours; what selects and marks them is a subclass's business."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._language: Language = "text"
        self._charset = "utf-8"
        self._body: BodySource = _nothing()
        self._index = RowIndex(self._body)
        self._colouring = Colouring(self._index, "text", "utf-8")
        self._is_wrapped = False
        self._shows_invisible = False
        self.folds = Folds()
        self._widest = 0.0
        self._row_count = 1
        self._known_bytes = -1
        self._cache = self._make_cache()
        self._refresh_timer = QTimer(self, interval=REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh)
        self.setViewportMargins(0, SPACE, 0, 0)
        theme.changed.connect(self._retheme)
        self._retheme()

    # For a subclass

    def row_marks(self, _layout: RowLayout) -> Sequence[Mark]:
        """Return what stands out in a row."""
        return ()

    def is_ending_marked(self, _layout: RowLayout) -> bool:
        """Whether the line ending after a row stands out."""
        return False

    def paint_gutter(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        """Paint beside the rows, whose text begins *left* pixels from the edge."""

    def paint_over(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        """Paint above the rows, whose text begins *left* pixels from the edge."""

    # What is shown

    def set_source(
        self, body: BodySource | None, language: Language = "text", charset: str = "utf-8"
    ) -> None:
        """Show *body* from its beginning; None shows nothing and lets go of what was shown."""
        self._body = _nothing() if body is None else body
        self._follows = False
        self._widest = 0.0
        self._read_anew(language, charset)
        self._scroll.go(0)
        self.horizontalScrollBar().setValue(0)
        self._refresh()

    def set_language(self, language: Language) -> None:
        """Colour the same body as another language, at the same place."""
        if language != self._language:
            self._read_anew(language, self._charset)
            self._refresh()

    def set_wrapped(self, is_wrapped: bool) -> None:
        """Break long rows at the right edge, or let them run on."""
        if is_wrapped != self._is_wrapped:
            self._is_wrapped = is_wrapped
            self.horizontalScrollBar().setValue(0)
            self._restyle()

    @property
    def shows_invisible(self) -> bool:
        return self._shows_invisible

    def set_invisible_shown(self, is_shown: bool) -> None:
        """Write out blanks, line ends and characters that have no look, or leave them as they are."""
        self._shows_invisible = is_shown
        self._restyle()

    @property
    def source(self) -> BodySource:
        return self._body

    @property
    def charset(self) -> str:
        return self._charset

    @property
    def index(self) -> RowIndex:
        return self._index

    def layout_of(self, row: int) -> RowLayout:
        """Return a row as it is laid out."""
        return self._cache.layout(row)

    def nearest(self, row: int, x: float, y: float) -> tuple[RowLayout, int]:
        """Return the layout that is seen at a place in *row*, and the index of the gap that is nearest to it.

        The place may belong to the row after it, whose first line stands beside the last one of *row*.
        """
        layout = self._cache.layout(row)
        if self._is_wrapped and row + 1 < self._row_count and y >= layout.height - self.line_height:
            following = self._cache.layout(row + 1)
            if 0 < following.lead <= x:
                return following, following.index_at(x, min(-1.0, y - layout.height))
        return layout, layout.index_at(x, min(y, layout.height - 1.0))

    # Heights, for `Scroll`, which counts the rows that are not hidden

    @property
    def row_count(self) -> int:
        return self._row_count - self.folds.hidden_rows

    @property
    def is_wrapped(self) -> bool:
        return self._is_wrapped

    def row_height(self, place: int) -> int:
        return self._cache.layout(self.folds.row_at(place)).height if self._is_wrapped else self.line_height

    @property
    def page_width(self) -> int:
        return int(self._text_width())

    @property
    def content_width(self) -> int:
        return 0 if self._is_wrapped else int(self._widest)

    # Growth

    def _refresh(self) -> None:
        """Take in what has arrived, for at most `INDEX_BUDGET_S`."""
        is_behind = self._body.size_bytes - self._index.known_bytes > BACKLOG_BYTES
        end = time.perf_counter() + INDEX_BUDGET_S * (2 if is_behind else 1)
        while self._index.advance() and time.perf_counter() < end:
            pass
        self._grown()
        is_over = self._body.is_finished and self._index.is_current
        if is_over:
            self._refresh_timer.stop()
        elif not self._refresh_timer.isActive():
            self._refresh_timer.start()

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
        if self._follows or before - 2 <= self.folds.row_at(last_seen):
            self.viewport().update()
        self.sync_bars()

    def _read_anew(self, language: Language, charset: str) -> None:
        self._colouring.close()
        self._language, self._charset = language, charset
        self._index = RowIndex(self._body, with_strings=language in _JSON)
        self._colouring = Colouring(self._index, language, charset)
        self._colouring.changed.connect(self._recolour)
        self._row_count, self._known_bytes = 1, -1
        self.folds = Folds()
        self._style = self._made_style()
        self._cache = self._make_cache()

    def _make_cache(self) -> RowCache:
        return RowCache(self._index, self._colouring, self._charset, self._style)

    def _recolour(self) -> None:
        if self.sender() is self._colouring:
            self._cache.recolour()
            self.viewport().update()

    # Looks

    def _retheme(self) -> None:
        self._recolour_ground()
        self._restyle()

    def _made_style(self) -> Style:
        return make_style(
            self._theme,
            self._text_width() if self._is_wrapped else None,
            is_prose=self._language == "text",
            shows_invisible=self._shows_invisible,
        )

    def _restyle(self) -> None:
        self._style = self._made_style()
        self._cache.restyle(self._style)
        self._widest = 0.0
        self._scroll.clamp()
        self.sync_bars()
        self.viewport().update()

    @property
    def gutter_width(self) -> float:
        """Pixels before the text: the line numbers and the space on their sides."""
        digits = max(4, len(str(self._row_count)))
        char_width = QFontMetricsF(self._theme.mono_font()).horizontalAdvance("0")
        return LEFT + digits * char_width + LEFT

    def _text_width(self) -> float:
        return max(80.0, self.viewport().width() - self.gutter_width - LEFT)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg"))
        rows = self.seen_rows()
        left, height = self.gutter_width, self.viewport().height()
        painter.setClipRect(QRectF(left - 1, 0, self.viewport().width() - left + 1, height))
        for _number, layout, y in rows:
            self._paint_row(painter, layout, y, left)
        self.paint_over(painter, rows, left)
        painter.setClipping(False)
        self._paint_numbers(painter, rows, left)
        self.paint_gutter(painter, rows, left)
        if self.hasFocus():
            painter.fillRect(0, 0, 2, height, self._theme.color("accent"))
        painter.end()
        self._widen(max((layout.width for _number, layout, _y in rows), default=0.0))

    def seen_rows(self) -> list[SeenRow]:
        """Return the rows that are seen, wholly or in part, from the top."""
        rows = []
        y, place = -self._scroll.pixel, self._scroll.row
        height = self.viewport().height()
        while place < self.row_count and y < height + (self.line_height if self._is_wrapped else 0):
            number = self.folds.row_at(place)
            layout = self._cache.layout(number)
            if y - layout.overhang >= height:
                break
            rows.append((number, layout, y))
            y += layout.height
            place += 1
        return rows

    def _paint_row(self, painter: QPainter, layout: RowLayout, y: int, left: float) -> None:
        shift = self.horizontalScrollBar().value()
        if self.is_ending_marked(layout):
            x, line_y = layout.place_of(len(layout.text.text))
            place = QRectF(left - shift + x, y + line_y, self._style.char_width, self.line_height)
            painter.fillRect(place, self._theme.color("selection"))
        seen = (shift, -y, shift + self.viewport().width(), self.viewport().height() - y)
        layout.draw(painter, left - shift, y, seen, self.row_marks(layout))
        if self._shows_invisible:
            self._paint_ending(painter, layout, y, left - shift)

    def _paint_ending(self, painter: QPainter, layout: RowLayout, y: int, left: float) -> None:
        """Write out the line ending after a row: CR, LF, both, or none."""
        row = layout.row
        words = {1: "↵", 2: "␍↵"}.get(row.end - row.start - len(row.content), "")
        x, line_y = layout.place_of(len(layout.text.text))
        painter.setPen(self._theme.color("faint"))
        painter.setFont(self._style.font)
        painter.drawText(QPointF(left + x, y + line_y + self._style.baseline), words)

    def _paint_numbers(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        painter.setPen(self._theme.color("faint"))
        painter.setFont(self._style.font)
        beginning = [(layout, y) for _number, layout, y in rows if layout.row.begins_line]
        if not beginning:
            return
        first = self._index.line_of(beginning[0][0].row.start)
        for place, (layout, y) in enumerate(beginning):
            line = self._index.line_of(layout.row.start) if len(self.folds) else first + place
            number = str(line + 1)
            x = left - LEFT - len(number) * self._style.char_width
            painter.drawText(QPointF(x, y + self._style.baseline), number)

    def _widen(self, width: float) -> None:
        if width > self._widest:
            self._widest = width
            self.sync_bars()

    # Scrolling

    def show_place(self, row: int, place: tuple[float, float], *, lead: float | None = None) -> None:
        """Scroll just as far that a place in *row* is seen; *lead* is the share of a page to leave above it then."""
        x, y = place
        seen = next((top for number, _layout, top in self.seen_rows() if number == row), None)
        page = self.viewport().height()
        if seen is None or seen + y < 0 or seen + y + self.line_height > page:
            if lead is not None:
                above = int(page * lead)
            else:
                above = (
                    page - self.line_height
                    if self.folds.place_of(row) >= self._scroll.row and (seen is None or seen + y > 0)
                    else 0
                )
            self._scroll.go(self.folds.place_of(row), int(y), lead=above)
            self._scrolled()
        self._show_x(x)

    def _show_x(self, x: float) -> None:
        bar, page = self.horizontalScrollBar(), self._text_width()
        self._widen(x + self._style.char_width)
        if not bar.value() <= x <= bar.value() + page - self._style.char_width:
            bar.setValue(0 if x < page * 0.8 else int(x - page / 3))

    def resizeEvent(self, event: QEvent) -> None:
        if self._is_wrapped:
            self._restyle()
        if self._follows:
            self._scroll.go_end()
        self._scroll.clamp()
        self.sync_bars()


def _nothing() -> BodyStore:
    empty = BodyStore()
    empty.finish()
    return empty
