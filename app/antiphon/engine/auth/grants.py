"""How an OAuth 2.0 token is come by: each grant's requests to the authorization server (RFC 6749, 7636, 8252, 8628)."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from antiphon.core.document import OAuth2Auth
from antiphon.core.prepared import PreparedRequest
from antiphon.core.target import check_target
from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.requests import escaped, form_request, place_of
from antiphon.engine.auth.steps import Answer, Authorize, Send, ShowCode, Sleep, Steps
from antiphon.engine.auth.tokenanswers import fields_of, raise_for_error, token_of
from antiphon.engine.session import Token

ANY_PORT = "http://127.0.0.1:0/callback"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_POLL_S = 5.0
_DEVICE_LIFE_S = 1800.0
Clock = Callable[[], float]
Pairs = list[tuple[str, str]]


def granted(prepared: PreparedRequest, auth: OAuth2Auth, clock: Clock) -> Steps[Token]:
    """Return a new token by the grant that *auth* names.

    Raises:
        ExchangeBroken: an address is missing, or the server or the person refuses.
    """
    match auth.flow:
        case "authorization_code":
            return (yield from _by_code(prepared, auth, clock))
        case "device_code":
            return (yield from _by_device(prepared, auth, clock))
        case "password":
            pairs = [("grant_type", "password"), ("username", auth.username), ("password", auth.password)]
        case "client_credentials":
            pairs = [("grant_type", "client_credentials")]
    return (yield from _asked(prepared, auth, [*pairs, *_scope(auth), *auth.extra], clock))


def refreshed(prepared: PreparedRequest, auth: OAuth2Auth, old: Token, clock: Clock) -> Steps[Token | None]:
    """Return a token for the refresh token of *old*; None where the server takes that no more (RFC 6749 section 6)."""
    url = _address(auth.refresh_url or auth.token_url, "token URL")
    pairs = [("grant_type", "refresh_token"), ("refresh_token", old.refresh)]
    answer = yield from _sent(prepared, auth, url, pairs)
    fields = fields_of(answer)
    if fields.get("error") in {"invalid_grant", "invalid_request", "unsupported_grant_type"}:
        return None
    raise_for_error(answer, place_of(url))
    return token_of(answer, place_of(url), clock(), old)


def _by_code(prepared: PreparedRequest, auth: OAuth2Auth, clock: Clock) -> Steps[Token]:
    """Let the person agree in the browser, then trade the code for a token (RFC 6749 section 4.1)."""
    _address(auth.token_url, "token URL")
    state = auth.state or secrets.token_urlsafe(24)
    verifier = secrets.token_urlsafe(48)
    redirect_url = auth.redirect_url or ANY_PORT
    url = _authorization_url(auth, state, verifier, redirect_url)
    came_back: str = yield Authorize(url, redirect_url)
    code = _code_of(came_back, state, place_of(url))
    pairs = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", auth.redirect_url if _is_fixed(auth.redirect_url) else _without_query(came_back)),
    ]
    if auth.uses_pkce:
        pairs.append(("code_verifier", verifier))
    return (yield from _asked(prepared, auth, [*pairs, *auth.extra], clock))


def _is_fixed(redirect_url: str) -> bool:
    """Return whether *redirect_url* goes out as it is: one with the port 0 gets a free one."""
    return bool(redirect_url) and urlsplit(redirect_url).port != 0


def _authorization_url(auth: OAuth2Auth, state: str, verifier: str, redirect_url: str) -> str:
    pairs = [
        ("response_type", "code"),
        ("client_id", auth.client_id),
        ("redirect_uri", redirect_url),
        *_scope(auth),
        ("state", state),
    ]
    if auth.uses_pkce:
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        pairs += [("code_challenge", challenge), ("code_challenge_method", "S256")]
    query = "&".join(f"{escaped(name)}={escaped(text)}" for name, text in [*pairs, *auth.extra])
    parts = urlsplit(_address(auth.authorization_url, "authorization URL"))
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment=""))


def _code_of(came_back: str, state: str, place: str) -> str:
    """Return the code out of the address that the browser came back to (RFC 6749 section 4.1.2)."""
    given = dict(parse_qsl(urlsplit(came_back).query, keep_blank_values=True))
    if given.get("state") != state:
        raise auth_failed(
            "The browser came back with an answer to another question (its state is not the one sent).",
            "Send again. If it stays so, somebody else's page may be calling.",
        )
    if error := given.get("error"):
        raise auth_failed(
            _told(f"{place} did not give its consent", error, given.get("error_description", "")),
            "Send again and agree in the browser, or check client and scope under Auth.",
        )
    if not given.get("code"):
        raise auth_failed(f"{place} sent the browser back without a code.", "Check the authorization URL.")
    return given["code"]


def _by_device(prepared: PreparedRequest, auth: OAuth2Auth, clock: Clock) -> Steps[Token]:
    """Show a code to type in elsewhere, and ask until somebody did (RFC 8628)."""
    url = _address(auth.device_url, "device authorization URL")
    answer = yield from _sent(prepared, auth, url, [*_scope(auth), *auth.extra])
    raise_for_error(answer, place_of(url))
    given = fields_of(answer)
    device, shown = given.get("device_code", ""), given.get("user_code", "")
    where = (
        given.get("verification_uri_complete")
        or given.get("verification_uri")
        or given.get("verification_url")
    )
    if not device or not shown or not where:
        raise auth_failed(f"{place_of(url)} gave no code to show.", "Check the device authorization URL.")
    yield ShowCode(shown, where)
    ends = clock() + _seconds(given.get("expires_in"), _DEVICE_LIFE_S)
    return (yield from _polled(prepared, auth, clock, device, _seconds(given.get("interval"), _POLL_S), ends))


def _polled(
    prepared: PreparedRequest, auth: OAuth2Auth, clock: Clock, device: str, interval_s: float, ends: float
) -> Steps[Token]:
    place = place_of(auth.token_url)
    pairs = [("grant_type", _DEVICE_GRANT), ("device_code", device)]
    while clock() < ends:
        yield Sleep(interval_s)
        answer = yield from _sent(prepared, auth, _address(auth.token_url, "token URL"), pairs)
        match fields_of(answer).get("error"):
            case "authorization_pending":
                continue
            case "slow_down":
                interval_s += _POLL_S
            case _:
                raise_for_error(answer, place)
                return token_of(answer, place, clock())
    raise auth_failed(f"Nobody typed in the code of {place} in time.", "Send again for a new code.")


def _asked(prepared: PreparedRequest, auth: OAuth2Auth, pairs: Pairs, clock: Clock) -> Steps[Token]:
    url = _address(auth.token_url, "token URL")
    answer = yield from _sent(prepared, auth, url, pairs)
    raise_for_error(answer, place_of(url))
    return token_of(answer, place_of(url), clock())


def _sent(prepared: PreparedRequest, auth: OAuth2Auth, url: str, pairs: Pairs) -> Steps[Answer]:
    """Send *pairs* with what names the client (RFC 6749 section 2.3.1; without a secret only its id, section 3.2.1)."""
    authorization = ""
    if auth.client_secret and auth.credentials_in == "header":
        both = f"{_form_escaped(auth.client_id)}:{_form_escaped(auth.client_secret)}"
        authorization = f"Basic {base64.b64encode(both.encode()).decode()}"
    else:
        pairs = [*pairs, ("client_id", auth.client_id)]
        if auth.client_secret:
            pairs.append(("client_secret", auth.client_secret))
    answer: Answer = yield Send(form_request(url, pairs, prepared, authorization), "token")
    return answer


def _scope(auth: OAuth2Auth) -> Pairs:
    return [("scope", auth.scope)] if auth.scope else []


def _address(url: str, name: str) -> str:
    url = url.strip()
    if not url:
        raise auth_failed(f"The OAuth 2.0 auth has no {name}.", "Write it under Auth.")
    check_target(url)
    return url


def _form_escaped(text: str) -> str:
    return escaped(text).replace("%20", "+")


def _without_query(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _told(sentence: str, error: str, description: str) -> str:
    return f"{sentence}: {error}{f' ({description})' if description else ''}."


def _seconds(text: str | None, usual: float) -> float:
    try:
        return max(float(text or usual), 1.0)
    except ValueError:
        return usual
