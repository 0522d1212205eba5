"""Rows of one height in any number, painted and scrolled: the ground of hex and tables."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.look import make_style
from antiphon.ui.viewer.scrolled_area import ScrolledArea


class EvenArea(ScrolledArea):
    """A subclass says how many rows there are and how wide, and paints those that are seen.

    Attributes:
        head_lines: Lines at the top that stay while rows scroll below them.
    """

    head_lines = 0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._restyle)

    # For a subclass

    def paint_rows(self, painter: QPainter, first: int, last: int) -> None:
        """Paint the rows from *first* to before *last*, each at `top_of`."""
        raise NotImplementedError

    def restyled(self) -> None:
        """Fonts, colours or the room for rows are others."""

    # Heights, for `Scroll`

    @property
    def head_height(self) -> int:
        return self.head_lines * self.line_height

    @property
    def page_height(self) -> int:
        return max(self.viewport().height() - self.head_height, self.line_height)

    # Places

    def top_of(self, row: int) -> int:
        """Return where *row* begins in the viewport, in pixels."""
        return self.head_height + (row - self._scroll.row) * self.line_height - self._scroll.pixel

    def row_at(self, y: float) -> int:
        """Return the row at *y* of the viewport; outside of all rows the nearest."""
        row = self._scroll.row + int((y - self.head_height + self._scroll.pixel) // self.line_height)
        return max(0, min(row, self.row_count - 1))

    @property
    def rows_on_page(self) -> int:
        return max(1, self.page_height // self.line_height)

    def seen_range(self) -> tuple[int, int]:
        """Return the first row that is seen, wholly or in part, and the one after the last."""
        first = self._scroll.row
        count = -(-(self.page_height + self._scroll.pixel) // self.line_height)
        return first, min(self.row_count, first + count)

    def show_row(self, row: int, *, lead: float | None = None) -> None:
        """Scroll just as far that *row* is seen; *lead* is the share of a page to leave above it then."""
        top = self.top_of(row) - self.head_height
        if top >= 0 and top + self.line_height <= self.page_height:
            return
        if lead is None:
            lead = 0 if top < 0 else 1 - self.line_height / self.page_height
        self._scroll.go(row, lead=int(self.page_height * lead))
        self._scrolled()

    def go_top(self) -> None:
        """Show the first row, and do not follow what arrives."""
        self._follows = False
        self._scroll.go(0)
        self.horizontalScrollBar().setValue(0)
        self.sync()

    def sync(self, *, is_seen: bool = True) -> None:
        """Take note that rows were added or are wider; *is_seen*: some that are painted are among them."""
        if self._follows:
            self._scroll.go_end()
        self.sync_bars()
        if is_seen or self._follows:
            self.viewport().update()

    # Qt's

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg"))
        painter.setFont(self._style.font)
        first, last = self.seen_range()
        self.paint_rows(painter, first, last)
        if self.hasFocus():
            painter.fillRect(0, 0, 2, self.viewport().height(), self._theme.color("accent"))

    def resizeEvent(self, event: QEvent) -> None:
        self.restyled()
        self._scroll.clamp()
        self.sync()

    def _restyle(self) -> None:
        self._recolour_ground()
        self._style = make_style(self._theme, None)
        self.restyled()
        self._scroll.clamp()
        self.sync()
