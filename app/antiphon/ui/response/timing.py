"""The time an exchange took, painted: a strip of coloured runs, and the timeline with names and figures."""

import time

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange
from antiphon.core.quantities import duration_text
from antiphon.ui.response.phases import HopRows, PhaseRow, hop_rows
from antiphon.ui.theme import SPACE, Theme

_STRIP_HEIGHT = 6
_LEAST_WIDTH = 2.0


class TimingStrip(QWidget):
    """Phases side by side, as wide as they were long; a click asks for the timeline."""

    clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[PhaseRow] = []
        self.setFixedHeight(_STRIP_HEIGHT + 2 * SPACE)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timing strip")
        theme.changed.connect(self.update)

    def show_exchange(self, exchange: Exchange) -> None:
        blocks = hop_rows(exchange, time.perf_counter())
        self._rows = [row for block in blocks for row in block.rows if row.length_s > 0]
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

    def _runs(self) -> list[tuple[PhaseRow, QRectF]]:
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


class _TimelineCanvas(QWidget):
    """The rows of all hops, one below the other, on one time axis."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._blocks: list[HopRows] = []
        self._total_s = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        theme.changed.connect(self._relayout)

    def show_exchange(self, exchange: Exchange) -> None:
        now = time.perf_counter()
        self._blocks = hop_rows(exchange, now)
        self._total_s = exchange.total_s(now) or 0.0
        spoken = [f"{row.name} {row.text}" for block in self._blocks for row in block.rows]
        self.setAccessibleDescription(", ".join([*spoken, f"total {duration_text(self._total_s)}"]))
        self._relayout()

    def sizeHint(self) -> QSize:
        lines = sum(len(block.rows) + bool(block.title) for block in self._blocks) + 1
        return QSize(480, round(lines * self._row_height() + 6 * SPACE))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._blocks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = 2.0 * SPACE
        for block in self._blocks:
            if block.title:
                y = self._paint_title(painter, block.title, y)
            for row in block.rows:
                self._paint_row(painter, row, y)
                y += self._row_height()
        self._paint_text(painter, "Total", duration_text(self._total_s), y)

    def _relayout(self) -> None:
        self.updateGeometry()
        self.setMinimumHeight(self.sizeHint().height())
        self.update()

    def _row_height(self) -> float:
        return round(QFontMetricsF(self._theme.ui_font()).height() + 1.5 * SPACE)

    def _paint_title(self, painter: QPainter, title: str, y: float) -> float:
        font = self._theme.ui_font(bold=True)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        metrics = QFontMetricsF(font)
        width = self.width() - 8 * SPACE
        text = metrics.elidedText(title, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(QRectF(4 * SPACE, y, width, self._row_height()), Qt.AlignmentFlag.AlignVCenter, text)
        return y + self._row_height()

    def _paint_row(self, painter: QPainter, row: PhaseRow, y: float) -> None:
        left, width = self._bar()
        height = self._row_height() - 2 * SPACE
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("field"))
        painter.drawRoundedRect(QRectF(left, y + SPACE, width, height), 3, 3)
        if self._total_s > 0:
            start = left + width * row.began_s / self._total_s
            length = max(_LEAST_WIDTH, width * row.length_s / self._total_s)
            painter.setBrush(self._theme.phase_color(row.phase))
            painter.drawRoundedRect(
                QRectF(min(start, left + width - length), y + SPACE, length, height), 3, 3
            )
        self._paint_text(painter, row.name, row.text, y)

    def _paint_text(self, painter: QPainter, name: str, value: str, y: float) -> None:
        left, width = self._bar()
        height = self._row_height()
        painter.setPen(self._theme.color("dim"))
        painter.setFont(self._theme.ui_font())
        painter.drawText(QRectF(4 * SPACE, y, left, height), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(self._theme.color("text"))
        painter.setFont(self._theme.mono_font())
        box = QRectF(left + width, y, self.width() - left - width - 4 * SPACE, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)

    def _bar(self) -> tuple[float, float]:
        names = QFontMetricsF(self._theme.ui_font()).horizontalAdvance("Waiting for a connection") + 3 * SPACE
        values = QFontMetricsF(self._theme.mono_font()).horizontalAdvance("0000.00 ms")
        left = 4 * SPACE + names
        return left, max(40.0, self.width() - left - values - 8 * SPACE)


class Timeline(QScrollArea):
    """Every phase of every hop with its length; scrolls where the hops are many."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = _TimelineCanvas(theme)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._canvas)
        column.addStretch(1)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusProxy(self._canvas)

    def show_exchange(self, exchange: Exchange) -> None:
        self._canvas.show_exchange(exchange)
