"""One row laid out for painting: shaped once, drawn many times, in tiles so that a long row costs what is seen of it.

A tile is a part of a row that is shaped together. A row that runs on is cut across; a wrapped one is one tile as long as it
is short, else each of its lines is one, broken between any two characters. Rows of one line that was cut by forced breaks
flow together: the first line of a row stands beside the last line of the row before, a `lead` from the left edge.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, QTextBoundaryFinder
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from antiphon.body.rows import Row
from antiphon.render.spans import Span
from antiphon.ui.viewer.row_text import RowText

TILE = 192
"""Characters of an unwrapped row that are shaped together."""
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
INKED_MARKS = 100
"""Marks of one tile that are drawn in a colour of their own at most."""
LONG_CHARS = 1000
"""Rows from this length on are wrapped between any two characters instead of between words."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels from a row's top left."""


@dataclass(frozen=True, slots=True)
class Style:
    """What rows share: change it and every layout is made anew."""

    font: QFont
    formats: dict[str, QTextCharFormat]
    text: QColor
    char_width: float
    line_height: int
    baseline: float
    wrap_width: float | None
    """Pixels at which rows wrap; None: they do not."""
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LayoutDirectionAuto
    """In which direction a row begins that mixes both; automatic goes by its first letter."""
    shows_invisible: bool = False
    """Whether blanks, line ends and characters without a look are written out."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` of a row on a ground of their own (selection, found text)."""

    start: int
    end: int
    ground: QColor
    ink: QColor | None = None


@dataclass(slots=True)
class _Tile:
    start: int
    end: int
    x: float
    y: float
    layout: QTextLayout


