"""`--json`: an exchange as one object, its keys a promise to scripts."""

from typing import Any

from antiphon.core.exchange import Exchange, Failure, Hop, Phase
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
    tls = connection.tls if connection else None
    return {
        "status": head.status if head else None,
        "reason": head.reason if head else None,
        "http_version": head.http_version if head else None,
        "url": hop.request.url,
        "remote_address": connection.remote_address if connection else None,
        "reused": connection.reused if connection else None,
        "tls": {"version": tls.version, "cipher": tls.cipher, "alpn": tls.alpn} if tls else None,
        "phases_ms": _phases(hop),
        "wire_bytes": hop.wire_bytes,
        "decoded_bytes": hop.decoded_bytes,
        "failure": None,
    }


def _nothing(url: str) -> dict[str, Any]:
    keys = ("status", "reason", "http_version", "url", "remote_address", "reused", "tls")
    phases = dict.fromkeys([*(phase.value for phase in Phase), "total"])
    sizes = {"wire_bytes": 0, "decoded_bytes": 0}
    return {**dict.fromkeys(keys), "url": url, "phases_ms": phases, **sizes, "failure": None}


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
