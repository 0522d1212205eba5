"""An exchange in time as rows to paint: phases, addresses, attempts, interim answers, the server's own figures."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from antiphon.core.events import Attempt, Head, Phase, Purpose
from antiphon.core.exchange import Exchange, Hop, Span
from antiphon.core.quantities import age_text, exact_text
from antiphon.core.redaction import hidden, secrets_of
from antiphon.core.server_timing import ServerMetric, server_metrics

RowKind = Literal["phase", "detail", "attempt", "mark", "metric", "decoding", "fact"]
"""A `detail` and a `fact` are words without a bar; a `mark` is a point in time."""

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
_PURPOSES: dict[Purpose, str] = {
    "request": "",
    "redirect": "Redirect: ",
    "auth": "Answer to the challenge: ",
    "token": "Token request: ",
}
_REASONS = {100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints"}


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One line of the timeline; times are seconds since the exchange began."""

    kind: RowKind
    name: str
    began_s: float = 0.0
    length_s: float = 0.0
    detail: str = ""
    """What is said beside the bar, or in its place."""
    phase: Phase | None = None
    figure: str | None = None
    """What stands in place of the length."""

    @property
    def text(self) -> str:
        """Return the figure at the end of the row."""
        if self.figure is not None:
            return self.figure
        return f"at {exact_text(self.began_s)}" if self.kind == "mark" else exact_text(self.length_s)

    @property
    def spoken(self) -> str:
        return " ".join(part for part in (self.name, self.text, self.detail) if part)


@dataclass(frozen=True, slots=True)
class HopRows:
    title: str
    rows: tuple[TimeRow, ...]


def phase_name(phase: Phase) -> str:
    """Return what *phase* is called."""
    return _NAMES[phase]


def hop_rows(exchange: Exchange, now: float, *, shows_secrets: bool = False) -> list[HopRows]:
    """Return a block of rows per hop; a phase that still runs lasts until *now*. Secrets in titles are dots."""
    if not exchange.hops:
        return []
    start = exchange.hops[0].began
    titles = [_title(exchange, index, hop) for index, hop in enumerate(exchange.hops)]
    secrets = secrets_of(exchange.hops) if any(titles) and not shows_secrets else ()
    return [
        HopRows(hidden(titles[index], secrets), tuple(_rows(hop, start, now)))
        for index, hop in enumerate(exchange.hops)
    ]


def timeline_text(blocks: Iterable[HopRows], total_s: float) -> str:
    """Return the timeline as lines of text, for the clipboard."""
    lines = []
    for block in blocks:
        lines += [block.title] if block.title else []
        for row in block.rows:
            indent = "" if row.kind in {"phase", "fact"} else "  "
            lines.append(f"{indent + row.name:<32}{row.text:>16}  {row.detail}".rstrip())
    return "\n".join([*lines, f"{'Total':<32}{exact_text(total_s):>16}"])


def _title(exchange: Exchange, index: int, hop: Hop) -> str:
    if len(exchange.hops) == 1 and hop.purpose == "request":
        return ""
    status = hop.head.status_text if hop.head else "no answer"
    return f"{index + 1}. {_PURPOSES[hop.purpose]}{hop.request.method} {hop.request.url}: {status}"


def _rows(hop: Hop, start: float, now: float) -> Iterator[TimeRow]:
    yield from _whose_connection(hop)
    for span in hop.spans:
        ended = span.ended if span.ended is not None else now
        yield TimeRow(
            "phase", _name(span, hop), span.began - start, max(0.0, ended - span.began), phase=span.phase
        )
        yield from _within(span, ended, hop, start, now)
    if hop.dropped:
        yield TimeRow("fact", "Not sent on", detail=", ".join(hop.dropped), figure="")


def _whose_connection(hop: Hop) -> Iterator[TimeRow]:
    connection = hop.connection
    if connection is not None and connection.reused:
        yield TimeRow("fact", "Connection reused", detail=reuse_text(hop), figure="")


def reuse_text(hop: Hop) -> str:
    """Return how old this hop's connection was and how many requests it had: `opened 12.3 s ago, request 4 on it`."""
    connection = hop.connection
    if connection is None:
        return ""
    number = f"request {connection.request_number} on it"
    if connection.opened_at is None:
        return number
    return f"opened {age_text(hop.began - connection.opened_at)} ago, {number}"


def _name(span: Span, hop: Hop) -> str:
    tls = hop.connection.tls if hop.connection else None
    if span.phase == Phase.TLS and tls is not None and tls.version:
        return f"{tls.version.replace('TLSv', 'TLS ')} handshake"
    return _NAMES[span.phase]


def _within(span: Span, ended: float, hop: Hop, start: float, now: float) -> Iterator[TimeRow]:
    """Yield what is told below the row of *span*; below a phase that comes twice, once."""
    if span is not next(other for other in reversed(hop.spans) if other.phase == span.phase):
        return
    match span.phase:
        case Phase.DNS if hop.addresses:
            count = len(hop.addresses)
            name = "1 address" if count == 1 else f"{count} addresses"
            yield TimeRow("detail", name, detail=", ".join(hop.addresses), figure=hop.address_source)
        case Phase.TCP:
            yield from (_attempt(attempt, start, now) for attempt in hop.attempts)
        case Phase.WAIT:
            yield from (_interim(head, at - start) for head, at in hop.interims)
            yield from _of_the_server(hop, ended - start)
        case Phase.DOWNLOAD if hop.decoding_s:
            place = max(span.began, ended - hop.decoding_s) - start
            yield TimeRow("decoding", "Decoding", place, hop.decoding_s, "within the download")
        case _:
            pass


def _attempt(attempt: Attempt, start: float, now: float) -> TimeRow:
    ended = attempt.ended if attempt.ended is not None else now
    length_s = max(0.0, ended - attempt.began)
    return TimeRow("attempt", attempt.address, attempt.began - start, length_s, attempt.error)


def _interim(head: Head, at_s: float) -> TimeRow:
    reason = head.reason or _REASONS.get(head.status, "")
    links = sum(len(re.findall(r"<[^>]*>", value)) for value in head.get_all("link"))
    detail = "" if not links else "1 link" if links == 1 else f"{links} links"
    return TimeRow("mark", f"{head.status} {reason}".strip(), at_s, detail=detail)


def _of_the_server(hop: Hop, waited_until_s: float) -> Iterator[TimeRow]:
    """Yield the metrics of `Server-Timing`; the server does not say when, so they end where the waiting did."""
    trailers = [value for name, value in hop.trailers if name.lower() == "server-timing"]
    values = [*(hop.head.get_all("server-timing") if hop.head else ()), *trailers]
    yield from (_metric(metric, waited_until_s) for metric in server_metrics(values))


def _metric(metric: ServerMetric, until_s: float) -> TimeRow:
    if metric.duration_ms is None:
        return TimeRow("detail", f"Server: {metric.name}", detail=metric.description, figure="")
    length_s = metric.duration_ms / 1000
    return TimeRow(
        "metric", f"Server: {metric.name}", max(0.0, until_s - length_s), length_s, metric.description
    )
