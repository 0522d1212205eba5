"""Where the view stands in rows of even or uneven height, and how that is a number a scroll bar can hold."""

from typing import Protocol

BAR_LIMIT = 1 << 30
"""Largest value given to a scroll bar, which counts in 32 bits."""


class Heights(Protocol):
    """What the scroll position asks of the view."""

    @property
    def row_count(self) -> int: ...
    @property
    def line_height(self) -> int: ...
    @property
    def page_height(self) -> int: ...
    @property
    def is_wrapped(self) -> bool: ...
    def row_height(self, row: int) -> int: ...


class Scroll:
    """The row at the top and how many of its pixels are scrolled away."""

    def __init__(self, heights: Heights) -> None:
        self._heights = heights
        self.row = 0
        self.pixel = 0

    def move(self, pixels: int) -> None:
        """Go *pixels* down, or up if negative, as far as there are rows."""
        if self._heights.is_wrapped:
            self._walk(pixels)
        else:
            line = self._heights.line_height
            self.row, self.pixel = divmod(max(0, self.row * line + self.pixel + pixels), line)
        self.clamp()

    def go(self, row: int, pixel: int = 0, *, lead: int = 0) -> None:
        """Stand at *pixel* of *row*, with *lead* pixels of what is before it in view."""
        self.row, self.pixel = max(0, row), pixel
        self.move(-lead)

    def go_end(self) -> None:
        self.row, self.pixel = self._bottom()

    def clamp(self) -> None:
        """Come back from beyond the last page."""
        rows_below = self._heights.row_count - self.row
        if rows_below * self._heights.line_height <= self._heights.page_height + self.pixel:
            self.row, self.pixel = min((self.row, self.pixel), self._bottom())

    @property
    def is_at_end(self) -> bool:
        """Whether the last row is in full view and some row is not."""
        bottom = self._bottom()
        return bottom > (0, 0) and (self.row, self.pixel) >= bottom

    @property
    def scale(self) -> int:
        """Pixels that one step of the bar stands for: 1 up to some fifty million rows."""
        return max(1, -(-self._total // BAR_LIMIT))

    @property
    def bar_maximum(self) -> int:
        return max(0, self._total - self._heights.page_height) // self.scale

    @property
    def bar_value(self) -> int:
        """Return where the bar stands: a wrapped row counts as one line, which its pixels share."""
        line = self._heights.line_height
        share = self.pixel
        if self._heights.is_wrapped:
            share = self.pixel * line // max(line, self._heights.row_height(self.row))
            if self.is_at_end:
                return self.bar_maximum
        return min(self.bar_maximum, (self.row * line + share) // self.scale)

    def go_to_bar(self, value: int) -> None:
        """Stand where the bar's *value* says."""
        if value >= self.bar_maximum:
            self.go_end()
            return
        line = self._heights.line_height
        row, share = divmod(value * self.scale, line)
        row = min(row, self._heights.row_count - 1)
        pixel = share * self._heights.row_height(row) // line if self._heights.is_wrapped else share
        self.go(row, pixel)

    @property
    def _total(self) -> int:
        return self._heights.row_count * self._heights.line_height

    def _bottom(self) -> tuple[int, int]:
        heights = self._heights
        if not heights.is_wrapped:
            return divmod(max(0, self._total - heights.page_height), heights.line_height)
        row, missing = heights.row_count, heights.page_height
        while row > 0 and missing > 0:
            row -= 1
            missing -= heights.row_height(row)
        return (row, -missing) if missing < 0 else (row, 0)

    def _walk(self, pixels: int) -> None:
        self.pixel += pixels
        while self.pixel < 0 and self.row > 0:
            self.row -= 1
            self.pixel += self._heights.row_height(self.row)
        self.pixel = max(0, self.pixel)
        while self.row < self._heights.row_count - 1:
            height = self._heights.row_height(self.row)
            if self.pixel < height:
                break
            self.pixel -= height
            self.row += 1
