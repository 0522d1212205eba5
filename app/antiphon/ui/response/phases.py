"""The phases of an exchange as rows to paint: a name for people, when, how long."""

from dataclasses import dataclass

from antiphon.core.exchange import Exchange, Hop, Phase
from antiphon.core.quantities import duration_text

_NAMES = {
    Phase.QUEUE: "Waiting for a connection",
    Phase.DNS: "DNS lookup",
    Phase.TCP: "TCP connect",
    Phase.PROXY: "Way through the proxy",
    Phase.TLS: "TLS handshake",
    Phase.SEND: "Request sent",
    Phase.UPLOAD: "Request body sent",
    Phase.WAIT: "Waiting (first byte)",
    Phase.HEAD: "Response head",
    Phase.DOWNLOAD: "Download",
}


@dataclass(frozen=True, slots=True)
class PhaseRow:
    phase: Phase
    name: str
    began_s: float
    """Seconds since the exchange began."""
    length_s: float

    @property
    def text(self) -> str:
        return duration_text(self.length_s)


@dataclass(frozen=True, slots=True)
class HopRows:
    title: str
    rows: tuple[PhaseRow, ...]


def hop_rows(exchange: Exchange, now: float) -> list[HopRows]:
    """Return a block of rows per hop; a phase that still runs lasts until *now*."""
    if not exchange.hops:
        return []
    start = exchange.hops[0].began
    return [
        HopRows(_title(exchange, index, hop), _rows(hop, start, now))
        for index, hop in enumerate(exchange.hops)
    ]


def _title(exchange: Exchange, index: int, hop: Hop) -> str:
    if len(exchange.hops) == 1:
        return ""
    status = hop.head.status_text if hop.head else "no answer"
    return f"{index + 1}. {hop.request.method} {hop.request.url}: {status}"


def _rows(hop: Hop, start: float, now: float) -> tuple[PhaseRow, ...]:
    tls = hop.connection.tls if hop.connection else None
    rows = []
    for span in hop.spans:
        ended = span.ended if span.ended is not None else now
        name = _NAMES[span.phase]
        if span.phase == Phase.TLS and tls is not None:
            name = f"{tls.version.replace('TLSv', 'TLS ')} handshake"
        rows.append(PhaseRow(span.phase, name, span.began - start, max(0.0, ended - span.began)))
    return tuple(rows)
