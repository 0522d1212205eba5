"""What a token endpoint answers, read leniently: JSON, or a form as GitHub writes (RFC 6749 section 5)."""

import json
import math
import re
from dataclasses import replace
from urllib.parse import parse_qsl

from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.steps import Answer
from antiphon.engine.session import Token

_WORDS = {
    "invalid_client": ("does not know the client or its secret", "Check client ID and secret under Auth, and whether the server wants them in the header or the body."),
    "invalid_grant": ("refuses the code, the password or the refresh token", "Check user name and password, or send again to sign in anew."),
    "unauthorized_client": ("does not allow this client to ask so", "Choose another flow under Auth, or allow this one for the client at the server."),
    "unsupported_grant_type": ("does not know this flow", "Choose another flow under Auth."),
    "invalid_scope": ("does not give this scope", "Check the scope under Auth."),
    "invalid_request": ("misses something in the request for a token", "Compare the fields under Auth with what the server's documentation asks for."),
    "access_denied": ("was told no by the person who was asked", "Send again and agree."),
    "expired_token": ("says that the code has run out", "Send again for a new code."),
    "invalid_target": ("does not know the resource asked for", "Check the extra parameters under Auth."),
}  # fmt: skip
_LONGEST = 200


def fields_of(answer: Answer) -> dict[str, str]:
    """Return the fields of *answer* as text; empty where it is neither JSON nor a form."""
    text = answer.body.decode("utf-8", "replace").strip()
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return _form_of(text)
    if not isinstance(read, dict):
        return {}
    return {name: _plain(value) for name, value in read.items() if value is not None}


def raise_for_error(answer: Answer, place: str) -> None:
    """Raise what *answer* says went wrong (RFC 6749 section 5.2), in words.

    Raises:
        ExchangeBroken: it is no success.
    """
    given = fields_of(answer)
    error, status = given.get("error", ""), answer.head.status
    if not error and 200 <= status < 300:
        return
    words, hint = _WORDS.get(
        error, ("gave no token", "Look at the answer of the token's hop in the timeline.")
    )
    details = ": ".join(_short(part) for part in (error, given.get("error_description", "")) if part)
    raise auth_failed(f"{place} {words} ({details or f'status {answer.head.status_text}'}).", hint)


def token_of(answer: Answer, place: str, now: float, old: Token | None = None) -> Token:
    """Return the token that *answer* gives; what it leaves out is as in *old* (RFC 6749 section 6).

    Raises:
        ExchangeBroken: it gives none.
    """
    given = fields_of(answer)
    if not given.get("access_token"):
        raise auth_failed(f"{place} answered without an access token.", "Check the token URL under Auth.")
    token = Token(
        given["access_token"],
        given.get("refresh_token", ""),
        given.get("token_type") or "Bearer",
        given.get("scope", ""),
        _expiry(given.get("expires_in", ""), now),
    )
    if old is None:
        return token
    return replace(token, refresh=token.refresh or old.refresh, scope=token.scope or old.scope)


def _form_of(text: str) -> dict[str, str]:
    if not re.match(r"[\w.%-]+=", text):
        return {}
    return dict(parse_qsl(text, keep_blank_values=True))


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _expiry(text: str, now: float) -> float | None:
    try:
        life_s = float(text)
    except ValueError:
        return None
    return now + life_s if math.isfinite(life_s) else None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
