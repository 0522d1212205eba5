"""How a request reaches its server and who it says it is, as a snippet has to put it; secrets stay pieces."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from urllib.parse import quote, urlsplit
from zlib import crc32

from antiphon.core.certificate import certificate_for
from antiphon.core.document import ClientCertificate, OAuth2Auth
from antiphon.core.prepare import AUTOMATIC
from antiphon.core.prepared import PreparedHeader, PreparedRequest
from antiphon.core.proxy import Proxy, proxy_for
from antiphon.core.template import Piece, Pieces, text_of
from antiphon.snippets import wire

UNSIGNED_OAUTH1 = (
    "The request must be signed (OAuth 1.0, RFC 5849) before a server takes it; this does not do it."
)
UNSIGNED_AWS = (
    "The request must be signed (AWS Signature Version 4) before a server takes it; this does not do it."
)
OLD_TLS = {"1.0", "1.1"}
"""Versions that OpenSSL 3 speaks at its lowest level of security only."""
_FETCHED = {"client_credentials", "password"}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a token is asked for with: a form, and who asks."""

    url: Pieces
    form: tuple[tuple[str, Pieces], ...]
    client: tuple[Pieces, Pieces] | None
    """Client id and secret where they stand in the Authorization header."""


def said(text: str, request: PreparedRequest) -> Pieces:
    """Return *text* of the options, cut at the secrets of *request*."""
    return wire.agreeing(text, (), request)


def place_of(request: PreparedRequest) -> tuple[str, int]:
    """Return host and port of the URL."""
    parts = urlsplit(request.url)
    return parts.hostname or "", parts.port or (443 if wire.is_https(request) else 80)


# -- proxy ---------------------------------------------------------------------------------------------


def proxy_of(request: PreparedRequest) -> Proxy | None:
    """Return the proxy by hand that leads to the server; None: none, or the system's."""
    settings = request.options.proxy
    return proxy_for(settings, *place_of(request)) if settings.mode == "manual" else None


def goes_straight(request: PreparedRequest) -> bool:
    """Tell whether no proxy is used, whatever the environment says."""
    mode = request.options.proxy.mode
    return mode == "none" or (mode == "manual" and proxy_of(request) is None)


def is_socks(proxy: Proxy | None) -> bool:
    return proxy is not None and proxy.scheme.startswith("socks")


def credentials(proxy: Proxy, request: PreparedRequest) -> tuple[Pieces, Pieces] | None:
    if not proxy.username:
        return None
    return said(proxy.username, request), said(proxy.password, request)


def url_with_credentials(proxy: Proxy, request: PreparedRequest) -> Pieces:
    """Return the proxy's URL with user and password in it, percent-encoded."""
    who = credentials(proxy, request)
    if who is None:
        return (Piece(proxy.url),)
    user, password = (_percent_encoded(pieces) for pieces in who)
    return (Piece(f"{proxy.scheme}://"), *user, Piece(":"), *password, Piece(f"@{proxy.place}"))


def _percent_encoded(pieces: Pieces) -> Pieces:
    return tuple(Piece(quote(one.text, safe=""), one.variable, one.is_secret) for one in pieces)


# -- TLS -----------------------------------------------------------------------------------------------


def certificate_of(request: PreparedRequest) -> ClientCertificate | None:
    """Return the client certificate that is shown to the server; None: none."""
    if not wire.is_https(request):
        return None
    return certificate_for(*place_of(request), request.options.client_certificates)


def overrides(request: PreparedRequest) -> list[str]:
    """Return the address overrides with the URL's port in place of any port."""
    port = str(place_of(request)[1])
    rows = (row.split(":", 2) for row in request.options.resolve)
    return [":".join([row[0], port if row[1] == "*" else row[1], row[2]]) for row in rows if len(row) == 3]


# -- headers -------------------------------------------------------------------------------------------


