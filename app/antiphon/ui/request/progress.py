"""What goes out and comes in while a request runs: a thin strip that fills, and the figures in words."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from antiphon.core.events import Phase
from antiphon.core.exchange import Exchange, Hop
from antiphon.core.quantities import age_text, rate_text, size_text
from antiphon.ui.theme import Theme

_HEIGHT = 2
_PATIENCE_S = 0.5
"""Waits shorter than this are not worth a word."""
_STRIDE_BYTES = 4 << 20
"""Where the size is unknown the mark crosses the strip once in so many bytes: it moves only when data moves."""


def figures(received: int, total: int | None, rate: float | None) -> str:
    """Return `1.2 MB / 4.0 MB · 3.1 MB/s`; *rate* is in bytes a second, None where it is not known yet."""
    words = size_text(received) if total is None else f"{size_text(received)} / {size_text(total)}"
    return words if rate is None else f"{words} · {rate_text(rate)}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request is: *done* of *total* bytes (None: not known), and the same in words."""

    done: int
    total: int | None
    words: str


def progress_of(exchange: Exchange, now: float) -> Progress | None:
    """Return how far *exchange* is: sending its body, waiting, or receiving; None while there is nothing to say."""
    hop = exchange.last
    if hop is None or exchange.is_over or hop.purpose == "token":
        return None
    if hop.head is not None:
        return _receiving(hop, now)
    if hop.uploaded_bytes and (hop.upload_bytes is None or hop.uploaded_bytes < hop.upload_bytes):
        rate = _rate(hop.uploaded_bytes, _began(hop, Phase.UPLOAD, Phase.SEND), now)
        words = f"sent {figures(hop.uploaded_bytes, hop.upload_bytes, rate)}"
        return Progress(hop.uploaded_bytes, hop.upload_bytes, words)
    waits_since = next((span.began for span in reversed(hop.spans) if span.phase == Phase.WAIT), None)
    if waits_since is None or now - waits_since < _PATIENCE_S:
        return None
    words = f"waiting {age_text(now - waits_since)}"
    return Progress(hop.uploaded_bytes, hop.uploaded_bytes or None, words)


def _receiving(hop: Hop, now: float) -> Progress:
    length = hop.head.get("content-length") if hop.head else None
    total = int(length) if length and length.isdecimal() and length.isascii() else None
    rate = _rate(hop.wire_bytes, _began(hop, Phase.DOWNLOAD), now)
    return Progress(hop.wire_bytes, total, figures(hop.wire_bytes, total, rate))


def _began(hop: Hop, *phases: Phase) -> float:
    return next((span.began for span in hop.spans if span.phase in phases), hop.began)


def _rate(count: int, since: float, now: float) -> float | None:
    return count / (now - since) if now > since else None


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
