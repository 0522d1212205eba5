"""Heads and times of two answers, fact by fact, those that differ first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from antiphon.body.pieces import Sign
from antiphon.core.events import Phase
from antiphon.core.exchange import Exchange
from antiphon.core.quantities import exact_text, size_text
from antiphon.ui.response.phases import phase_name


@dataclass(frozen=True, slots=True)
class FactPair:
    name: str
    left: str
    right: str
    sign: Sign
    difference: str = ""
    """In words, where both are numbers."""


def header_pairs(left: Exchange, right: Exchange) -> list[FactPair]:
    """Return the headers of both answers, the second of a name beside the second; the order of names does not count."""
    ours, theirs = _numbered(left), _numbered(right)
    pairs = [_pair(name, ours.get(key), theirs.get(key)) for key, name in _names(ours, theirs)]
    return sorted(pairs, key=lambda pair: pair.sign == Sign.EQUAL)


def time_pairs(left: Exchange, right: Exchange) -> list[FactPair]:
    """Return status, version and sizes, and then the phases of both with what the right took longer."""
    return [*_head_pairs(left, right), *_phase_pairs(left, right)]


def _numbered(exchange: Exchange) -> dict[tuple[str, int], tuple[str, str]]:
    """Return name and value of each header by its lower-case name and how many of that name came before."""
    seen: Counter[str] = Counter()
    found = {}
    last = exchange.last
    trailers = [(f"{name} (trailer)", value) for name, value in (last.trailers if last else ())]
    for name, value in [*(exchange.head.headers if exchange.head else ()), *trailers]:
        key = name.lower()
        found[key, seen[key]] = (name, value)
        seen[key] += 1
    return found


def _names(ours: dict, theirs: dict) -> Iterable[tuple[tuple[str, int], str]]:
    merged = theirs | ours
    return ((key, merged[key][0]) for key in dict.fromkeys([*ours, *theirs]))


def _pair(name: str, ours: tuple[str, str] | None, theirs: tuple[str, str] | None) -> FactPair:
    left, right = ours[1] if ours else "", theirs[1] if theirs else ""
    if ours is None or theirs is None:
        return FactPair(name, left, right, Sign.ADDED if ours is None else Sign.REMOVED)
    return FactPair(name, left, right, Sign.EQUAL if left == right else Sign.CHANGED)


def _head_pairs(left: Exchange, right: Exchange) -> list[FactPair]:
    facts = (
        ("Status", _status(left), _status(right)),
        ("HTTP version", _version(left), _version(right)),
        ("Hops", f"{len(left.hops)}", f"{len(right.hops)}"),
        ("Connection", _connection(left), _connection(right)),
    )
    sizes = (
        ("Size over the wire", _wire_bytes(left), _wire_bytes(right)),
        ("Size decoded", _decoded_bytes(left), _decoded_bytes(right)),
    )
    return [
        *(FactPair(name, ours, theirs, _sign(ours, theirs)) for name, ours, theirs in facts),
        *(
            FactPair(
                name, size_text(ours), size_text(theirs), _sign(ours, theirs), _more(theirs - ours, "bytes")
            )
            for name, ours, theirs in sizes
        ),
    ]


def _phase_pairs(left: Exchange, right: Exchange) -> list[FactPair]:
    pairs = []
    for phase in Phase:
        ours, theirs = _duration_s(left, phase), _duration_s(right, phase)
        if ours is not None or theirs is not None:
            pairs.append(_time_pair(phase_name(phase), ours, theirs))
    return [*pairs, _time_pair("Total", left.total_s(), right.total_s())]


def _time_pair(name: str, ours: float | None, theirs: float | None) -> FactPair:
    texts = ["" if value is None else exact_text(value) for value in (ours, theirs)]
    if ours is None or theirs is None:
        return FactPair(name, *texts, Sign.EQUAL)
    difference = theirs - ours
    words = f"{'+' if difference >= 0 else '−'}{exact_text(abs(difference))}"
    return FactPair(name, *texts, Sign.EQUAL, words)


def _duration_s(exchange: Exchange, phase: Phase) -> float | None:
    """Return how long *phase* took in all hops together."""
    lengths = [length for hop in exchange.hops if (length := hop.duration_s(phase)) is not None]
    return sum(lengths) if lengths else None


def _sign(ours: object, theirs: object) -> Sign:
    return Sign.EQUAL if ours == theirs else Sign.CHANGED


def _status(exchange: Exchange) -> str:
    return exchange.head.status_text if exchange.head else exchange.state


def _version(exchange: Exchange) -> str:
    return exchange.head.http_version if exchange.head else ""


def _connection(exchange: Exchange) -> str:
    connection = exchange.last.connection if exchange.last else None
    return "" if connection is None else "reused" if connection.reused else "new"


def _wire_bytes(exchange: Exchange) -> int:
    return exchange.last.wire_bytes if exchange.last else 0


def _decoded_bytes(exchange: Exchange) -> int:
    return exchange.last.decoded_bytes if exchange.last else 0


def _more(difference: int, unit: str) -> str:
    if not difference:
        return ""
    return f"{'+' if difference > 0 else '−'}{abs(difference):,} {unit}"
