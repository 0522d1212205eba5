"""A connection and its certificates in words: sections of lines, to be shown as a tree and copied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from antiphon.core.certificate import CertificateFacts
from antiphon.core.events import TlsFacts
from antiphon.core.exchange import Exchange, Hop
from antiphon.ui.response.phases import reuse_text

_DAY_S = 86_400
_SOON_DAYS = 30
_VERSION_CHOICES = {
    "1.1": "as the options ask",
    "2": "as the options ask",
    "2-prior-knowledge": "without asking first (prior knowledge), as the options say",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One fact; *ink* is the colour token of its value."""

    label: str
    value: str
    ink: str = "text"


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    summary: str = ""
    lines: tuple[Line, ...] = ()
    ink: str = "dim"
    """The colour token of the summary."""
    certificate: CertificateFacts | None = None
    is_open: bool = True


def connection_sections(exchange: Exchange, now_s: float) -> tuple[Section, ...]:
    """Return what is known of the last hop's connection; *now_s* is seconds since 1970."""
    hop = exchange.last
    if hop is None:
        return ()
    return tuple(_sections(exchange, hop, now_s))


def chain_sections(
    certificates: Sequence[CertificateFacts], now_s: float, *, are_open: bool = False
) -> tuple[Section, ...]:
    """Return a section for each certificate, the server's own first and open."""
    return tuple(
        Section(
            f"{_rank(number, certificate)}: {certificate.common_name or certificate.subject}",
            validity_text(certificate, now_s),
            tuple(_certificate_lines(certificate)),
            validity_ink(certificate, now_s),
            certificate,
            is_open=are_open or number == 0,
        )
        for number, certificate in enumerate(certificates)
    )


def validity_text(certificate: CertificateFacts, now_s: float) -> str:
    """Return whether *certificate* is valid, in words, with the days that are left where they are few."""
    if now_s < certificate.not_before:
        return f"not valid before {_date(certificate.not_before)}"
    days = int((certificate.not_after - now_s) // _DAY_S)
    if certificate.not_after <= now_s:
        ago = int((now_s - certificate.not_after) // _DAY_S)
        return "expired today" if not ago else f"expired {_days(ago)} ago"
    return "expires today" if not days else f"expires in {_days(days)}"


def validity_ink(certificate: CertificateFacts, now_s: float) -> str:
    """Return the colour token that goes with `validity_text`."""
    if not certificate.not_before <= now_s < certificate.not_after:
        return "delete"
    return "post" if certificate.not_after - now_s < _SOON_DAYS * _DAY_S else "get"


def sections_text(sections: Sequence[Section]) -> str:
    """Return *sections* as lines of text, for the clipboard."""
    blocks = []
    for section in sections:
        head = f"{section.title} ({section.summary})" if section.summary else section.title
        blocks.append("\n".join([head, *(f"  {line.label}: {line.value}" for line in section.lines)]))
    return "\n".join(blocks)


def _sections(exchange: Exchange, hop: Hop, now_s: float) -> Iterator[Section]:
    tls = hop.connection.tls if hop.connection else None
    if hop.notes:
        count = "1 note" if len(hop.notes) == 1 else f"{len(hop.notes)} notes"
        lines = tuple(Line(str(number), note) for number, note in enumerate(hop.notes, 1))
        yield Section("Notes", count, lines, "post")
    yield Section("Connection", "", tuple(_connection_lines(hop)))
    if tls is not None:
        warning = "" if tls.is_verified else "certificate not verified"
        yield Section("TLS", warning, tuple(_tls_lines(tls)), "delete")
        yield from chain_sections(tls.certificates, now_s)
    elif exchange.failure is not None:
        yield from chain_sections(exchange.failure.certificates, now_s)


def _connection_lines(hop: Hop) -> Iterator[Line]:
    connection = hop.connection
    if hop.head is not None:
        yield Line("HTTP version", f"{hop.head.http_version}, {_why_version(hop)}")
    if connection is None:
        yield Line("State", "No connection was made.", "dim")
        return
    yield Line("Remote address", connection.remote_address)
    if len(hop.addresses) > 1:
        yield Line("Found addresses", f"{', '.join(hop.addresses)} ({hop.address_source})")
    yield Line("Local address", connection.local_address)
    yield Line("Proxy", connection.proxy or "none")
    if connection.reused:
        yield Line("Connection", f"reused, {reuse_text(hop)}")
    else:
        yield Line("Connection", "new, opened for this request")
    for attempt in hop.attempts:
        if attempt.error:
            yield Line("Not taken", f"{attempt.address}: {attempt.error}", "dim")


def _why_version(hop: Hop) -> str:
    choice = hop.request.options.http_version
    tls = hop.connection.tls if hop.connection else None
    if choice in _VERSION_CHOICES:
        return _VERSION_CHOICES[choice]
    if tls is None:
        return "the usual one without TLS"
    if tls.alpn:
        return f"which the server chose in the handshake (ALPN {tls.alpn})"
    return "as the server chose no version in the handshake"


def _tls_lines(tls: TlsFacts) -> Iterator[Line]:
    if tls.is_verified:
        yield Line("Certificate", "verified", "get")
    else:
        yield Line(
            "Certificate", "NOT verified: anyone on the way can read and change this exchange", "delete"
        )
    yield Line("Version", tls.version.replace("TLSv", "TLS "))
    yield Line("Cipher", tls.cipher)
    yield Line("ALPN", tls.alpn or "none")
    yield Line("Server name (SNI)", tls.server_name or "none")
    yield Line("Session", "resumed: no certificates were exchanged" if tls.is_resumed else "new")
    if tls.client_certificate:
        yield Line("Client certificate", tls.client_certificate)


def _certificate_lines(certificate: CertificateFacts) -> Iterator[Line]:
    yield Line("Subject", certificate.subject)
    issuer = f"{certificate.issuer} (itself)" if certificate.is_self_signed else certificate.issuer
    yield Line("Issuer", issuer)
    if certificate.names:
        yield Line("Names", ", ".join(certificate.names))
    yield Line("Valid", f"{_date(certificate.not_before)} to {_date(certificate.not_after)}")
    yield Line("Key", certificate.key)
    yield Line("Signature", certificate.signature)
    yield Line("Serial number", certificate.serial)
    yield Line("SHA-256", certificate.sha256)
    yield Line("SHA-1", certificate.sha1)


def _rank(number: int, certificate: CertificateFacts) -> str:
    if number == 0:
        return "Certificate"
    return "Authority" if certificate.is_authority else "Issuer"


def _date(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar has"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"
