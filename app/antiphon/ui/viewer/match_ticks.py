"""Ticks beside a scroll bar: where in what it scrolls something was found."""

from bisect import bisect_right
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.marks import Found

TICK_PX = 2
_WIDTH_PX = 4
_ALPHA = 0.6
_SETTLE_MS = 120
"""While more is found, the ticks are counted anew this often."""


class MatchTicks(QWidget):
    """Lies over *bar*, whose clicks go through it.

    Args:
        offset_at: Tells to which byte (or row, if that is what is found) the bar leads at a share (0 to 1) of its length, about.
    """

    def __init__(self, bar: QScrollBar, theme: Theme, offset_at: Callable[[float], int]) -> None:
        super().__init__(bar)
        self._theme = theme
        self._offset_at = offset_at
        self._found: Found | None = None
        self._current: tuple[int, int] | None = None
        self._edges: list[int] = []
        """Offsets at which ticks begin, and the end."""
        self._ticks: list[bool] = []
        self._current_tick = -1
        self._soon = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._soon.timeout.connect(self._count)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bar.installEventFilter(self)

    def show_found(self, found: Found | None, current: tuple[int, int] | None) -> None:
        """Show where *found* is, and *current* (offset and length) in full colour."""
        is_new = found is not self._found
        self._found, self._current = found, current
        if is_new:
            self._soon.stop()
            self._count()
        else:
            self.refresh_soon()
            self._take(self._ticks)

    def refresh_soon(self) -> None:
        """More was found, or the body stands in other rows."""
        if self._found is not None and not self._soon.isActive():
            self._soon.start()

    @property
    def ticks(self) -> list[int]:
        """Pixels from the top at which ticks begin."""
        return [place * TICK_PX for place, is_there in enumerate(self._ticks) if is_there]

    def eventFilter(self, bar: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.resize(self.parentWidget().size())
            self.refresh_soon()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._ticks:
            return
        painter = QPainter(self)
        color = QColor(self._theme.color("accent"))
        color.setAlphaF(_ALPHA)
        left = self.width() - _WIDTH_PX
        for y in self.ticks:
            painter.fillRect(QRect(left, y, _WIDTH_PX, TICK_PX), color)
        if self._current_tick >= 0:
            place = QRect(left - _WIDTH_PX, self._current_tick * TICK_PX, 2 * _WIDTH_PX, TICK_PX + 1)
            painter.fillRect(place, self._theme.color("accent"))

    def _count(self) -> None:
        if self._found is None:
            self._take([])
            return
        count = max(1, self.height() // TICK_PX)
        self._edges = [self._offset_at(place / count) for place in range(count + 1)]
        self._edges[-1] += 1  # a match of the last byte
        self._take(list(self._found.spread(self._edges)))

    def _take(self, ticks: list[bool]) -> None:
        at = -1 if self._current is None else self._current[0]
        current = bisect_right(self._edges, at) - 1 if ticks else -1
        if (ticks, current) != (self._ticks, self._current_tick):
            self._ticks, self._current_tick = ticks, current
            self.update()
