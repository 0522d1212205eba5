"""One line that says what came back: status, HTTP version, time, sizes, TLS, address, and whose connection."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from antiphon.core.exchange import Exchange, Hop
from antiphon.core.prepared import BytesContent
from antiphon.core.quantities import duration_text, size_text
from antiphon.ui.response.phases import reuse_text
from antiphon.ui.theme import RADIUS, SPACE, Theme

_GAP = 4 * SPACE


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the bar; *ink* is its colour token, *tip* says it in full."""

    text: str
    tip: str
    ink: str = "dim"


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    token: str


def badge_of(exchange: Exchange) -> Badge:
    """Return the word and colour of an exchange's state, or of its status where it has one."""
    head = exchange.head
    if exchange.state == "failed":
        return Badge("Failed", "delete")
    if exchange.state == "cancelled":
        return Badge("Cancelled", "dim")
    if exchange.state == "paused":
        return Badge("Waits for you", "post")
    if head is None:
        return Badge(_waiting_words(exchange), "dim")
    token = {2: "get", 3: "put", 4: "post", 5: "delete"}.get(head.status // 100, "dim")
    return Badge(head.status_text, token)


def _waiting_words(exchange: Exchange) -> str:
    """Return what is going on before there is an answer."""
    last = exchange.last
    if last is None or last.purpose != "token":
        return "Sending"
    asks_person = any(hop.purpose == "token" and hop.head and _gives_code(hop) for hop in exchange.hops)
    return "Waiting for you to sign in" if asks_person else "Getting a token"


def _gives_code(hop: Hop) -> bool:
    """Tell whether *hop* asks for a code to type in: the one request for a token that names no grant (RFC 8628 section 3.1)."""
    content = hop.request.content
    return isinstance(content, BytesContent) and b"grant_type=" not in content.data


def facts_of(exchange: Exchange, now: float) -> list[Fact]:
    """Return the facts that are known, the most telling first."""
    hop = exchange.last
    if hop is None:
        return []
    facts: list[Fact] = []
    head = hop.head
    if head is not None and exchange.state in {"failed", "cancelled"}:
        facts.append(Fact(head.status_text, "Status of what arrived", "text"))
    if head is not None:
        facts.append(Fact(head.http_version, "HTTP version of the answer", "text"))
    total = exchange.total_s(now)
    if total is not None:
        facts.append(
            Fact(duration_text(total), "From pressing Send to the last byte, redirects included", "text")
        )
    if head is not None:
        facts.append(_size(hop))
    facts.extend(_warnings(exchange))
    facts.extend(_hops(exchange))
    if hop.connection is not None:
        facts.extend(_connection(hop))
    return facts


def _warnings(exchange: Exchange) -> list[Fact]:
    """Return what must not be overlooked: verification that is off, and notes."""
    facts = []
    all_tls = [hop.connection.tls for hop in exchange.hops if hop.connection and hop.connection.tls]
    if any(not tls.is_verified for tls in all_tls):
        tip = "Verification is off: anyone on the way can read and change this exchange"
        facts.append(Fact("certificate not verified", tip, "delete"))
    notes = [note for hop in exchange.hops for note in hop.notes]
    if notes:
        facts.append(Fact("1 note" if len(notes) == 1 else f"{len(notes)} notes", "\n".join(notes), "post"))
    return facts


def _hops(exchange: Exchange) -> list[Fact]:
    others = sum(hop.purpose in {"auth", "token"} for hop in exchange.hops)
    redirects = len(exchange.hops) - 1 - others
    facts = []
    if redirects > 0:
        text = "1 redirect" if redirects == 1 else f"{redirects} redirects"
        facts.append(Fact(text, "Times include every hop"))
    if others:
        text = "1 hop for auth" if others == 1 else f"{others} hops for auth"
        facts.append(Fact(text, "Times include every hop"))
    return facts


def _size(hop: Hop) -> Fact:
    wire, decoded = hop.wire_bytes, hop.decoded_bytes
    tip = f"Body: {wire:,} bytes over the wire, {decoded:,} bytes decoded"
    text = size_text(decoded) if wire == decoded else f"{size_text(wire)} / {size_text(decoded)}"
    return Fact(text, tip)


def _connection(hop: Hop) -> list[Fact]:
    connection = hop.connection
    if connection is None:
        return []
    facts = []
    if connection.tls is not None:
        tls = connection.tls
        tip = f"{tls.version}, {tls.cipher}, ALPN {tls.alpn or 'none'}"
        facts.append(Fact(tls.version.replace("TLSv", "TLS "), tip))
    facts.append(
        Fact(connection.remote_address, f"From {connection.local_address} to {connection.remote_address}")
    )
    if connection.reused:
        tip = f"An open connection was used again, {reuse_text(hop)}: no DNS, TCP or TLS phase"
        facts.append(Fact("reused connection", tip))
    else:
        facts.append(Fact("new connection", "A connection was opened for this request"))
    return facts


class ResponseBar(QWidget):
    """Paints badge and facts; what does not fit is left off from the right, and stands in the tool tip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badge: Badge | None = None
        self._facts: list[Fact] = []
        self._places: list[tuple[QRectF, Fact]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Response")
        theme.changed.connect(self._restyled)

    def show_exchange(self, exchange: Exchange) -> None:
        self._badge = badge_of(exchange)
        self._facts = facts_of(exchange, time.perf_counter())
        spoken = ", ".join([self._badge.text, *(fact.text for fact in self._facts)])
        if exchange.is_over and spoken != self.accessibleDescription():
            self.setAccessibleDescription(spoken)
        self.update()

    def text(self) -> str:
        """Return all that the bar says, for copying and for tests."""
        return "  ".join([self._badge.text if self._badge else "", *(fact.text for fact in self._facts)])

    def sizeHint(self) -> QSize:
        return QSize(400, round(QFontMetricsF(self._theme.ui_font()).height() + 4 * SPACE))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._badge is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = self._paint_badge(painter, self._badge)
        font = self._theme.mono_font()
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        self._places.clear()
        for fact in self._facts:
            width = metrics.horizontalAdvance(fact.text)
            if left + width > self.width():
                break
            box = QRectF(left, 0, width + 1, self.height())
            painter.setPen(self._theme.color(fact.ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, fact.text)
            self._places.append((box, fact))
            left += width + _GAP

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            tip = next((fact.tip for box, fact in self._places if box.contains(event.pos())), self.text())
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _paint_badge(self, painter: QPainter, badge: Badge) -> float:
        font = self._theme.ui_font(bold=True)
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(badge.text) + 7 * SPACE
        height = metrics.height() + SPACE
        box = QRectF(0, (self.height() - height) / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(badge.token))
        painter.drawRoundedRect(box, RADIUS - 1, RADIUS - 1)
        painter.setPen(self._theme.color("bg"))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, badge.text)
        return width + _GAP

    def _restyled(self) -> None:
        self.updateGeometry()
        self.update()