def omitted(request: PreparedRequest) -> list[str]:
    """Return the names of headers that a library would add and this request goes without, as they are spelled."""
    present = {header.name.lower() for header in request.headers if header.origin != AUTOMATIC}
    names = (name for name in request.options.omitted_headers if name not in present)
    return ["-".join(part.capitalize() for part in name.split("-")) for name in names]


def charset(request: PreparedRequest) -> str:
    """Return the arguments of `encode` that give a header's bytes."""
    is_latin = request.options.header_charset == "latin-1"
    if any(_has_raw_bytes(header) for header in request.headers):
        return f'"{request.options.header_charset}", "surrogateescape"'
    return '"latin-1"' if is_latin else ""


def header_bytes(text: str, request: PreparedRequest) -> bytes:
    return text.encode(request.options.header_charset, "surrogateescape")


def _has_raw_bytes(header: PreparedHeader) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in header.value)


# -- who one is ----------------------------------------------------------------------------------------


def auth_texts(request: PreparedRequest) -> dict[str, Pieces]:
    """Return each text of the auth by the name of its field."""
    texts = [
        (field.name, text)
        for field in fields(request.auth)
        if isinstance(text := getattr(request.auth, field.name), str)
    ]
    known = request.auth_pieces
    pieces = known if len(known) == len(texts) else ((),) * len(texts)
    return {
        name: wire.agreeing(text, made, request) for (name, text), made in zip(texts, pieces, strict=True)
    }


def has_own_authorization(request: PreparedRequest) -> bool:
    return request.header("Authorization") is not None


def token_piece(request: PreparedRequest) -> Piece:
    """Return what stands for the token that an OAuth 2 flow gives; its value is in no prepared request."""
    return Piece(f"token-{crc32(repr(request.auth).encode()):08x}", "access token", is_secret=True)


def token_header(request: PreparedRequest) -> wire.Said | None:
    """Return the header that an OAuth 2 token goes in; None where there is none."""
    auth = request.auth
    if not isinstance(auth, OAuth2Auth) or auth.token_in == "query" or has_own_authorization(request):  # noqa: S105 - a place
        return None
    word = auth_texts(request)["token_name"] or (Piece("Bearer"),)
    pieces = (*word, Piece(" "), token_piece(request))
    return wire.Said("Authorization", text_of(pieces), pieces)


def token_parameter(request: PreparedRequest) -> Pieces:
    """Return what an OAuth 2 token adds to the end of the URL; empty where it stands in a header."""
    auth = request.auth
    if not isinstance(auth, OAuth2Auth) or auth.token_in == "header":  # noqa: S105 - a place
        return ()
    sign = "&" if "?" in request.url else "?"
    return (
        Piece(sign),
        Piece(quote(auth.token_name or "access_token", safe="")),
        Piece("="),
        token_piece(request),
    )


def token_request(request: PreparedRequest) -> TokenRequest | None:
    """Return how the token is asked for, where that takes no person (RFC 6749 sections 4.3 and 4.4)."""
    auth = request.auth
    if not isinstance(auth, OAuth2Auth) or auth.flow not in _FETCHED or not auth.token_url:
        return None
    texts = auth_texts(request)
    in_header = auth.credentials_in == "header"
    return TokenRequest(
        texts["token_url"],
        tuple(_token_form(auth, texts, request, with_client=not in_header)),
        (texts["client_id"], texts["client_secret"]) if in_header else None,
    )


def _token_form(
    auth: OAuth2Auth, texts: dict[str, Pieces], request: PreparedRequest, *, with_client: bool
) -> Iterator[tuple[str, Pieces]]:
    yield "grant_type", (Piece(auth.flow),)
    names = ["scope"]
    if auth.flow == "password":
        names = ["username", "password", "scope"]
    if with_client:
        names += ["client_id", "client_secret"]
    for name in names:
        if texts[name]:
            yield name, texts[name]
    for name, value in auth.extra:
        yield name, said(value, request)
