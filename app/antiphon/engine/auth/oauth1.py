"""OAuth 1.0a: requests signed with two secrets or a private key (RFC 5849).

HMAC and RSA with SHA-256 and SHA-512 and `oauth_body_hash` are extensions that servers share.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from antiphon.core.document import OAuth1Auth
from antiphon.core.errors import UserError
from antiphon.core.prepared import BytesContent, PreparedHeader, PreparedRequest, content_chunks
from antiphon.engine.auth.challenges import quoted
from antiphon.engine.auth.requests import ORIGIN, escaped, with_header, with_query
from antiphon.engine.auth.steps import Flow, Send, Work

Pairs = list[tuple[str, str]]

_FORM = "application/x-www-form-urlencoded"


def oauth1_flow(prepared: PreparedRequest, auth: OAuth1Auth, clock: Callable[[], float]) -> Flow:
    """Send *prepared*, signed."""
    yield Send((yield Work(lambda: signed(prepared, auth, clock()))))


def signed(prepared: PreparedRequest, auth: OAuth1Auth, now: float) -> PreparedRequest:
    """Return *prepared* with the parameters of the protocol and their signature.

    Raises:
        UserError: the private key cannot be read, or the body cannot take the parameters.
    """
    pairs = [*protocol_pairs(auth, now), *_body_hash(prepared, auth)]
    base = base_string(prepared, pairs)
    pairs.append(("oauth_signature", signature(base, auth)))
    match auth.placement:
        case "query":
            return with_query(prepared, _form(pairs))
        case "body":
            return _in_body(prepared, pairs)
        case _:
            return with_header(prepared, "Authorization", _header(auth, pairs))


def protocol_pairs(auth: OAuth1Auth, now: float) -> Pairs:
    """Return the parameters of RFC 5849 section 3.1, those left out that are empty."""
    pairs = [
        ("oauth_consumer_key", auth.consumer_key),
        ("oauth_token", auth.token),
        ("oauth_signature_method", auth.signature_method),
        ("oauth_timestamp", auth.timestamp or str(int(now))),
        ("oauth_nonce", auth.nonce or secrets.token_hex(16)),
        ("oauth_version", auth.version),
        ("oauth_callback", auth.callback),
        ("oauth_verifier", auth.verifier),
    ]
    return [(name, text) for name, text in pairs if text or name == "oauth_consumer_key"]


def base_string(prepared: PreparedRequest, pairs: Pairs) -> str:
    """Return what is signed: method, address and all parameters, each escaped (section 3.4.1)."""
    parts = urlsplit(prepared.url)
    given = [*_pairs_of(parts.query), *_form_of(prepared), *pairs]
    normal = "&".join(f"{name}={text}" for name, text in sorted((escaped(n), escaped(t)) for n, t in given))
    return "&".join([prepared.method.upper(), escaped(_base_address(prepared.url)), escaped(normal)])


def signature(base: str, auth: OAuth1Auth) -> str:
    """Return the signature of *base* by the method that *auth* names (section 3.4.2 and on)."""
    key = f"{escaped(auth.consumer_secret)}&{escaped(auth.token_secret)}"
    family, _, name = auth.signature_method.partition("-")
    match family:
        case "HMAC":
            digest = hmac.new(key.encode(), base.encode(), name.lower()).digest()
        case "RSA":
            digest = _rsa(base.encode(), auth.private_key, name)
        case _:
            return key
    return base64.b64encode(digest).decode()


def _base_address(url: str) -> str:
    """Return scheme, host, port where it is not the usual one, and path (section 3.4.1.2)."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if parts.port not in {None, {"http": 80, "https": 443}.get(parts.scheme)}:
        host += f":{parts.port}"
    return f"{parts.scheme.lower()}://{host}{parts.path or '/'}"


def _pairs_of(query: str) -> Pairs:
    return parse_qsl(query, keep_blank_values=True)


def _form_of(prepared: PreparedRequest) -> Pairs:
    """Return the fields of a form body, which are signed too (section 3.4.1.3.1)."""
    if not _is_form(prepared) or not isinstance(prepared.content, BytesContent):
        return []
    return _pairs_of(prepared.content.data.decode("utf-8", "replace"))


def _is_form(prepared: PreparedRequest) -> bool:
    media_type = (prepared.header("content-type") or "").partition(";")[0]
    return media_type.strip().lower() == _FORM


def _body_hash(prepared: PreparedRequest, auth: OAuth1Auth) -> Pairs:
    """Return `oauth_body_hash`, for every body but a form (OAuth Request Body Hash 1.0)."""
    if not auth.includes_body_hash or _is_form(prepared) or auth.placement == "body":
        return []
    name = auth.signature_method.rpartition("-")[2].lower()
    digest = hashlib.new(name if name.startswith("sha") else "sha1", usedforsecurity=False)
    for chunk in content_chunks(prepared.content):
        digest.update(chunk)
    return [("oauth_body_hash", base64.b64encode(digest.digest()).decode())]


def _header(auth: OAuth1Auth, pairs: Pairs) -> str:
    realm = [f"realm={quoted(auth.realm)}"] if auth.realm else []
    return "OAuth " + ", ".join([*realm, *(f'{name}="{escaped(text)}"' for name, text in pairs)])


def _form(pairs: Pairs) -> str:
    return "&".join(f"{escaped(name)}={escaped(text)}" for name, text in pairs)


def _in_body(prepared: PreparedRequest, pairs: Pairs) -> PreparedRequest:
    data = b"".join(content_chunks(prepared.content))
    if data and not _is_form(prepared):
        raise UserError(
            "OAuth 1 parameters fit into a form body only.",
            "Put them into the header under Auth, or send the body as a form.",
        )
    data = b"&".join(filter(None, [data, _form(pairs).encode()]))
    rows = [row for row in prepared.headers if row.name.lower() not in {"content-type", "content-length"}] + [
        PreparedHeader("Content-Type", prepared.header("content-type") or _FORM, ORIGIN),
        PreparedHeader("Content-Length", str(len(data)), ORIGIN),
    ]
    return replace(prepared, headers=tuple(rows), content=BytesContent(data))


def _rsa(data: bytes, key: str, name: str) -> bytes:
    """Return the signature RSASSA-PKCS1-v1_5 (section 3.4.3) of *data* by *key*, PEM text or a PEM file's path."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    known = {"SHA1": hashes.SHA1(), "SHA256": hashes.SHA256(), "SHA512": hashes.SHA512()}  # noqa: S303
    try:
        loaded = serialization.load_pem_private_key(_pem(key), password=None)
    except (ValueError, TypeError) as error:
        raise UserError(
            "The private key of the OAuth 1 auth cannot be read.",
            "It is PEM text that begins with -----BEGIN, or the path of such a file, without a passphrase.",
        ) from error
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise UserError("The private key of the OAuth 1 auth is no RSA key.", "Choose an RSA key.")
    return loaded.sign(data, padding.PKCS1v15(), known[name])


def _pem(key: str) -> bytes:
    if "-----BEGIN" in key:
        return key.replace("\\n", "\n").encode()
    try:
        return Path(key).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UserError(
            "The private key of the OAuth 1 auth cannot be read.",
            f"{unquote(key)[:80] or 'No key'}: {reason}. Give PEM text or the path of a PEM file.",
        ) from error
