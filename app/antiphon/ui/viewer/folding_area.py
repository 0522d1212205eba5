"""Rows that can be folded: what a line holds, told by its indentation, is hidden behind it."""

import time
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPolygonF

from antiphon.body.indentation import block_end, block_start, indent_of, is_blank, next_block
from antiphon.body.rows import Row
from antiphon.body.store import BodySource
from antiphon.render.media import Language
from antiphon.ui.theme import RADIUS, Theme
from antiphon.ui.viewer.row_area import REFRESH_MS, RowArea, SeenRow
from antiphon.ui.viewer.scrolled_area import LEFT

FOLDABLE = frozenset({"json", "jsonlines", "xml", "html", "svg", "css", "javascript", "yaml"})
_WITH_ROOT = frozenset({"json", "xml", "html", "svg"})
"""Here one block holds all others."""
_PROLOGUE_ROWS = 64
"""Where the root is looked for."""
FOLD_LIMIT = 10_000
"""How many blocks are folded at once at most."""
SLICE_S = 0.004
HEAD_BYTES = 1 << 12
"""How much of a line is read for its indentation."""


class FoldingArea(RowArea):
    """A `RowArea` with a triangle beside each line that holds others."""

    notice = Signal(str)
    """A sentence for the user."""

    def __init__(self, theme: Theme, parent=None) -> None:
        self._work: Iterator[None] | None = None
        self._opens_folded = False
        """Whether what is unfolded has its own blocks folded."""
        super().__init__(theme, parent)
        self._fold_timer = QTimer(self, interval=0)
        self._fold_timer.timeout.connect(self._go_on)

    def set_source(
        self, body: BodySource | None, language: Language = "text", charset: str = "utf-8"
    ) -> None:
        self._end_work()
        self._opens_folded = False
        super().set_source(body, language, charset)

    # What can be folded

    @property
    def can_fold(self) -> bool:
        return self._language in FOLDABLE

    def is_header(self, row: int) -> bool:
        """Whether the line that ends with *row* holds lines that are indented deeper."""
        if not self.can_fold or row + 1 >= self._row_count:
            return False
        this, following = self._cache.row(row), self._cache.row(row + 1)
        return (
            following.begins_line
            and not is_blank(following.content)
            and not is_blank(this.content)
            and indent_of(following.content) > self._indent(this)
        )

    def _indent(self, row: Row) -> int:
        """Return the indentation of the line that *row* is a part of."""
        if row.begins_line:
            return indent_of(row.content)
        return indent_of(self._body.read(self._index.line_start(self._index.line_of(row.start)), HEAD_BYTES))

    # Folding

    def fold(self, row: int) -> None:
        """Hide what the line that ends with *row* holds, once its end is found."""
        if self.is_header(row) and not self.folds.hidden_after(row):
            self._begin(self._folding(row))

    def unfold(self, row: int) -> bool:
        """Show what is hidden right after *row*; tell whether anything was.

        It looks as it did when it was folded; what `fold_all` has folded has the blocks in it folded.
        """
        if not self.folds.hidden_after(row):
            return False
        is_new = self._opens_folded and not self.folds.remembers(row + 1)
        self.folds.show(row + 1)
        self._fold_changed()
        if is_new:
            self._begin(self._folding_inside(row))
        return True

    def toggle_fold(self, row: int) -> None:
        if not self.unfold(row):
            self.fold(row)

    def fold_around(self, row: int) -> None:
        """Fold the block that the line of *row* begins; where it begins none, or it is hidden already, the one around."""
        if self.is_header(row) and not self.folds.hidden_after(row):
            self.fold(row)
        elif self.can_fold:
            self._begin(self._folding_around(row))

    def fold_all(self) -> None:
        """Hide what the parts of the body hold, and what is in them: each opens with its own parts folded."""
        if self.can_fold and self._row_count > 1:
            self._opens_folded = True
            self._begin(self._folding_inside(self._root_row(), is_all=True))

    def unfold_all(self) -> None:
        self._end_work()
        self._opens_folded = False
        self.folds.replace([])
        self._fold_changed()

    def open_folds_at(self, row: int) -> None:
        """Show *row* where it is hidden."""
        was_hidden = False
        while self.folds.show(row):
            was_hidden = True
        if was_hidden:
            self._fold_changed()

    def _folding(self, row: int) -> Iterator[None]:
        indent = self._indent(self._cache.row(row))
        end = None
        for found in block_end(self._body, self._cache.row(row).end - 1, indent):
            end = found
            yield
        if end is None:
            return
        while self._index.known_bytes < end:
            yield
        last = self._row_before(end)
        if last > row:
            self.folds.hide(row + 1, last)
            self._fold_changed()

    def _row_before(self, end: int) -> int:
        """Return the last row of a block that ends at *end*, which may be that of the body."""
        if end >= self._index.known_bytes and self._cache.row(self._row_count - 1).content:
            return self._row_count - 1
        return self._index.row_of(end) - 1

    def _folding_around(self, row: int) -> Iterator[None]:
        start = None
        for found in block_start(self._body, self._cache.row(row).start, self._indent(self._cache.row(row))):
            start = found
            yield
        if start is not None and start >= 0:
            header = self._index.row_of(self._index.line_start(self._index.line_of(start) + 1)) - 1
            yield from self._folding(header)
            self.header_folded(header)

    def header_folded(self, row: int) -> None:
        """The block around a place was folded behind *row*."""

    def _root_row(self) -> int:
        """Return the row that begins the block that holds all others; -1 where they stand side by side."""
        if self._language not in _WITH_ROOT:
            return -1
        rows = range(min(_PROLOGUE_ROWS, self._row_count))
        return next((row for row in rows if self.is_header(row)), -1)

    def _folding_inside(self, header: int, *, is_all: bool = False) -> Iterator[None]:
        """Fold the blocks right inside that of *header* and, where *is_all*, all others that are as much indented."""
        ranges: list[tuple[int, int]] = []
        first = self._cache.row(header + 1)
        indent, place = self._indent(first), first.start
        while len(ranges) < FOLD_LIMIT:
            newline = end = -1
            for found in next_block(self._body, place, indent, stays_inside=not is_all):
                newline = newline if found is None else found
                yield
            if newline < 0:
                break
            for found in block_end(self._body, newline, indent):
                end = end if found is None else found
                yield
            while self._index.known_bytes < end:
                yield
            row, last = self._index.row_of(newline), self._row_before(end)
            if last > row:
                ranges.append((row + 1, last))
            place = end
        if is_all:
            self.folds.replace(ranges)
        else:
            self.folds.add(ranges)
        self._fold_changed()
        if len(ranges) == FOLD_LIMIT:
            self.notice.emit(f"Only the first {FOLD_LIMIT:,} blocks were folded.")

    def _begin(self, work: Iterator[None]) -> None:
        self._work = work
        self._go_on()
        if self._work is not None:
            self._fold_timer.start()

    def _go_on(self) -> None:
        """Work for a quarter of a frame, less often while the body still arrives."""
        self._fold_timer.setInterval(0 if self._body.is_finished else REFRESH_MS)
        end = time.perf_counter() + SLICE_S
        for _step in self._work or ():
            if time.perf_counter() > end:
                return
        self._end_work()

    def _end_work(self) -> None:
        if self._work is not None:
            self._work = None
            self._fold_timer.stop()

    def _fold_changed(self) -> None:
        self._scroll.clamp()
        self.sync_bars()
        self.viewport().update()

    # Painting

    def paint_gutter(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        if not self.can_fold:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("faint"))
        for number, layout, top in rows:
            is_folded = bool(self.folds.hidden_after(number))
            if is_folded or self.is_header(number):
                middle = top + layout.height - self.line_height / 2
                painter.drawPolygon(_triangle(left - LEFT / 2, middle, is_folded=is_folded))

    def paint_over(self, painter: QPainter, rows: Sequence[SeenRow], left: float) -> None:
        for number, layout, top in rows if len(self.folds) else ():
            if self.folds.hidden_after(number):
                self._paint_pill(painter, self.pill_place(number, layout, top, left), number)

    def pill_place(self, number: int, layout, top: int, left: float) -> QRectF:
        """Return where it stands in the viewport how many lines *number* hides."""
        x, y = layout.place_of(len(layout.text.text))
        width = (len(self._pill_words(number)) + 2) * self._style.char_width
        x += left - self.horizontalScrollBar().value() + self._style.char_width
        return QRectF(x, top + y + 2, width, self.line_height - 4)

    def _pill_words(self, row: int) -> str:
        first, last = self._cache.row(row + 1), self._cache.row(row + self.folds.hidden_after(row))
        count = self._index.line_of(last.start) - self._index.line_of(first.start) + 1
        return f"… {count:,} line{'s' if count > 1 else ''}"

    def _paint_pill(self, painter: QPainter, place: QRectF, row: int) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("field"))
        painter.drawRoundedRect(place, RADIUS / 2, RADIUS / 2)
        painter.setPen(self._theme.color("dim"))
        painter.setFont(self._style.font)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._pill_words(row))
        painter.restore()

    def fold_hit(self, place: QPointF) -> int | None:
        """Return the row whose triangle, or the words of what it hides, is at *place* in the viewport."""
        left = self.gutter_width
        for number, layout, top in self.seen_rows() if self.can_fold else ():
            line_top = top + layout.height - self.line_height
            if not line_top <= place.y() < line_top + self.line_height:
                continue
            is_folded = bool(self.folds.hidden_after(number))
            in_gutter = left - LEFT <= place.x() < left
            if in_gutter and (is_folded or self.is_header(number)):
                return number
            if is_folded and self.pill_place(number, layout, top, left).contains(place):
                return number
        return None


def _triangle(x: float, y: float, *, is_folded: bool) -> QPolygonF:
    corners = ((-2, -4), (-2, 4), (3, 0)) if is_folded else ((-4, -2), (4, -2), (0, 3))
    return QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])
