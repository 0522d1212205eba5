"""What of a request may not be looked at unasked: values of secrets, and what authenticates."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from urllib.parse import quote, quote_plus, unquote

from antiphon.core.events import Sent
from antiphon.core.exchange import Hop
from antiphon.core.prepared import (
    BytesContent,
    Content,
    MultipartContent,
    PreparedHeader,
    PreparedRequest,
)
from antiphon.core.template import Pieces

HIDDEN = "•" * 8
_OF_AUTH = {
    "password", "token", "value", "consumer_secret", "token_secret", "client_secret", "private_key",
    "secret_access_key", "session_token",
}  # fmt: skip
"""Fields of the kinds of auth (`core.document`) that are secrets."""
_CREDENTIALS = {"authorization", "proxy-authorization"}
_FORM_SECRET = re.compile(
    r"(?:^|&)(?:client_secret|password|refresh_token|code|code_verifier|device_code|assertion|client_assertion)=([^&]+)"
)


def shown_value(header: PreparedHeader) -> str:
    """Return the value of *header* as it may be looked at: no secret, nothing that authenticates."""
    if is_of_auth(header):
        scheme, space, _credentials = header.value.partition(" ")
        return f"{scheme} {HIDDEN}" if space else HIDDEN
    if any(piece.is_secret for piece in header.pieces):
        return "".join(HIDDEN if piece.is_secret else piece.text for piece in header.pieces)
    return header.value


def is_of_auth(header: PreparedHeader) -> bool:
    """Tell whether *header* was made by an auth: of the request, of a place it stands in, or in the URL."""
    return header.origin == "the URL" or header.origin.partition(" ")[0] == "auth"


def secrets_of(hops: Iterable[Hop]) -> tuple[str, ...]:
    """Return every secret text that may stand in what *hops* sent, as written and as encoded, the longest first."""
    found: set[str] = set()
    for hop in hops:
        for secret in (*_of_request(hop.request), *_of_sent(hop.sent, is_token=hop.purpose == "token")):
            for text in (secret, unquote(secret)):
                found.update((text, quote(text, safe=""), quote(text), quote_plus(text)))
                found.add(json.dumps(text, ensure_ascii=False)[1:-1])
    return tuple(sorted(found - {""}, key=len, reverse=True))


def hidden(text: str, secrets: Iterable[str]) -> str:
    """Return *text* with dots in place of *secrets*, which come the longest first."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _of_request(request: PreparedRequest) -> Iterator[str]:
    yield from _secret(request.url_pieces)
    for pieces in request.auth_pieces:
        yield from _secret(pieces)
    for field in fields(request.auth):
        value = getattr(request.auth, field.name)
        if field.name in _OF_AUTH and isinstance(value, str):
            yield value
    for header in request.headers:
        yield from _secret(header.pieces)
        if is_of_auth(header) or header.name.lower() in _CREDENTIALS:
            yield _credentials(header.value)
    yield from _of_content(request.content)


def _of_content(content: Content) -> Iterator[str]:
    match content:
        case BytesContent(pieces=pieces, form=form):
            yield from _secret(pieces)
            for field in form or ():
                yield from _secret(field.pieces)
        case MultipartContent(parts=parts):
            for part in parts:
                yield from _secret(part.pieces)
        case _:
            pass


def _of_sent(sent: Sent, *, is_token: bool) -> Iterator[str]:
    """Yield what the engine added after the request was prepared: an answer to a challenge, a token."""
    lines = sent.head.decode("latin-1").split("\r\n")[1:]
    pairs = [
        *sent.fields,
        *((name, value) for name, _colon, value in (line.partition(":") for line in lines)),
    ]
    for name, value in pairs:
        if name.strip().lower() in _CREDENTIALS:
            yield _credentials(value.strip())
    if is_token:
        yield from _FORM_SECRET.findall(sent.body.decode("latin-1"))


def _secret(pieces: Pieces) -> Iterator[str]:
    return (piece.text for piece in pieces if piece.is_secret)


def _credentials(value: str) -> str:
    scheme, _blank, rest = value.partition(" ")
    return rest or scheme
