"""A small OAuth 2.0 provider: every grant of RFC 6749 that is still in use, PKCE, and codes for devices (RFC 8628)."""

import base64
import hashlib
import hmac
import html
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from antiphon.practice.answer import Answer, error_answer, json_answer, text_answer
from antiphon.practice.request import Request

CLIENT, SECRET = "practice", "practice-secret"
USER, PASSWORD = "ada", "engine"
LIFE_S = 60.0
"""How long an access token is good: short, so that renewing can be watched."""
_CODE_LIFE_S = 600.0
_POLL_S = 1.0
_KEY = secrets.token_bytes(32)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Practice provider</title>
<style>body{{font:1.1em system-ui,sans-serif;margin:15vh auto;max-width:28em;text-align:center;color-scheme:light dark}}button{{font:inherit;padding:.4em 2em}}</style>
<h1>Practice provider</h1><p>{text}</p>{form}</html>
"""
Fields = dict[str, str]


class _Devices:
    """Codes that wait for a person, by what is typed in."""

    def __init__(self) -> None:
        self.agreed: set[str] = set()


_DEVICES = _Devices()


# -- pages for a person --------------------------------------------------------------------------------


def authorize(request: Request) -> Answer:
    """Ask the person with one button, and send the browser back with a code."""
    given = dict(request.arguments)
    back = given.get("redirect_uri", "")
    if urlsplit(back).hostname not in {"127.0.0.1", "localhost", "::1"}:
        return error_answer(400, "redirect_uri has to be an address of this computer.")
    if given.get("response_type") != "code" or given.get("client_id") != CLIENT:
        return error_answer(400, f"Ask with response_type=code and client_id={CLIENT}.")
    state = f"&state={quote(given['state'], safe='')}" if "state" in given else ""
    joint = "&" if urlsplit(back).query else "?"
    match given.get("answer"):
        case "yes":
            code = _signed(
                "code",
                _CODE_LIFE_S,
                back=back,
                challenge=given.get("code_challenge", ""),
                scope=given.get("scope", ""),
            )
            return Answer(302, (("location", f"{back}{joint}code={quote(code, safe='')}{state}"),))
        case "no":
            return Answer(302, (("location", f"{back}{joint}error=access_denied{state}"),))
        case _:
            return _page(f"May {CLIENT} see who you are?", "/oauth2/authorize", given)


def activate(request: Request) -> Answer:
    """Take the code of a device, and the person's consent."""
    given = dict(request.arguments)
    code = given.get("user_code", "")
    if not code:
        return _page("Give the code as ?user_code=.", "", {})
    if given.get("answer") == "yes":
        _DEVICES.agreed.add(code)
        return _page("The device may go on.", "", {})
    return _page(
        f"Does the device with the code {html.escape(code)} belong to you?", "/oauth2/activate", given
    )


# -- requests of a client ------------------------------------------------------------------------------


def device(request: Request) -> Answer:
    """Give a code to show (RFC 8628 section 3.2)."""
    form = _form(request)
    if _client_of(request, form) is None:
        return _error("invalid_client", f"The client is {CLIENT}.", 401)
    letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
    shown = f"{letters[:4]}-{letters[4:]}"
    value = {
        "device_code": _signed("device", _CODE_LIFE_S, shown=shown, scope=form.get("scope", "")),
        "user_code": shown,
        "verification_uri": f"{request.origin}/oauth2/activate",
        "verification_uri_complete": f"{request.origin}/oauth2/activate?user_code={shown}",
        "expires_in": int(_CODE_LIFE_S),
        "interval": int(_POLL_S),
    }
    return json_answer(value, headers=(("cache-control", "no-store"),))


def token(request: Request) -> Answer:
    """Trade what a grant brings for tokens (RFC 6749 section 5)."""
    form = _form(request)
    secret = _client_of(request, form)
    if secret is None:
        return _error("invalid_client", f"The client is {CLIENT}, its secret {SECRET}.", 401)
    match form.get("grant_type"):
        case "authorization_code":
            return _by_code(form)
        case "urn:ietf:params:oauth:grant-type:device_code":
            return _by_device(form)
        case "refresh_token":
            return _by_refresh(form)
        case "client_credentials" if secret:
            return _tokens(form.get("scope", ""), has_refresh=False)
        case "password" if secret:
            if (form.get("username"), form.get("password")) != (USER, PASSWORD):
                return _error("invalid_grant", f"The user is {USER}, the password {PASSWORD}.")
            return _tokens(form.get("scope", ""))
        case "client_credentials" | "password":
            return _error("invalid_client", "This grant needs the client's secret.", 401)
        case _:
            return _error("unsupported_grant_type", "Grants: authorization_code, client_credentials, password, refresh_token, device_code.")  # fmt: skip


