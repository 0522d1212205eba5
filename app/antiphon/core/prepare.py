"""The one place that decides the bytes and headers of a request.

Sending, previewing and writing code all start from what `prepare` returns; none of them adds anything.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import assert_never

from antiphon.core.breaches import breaches_of
from antiphon.core.connection_options import filled_options
from antiphon.core.content import content_of, with_one_boundary
from antiphon.core.context import THIS_REQUEST, Context, Filler, inherited_auth, scope_of
from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    Header,
    InheritAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OtherAuth,
    RequestDocument,
)
from antiphon.core.errors import UserError
from antiphon.core.fields import TOKEN, check_field
from antiphon.core.prepared import Content, MultipartContent, PreparedHeader, PreparedRequest, content_length
from antiphon.core.target import check_target, target_of, with_api_key
from antiphon.core.template import Piece, Pieces, text_of
from antiphon.core.version import VERSION

__all__ = ["AUTOMATIC", "Context", "inherited_auth", "prepare", "scope_of"]

AUTOMATIC = "automatic"

_BODY_EXPECTED = {"POST", "PUT", "PATCH"}


def prepare(document: RequestDocument, context: Context | None = None) -> PreparedRequest:
    """Return *document* with every decision taken.

    Raises:
        UserError: a variable of the URL, a header, the auth or the options has no value, the URL has no host, a header could
            not go out, a file cannot be read. A name without a value in the body goes out as written and is
            named in `unresolved`.
    """
    context = context or Context()
    filler = Filler(scope_of(document, context))
    auth, auth_origin, auth_pieces = _effective_auth(document, context, filler)
    target, user_auth, user_pieces = target_of(document, filler)
    headers = _written_headers(document, context, filler)
    if user_auth is not None and isinstance(auth, NoAuth):
        auth, auth_origin, auth_pieces = user_auth, "the URL", user_pieces
    content, media_type = content_of(document.body, context, filler)
    if isinstance(content, MultipartContent):
        content, headers = with_one_boundary(content, headers, document.options.header_charset)
    options, option_secrets = filled_options(document.options, context, filler)
    filler.raise_for_unresolved()
    if isinstance(auth, ApiKeyAuth) and auth.placement == "query" and auth.name:
        target = with_api_key(target, auth_pieces)
    text = text_of(target)
    check_target(text)
    method = document.method.strip() or "GET"
    if not TOKEN.fullmatch(method):
        raise UserError(
            f"“{method}” cannot be a method.", "A method is one word without spaces, such as GET."
        )
    own = {header.name.lower() for header in headers}
    omitted = own | {name.lower() for name in options.omitted_headers}
    all_headers = (
        *_default_headers(text, omitted),
        *headers,
        *_auth_headers(auth, auth_origin, auth_pieces, own),
        *_body_headers(method, content, media_type, own, omitted),
    )
    for header in all_headers:
        check_field(header.name, header.value, options.header_charset)
    prepared = PreparedRequest(
        method=method,
        url=text,
        headers=all_headers,
        content=content,
        auth=auth,
        options=options,
        name=document.name,
        url_pieces=target,
        auth_pieces=auth_pieces,
        option_secrets=option_secrets,
        unresolved=tuple(filler.in_body),
    )
    return replace(prepared, warnings=breaches_of(prepared))


# -- headers -------------------------------------------------------------------------------------------


def _default_headers(url: str, omitted: set[str]) -> list[PreparedHeader]:
    defaults = (
        ("Host", host_header(url)),
        ("User-Agent", f"antiphon/{VERSION}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
    )
    return [PreparedHeader(name, value, AUTOMATIC) for name, value in defaults if name.lower() not in omitted]


def host_header(url: str) -> str:
    """Return the Host of *url*: the authority, without the scheme's own port (RFC 9110 section 7.2)."""
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    default = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    return authority.removesuffix(default).removesuffix(":")


def _written_headers(document: RequestDocument, context: Context, filler: Filler) -> list[PreparedHeader]:
    """Return inherited and own headers; a nearer place replaces the same name of a farther one."""
    places = [*((place, lent.headers) for place, lent in context.places()), (THIS_REQUEST, document.headers)]
    result: list[PreparedHeader] = []
    for origin, rows in places:
        enabled = [row for row in rows if row.enabled and row.name.strip()]
        fresh = [_header(row, origin, filler) for row in enabled]
        replaced = {header.name.lower() for header in fresh}
        result = [header for header in result if header.name.lower() not in replaced] + fresh
    return result


