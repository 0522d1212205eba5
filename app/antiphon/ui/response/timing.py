"""The time an exchange took as a strip of coloured runs."""

import time

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from antiphon.core.exchange import Exchange
from antiphon.ui.response.phases import TimeRow, hop_rows
from antiphon.ui.theme import SPACE, Theme

_STRIP_HEIGHT = 6
_LEAST_WIDTH = 2.0


class TimingStrip(QWidget):
    """Phases side by side, as wide as they were long; a click asks for the timeline."""

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[TimeRow] = []
        self.setFixedHeight(_STRIP_HEIGHT + 2 * SPACE)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timing strip")
        theme.changed.connect(self.update)

    def show_exchange(self, exchange: Exchange) -> None:
        blocks = hop_rows(exchange, time.perf_counter(), shows_secrets=True)  # titles are not used
        rows = [row for block in blocks for row in block.rows if row.phase is not None and row.length_s > 0]
        if rows == self._rows:
            return
        self._rows = rows
        self.setAccessibleDescription(", ".join(f"{row.name} {row.text}" for row in self._rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for row, run in self._runs():
            painter.setBrush(self._theme.phase_color(row.phase))
            painter.drawRoundedRect(run, 2, 2)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._rows:
            self.clicked.emit()

    def _show_tip(self, event: QEvent) -> None:
        for row, run in self._runs():
            if run.left() <= event.pos().x() <= run.right() + 1:
                QToolTip.showText(event.globalPos(), f"{row.name}: {row.text}", self)
                return
        QToolTip.hideText()

    def _runs(self) -> list[tuple[TimeRow, QRectF]]:
        total = sum(row.length_s for row in self._rows)
        if not total:
            return []
        gap = 1.0
        free = self.width() - (_LEAST_WIDTH + gap) * len(self._rows)
        left, runs = 0.0, []
        for row in self._rows:
            width = _LEAST_WIDTH + free * row.length_s / total
            runs.append((row, QRectF(left, SPACE, width, _STRIP_HEIGHT)))
            left += width + gap
        return runs
