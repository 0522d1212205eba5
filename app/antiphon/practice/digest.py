"""Digest authentication as a server does it (RFC 7616), for trying a client."""

import hashlib
import hmac
import re
import secrets
import time

from antiphon.practice.answer import Answer, BadRequestError, error_answer, json_answer
from antiphon.practice.request import Request

NONCE_LIFE_S = 60.0
ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
QOPS = ("auth", "auth-int", "both", "none")
_KEY = secrets.token_bytes(32)
_PAIR = re.compile(r'([\w*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')


def digest_auth(request: Request, qop: str, user: str, password: str, algorithm: str = "MD5") -> Answer:
    """Let in who proves to know *password*; a nonce is good for a minute, and then stale."""
    name, is_session = _algorithm(algorithm)
    if qop not in QOPS:
        raise BadRequestError(f"The protection is one of {', '.join(QOPS)}, not “{qop}”.")
    given = _given(request)
    nonce = given.get("nonce", "")
    if given and _is_right(request, given, user, password, name, is_session=is_session):
        if _is_fresh(nonce):
            return json_answer(
                {"authenticated": True, "user": user, "algorithm": algorithm, "qop": given.get("qop")}
            )
        return _challenge(qop, algorithm, is_stale=True)
    return _challenge(qop, algorithm, is_stale=False)


def _challenge(qop: str, algorithm: str, *, is_stale: bool) -> Answer:
    offered = {"both": 'qop="auth, auth-int", ', "none": ""}.get(qop, f'qop="{qop}", ')
    stale = ", stale=true" if is_stale else ""
    value = f'Digest realm="practice", {offered}nonce="{_nonce(time.time())}", algorithm={algorithm}, opaque="practice"{stale}'
    sentence = "The nonce was old: answer the new one." if is_stale else "Send user and password as a digest."
    return error_answer(401, sentence, (("www-authenticate", value),))


def _nonce(now: float) -> str:
    moment = f"{now:.3f}"
    return f"{moment}-{hmac.new(_KEY, moment.encode(), 'sha256').hexdigest()[:32]}"


def _is_fresh(nonce: str) -> bool:
    try:
        moment = float(nonce.partition("-")[0])
    except ValueError:
        return False
    return hmac.compare_digest(_nonce(moment), nonce) and time.time() - moment < NONCE_LIFE_S


def _given(request: Request) -> dict[str, str]:
    scheme, _, rest = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "digest":
        return {}
    return {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(rest)}


def _is_right(
    request: Request, given: dict[str, str], user: str, password: str, name: str, *, is_session: bool
) -> bool:
    def hashed(text: str | bytes) -> str:
        return hashlib.new(
            name, text.encode() if isinstance(text, str) else text, usedforsecurity=False
        ).hexdigest()

    target = request.path + (f"?{request.query}" if request.query else "")
    secret = hashed(f"{user}:practice:{password}")
    if is_session:
        secret = hashed(f"{secret}:{given.get('nonce', '')}:{given.get('cnonce', '')}")
    asked = f"{request.method}:{target}"
    if given.get("qop") == "auth-int":
        asked += f":{hashed(request.body.head)}"
    protection = [given.get(part, "") for part in ("nc", "cnonce", "qop")] if given.get("qop") else []
    expected = hashed(":".join([secret, given.get("nonce", ""), *protection, hashed(asked)]))
    return given.get("uri") == target and hmac.compare_digest(expected, given.get("response", ""))


def _algorithm(text: str) -> tuple[str, bool]:
    known = ALGORITHMS.get(text.upper().removesuffix("-SESS"))
    if known is None:
        raise BadRequestError(
            f"The algorithm is one of {', '.join(ALGORITHMS)}, or one with -sess, not “{text}”."
        )
    return known, text.upper().endswith("-SESS")
