"""Ticks beside a scroll bar: where in the body something was found."""

from collections.abc import Callable
from itertools import pairwise

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
        offset_at: Tells which byte of the body the bar leads to at a share (0 to 1) of its length, about.
    """

    def __init__(self, bar: QScrollBar, theme: Theme, offset_at: Callable[[float], int]) -> None:
        super().__init__(bar)
        self._theme = theme
        self._offset_at = offset_at
        self._found: Found | None = None
        self._current: tuple[int, int] | None = None
        self._ticks: list[bool] = []
        self._current_tick = -1
        self._soon = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._soon.timeout.connect(self._count)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bar.installEventFilter(self)

    def show_found(self, found: Found | None, current: tuple[int, int] | None) -> None:
        """Show where *found* is, and *current* (offset and length) in full colour."""
        is_new = found is not self._found or current != self._current
        self._found, self._current = found, current
        if found is None:
            self._soon.stop()
            self._take([], -1)
        elif is_new:
            self._count()
        else:
            self.refresh_soon()

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
            return
        count = max(1, self.height() // TICK_PX)
        edges = [self._offset_at(place / count) for place in range(count + 1)]
        edges[-1] += 1  # a match of the last byte
        ticks = list(self._found.spread(edges))
        at = -1 if self._current is None else self._current[0]
        stretches = enumerate(pairwise(edges))
        self._take(ticks, next((place for place, (low, high) in stretches if low <= at < high), -1))

    def _take(self, ticks: list[bool], current: int) -> None:
        if (ticks, current) != (self._ticks, self._current_tick):
            self._ticks, self._current_tick = ticks, current
            self.update()
