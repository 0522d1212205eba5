"""`--json`: an exchange as one object, its keys a promise to scripts."""

from datetime import UTC, datetime
from typing import Any

from antiphon.core.certificate import CertificateFacts
from antiphon.core.events import Attempt, Failure, Head, Phase, TlsFacts
from antiphon.core.exchange import Exchange, Hop
from antiphon.core.prepared import PreparedRequest


def report(prepared: PreparedRequest, exchange: Exchange) -> dict[str, Any]:
    """Return the facts of *exchange*: those of its last hop, the earlier ones under `hops`.

    `phases_ms.total` of the whole spans from the first hop's beginning to the end of the last one; that of an
    earlier hop is its own. A phase that did not happen is None.
    """
    hops = [_hop(hop) for hop in exchange.hops]
    facts = hops.pop() if hops else _nothing(prepared.url)
    facts["phases_ms"]["total"] = _ms(exchange.total_s())
    failure = _failure(exchange.failure)
    facts.pop("failure")
    return {**facts, "hops": hops, "failure": failure}


def _hop(hop: Hop) -> dict[str, Any]:
    connection, head = hop.connection, hop.head
    return {
        "status": head.status if head else None,
        "reason": head.reason if head else None,
        "http_version": head.http_version if head else None,
        "url": hop.request.url,
        "purpose": hop.purpose,
        "addresses": list(hop.addresses),
        "attempts": [_attempt(attempt) for attempt in hop.attempts],
        "remote_address": connection.remote_address if connection else None,
        "reused": connection.reused if connection else None,
        "connection_age_s": _age_s(hop),
        "request_number": connection.request_number if connection else None,
        "tls": _tls(connection.tls) if connection and connection.tls else None,
        "phases_ms": _phases(hop),
        "interims": [_interim(interim, at - hop.began) for interim, at in hop.interims],
        "notes": list(hop.notes),
        "wire_bytes": hop.wire_bytes,
        "decoded_bytes": hop.decoded_bytes,
        "failure": None,
    }


def _attempt(attempt: Attempt) -> dict[str, Any]:
    length_s = None if attempt.ended is None else attempt.ended - attempt.began
    return {"address": attempt.address, "ms": _ms(length_s), "error": attempt.error or None}


def _age_s(hop: Hop) -> float | None:
    """Return how old the hop's connection was when the hop began; 0 where it was made for it."""
    opened_at = hop.connection.opened_at if hop.connection else None
    return None if opened_at is None else round(max(0.0, hop.began - opened_at), 3)


def _tls(tls: TlsFacts) -> dict[str, Any]:
    return {
        "version": tls.version,
        "cipher": tls.cipher,
        "alpn": tls.alpn,
        "verified": tls.is_verified,
        "resumed": tls.is_resumed,
        "certificates": [_certificate(certificate) for certificate in tls.certificates],
    }


def _certificate(certificate: CertificateFacts) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_after": _instant(certificate.not_after),
        "sha256": certificate.sha256,
    }


def _instant(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


def _interim(head: Head, at_s: float) -> dict[str, Any]:
    return {"status": head.status, "at_ms": _ms(at_s), "headers": [list(pair) for pair in head.headers]}


def _nothing(url: str) -> dict[str, Any]:
    nothing = _hop(Hop(PreparedRequest("", url, ()), 0.0))
    return {**nothing, "purpose": None}


def _phases(hop: Hop) -> dict[str, float | None]:
    durations = {phase.value: _ms(hop.duration_s(phase)) for phase in Phase}
    return {**durations, "total": _ms(None if hop.ended is None else hop.ended - hop.began)}


def _failure(failure: Failure | None) -> dict[str, str | None] | None:
    if failure is None:
        return None
    phase = failure.phase.value if failure.phase else None
    return {"kind": failure.kind, "phase": phase, "sentence": failure.sentence, "hint": failure.hint}


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