def _header(row: Header, origin: str, filler: Filler) -> PreparedHeader:
    """Return the header of *row* as typed, blanks around its value too, as curl does: servers take them away."""
    name = text_of(filler(row.name, "a header's name"))
    pieces = filler(row.value, f"the header {name}")
    return PreparedHeader(name, text_of(pieces), origin, pieces)


# -- auth ----------------------------------------------------------------------------------------------


def _effective_auth(
    document: RequestDocument, context: Context, filler: Filler
) -> tuple[Auth, str, tuple[Pieces, ...]]:
    auth, origin = document.auth, "auth"
    if isinstance(auth, InheritAuth):
        auth, place = inherited_auth(context)
        origin = f"auth of {place}" if place else "auth"
    match auth:
        case InheritAuth() | NoAuth():
            return NoAuth(), origin, ()
        case BasicAuth(username=username, password=password):
            user, secret = filler(username, "the user name"), filler(password, "the password")
            return BasicAuth(text_of(user), text_of(secret)), origin, (user, secret)
        case BearerAuth(token=token):
            pieces = filler(token, "the bearer token")
            return BearerAuth(text_of(pieces)), origin, (pieces,)
        case ApiKeyAuth(name=name, value=value, placement=placement):
            key, secret = filler(name, "the API key's name"), filler(value, "the API key")
            return ApiKeyAuth(text_of(key), text_of(secret), placement), origin, (key, secret)
        case DigestAuth() | OAuth1Auth() | OAuth2Auth() | AwsAuth() | NtlmAuth():
            filled, all_pieces = _filled_in(auth, filler)
            return _placed(filled, context), origin, all_pieces
        case OtherAuth(kind=kind):
            raise UserError(
                f"Antiphon cannot do “{kind}” authentication yet.",
                "It is kept in the file as it is. Choose another kind under Auth, or set the header yourself.",
            )
        case _:
            assert_never(auth)


def _filled_in(auth: Auth, filler: Filler) -> tuple[Auth, tuple[Pieces, ...]]:
    """Return *auth* with the variables of all its texts filled in, and the pieces of each, in the order of its fields."""
    pieces = {
        field.name: filler(text, f"the {field.name.replace('_', ' ')} of the auth")
        for field in fields(auth)
        if isinstance(text := getattr(auth, field.name), str)
    }
    changes: dict[str, object] = {name: text_of(made) for name, made in pieces.items()}
    if isinstance(auth, OAuth2Auth):
        place = "the parameters of the auth"
        changes["extra"] = tuple(
            (text_of(filler(name, place)), text_of(filler(text, place))) for name, text in auth.extra
        )
    return replace(auth, **changes), tuple(pieces.values())  # type: ignore[arg-type]


def _placed(auth: Auth, context: Context) -> Auth:
    """Return *auth* with the path of a key's file made absolute."""
    if not isinstance(auth, OAuth1Auth) or context.base_dir is None or "-----BEGIN" in auth.private_key:
        return auth
    if not auth.private_key or auth.private_key.startswith("~"):
        return auth
    return replace(auth, private_key=str(context.base_dir / auth.private_key))


def _auth_headers(
    auth: Auth, origin: str, auth_pieces: tuple[Pieces, ...], own: set[str]
) -> Iterable[PreparedHeader]:
    """Return the header that *auth* adds; one that the user wrote under the same name wins."""
    match auth:
        case BasicAuth(username=username, password=password) if "authorization" not in own:
            token = base64.b64encode(f"{username}:{password}".encode()).decode()
            yield PreparedHeader("Authorization", f"Basic {token}", origin)
        case BearerAuth(token=token) if "authorization" not in own and token:
            yield PreparedHeader(
                "Authorization", f"Bearer {token}", origin, (Piece("Bearer "), *auth_pieces[0])
            )
        case ApiKeyAuth(name=name, value=value, placement="header") if name and name.lower() not in own:
            yield PreparedHeader(name, value, origin, auth_pieces[1])
        case _:
            return


def _body_headers(
    method: str, content: Content, media_type: str, own: set[str], omitted: set[str]
) -> Iterable[PreparedHeader]:
    if media_type and "content-type" not in omitted:
        yield PreparedHeader("Content-Type", media_type, "body")
    length = content_length(content)
    if length is None and method.upper() in _BODY_EXPECTED:
        length = 0  # RFC 9110 section 8.6
    if length is not None and "content-length" not in omitted and "transfer-encoding" not in own:
        yield PreparedHeader("Content-Length", str(length), AUTOMATIC)
