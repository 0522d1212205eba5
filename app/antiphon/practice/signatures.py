"""Routes that check signed requests: OAuth 1.0a (RFC 5849) and AWS Signature Version 4."""

import base64
import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote, unquote

from antiphon.practice.answer import Answer, error_answer, json_answer
from antiphon.practice.request import Request

CONSUMER, CONSUMER_SECRET = "practice", "practice-secret"
TOKEN, TOKEN_SECRET = "token", "token-secret"
ACCESS_KEY, SECRET_KEY = "AKIDPRACTICE", "practice-secret"
_FORM = "application/x-www-form-urlencoded"


def oauth1(request: Request) -> Answer:
    """Check an OAuth 1.0a signature, wherever its parameters stand, and show what should have been signed."""
    header = _oauth_header(request)
    pairs = [*header, *request.arguments, *_form(request)]
    given = dict(pairs)
    if not given.get("oauth_signature"):
        return error_answer(
            401,
            f"Sign with the consumer {CONSUMER} and its secret {CONSUMER_SECRET}.",
            (("www-authenticate", 'OAuth realm="practice"'),),
        )
    if given.get("oauth_consumer_key") != CONSUMER or given.get("oauth_token", TOKEN) != TOKEN:
        return error_answer(401, f"The consumer is {CONSUMER}, the token {TOKEN} or none.")
    base = _base(request, pairs)
    expected = _oauth_signature(given, base)
    if expected is None:
        return error_answer(401, "Checked here are PLAINTEXT and HMAC-SHA1, -SHA256, -SHA512.")
    if not hmac.compare_digest(expected.encode(), given["oauth_signature"].encode()):
        return json_answer({"error": "The signature does not fit.", "base_string": base}, 401)
    return json_answer(
        {"authenticated": True, "method": given["oauth_signature_method"], "base_string": base}
    )


def aws(request: Request) -> Answer:
    """Check a Signature Version 4, and show the canonical request that should have been signed."""
    found = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=(\w+)",
        request.header("authorization") or "",
    )
    if found is None or found[1] != ACCESS_KEY:
        return error_answer(401, f"Sign with the access key {ACCESS_KEY} and its secret {SECRET_KEY}.")
    _, day, region, service, names, signature = found.groups()
    hashed = request.header("x-amz-content-sha256") or request.body.sha256
    if hashed != request.body.sha256:
        return error_answer(401, "X-Amz-Content-Sha256 is not the hash of the body.")
    canonical = _canonical(request, names, hashed, keeps_path=service == "s3")
    moment = request.header("x-amz-date") or ""
    place = f"{day}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, place, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), signature):
        return json_answer({"error": "The signature does not fit.", "canonical_request": canonical}, 401)
    return json_answer({"authenticated": True, "region": region, "service": service})


def aws_named(request: Request, name: str) -> Answer:  # noqa: ARG001 - it stands in the path that is signed
    return aws(request)


def _oauth_header(request: Request) -> list[tuple[str, str]]:
    scheme, _, rest = (request.header("authorization") or "").partition(" ")
    if scheme.lower() != "oauth":
        return []
    return [(name, unquote(text)) for name, text in re.findall(r'(\w+)="([^"]*)"', rest) if name != "realm"]


def _form(request: Request) -> list[tuple[str, str]]:
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type != _FORM:
        return []
    return parse_qsl(request.body.head.decode("utf-8", "replace"), keep_blank_values=True)


def _base(request: Request, pairs: list[tuple[str, str]]) -> str:
    written = sorted((_escaped(name), _escaped(text)) for name, text in pairs if name != "oauth_signature")
    normal = "&".join(f"{name}={text}" for name, text in written)
    return "&".join([request.method, _escaped(f"{request.origin.lower()}{request.path}"), _escaped(normal)])


def _oauth_signature(given: dict[str, str], base: str) -> str | None:
    key = f"{_escaped(CONSUMER_SECRET)}&{_escaped(TOKEN_SECRET) if given.get('oauth_token') else ''}"
    method = given.get("oauth_signature_method", "")
    if method == "PLAINTEXT":
        return key
    if method not in {"HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"}:
        return None
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), method[5:].lower())).decode()


def _canonical(request: Request, names: str, hashed: str, *, keeps_path: bool) -> str:
    path = request.path if keeps_path else quote(request.path, safe="/-_.~")
    pairs = (pair.partition("=") for pair in request.query.split("&") if pair)
    query = "&".join(
        sorted(f"{_escaped(unquote(name))}={_escaped(unquote(text))}" for name, _, text in pairs)
    )
    lines = [f"{name}:{_header(request, name)}" for name in names.split(";")]
    return "\n".join([request.method, path, query, *lines, "", names, hashed])


def _header(request: Request, name: str) -> str:
    if name == "host" and request.header("host") is None:
        return request.header(":authority") or ""
    values = [value for key, value in request.headers if key.lower() == name]
    return ",".join(re.sub(" +", " ", value.strip()) for value in values)


def _escaped(text: str) -> str:
    return quote(text, safe="-._~")
