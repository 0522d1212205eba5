"""What arrives while a request runs: a thin strip that fills, and the figures in words."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from antiphon.core.quantities import rate_text, size_text
from antiphon.ui.theme import Theme

_HEIGHT = 2
_STRIDE_BYTES = 4 << 20
"""Where the size is unknown the mark crosses the strip once in so many bytes: it moves only when data moves."""


def figures(received: int, total: int | None, rate: float | None) -> str:
    """Return `1.2 MB / 4.0 MB · 3.1 MB/s`; *rate* is in bytes a second, None where it is not known yet."""
    words = size_text(received) if total is None else f"{size_text(received)} / {size_text(total)}"
    return words if rate is None else f"{words} · {rate_text(rate)}"


class Figures(QWidget):
    """The figures at the right end of a row: all of them, or what came, or nothing, as the room allows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        theme.changed.connect(self.update)

    def tell(self, words: str) -> None:
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.mono_font())
        painter.setPen(self._theme.color("dim"))
        metrics = painter.fontMetrics()
        for words in (self._words, self._words.partition(" · ")[0]):
            if metrics.horizontalAdvance(words) <= self.width():
                painter.drawText(
                    self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words
                )
                return


class ProgressStrip(QWidget):
    """Two pixels high whether a request runs or not, so that nothing jumps."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._running = False
        self._received = 0
        self._total: int | None = None
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress")
        theme.changed.connect(self.update)

    def set_running(self, running: bool) -> None:
        self._running = running
        self._received, self._total = 0, None
        self.update()

    def set_progress(self, received: int, total: int | None) -> None:
        self._received, self._total = received, total
        self.update()

    def paintEvent(self, event) -> None:
        if not self._running:
            return
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("selection"))
        painter.fillRect(self._mark(), self._theme.color("accent"))

    def _mark(self) -> QRectF:
        width = float(self.width())
        if self._total:
            return QRectF(0, 0, width * min(1.0, self._received / self._total), _HEIGHT)
        if not self._received:
            return QRectF(0, 0, 0, _HEIGHT)
        length = width / 5
        place = self._received % _STRIDE_BYTES / _STRIDE_BYTES
        return QRectF(place * (width - length), 0, length, _HEIGHT)
