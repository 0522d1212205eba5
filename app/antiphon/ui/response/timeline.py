"""The timeline: every row of every hop on one time axis, with names, bars and figures."""

import time

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange
from antiphon.core.quantities import exact_text
from antiphon.ui.paint import paint_ground
from antiphon.ui.response.phases import HopRows, TimeRow, hop_rows, timeline_text
from antiphon.ui.theme import SPACE, Theme

_LEAST_WIDTH = 2.0
_INDENT = 4 * SPACE
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_Line = TimeRow | str
"""A row, or the title of a hop."""


class TimelineCanvas(QWidget):
    """Arrow keys go from row to row, Ctrl+C copies all as text; the row that is chosen is what a reader speaks."""

    moved = Signal(QRectF)
    """Another row was chosen, and where it stands."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._blocks: list[HopRows] = []
        self._lines: list[_Line] = []
        self._total_s = 0.0
        self._exchange: Exchange | None = None
        self._shows_secrets = False
        self._chosen = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")
        theme.changed.connect(self._relayout)

    def show_exchange(self, exchange: Exchange) -> None:
        now = time.perf_counter()
        self._exchange = exchange
        blocks = hop_rows(exchange, now, shows_secrets=self._shows_secrets)
        total_s = exchange.total_s(now) or 0.0
        if blocks == self._blocks and total_s == self._total_s:
            return
        self._blocks, self._total_s = blocks, total_s
        count = len(self._lines)
        self._lines = [line for block in blocks for line in _lines(block)]
        self._chosen = min(self._chosen, len(self._lines) - 1)
        self._describe()
        if count == len(self._lines):
            self.update()
        else:
            self._relayout()

    def show_secrets(self, is_shown: bool) -> None:
        """Write secrets in URLs out, or as dots."""
        self._shows_secrets = is_shown
        if self._exchange is not None:
            self.show_exchange(self._exchange)

    def text(self) -> str:
        """Return the timeline as lines of text."""
        return timeline_text(self._blocks, self._total_s)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in _STEPS:
            self._choose(self._chosen + _STEPS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Home:
            self._choose(0)
        elif event.key() == Qt.Key.Key_End:
            self._choose(len(self._lines) - 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(int((event.position().y() - 2 * SPACE) // self._row_height()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy the timeline", self.copy)
        menu.popup(event.globalPos())

    def focusInEvent(self, event) -> None:
        self._chosen = max(0, self._chosen)
        super().focusInEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, round((len(self._lines) + 1) * self._row_height() + 6 * SPACE))

    def minimumSizeHint(self) -> QSize:
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._blocks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        names = self._names_width()
        for number, line in enumerate(self._lines):
            box = self._box(number)
            if not box.toRect().intersects(event.rect()):
                continue
            if number == self._chosen and self.hasFocus():
                self._paint_chosen(painter, box)
            if isinstance(line, str):
                self._paint_title(painter, line, box)
            else:
                self._paint_row(painter, line, box, names)
        total = TimeRow("fact", "Total", length_s=self._total_s, figure=exact_text(self._total_s))
        self._paint_row(painter, total, self._box(len(self._lines)), names)

    def _choose(self, number: int) -> None:
        self._chosen = max(0, min(len(self._lines) - 1, number))
        self._describe()
        self.update()
        self.moved.emit(self._box(self._chosen))

    def _describe(self) -> None:
        spoken = [_spoken(line) for line in self._lines]
        if self.hasFocus() and 0 <= self._chosen < len(spoken):
            description = spoken[self._chosen]
        else:
            description = ", ".join([*spoken, f"total {exact_text(self._total_s)}"])
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)

    def _relayout(self) -> None:
        self.updateGeometry()
        self.setMinimumHeight(self.sizeHint().height())
        self.update()

    def _row_height(self) -> float:
        return round(QFontMetricsF(self._theme.ui_font()).height() + 1.5 * SPACE)

    def _box(self, number: int) -> QRectF:
        height = self._row_height()
        return QRectF(4 * SPACE, 2 * SPACE + number * height, self.width() - 8 * SPACE, height)

    def _paint_chosen(self, painter: QPainter, box: QRectF) -> None:
        paint_ground(
            painter, box.adjusted(-2 * SPACE, 0, 2 * SPACE, 0), None, self._theme.color("accent"), radius=4
        )

    def _paint_title(self, painter: QPainter, title: str, box: QRectF) -> None:
        font = self._theme.ui_font(bold=True)
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        text = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideMiddle, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_row(self, painter: QPainter, row: TimeRow, box: QRectF, names: float) -> None:
        is_main = row.kind in {"phase", "fact"}
        indent = 0 if is_main else _INDENT
        figures = QFontMetricsF(self._theme.mono_font()).horizontalAdvance(row.text) if row.text else 0.0
        name = QRectF(box.left() + indent, box.top(), names - indent - 2 * SPACE, box.height())
        self._paint_words(painter, row.name, name, "text" if is_main else "dim")
        painter.setFont(self._theme.mono_font())
        painter.setPen(self._theme.color("text" if is_main else "dim"))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.text)
        axis = self._axis(box, names)
        if row.kind in {"detail", "fact"}:
            room = QRectF(axis.left(), box.top(), box.right() - axis.left() - figures - SPACE, box.height())
            self._paint_words(painter, row.detail, room, "dim")
        else:
            self._paint_bar(painter, row, axis)

    def _paint_words(self, painter: QPainter, text: str, box: QRectF, ink: str) -> None:
        if not text:
            return
        font = self._theme.ui_font()
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, cut)

    def _paint_bar(self, painter: QPainter, row: TimeRow, axis: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if row.kind == "phase":
            painter.setBrush(self._theme.color("field"))
            painter.drawRoundedRect(axis, 3, 3)
        if self._total_s <= 0:
            return
        start = axis.left() + axis.width() * min(1.0, row.began_s / self._total_s)
        length = min(axis.width(), max(_LEAST_WIDTH, axis.width() * row.length_s / self._total_s))
        bar = QRectF(min(start, axis.right() - length), axis.top(), length, axis.height())
        painter.setBrush(self._ink(row))
        if row.kind == "mark":
            bar = _diamond_box(start, axis)
            painter.drawPolygon(_diamond(bar))
        elif row.kind == "phase":
            painter.drawRoundedRect(bar, 3, 3)
        else:
            bar = QRectF(bar.left(), bar.center().y() - 2, bar.width(), 4)
            painter.drawRoundedRect(bar, 2, 2)
        self._paint_beside(painter, row.detail, bar, axis)

    def _paint_beside(self, painter: QPainter, text: str, bar: QRectF, axis: QRectF) -> None:
        """Paint *text* right of *bar*, or left of it where there is more room."""
        if not text:
            return
        right, left = axis.right() - bar.right() - 2 * SPACE, bar.left() - axis.left() - 2 * SPACE
        width = min(max(right, left), QFontMetricsF(self._theme.ui_font()).horizontalAdvance(text) + 1)
        x = bar.right() + 2 * SPACE if right >= left else bar.left() - 2 * SPACE - width
        self._paint_words(
            painter, text, QRectF(x, axis.top() - 2 * SPACE, width, axis.height() + 4 * SPACE), "dim"
        )

    def _ink(self, row: TimeRow) -> QColor:
        if row.phase is not None:
            return self._theme.phase_color(row.phase)
        if row.kind == "attempt":
            return self._theme.color("faint" if row.detail else "post")
        return self._theme.color({"mark": "put", "metric": "get"}.get(row.kind, "accent"))

    def _names_width(self) -> float:
        metrics = QFontMetricsF(self._theme.ui_font())
        rows = [line for line in self._lines if isinstance(line, TimeRow)]
        widest = max(
            (
                metrics.horizontalAdvance(row.name) + (row.kind not in {"phase", "fact"}) * _INDENT
                for row in rows
            ),
            default=0.0,
        )
        return min(max(widest + 5 * SPACE, 20 * SPACE), self.width() * 0.42)

    def _axis(self, box: QRectF, names: float) -> QRectF:
        values = QFontMetricsF(self._theme.mono_font()).horizontalAdvance("0,000.000 ms ")
        width = max(40.0, box.width() - names - values - SPACE)
        return QRectF(box.left() + names, box.top() + SPACE, width, box.height() - 2 * SPACE)


class Timeline(QScrollArea):
    """The canvas, scrolled where the rows are many."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = TimelineCanvas(theme)
        self.canvas.moved.connect(self._reveal)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        column.addStretch(1)
        self.setWidget(holder)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusProxy(self.canvas)

    def show_exchange(self, exchange: Exchange) -> None:
        self.canvas.show_exchange(exchange)

    def _reveal(self, box: QRectF) -> None:
        self.ensureVisible(0, round(box.center().y()), 0, round(box.height()))


def _lines(block: HopRows) -> list[_Line]:
    return [*([block.title] if block.title else []), *block.rows]


def _spoken(line: _Line) -> str:
    return line if isinstance(line, str) else line.spoken


def _diamond_box(x: float, axis: QRectF) -> QRectF:
    side = axis.height() * 0.8
    left = min(max(axis.left(), x - side / 2), axis.right() - side)
    return QRectF(left, axis.center().y() - side / 2, side, side)


def _diamond(box: QRectF) -> QPolygonF:
    middle = box.center()
    return QPolygonF(
        [
            QPointF(middle.x(), box.top()),
            QPointF(box.right(), middle.y()),
            QPointF(middle.x(), box.bottom()),
            QPointF(box.left(), middle.y()),
        ]
    )