class RowLayout:
    """A row as it is painted; places are pixels from the row's top left, indices are characters.

    Args:
        spans: Gives the colours of the characters from one index to another, asked only for what is laid out.
        lead: Where the row begins beside the end of the row before it; its first line is above its top then.
    """

    def __init__(
        self,
        row: Row,
        text: RowText,
        spans: Callable[[int, int], Sequence[Span]],
        style: Style,
        lead: float = 0.0,
    ) -> None:
        self.row = row
        self.text = text
        self.lead = lead
        self._spans = spans
        self._style = style
        self._tiles: dict[int, _Tile] = {}
        self._length = len(text.text)
        self._is_even = style.wrap_width is None and text.is_simple
        self._starts = [0] if self._is_even or style.wrap_width is not None else self._cut()
        """Where tiles begin in a row that runs on and is no plain ASCII."""
        self._is_long = style.wrap_width is not None and (lead > 0 or self._length >= LONG_CHARS)
        self._is_grid = self._is_long and text.is_simple
        self._columns = max(1, int((style.wrap_width or 0) / style.char_width))
        self._first = self._columns - round(lead / style.char_width)
        """Characters in the first line of a grid."""

    @property
    def overhang(self) -> int:
        """Pixels above the row's top at which its first line begins, beside the row before."""
        return self._style.line_height if self.lead else 0

    @property
    def height(self) -> int:
        if self._style.wrap_width is None:
            return self._style.line_height
        lines = self._tile_count if self._is_grid else self._tile(0).layout.lineCount()
        return lines * self._style.line_height - self.overhang

    @property
    def width(self) -> float:
        """Pixels from the row's first to its last character; a guess for what was not laid out yet."""
        if self._is_even:
            return self._length * self._style.char_width
        last = self._tile(max(self._tiles, default=0))
        return last.x + _width(last.layout) + (self._length - last.end) * self._style.char_width

    @property
    def next_lead(self) -> float:
        """Return where a row begins that flows on from this one; 0 if there is no more room in its last line."""
        if self._style.wrap_width is None or self._length == 0:
            return 0.0
        if self._is_grid:
            start, end = self._bounds(self._tile_count - 1)
            x = self._tile_x(self._tile_count - 1) + (end - start) * self._style.char_width
        else:
            layout = self._tile(0).layout
            line = layout.lineAt(layout.lineCount() - 1)
            x = line.x() + line.naturalTextWidth()
        return x if x + self._style.char_width <= self._style.wrap_width else 0.0

    def draw(self, painter: QPainter, x: float, y: float, visible: Box, marks: Sequence[Mark]) -> None:
        """Paint what is *visible* of the row with its top left at *x*, *y*."""
        painter.setPen(self._style.text)
        for number in self._tiles_in(visible):
            tile = self._tile(number)
            for mark in marks:
                self._fill(painter, tile, mark, x + tile.x, y + tile.y)
            tile.layout.draw(painter, QPointF(x + tile.x, y + tile.y), self._selections(tile, marks))

    def index_at(self, x: float, y: float) -> int:
        """Return the index of the gap between characters that is nearest to a place."""
        tile = self._tile(self._tile_at(x, y))
        lines = tile.layout.lineCount()
        line = tile.layout.lineAt(max(0, min(lines - 1, int((y - tile.y) // self._style.line_height))))
        position = line.xToCursor(x - tile.x)
        return self.text.from_qt(self.text.to_qt(tile.start) + position)

    def place_of(self, index: int) -> tuple[float, float]:
        """Return x and y of the gap before the character at *index*."""
        tile = self._tile(min(self._tile_of(index), self._tile_count - 1))
        position = self.text.to_qt(index) - self.text.to_qt(tile.start)
        line = tile.layout.lineForTextPosition(position)
        if not line.isValid():
            return tile.x, tile.y
        y = tile.y + line.lineNumber() * float(self._style.line_height)
        return tile.x + _cursor_x(line, position), y

    def beside(self, index: int, step: int) -> int:
        """Return the next gap between characters as a person counts them (*step* 1), or the one before (-1)."""
        if self.text.is_simple:
            return index + step
        tile = self._tile(self._tile_of(index if step > 0 or index == 0 else index - 1))
        position = self.text.to_qt(index) - self.text.to_qt(tile.start)
        layout = tile.layout
        found = layout.nextCursorPosition(position) if step > 0 else layout.previousCursorPosition(position)
        return self.text.from_qt(self.text.to_qt(tile.start) + found)

    # How the row is cut into tiles

    def _cut(self) -> list[int]:
        """Return where tiles begin: between characters as a person counts them; one tile where text runs leftwards."""
        shown = self.text.shown
        if self._length <= TILE or _RIGHT_TO_LEFT.search(shown):
            return [0]
        finder, starts = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, shown), [0]
        for start in range(TILE, self._length, TILE):
            finder.setPosition(self.text.to_qt(start))
            place = finder.position() if finder.isAtBoundary() else finder.toNextBoundary()
            index = self._length if place < 0 else self.text.from_qt(place)
            if starts[-1] < index < self._length:
                starts.append(index)
        return starts

    @property
    def _tile_count(self) -> int:
        if self._style.wrap_width is None:
            return max(1, -(-self._length // TILE)) if self._is_even else len(self._starts)
        return 1 + max(0, -(-(self._length - self._first) // self._columns)) if self._is_grid else 1

    def _tile_of(self, index: int) -> int:
        if self._is_even:
            return index // TILE
        if self._style.wrap_width is None:
            return bisect_right(self._starts, index) - 1
        if not self._is_grid or index < self._first:
            return 0
        return 1 + (index - self._first) // self._columns

    def _bounds(self, number: int) -> tuple[int, int]:
        if self._is_even:
            start, end = number * TILE, (number + 1) * TILE
        elif self._style.wrap_width is None:
            start, end = [*self._starts, self._length][number : number + 2]
        elif self._is_grid:
            end = self._first + number * self._columns
            start = end - self._columns if number else 0
        else:
            start, end = 0, self._length
        return start, min(end, self._length)

    def _tile_x(self, number: int) -> float:
        if self._style.wrap_width is not None:
            return self.lead if self._is_grid and number == 0 else 0.0
        if self._is_even or number == 0:
            return number * TILE * self._style.char_width
        before = self._tile(number - 1)
        return before.x + _width(before.layout)

    def _tile_y(self, number: int) -> float:
        return number * self._style.line_height - self.overhang if self._is_grid else -self.overhang

    def _tile_at(self, x: float, y: float) -> int:
        last = self._tile_count - 1
        if self._is_grid:
            return max(0, min(last, int((y + self.overhang) // self._style.line_height)))
        if self._is_even:
            return max(0, min(last, int(x / (self._style.char_width * TILE))))
        number = 0
        while number < last and (tile := self._tile(number)).x + _width(tile.layout) <= x:
            number += 1
        return number

    def _tiles_in(self, visible: Box) -> range:
        left, top, right, bottom = visible
        return range(self._tile_at(left, top), self._tile_at(right, bottom) + 1)

    def _tile(self, number: int) -> _Tile:
        tile = self._tiles.get(number)
        if tile is None:
            start, end = self._bounds(number)
            layout = self._shaped(start, end)
            tile = _Tile(start, end, self._tile_x(number), self._tile_y(number), layout)
            self._tiles[number] = tile
        return tile

    def _shaped(self, start: int, end: int) -> QTextLayout:
        layout = QTextLayout(self.text.shown[start:end], self._style.font)
        layout.setCacheEnabled(True)
        layout.setTextOption(self._option())
        layout.setFormats(self._formats(start, end))
        layout.beginLayout()
        x, y = 0.0 if self._is_grid else self.lead, 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth((self._style.wrap_width or 1e7) - x)
            line.setPosition(QPointF(x, y + self._style.baseline - line.ascent()))
            x, y = 0.0, y + self._style.line_height
        layout.endLayout()
        return layout

    def _option(self) -> QTextOption:
        option, modes = QTextOption(), QTextOption.WrapMode
        if self._style.wrap_width is None or self._is_grid:
            option.setWrapMode(modes.NoWrap)
        else:
            option.setWrapMode(modes.WrapAnywhere if self._is_long else modes.WrapAtWordBoundaryOrAnywhere)
        if self._style.shows_invisible:
            option.setFlags(QTextOption.Flag.ShowTabsAndSpaces)
        option.setTextDirection(self._style.direction)
        option.setTabStopDistance(4 * self._style.char_width)
        return option

    def _formats(self, start: int, end: int) -> list[QTextLayout.FormatRange]:
        return [
            self._range(
                start,
                max(span.start, start),
                min(span.start + span.length, end),
                self._style.formats[span.shade],
            )
            for span in self._spans(start, end)
            if span.start < end and span.start + span.length > start
        ]

    def _selections(self, tile: _Tile, marks: Sequence[Mark]) -> list[QTextLayout.FormatRange]:
        """Return marks that have an ink; none where they are so many that drawing each anew would take too long."""
        inked = [
            mark for mark in marks if mark.ink is not None and mark.start < tile.end and mark.end > tile.start
        ]
        if len(inked) > INKED_MARKS:
            return []
        return [
            self._range(tile.start, max(mark.start, tile.start), min(mark.end, tile.end), _mark_format(mark))
            for mark in inked
        ]

    def _fill(self, painter: QPainter, tile: _Tile, mark: Mark, x: float, y: float) -> None:
        """Paint the ground of *mark* over the whole height of its lines, so that rows of it join."""
        if mark.start >= tile.end or mark.end <= tile.start:
            return
        start, end = self._position(tile, mark.start), self._position(tile, mark.end)
        number = max(0, tile.layout.lineForTextPosition(start).lineNumber())
        while number < tile.layout.lineCount():
            line = tile.layout.lineAt(number)
            first, last = line.textStart(), line.textStart() + line.textLength()
            if first >= end:
                return
            left, right = _cursor_x(line, max(first, start)), _cursor_x(line, min(last, end))
            top = y + number * self._style.line_height
            place = QRectF(x + min(left, right), top, abs(right - left), self._style.line_height)
            painter.fillRect(place, mark.ground)
            number += 1

    def _position(self, tile: _Tile, index: int) -> int:
        return self.text.to_qt(max(tile.start, min(tile.end, index))) - self.text.to_qt(tile.start)

    def _range(self, base: int, start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        if self.text.is_wide:
            base, start, end = self.text.to_qt(base), self.text.to_qt(start), self.text.to_qt(end)
        found.start, found.length, found.format = start - base, end - start, look
        return found


def _width(layout: QTextLayout) -> float:
    return layout.lineAt(0).naturalTextWidth() if layout.lineCount() else 0.0


def _cursor_x(line: object, position: int) -> float:
    x = line.cursorToX(position)
    return float(x[0] if isinstance(x, tuple) else x)


def _mark_format(mark: Mark) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(QBrush(mark.ink or QColor()))
    return look