def me(request: Request) -> Answer:
    """Tell whose token it is (RFC 6750); in the header, or the query as access_token."""
    scheme, _, given = (request.header("authorization") or "").partition(" ")
    given = given if scheme.lower() == "bearer" else request.argument("access_token")
    if not given:
        return error_answer(
            401, "Send a token of /oauth2/token.", (("www-authenticate", 'Bearer realm="practice"'),)
        )
    found = _opened("access", given)
    if found is None:
        value = 'Bearer realm="practice", error="invalid_token", error_description="It is none of ours, or too old"'
        return error_answer(401, "The token is none of ours, or too old.", (("www-authenticate", value),))
    return json_answer(
        {"authenticated": True, "scope": found["scope"], "seconds_left": round(found["ends"] - time.time())}
    )


def _by_code(form: Fields) -> Answer:
    found = _opened("code", form.get("code", ""))
    if found is None or found["back"] != form.get("redirect_uri"):
        return _error("invalid_grant", "The code is none of ours, too old, or for another redirect_uri.")
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    if found["challenge"] and found["challenge"] != _packed(digest):
        return _error("invalid_grant", "The code_verifier does not fit the code_challenge.")
    return _tokens(found["scope"])


def _by_device(form: Fields) -> Answer:
    found = _opened("device", form.get("device_code", ""))
    if found is None:
        return _error("expired_token", "The code is none of ours, or too old.")
    if found["shown"] not in _DEVICES.agreed:
        return _error("authorization_pending", "Nobody has typed it in yet.")
    return _tokens(found["scope"])


def _by_refresh(form: Fields) -> Answer:
    found = _opened("refresh", form.get("refresh_token", ""))
    if found is None:
        return _error(
            "invalid_grant", "The refresh token is none of ours; the server may have been started anew."
        )
    return _tokens(found["scope"])


def _tokens(scope: str, *, has_refresh: bool = True) -> Answer:
    value: dict[str, Any] = {
        "access_token": _signed("access", LIFE_S, scope=scope),
        "token_type": "Bearer",
        "expires_in": int(LIFE_S),
        "scope": scope,
    }
    if has_refresh:
        value["refresh_token"] = _signed("refresh", 86400.0, scope=scope)
    return json_answer(value, headers=(("cache-control", "no-store"),))


def _client_of(request: Request, form: Fields) -> str | None:
    """Return the secret that the client proved to know, empty for a client without one; None: not ours."""
    scheme, _, given = (request.header("authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(given).decode().partition(":")
        except ValueError:
            return None
        pair = unquote_plus(name), unquote_plus(secret)
    else:
        pair = form.get("client_id", ""), form.get("client_secret", "")
    return pair[1] if pair in {(CLIENT, SECRET), (CLIENT, "")} else None


# -- words with a signature: there is nothing to keep ---------------------------------------------------


def _signed(kind: str, life_s: float, **fields: str) -> str:
    value = {"kind": kind, "ends": time.time() + life_s, "salt": secrets.token_hex(4), **fields}
    body = _packed(json.dumps(value).encode())
    return f"{body}.{_packed(hmac.digest(_KEY, body.encode(), 'sha256'))}"


def _opened(kind: str, text: str) -> dict[str, Any] | None:
    body, _, mark = text.partition(".")
    if not hmac.compare_digest(_packed(hmac.digest(_KEY, body.encode(), "sha256")).encode(), mark.encode()):
        return None
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return value if value["kind"] == kind and value["ends"] > time.time() else None


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _form(request: Request) -> Fields:
    return dict(parse_qsl(request.body.head.decode("utf-8", "replace"), keep_blank_values=True))


def _error(error: str, description: str, status: int = 400) -> Answer:
    headers = (("www-authenticate", 'Basic realm="practice"'),) if status == 401 else ()
    return json_answer({"error": error, "error_description": description}, status, headers)


def _page(text: str, action: str, fields: Fields) -> Answer:
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    buttons = (
        '<button name="answer" value="yes">Agree</button> <button name="answer" value="no">Refuse</button>'
    )
    form = f'<form action="{action}">{hidden}{buttons}</form>' if action else ""
    return text_answer(_PAGE.format(text=text, form=form), "text/html; charset=utf-8")
