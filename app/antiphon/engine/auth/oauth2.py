"""OAuth 2.0: a token is taken from where it is kept, renewed or fetched, and sent along (RFC 6749, 6750)."""

from collections.abc import Callable

from antiphon.core.document import OAuth2Auth
from antiphon.core.errors import UserError
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.auth.challenges import challenges_of
from antiphon.engine.auth.grants import granted, refreshed
from antiphon.engine.auth.requests import escaped, with_header, with_query
from antiphon.engine.auth.steps import Answer, Flow, Hold, LetGo, Note, Send, Steps, Work
from antiphon.engine.session import Token, Tokens, token_key

LEEWAY_S = 10.0
"""A token that has less than this to live is renewed first: the request takes time too."""


def oauth2_flow(
    prepared: PreparedRequest, auth: OAuth2Auth, tokens: Tokens, clock: Callable[[], float]
) -> Flow:
    """Send *prepared* with a token; where the server refuses one that was kept, once more with a new one."""
    key = token_key(auth)
    kept = yield Work(lambda: tokens.get(key))
    is_fresh = kept is None or not _is_alive(kept, clock())
    token = (yield from _renewed(prepared, auth, tokens, clock, kept)) if is_fresh else kept
    answer: Answer = yield Send(_with_token(prepared, auth, token))
    if answer.head.status == 401 and not is_fresh and not _lacks_scope(answer):
        token = yield from _renewed(prepared, auth, tokens, clock, token)
        yield Send(_with_token(prepared, auth, token), "auth")


def token_flow(
    prepared: PreparedRequest, auth: OAuth2Auth, tokens: Tokens, clock: Callable[[], float]
) -> Flow:
    """Put a new token in the place of the one that is kept; nothing else is sent."""
    kept = yield Work(lambda: tokens.get(token_key(auth)))
    yield from _renewed(prepared, auth, tokens, clock, kept)


def _renewed(
    prepared: PreparedRequest,
    auth: OAuth2Auth,
    tokens: Tokens,
    clock: Callable[[], float],
    old: Token | None,
) -> Steps[Token]:
    """Return a token in the place of *old*: of requests side by side one fetches it, and the others wait for it."""
    key = token_key(auth)
    yield Hold(key)
    kept: Token | None = yield Work(lambda: tokens.get(key))
    if kept is not None and kept != old and _is_alive(kept, clock()):
        yield LetGo(key)
        return kept
    token = None
    if old is not None and old.refresh:
        token = yield from refreshed(prepared, auth, old, clock)
    if token is None:
        token = yield from granted(prepared, auth, clock)
    new = token
    problem = yield Work(lambda: _kept(tokens, key, new))
    if problem:
        yield Note(problem)
    yield LetGo(key)
    return new


def _kept(tokens: Tokens, key: str, token: Token) -> str:
    """Keep *token*; return why that failed, or nothing: the request goes on with it all the same."""
    try:
        tokens.put(key, token)
    except UserError as error:
        return f"The token was not kept for later: {error.title}"
    return ""


def _is_alive(token: Token, now: float) -> bool:
    return token.expires_at is None or token.expires_at - LEEWAY_S > now


def _lacks_scope(answer: Answer) -> bool:
    """Return whether the token is good, but not for this (RFC 6750 section 3.1)."""
    bearers = [each for each in challenges_of(answer.head) if each.scheme == "bearer"]
    return any(each.parameters.get("error") == "insufficient_scope" for each in bearers)


def _with_token(prepared: PreparedRequest, auth: OAuth2Auth, token: Token) -> PreparedRequest:
    if auth.token_in == "query":  # noqa: S105 - a place
        return with_query(prepared, f"{escaped(auth.token_name or 'access_token')}={escaped(token.access)}")
    return with_header(prepared, "Authorization", f"{auth.token_name or 'Bearer'} {token.access}")
