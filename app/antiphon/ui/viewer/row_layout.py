"""One row laid out for painting: shaped once, drawn many times, in tiles so that a long row costs what is seen of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption

from antiphon.body.rows import Row
from antiphon.render.spans import Span
from antiphon.ui.viewer.row_text import RowText

TILE = 192
"""Characters of an unwrapped row that are shaped together."""


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
    layout: QTextLayout


class RowLayout:
    """A row as it is painted; places are pixels from the row's top left, indices are characters.

    Args:
        spans: Gives the colours of the characters from one index to another, asked only for what is laid out.
    """

    def __init__(
        self, row: Row, text: RowText, spans: Callable[[int, int], Sequence[Span]], style: Style
    ) -> None:
        self.row = row
        self.text = text
        self._spans = spans
        self._style = style
        self._tiles: dict[int, _Tile] = {}
        self._is_even = style.wrap_width is None and text.is_simple
        self._tile_chars = TILE if style.wrap_width is None else max(1, len(text.text))

    @property
    def height(self) -> int:
        if self._style.wrap_width is None:
            return self._style.line_height
        return self._tile(0).layout.lineCount() * self._style.line_height

    @property
    def width(self) -> float:
        """Pixels from the row's first to its last character; a guess for what was not laid out yet."""
        if self._is_even:
            return len(self.text.text) * self._style.char_width
        last = self._tile(max(self._tiles, default=0))
        return last.x + _width(last.layout) + (len(self.text.text) - last.end) * self._style.char_width

    def draw(
        self, painter: QPainter, x: float, y: float, visible: tuple[float, float], marks: Sequence[Mark]
    ) -> None:
        """Paint the row with its top left at *x*, *y*.

        Args:
            visible: First and last pixel across the row that will be seen.
        """
        painter.setPen(self._style.text)
        for number in self._tiles_between(*visible):
            tile = self._tile(number)
            for mark in marks:
                self._fill(painter, tile, mark, x + tile.x, y)
            tile.layout.draw(painter, QPointF(x + tile.x, y), self._selections(tile, marks))

    def index_at(self, x: float, y: float) -> int:
        """Return the index of the gap between characters that is nearest to a place."""
        tile = self._tile(self._tile_at(x))
        lines = tile.layout.lineCount()
        line = tile.layout.lineAt(max(0, min(lines - 1, int(y // self._style.line_height))))
        position = line.xToCursor(x - tile.x)
        return self.text.from_qt(self.text.to_qt(tile.start) + position)

    def place_of(self, index: int) -> tuple[float, float]:
        """Return x and y of the gap before the character at *index*."""
        tile = self._tile(min(index // self._tile_chars, self._tile_count - 1))
        position = self.text.to_qt(index) - self.text.to_qt(tile.start)
        line = tile.layout.lineForTextPosition(position)
        if not line.isValid():
            return tile.x, 0.0
        return tile.x + _cursor_x(line, position), line.lineNumber() * float(self._style.line_height)

    @property
    def _tile_count(self) -> int:
        return max(1, -(-len(self.text.text) // self._tile_chars))

    def _tile_at(self, x: float) -> int:
        last = self._tile_count - 1
        if self._is_even:
            return max(0, min(last, int(x / (self._style.char_width * self._tile_chars))))
        number = 0
        while number < last and (tile := self._tile(number)).x + _width(tile.layout) <= x:
            number += 1
        return number

    def _tiles_between(self, left: float, right: float) -> range:
        return range(self._tile_at(left), self._tile_at(right) + 1)

    def _tile(self, number: int) -> _Tile:
        tile = self._tiles.get(number)
        if tile is None:
            start = number * self._tile_chars
            end = min(start + self._tile_chars, len(self.text.text))
            tile = self._tiles[number] = _Tile(start, end, self._tile_x(number), self._shaped(start, end))
        return tile

    def _tile_x(self, number: int) -> float:
        if self._is_even or number == 0:
            return number * self._tile_chars * self._style.char_width
        before = self._tile(number - 1)
        return before.x + _width(before.layout)

    def _shaped(self, start: int, end: int) -> QTextLayout:
        layout = QTextLayout(self.text.shown[start:end], self._style.font)
        layout.setCacheEnabled(True)
        layout.setTextOption(_option(self._style))
        layout.setFormats(self._formats(start, end))
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(self._style.wrap_width or 1e7)
            line.setPosition(QPointF(0, y + self._style.baseline - line.ascent()))
            y += self._style.line_height
        layout.endLayout()
        return layout

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
        return [
            self._range(tile.start, max(mark.start, tile.start), min(mark.end, tile.end), _mark_format(mark))
            for mark in marks
            if mark.ink is not None and mark.start < tile.end and mark.end > tile.start
        ]

    def _fill(self, painter: QPainter, tile: _Tile, mark: Mark, x: float, y: float) -> None:
        """Paint the ground of *mark* over the whole height of its lines, so that rows of it join."""
        start = self._position(tile, mark.start)
        end = self._position(tile, mark.end)
        for number in range(tile.layout.lineCount()):
            line = tile.layout.lineAt(number)
            first, last = line.textStart(), line.textStart() + line.textLength()
            if max(first, start) < min(last, end):
                left, right = _cursor_x(line, max(first, start)), _cursor_x(line, min(last, end))
                top = y + number * self._style.line_height
                place = QRectF(x + min(left, right), top, abs(right - left), self._style.line_height)
                painter.fillRect(place, mark.ground)

    def _position(self, tile: _Tile, index: int) -> int:
        return self.text.to_qt(max(tile.start, min(tile.end, index))) - self.text.to_qt(tile.start)

    def _range(self, base: int, start: int, end: int, look: QTextCharFormat) -> QTextLayout.FormatRange:
        found = QTextLayout.FormatRange()
        if self.text.is_wide:
            base, start, end = self.text.to_qt(base), self.text.to_qt(start), self.text.to_qt(end)
        found.start, found.length, found.format = start - base, end - start, look
        return found


def _option(style: Style) -> QTextOption:
    option = QTextOption()
    wraps = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere
    option.setWrapMode(QTextOption.WrapMode.NoWrap if style.wrap_width is None else wraps)
    option.setTabStopDistance(4 * style.char_width)
    return option


def _width(layout: QTextLayout) -> float:
    return layout.lineAt(0).naturalTextWidth() if layout.lineCount() else 0.0


def _cursor_x(line: object, position: int) -> float:
    x = line.cursorToX(position)
    return float(x[0] if isinstance(x, tuple) else x)


def _mark_format(mark: Mark) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(QBrush(mark.ink or QColor()))
    return look
