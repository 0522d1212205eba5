"""Where keys lead the caret: over characters, words, rows and pages of a body."""

from PySide6.QtCore import Qt

from antiphon.ui.viewer.row_area import RowArea
from antiphon.ui.viewer.row_layout import RowLayout

_FAR = 1e7
"""Pixels to the right of every line."""


class Caret:
    """A place in the bytes of what an area shows, and the column that it keeps from row to row."""

    def __init__(self, area: RowArea) -> None:
        self._area = area
        self.offset = 0
        self._x: float | None = None

    def put(self, offset: int) -> None:
        """Stand at *offset* and forget the column."""
        self.offset = offset
        self._x = None

    @property
    def row(self) -> int:
        return self._area.index.row_of(self.offset)

    def layout(self) -> RowLayout:
        return self._area.layout_of(self.row)

    def place(self) -> tuple[float, float]:
        """Return x and y in pixels from the top left of the caret's row."""
        layout = self.layout()
        return layout.place_of(self._index(layout))

    def move(self, key: Qt.Key, *, is_far: bool) -> bool:
        """Go where *key* leads (*is_far*: with Ctrl); False for a key that does not move."""
        area = self._area
        page = max(1, area.viewport().height() // area.line_height - 1) * area.line_height
        heights = {
            Qt.Key.Key_Up: -area.line_height,
            Qt.Key.Key_Down: area.line_height,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key in heights:
            self._move_down(heights[key])
            return True
        target = self._target(key, is_far=is_far)
        if target is not None:
            self.put(target)
        return target is not None

    def _target(self, key: Qt.Key, *, is_far: bool) -> int | None:
        match key:
            case Qt.Key.Key_Left:
                return self._beside(-1, is_far=is_far)
            case Qt.Key.Key_Right:
                return self._beside(1, is_far=is_far)
            case Qt.Key.Key_Home:
                return 0 if is_far else self._line_edge(-1)
            case Qt.Key.Key_End:
                return self._area.index.known_bytes if is_far else self._line_edge(1)
        return None

    def _line_edge(self, step: int) -> int:
        """Return the first place (*step* -1) or the last one (1) of the line that is seen with the caret in it."""
        layout, (_x, y) = self.layout(), self.place()
        number = self.row
        if step < 0 and y < 0:  # the line begins with the end of the row before
            layout = self._area.layout_of(number - 1)
            y += layout.height
        elif (
            step > 0
            and number + 1 < self._area.index.row_count
            and y >= layout.height - self._area.line_height
        ):
            following = self._area.layout_of(number + 1)
            if following.lead:  # the line ends with the beginning of the row after
                layout, y = following, y - layout.height
        index = layout.index_at(0.0 if step < 0 else _FAR, y)
        if step > 0 and index > 0 and self._is_beyond(layout, index, y):
            index = layout.beside(index, -1)
        return layout.row.start + layout.text.byte_of(index)

    def _is_beyond(self, layout: RowLayout, index: int, y: float) -> bool:
        """Whether the caret at *index* would be seen below the line at *y*: lines that are broken share a place."""
        is_next_row = (
            index >= len(layout.text.text) and len(layout.row.content) == layout.row.end - layout.row.start
        )
        is_last = layout.row.end >= self._area.index.known_bytes
        return layout.place_of(index)[1] > y or (is_next_row and not is_last)

    def _beside(self, step: int, *, is_far: bool) -> int:
        layout = self.layout()
        text, index = layout.text, self._index(layout)
        if is_far:
            target = text.next_word(index) if step > 0 else text.previous_word(index)
        else:
            target = layout.beside(index, step) if 0 <= index + step <= len(text.text) else None
        if target is not None:
            return layout.row.start + text.byte_of(target)
        place = self._area.folds.place_of(self.row) + step
        if place < 0:
            return 0
        if place >= self._area.row_count:
            return self._area.index.known_bytes
        row = self._area.layout_of(self._area.folds.row_at(place)).row
        return row.start if step > 0 else row.start + len(row.content)

    def _move_down(self, pixels: int) -> None:
        """Go *pixels* down (up if negative), to the column that the first such step began in."""
        x, y = self.place()
        self._x = x if self._x is None else self._x
        folds = self._area.folds
        place, rest = self._walked(folds.place_of(self.row), int(y) + pixels)
        number = folds.row_at(place)
        layout, index = self._area.nearest(number, self._x, rest)
        self.offset = layout.row.start + layout.text.byte_of(index)

    def _walked(self, place: int, pixels: int) -> tuple[int, float]:
        """Return place among the rows that are left, and pixel in it, *pixels* below *place*; first and last hold."""
        area = self._area
        if not area.is_wrapped:
            place += round(pixels / area.line_height)
            return max(0, min(area.row_count - 1, place)), 0.0
        while pixels < 0 and place > 0:
            place -= 1
            pixels += area.row_height(place)
        while place < area.row_count - 1 and pixels >= area.row_height(place):
            pixels -= area.row_height(place)
            place += 1
        return place, float(max(0, pixels))

    def _index(self, layout: RowLayout) -> int:
        return layout.text.index_of(min(self.offset - layout.row.start, len(layout.row.content)))
