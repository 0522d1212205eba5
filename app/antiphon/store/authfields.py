"""Auth in an OpenCollection file, kind by kind: the keys of `@opencollection/types` 0.14.0 and the fields of ours.

`read_auth` takes the mapping that holds a kind's keys; `put_auth` changes such a mapping so that it says an auth,
and touches only keys whose meaning differs, so that unknown ones and foreign spellings stay.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OAuth2Flow,
    OtherAuth,
)
from antiphon.store.yamltree import Raw, Value, YamlError

Fields = Mapping[str, Any]

_KINDS: dict[str, type] = {
    "basic": BasicAuth,
    "bearer": BearerAuth,
    "apikey": ApiKeyAuth,
    "digest": DigestAuth,
    "oauth1": OAuth1Auth,
    "oauth2": OAuth2Auth,
    "awsv4": AwsAuth,
    "ntlm": NtlmAuth,
}
_TEXTS: dict[type, tuple[tuple[str, str], ...]] = {
    BasicAuth: (("username", "username"), ("password", "password")),
    BearerAuth: (("token", "token"),),
    ApiKeyAuth: (("name", "key"), ("value", "value")),
    DigestAuth: (("username", "username"), ("password", "password")),
    NtlmAuth: (("username", "username"), ("password", "password"), ("domain", "domain")),
    AwsAuth: (
        ("access_key_id", "accessKeyId"),
        ("secret_access_key", "secretAccessKey"),
        ("session_token", "sessionToken"),
        ("service", "service"),
        ("region", "region"),
        ("profile", "profileName"),
    ),
    OAuth1Auth: (
        ("consumer_key", "consumerKey"),
        ("consumer_secret", "consumerSecret"),
        ("token", "accessToken"),
        ("token_secret", "accessTokenSecret"),
        ("callback", "callbackUrl"),
        ("verifier", "verifier"),
        ("timestamp", "timestamp"),
        ("nonce", "nonce"),
        ("realm", "realm"),
    ),
    OAuth2Auth: (
        ("authorization_url", "authorizationUrl"),
        ("token_url", "accessTokenUrl"),
        ("refresh_url", "refreshTokenUrl"),
        ("device_url", "deviceAuthorizationUrl"),
        ("redirect_url", "callbackUrl"),
        ("client_id", "credentials.clientId"),
        ("client_secret", "credentials.clientSecret"),
        ("username", "resourceOwner.username"),
        ("password", "resourceOwner.password"),
        ("scope", "scope"),
        ("state", "state"),
    ),
}
"""The texts of each kind: our field and where it stands in the file."""
_ALWAYS = {BasicAuth, BearerAuth, ApiKeyAuth, DigestAuth}
"""Kinds whose texts are written even where they are empty."""
_FLOWS: dict[str, OAuth2Flow] = {
    "authorization_code": "authorization_code",
    "client_credentials": "client_credentials",
    "resource_owner_password_credentials": "password",
    "device_code": "device_code",
}
_TRUE, _FALSE = Raw("true"), Raw("false")


def read_auth(kind: str, fields: Fields) -> Auth:
    """Return the auth of *kind* that *fields* say; `OtherAuth` for what Antiphon cannot send."""
    made = _KINDS.get(kind)
    if made is None or (made is OAuth2Auth and _flow(fields) is None):
        return OtherAuth(kind)
    texts = {name: _text(fields, place) for name, place in _TEXTS[made]}
    auth: Auth = made(**texts)
    match auth:
        case ApiKeyAuth():
            in_query = _text(fields, "placement").startswith("query")
            return replace(auth, placement="query" if in_query else "header")
        case OAuth1Auth():
            return _read_oauth1(auth, fields)
        case OAuth2Auth():
            return _read_oauth2(auth, fields)
        case NtlmAuth():
            return replace(auth, is_negotiate=_is_true(fields, "negotiate", usually=False))
        case _:
            return auth


def kind_of(auth: Auth) -> str:
    """Return the word that the file has for the kind of *auth*."""
    return next(kind for kind, made in _KINDS.items() if type(auth) is made)


def put_auth(fields: dict[str, Value], auth: Auth, before: Auth | None) -> None:
    """Change *fields*, which say *before* (None: nothing yet), to say *auth*."""
    if isinstance(auth, OAuth2Auth) and auth.flow != _old(before, "flow"):
        _put(fields, "flow", next(word for word, flow in _FLOWS.items() if flow == auth.flow))
    for name, place in _TEXTS[type(auth)]:
        text = getattr(auth, name)
        if before is None:
            if text or type(auth) in _ALWAYS:
                _put(fields, place, text)
        elif text != getattr(before, name):
            keeps = type(auth) in _ALWAYS or place.split(".")[-1] in _holder(fields, place)
            _put(fields, place, text if text or keeps else None)
    match auth:
        case ApiKeyAuth(placement=placement) if before is None or placement != _old(before, "placement"):
            _put(fields, "placement", placement)
        case OAuth1Auth():
            _put_oauth1(
                fields, auth, before if isinstance(before, OAuth1Auth) else OAuth1Auth(), before is None
            )
        case OAuth2Auth():
            _put_oauth2(fields, auth, before if isinstance(before, OAuth2Auth) else None)
        case NtlmAuth(is_negotiate=chosen) if chosen != bool(_old(before, "is_negotiate")):
            _put(fields, "negotiate", _truth(chosen))


# -- OAuth 1 -------------------------------------------------------------------------------------------


def _read_oauth1(auth: OAuth1Auth, fields: Fields) -> OAuth1Auth:
    method = _text(fields, "signatureMethod").upper()
    placement = _text(fields, "placement")
    key = fields.get("privateKey")
    return replace(
        auth,
        signature_method=method if method in _METHODS else "HMAC-SHA1",  # type: ignore[arg-type]
        private_key=_text(fields, "privateKey.value")
        if isinstance(key, Mapping)
        else _text(fields, "privateKey"),
        version=_text(fields, "version") if "version" in fields else "1.0",
        placement=placement if placement in {"header", "query", "body"} else "header",  # type: ignore[arg-type]
        includes_body_hash=_is_true(fields, "includeBodyHash", usually=False),
    )


_METHODS = {"HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512", "PLAINTEXT"}


def _put_oauth1(fields: dict[str, Value], auth: OAuth1Auth, before: OAuth1Auth, is_new: bool) -> None:
    if is_new or auth.signature_method != before.signature_method:
        _put(fields, "signatureMethod", auth.signature_method)
    if auth.private_key != before.private_key:
        kind = "text" if "-----BEGIN" in auth.private_key or "{{" in auth.private_key else "file"
        key: Value = {"type": kind, "value": auth.private_key} if auth.private_key else None
        _put(fields, "privateKey", key)
    if auth.version != before.version:
        _put(fields, "version", auth.version)
    if is_new or auth.placement != before.placement:
        _put(fields, "placement", auth.placement)
    if auth.includes_body_hash != before.includes_body_hash:
        _put(fields, "includeBodyHash", _truth(auth.includes_body_hash))


# -- OAuth 2 -------------------------------------------------------------------------------------------


def _flow(fields: Fields) -> OAuth2Flow | None:
    return _FLOWS.get(_text(fields, "flow"))


def _read_oauth2(auth: OAuth2Auth, fields: Fields) -> OAuth2Auth:
    placement = _at(fields, "tokenConfig.placement")
    in_query = isinstance(placement, Mapping) and "query" in placement and "header" not in placement
    place: Literal["header", "query"] = "query" if in_query else "header"
    return replace(
        auth,
        flow=_flow(fields) or auth.flow,
        uses_pkce=not _is_true(fields, "pkce.disabled", usually=False),
        credentials_in="body" if _text(fields, "credentials.placement") == "body" else "header",
        token_in=place,
        token_name=_text(fields, f"tokenConfig.placement.{place}"),
        extra=_read_extra(fields),
    )


def _read_extra(fields: Fields) -> tuple[tuple[str, str], ...]:
    """Return the parameters of the authorization and token requests, each pair once; those in headers are left out."""
    pairs: dict[tuple[str, str], None] = {}
    for request in ("authorizationRequest", "accessTokenRequest"):
        rows = _at(fields, f"additionalParameters.{request}")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, Mapping) and _text(row, "name") and _text(row, "placement") != "header":
                pairs[_text(row, "name"), _text(row, "value")] = None
    return tuple(pairs)


def _put_oauth2(fields: dict[str, Value], auth: OAuth2Auth, before: OAuth2Auth | None) -> None:
    old = before or OAuth2Auth()
    if auth.uses_pkce != old.uses_pkce:
        _put(fields, "pkce.disabled", None if auth.uses_pkce else _TRUE)
    if auth.credentials_in != old.credentials_in:
        _put(
            fields, "credentials.placement", "body" if auth.credentials_in == "body" else "basic_auth_header"
        )
    if (auth.token_in, auth.token_name) != (old.token_in, old.token_name):
        is_usual = auth.token_in == "header" and not auth.token_name  # noqa: S105 - a place
        _put(fields, "tokenConfig.placement", None if is_usual else {auth.token_in: auth.token_name})
    if auth.extra != old.extra:
        _put_extra(fields, auth)


def _put_extra(fields: dict[str, Value], auth: OAuth2Auth) -> None:
    """Write the parameters for both requests; those in headers, which we do not know, stay."""
    for request, place in (("authorizationRequest", "query"), ("accessTokenRequest", "body")):
        rows = _at(fields, f"additionalParameters.{request}")
        kept = [row for row in rows if _text(row, "placement") == "header"] if isinstance(rows, list) else []
        pairs = auth.extra if request == "accessTokenRequest" or auth.flow == "authorization_code" else ()
        new = [{"name": name, "value": value, "placement": place} for name, value in pairs]
        _put(fields, f"additionalParameters.{request}", [*kept, *new] or None)


# -- keys within keys ----------------------------------------------------------------------------------


def _at(fields: Fields, place: str) -> Any:
    value: Any = fields
    for key in place.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(fields: Fields, place: str) -> str:
    match _at(fields, place):
        case str() as text:
            return text
        case Raw() as raw:
            return "" if raw.is_null else raw.text
        case None:
            return ""
        case other:
            raise YamlError("has a list or a mapping where a text belongs", getattr(other, "line", 0))


def _is_true(fields: Fields, place: str, *, usually: bool) -> bool:
    text = _text(fields, place).lower()
    return text == "true" if text else usually


def _truth(value: bool) -> Raw:
    return _TRUE if value else _FALSE


def _old(before: Auth | None, name: str) -> object:
    return getattr(before, name, None)


def _holder(fields: dict[str, Value], place: str) -> Fields:
    *above, _ = place.split(".")
    found = _at(fields, ".".join(above)) if above else fields
    return found if isinstance(found, Mapping) else {}


def _put(fields: dict[str, Value], place: str, value: Value | None) -> None:
    """Set or remove (None) the value at *place*, mappings on the way made, or removed with the last of their keys."""
    key, _, rest = place.partition(".")
    if rest:
        inner = fields.get(key)
        inner = dict(inner) if isinstance(inner, Mapping) else {}
        _put(inner, rest, value)
        value = inner or None
    if value is None:
        fields.pop(key, None)
    else:
        fields[key] = value
