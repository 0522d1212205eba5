"""`antiphon send --dry-run`: what would be sent, written to stdout, and no network."""

import argparse

from antiphon.cli.speech import EXCHANGE_FAILED, SENT, say, write
from antiphon.core.exchange import Exchange, Hop
from antiphon.core.prepared import PreparedRequest
from antiphon.core.quantities import size_text
from antiphon.core.redaction import hidden, secrets_of
from antiphon.engine import Engine


async def rehearse_all(requests: list[PreparedRequest], options: argparse.Namespace) -> int:
    """Write each of *requests* as it would leave and return the exit code."""
    engine = Engine()
    code = SENT
    for prepared in requests:
        for warning in prepared.warnings:
            say(warning)
        exchange = await engine.rehearse(prepared)
        write(rehearsed_bytes(exchange, shows_secrets=options.show_secrets))
        if exchange.failure is not None:
            say(exchange.failure.sentence, exchange.failure.hint)
            code = EXCHANGE_FAILED
    return code


def rehearsed_bytes(exchange: Exchange, *, shows_secrets: bool) -> bytes:
    """Return head and body of a rehearsed *exchange*: HTTP/1.1's very bytes, or HTTP/2's fields a line each.

    Secrets, and what authenticates, are dots unless *shows_secrets*; the rest is not changed by a bit.
    """
    hop = exchange.last
    if hop is None:
        return b""
    data = _head(hop) + hop.sent.body
    if (left := hop.sent.body_bytes - len(hop.sent.body)) > 0:
        say(f"{size_text(left)} of the body more would follow.")
    if shows_secrets:
        return data
    text = hidden(data.decode("utf-8", "surrogateescape"), secrets_of(exchange.hops))
    return text.encode("utf-8", "surrogateescape")


def _head(hop: Hop) -> bytes:
    if hop.sent.head:
        return hop.sent.head
    lines = [f"{name}: {value}" for name, value in hop.sent.fields]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") if lines else b""
