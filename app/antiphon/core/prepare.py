"""The one place that decides the bytes and headers of a request.

Sending, previewing and writing code all start from what `prepare` returns; none of them adds anything.
"""

import base64
import mimetypes
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import assert_never
from urllib.parse import quote, quote_plus, unquote

from antiphon.core import url as url_text
from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    BasicAuth,
    BearerAuth,
    Body,
    Defaults,
    Environment,
    FileBody,
    FormBody,
    Header,
    InheritAuth,
    MultipartBody,
    NoAuth,
    NoBody,
    OtherAuth,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    TextLanguage,
)
from antiphon.core.errors import UserError
from antiphon.core.prepared import (
    BytesContent,
    Content,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedHeader,
    PreparedPart,
    PreparedRequest,
    content_length,
)
from antiphon.core.template import Filled, Found, Layer, Piece, Pieces, Scope, fill, layer, text_of
from antiphon.core.version import VERSION

AUTOMATIC = "automatic"
THIS_REQUEST = "this request"

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_NOT_IN_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]|[\"#<>\\^`{|}]")
_NOT_ON_THE_LINE = re.compile(r"[^\x21-\x7e]|#")
_NOT_IN_SEGMENT = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@%]")
_MEDIA_TYPES: dict[TextLanguage, str] = {
    "json": "application/json",
    "text": "text/plain",
    "xml": "application/xml",
    "sparql": "application/sparql-query",
}
_BOUNDARY = re.compile(r";\s*boundary=(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_BODY_EXPECTED = {"POST", "PUT", "PATCH"}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a document stands: what it inherits and what its variables mean."""

    defaults: tuple[Defaults, ...] = ()
    """The collection's first, then each folder's on the way down."""
    environment: Environment | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Values of the environment's secret variables, by name."""
    base_dir: Path | None = None
    """What relative file paths start from; None for the working directory."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Values that win over all others (`--var`, the practice server's address)."""


def scope_of(document: RequestDocument, context: Context) -> Scope:
    """Return what the variables of *document* mean, the nearest first: request, folders, environment, collection."""
    layers = [layer(THIS_REQUEST, document.variables)]
    folders, collection = context.defaults[1:], context.defaults[:1]
    layers.extend(layer(f"folder {folder.name}", folder.variables) for folder in reversed(folders))
    if context.environment is not None:
        environment = context.environment
        layers.append(layer(f"environment {environment.name}", environment.variables, context.secrets))
    layers.extend(layer("the collection", defaults.variables) for defaults in collection)
    if context.overrides:
        values = {name: Found(value, "this session") for name, value in context.overrides.items()}
        layers.insert(0, Layer("this session", values))
    return Scope(tuple(layers))


def prepare(document: RequestDocument, context: Context | None = None) -> PreparedRequest:
    """Return *document* with every decision taken.

    Raises:
        UserError: a variable of the URL, a header or the auth has no value, the URL has no host, a header could
            not go out, a file cannot be read. A name without a value in the body goes out as written and is
            named in `unresolved`.
    """
    context = context or Context()
    filler = _Filler(scope_of(document, context))
    auth, auth_origin, auth_pieces = _effective_auth(document, context, filler)
    target, user_auth, user_pieces = _url(document, filler)
    headers = _written_headers(document, context, filler)
    if user_auth is not None and isinstance(auth, NoAuth):
        auth, auth_origin, auth_pieces = user_auth, "the URL", user_pieces
    content, media_type = _content(document.body, context, filler)
    if isinstance(content, MultipartContent):
        content, headers = _with_one_boundary(content, headers)
    filler.raise_for_unresolved()
    if isinstance(auth, ApiKeyAuth) and auth.placement == "query" and auth.name:
        target = _with_api_key(target, auth_pieces)
    text = text_of(target)
    _check_url(text)
    method = document.method.strip() or "GET"
    if not _TOKEN.fullmatch(method):
        raise UserError(
            f"“{method}” cannot be a method.", "A method is one word without spaces, such as GET."
        )
    own = {header.name.lower() for header in headers}
    return PreparedRequest(
        method=method,
        url=text,
        headers=(
            *_default_headers(text, own),
            *headers,
            *_auth_headers(auth, auth_origin, auth_pieces, own),
            *_body_headers(method, content, media_type, own),
        ),
        content=content,
        auth=auth,
        options=_options(document.options, context),
        name=document.name,
        url_pieces=target,
        auth_pieces=auth_pieces,
        unresolved=tuple(filler.in_body),
    )


class _Filler:
    """Fills variables in and remembers which had no value, and where."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._missing: dict[str, str] = {}
        self.in_body: dict[str, None] = {}

    def __call__(self, text: str, place: str) -> Pieces:
        filled = fill(text, self._scope)
        for name in filled.unresolved:
            self._missing.setdefault(name, place)
        return filled.pieces

    def body(self, text: str) -> Filled:
        filled = fill(text, self._scope)
        self.in_body.update(dict.fromkeys(filled.unresolved))
        return filled

    def at_once(self, text: str, place: str) -> str:
        """Fill *text* in where it is needed now, such as the name of a file to look at."""
        filled = text_of(self(text, place))
        self.raise_for_unresolved()
        return filled

    def raise_for_unresolved(self) -> None:
        if not self._missing:
            return
        named = ", ".join(f"{{{{{name}}}}} in {place}" for name, place in self._missing.items())
        raise UserError(
            f"No value for {named}.",
            "Choose an environment that has it, or add the variable to the environment, the collection or the request.",
        )


# -- URL -----------------------------------------------------------------------------------------------


def _url(document: RequestDocument, filler: _Filler) -> tuple[Pieces, BasicAuth | None, tuple[Pieces, ...]]:
    typed = re.sub(r"[\r\n\t]", "", document.url).strip()
    if not typed:
        raise UserError(
            "The URL is empty.", "Type where the request goes, such as https://api.example.org/users."
        )
    typed = str(url_text.UrlText(*_without_fragment(typed)))
    pieces = _joined_path_variables(typed, document, filler)
    if not _SCHEME.match(text_of(pieces)):
        pieces = (Piece("http://"), *pieces)
    prefix, rest = _cut(pieces, _authority_end(text_of(pieces)))
    prefix, user_auth, user_pieces = _authority(prefix)
    encoded = tuple(
        Piece(_encoded(piece.text, document.options), piece.variable, piece.is_secret) for piece in rest
    )
    if not text_of(encoded).startswith("/"):
        encoded = (Piece("/"), *encoded)
    return (*prefix, *encoded), user_auth, user_pieces


def _without_fragment(typed: str) -> tuple[str, str | None]:
    parts = url_text.split(typed)
    return parts.path, parts.query


def _joined_path_variables(typed: str, document: RequestDocument, filler: _Filler) -> Pieces:
    values = {param.name: param.value for param in document.params if param.kind == "path" and param.enabled}
    pieces: list[Piece] = []
    position = 0
    for place in url_text.path_variable_places(typed):
        name = place.group(1)
        if name not in values:
            continue
        pieces.extend(filler(typed[position : place.start()], "the URL"))
        position = place.end()
        for piece in filler(values[name], f"the path variable {name}"):
            segment = _NOT_IN_SEGMENT.sub(_percent, piece.text)
            pieces.append(Piece(segment, piece.variable, piece.is_secret))
    pieces.extend(filler(typed[position:], "the URL"))
    return tuple(pieces)


def _authority_end(text: str) -> int:
    start = text.index("://") + 3
    match = re.compile(r"[/?#]").search(text, start)
    return match.start() if match else len(text)


def _cut(pieces: Pieces, at: int) -> tuple[Pieces, Pieces]:
    """Cut *pieces* in two at the character offset *at* of their joined text."""
    before: list[Piece] = []
    after: list[Piece] = []
    position = 0
    for piece in pieces:
        split = min(max(at - position, 0), len(piece.text))
        for part, into in ((piece.text[:split], before), (piece.text[split:], after)):
            if part:
                into.append(Piece(part, piece.variable, piece.is_secret))
        position += len(piece.text)
    return tuple(before), tuple(after)


def _authority(prefix: Pieces) -> tuple[Pieces, BasicAuth | None, tuple[Pieces, ...]]:
    """Take `user:password@` out of scheme and authority, and write a non-ASCII host as IDNA."""
    text = text_of(prefix)
    scheme, _, authority = text.partition("://")
    user_info, at, host = authority.rpartition("@")
    if host.isascii() and not at:
        return prefix, None, ()
    if not host.isascii():
        try:
            name, colon, port = host.partition(":")
            host = name.encode("idna").decode() + colon + port
        except UnicodeError as error:
            raise UserError(
                f"“{host}” cannot be a host name.", "Check the URL for stray characters."
            ) from error
    username, colon, _ = user_info.partition(":")
    _, rest = _cut(prefix, len(scheme) + 3)
    user_pieces, rest = _cut(rest, len(username))
    password_pieces, kept = _cut(_cut(rest, len(colon))[1], len(user_info) - len(username) - len(colon))
    _, kept = _cut(kept, len(at))
    auth_pieces = (_unquoted(user_pieces), _unquoted(password_pieces)) if at else ()
    user_auth = BasicAuth(*(text_of(pieces) for pieces in auth_pieces)) if at else None
    host_pieces = kept if text_of(kept) == host else (Piece(host),)
    return (Piece(f"{scheme}://"), *host_pieces), user_auth, auth_pieces


def _unquoted(pieces: Pieces) -> Pieces:
    return tuple(Piece(unquote(piece.text), piece.variable, piece.is_secret) for piece in pieces)


def _encoded(text: str, options: RequestOptions) -> str:
    return (_NOT_IN_URL if options.encode_url else _NOT_ON_THE_LINE).sub(_percent, text)


def _percent(match: re.Match[str]) -> str:
    return quote(match.group(), safe="", errors="surrogatepass")


def _with_api_key(target: Pieces, auth_pieces: tuple[Pieces, ...]) -> Pieces:
    mark = "&" if "?" in text_of(target) else "?"
    key, value = auth_pieces
    encoded = [Piece(quote(piece.text, safe=""), piece.variable, piece.is_secret) for piece in value]
    return (*target, Piece(f"{mark}{quote(text_of(key), safe='')}="), *encoded)


def _check_url(text: str) -> None:
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https"):
        raise UserError(f"Antiphon cannot send to “{scheme}://”.", "Use http:// or https://.")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]\s]+)(?::(\d*))?", authority)
    if match is None:
        raise UserError(f"“{authority}” is not a host and port.", f"Check the URL {text}.")
    if match.group(2) and not 0 < int(match.group(2)) < 65536:
        raise UserError(f"{match.group(2)} is not a port.", "A port is a number from 1 to 65535.")


# -- headers -------------------------------------------------------------------------------------------


def _default_headers(url: str, own: set[str]) -> list[PreparedHeader]:
    defaults = (
        ("Host", host_header(url)),
        ("User-Agent", f"antiphon/{VERSION}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
    )
    return [PreparedHeader(name, value, AUTOMATIC) for name, value in defaults if name.lower() not in own]


def host_header(url: str) -> str:
    """Return the Host of *url*: the authority, without the scheme's own port (RFC 9110 section 7.2)."""
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    default = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    return authority.removesuffix(default).removesuffix(":")


def _written_headers(document: RequestDocument, context: Context, filler: _Filler) -> list[PreparedHeader]:
    """Return inherited and own headers; a nearer place replaces the same name of a farther one."""
    places = [("the collection" if index == 0 else f"folder {defaults.name}", defaults.headers)
              for index, defaults in enumerate(context.defaults)]  # fmt: skip
    places.append((THIS_REQUEST, document.headers))
    result: list[PreparedHeader] = []
    for origin, rows in places:
        enabled = [row for row in rows if row.enabled and row.name.strip()]
        fresh = [_header(row, origin, filler) for row in enabled]
        replaced = {header.name.lower() for header in fresh}
        result = [header for header in result if header.name.lower() not in replaced] + fresh
    return result


def _header(row: Header, origin: str, filler: _Filler) -> PreparedHeader:
    name = text_of(filler(row.name.strip(), "a header's name"))
    pieces = filler(row.value, f"the header {name}")
    value = text_of(pieces).strip(" \t")
    if not _TOKEN.fullmatch(name) and "{{" not in name:
        raise UserError(
            f"“{name}” cannot be a header's name.", "A name has no spaces, colons or letters beyond ASCII."
        )
    if re.search(r"[\r\n\0]", value):
        raise UserError(f"The header {name} has a line break.", "Put its value on one line.")
    return PreparedHeader(name, value, origin, pieces if value == text_of(pieces) else _stripped(pieces))


def _stripped(pieces: Pieces) -> Pieces:
    kept = list(pieces)
    while kept and not kept[0].text.strip(" \t"):
        del kept[0]
    while kept and not kept[-1].text.strip(" \t"):
        del kept[-1]
    if not kept:
        return ()
    kept[0] = Piece(kept[0].text.lstrip(" \t"), kept[0].variable, kept[0].is_secret)
    kept[-1] = Piece(kept[-1].text.rstrip(" \t"), kept[-1].variable, kept[-1].is_secret)
    return tuple(kept)


# -- auth ----------------------------------------------------------------------------------------------


def inherited_auth(context: Context) -> tuple[Auth, str]:
    """Return the auth that a request with `inherit` takes, and where it stands."""
    for index, defaults in reversed(list(enumerate(context.defaults))):
        if not isinstance(defaults.auth, InheritAuth):
            return defaults.auth, "the collection" if index == 0 else f"folder {defaults.name}"
    return NoAuth(), ""


def _effective_auth(
    document: RequestDocument, context: Context, filler: _Filler
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
        case OtherAuth(kind=kind):
            raise UserError(
                f"Antiphon cannot do “{kind}” authentication yet.",
                "It is kept in the file as it is. Choose another kind under Auth, or set the header yourself.",
            )
        case _:
            assert_never(auth)


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
            if not _TOKEN.fullmatch(name):
                raise UserError(
                    f"“{name}” cannot be a header's name.", "Check the API key's name under Auth."
                )
            yield PreparedHeader(name, value, origin, auth_pieces[1])
        case _:
            return


# -- body ----------------------------------------------------------------------------------------------


def _content(body: Body, context: Context, filler: _Filler) -> tuple[Content, str]:
    """Return the bytes to send and the media type that says what they are."""
    match body:
        case NoBody():
            return NoContent(), ""
        case TextBody(language=language, text=text):
            filled = filler.body(text)
            return BytesContent(filled.text.encode(errors="surrogatepass"), filled.pieces), _MEDIA_TYPES[
                language
            ]
        case FormBody(fields=fields):
            rows = [row for row in fields if row.enabled and row.name]
            form = tuple(_field(filler.body(row.name), filler.body(row.value)) for row in rows)
            data = "&".join(f"{quote_plus(pair.name)}={quote_plus(pair.value)}" for pair in form)
            return BytesContent(data.encode(), form=form), "application/x-www-form-urlencoded"
        case MultipartBody(parts=parts):
            boundary = f"antiphon-{secrets.token_hex(12)}"
            ready = [
                item for part in parts if part.enabled and part.name for item in _parts(part, context, filler)
            ]
            return MultipartContent(tuple(ready), boundary), f"multipart/form-data; boundary={boundary}"
        case FileBody(path=path, content_type=content_type):
            file = _file(filler.at_once(path, "the body's file"), context)
            media_type = text_of(filler(content_type, "the body's content type"))
            return FileContent(file, file.stat().st_size), media_type or _guessed(file)
        case _:
            assert_never(body)


def _with_one_boundary(
    content: MultipartContent, headers: list[PreparedHeader]
) -> tuple[MultipartContent, list[PreparedHeader]]:
    """Let a Content-Type of the user's own and the body agree: its boundary is used, a missing one is added."""
    result = []
    for header in headers:
        if header.name.lower() == "content-type" and header.value.lower().startswith("multipart/"):
            own = _BOUNDARY.search(header.value)
            if own is not None:
                content = replace(content, boundary=own.group(1) or own.group(2))
            else:
                added = f"; boundary={content.boundary}"
                header = replace(header, value=header.value + added, pieces=(*header.pieces, Piece(added)))
        result.append(header)
    return content, result


def _field(name: Filled, value: Filled) -> PreparedField:
    return PreparedField(name.text, value.text, value.pieces, name.pieces)


def _parts(part: Part, context: Context, filler: _Filler) -> list[PreparedPart]:
    named = filler.body(part.name)
    name = named.text
    media_type = text_of(filler(part.content_type, f"the content type of {part.name}"))
    if re.search(r"[\r\n]", media_type):
        raise UserError(f"The content type of {part.name} has a line break.", "Put it on one line.")
    if not part.is_file:
        filled = filler.body(part.value)
        data = filled.text.encode(errors="surrogatepass")
        return [
            PreparedPart(
                name,
                data,
                content_type=media_type or None,
                pieces=filled.pieces,
                name_pieces=named.pieces,
            )
        ]
    files = [_file(filler.at_once(path, f"the file of {part.name}"), context) for path in part.paths if path]
    return [
        PreparedPart(
            name,
            path=file,
            size_bytes=file.stat().st_size,
            filename=file.name,
            content_type=media_type or _guessed(file),
            name_pieces=named.pieces,
        )
        for file in files
    ]


def _file(path: str, context: Context) -> Path:
    if not path:
        raise UserError(
            "No file is chosen for the body.", "Choose one under Body, or choose another kind of body."
        )
    file = Path(path).expanduser()
    file = file if file.is_absolute() or context.base_dir is None else context.base_dir / file
    if not file.is_file():
        raise UserError(f"There is no file {file}.", "Choose the file again under Body.")
    return file


def _guessed(file: Path) -> str:
    return mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _body_headers(method: str, content: Content, media_type: str, own: set[str]) -> Iterable[PreparedHeader]:
    if media_type and "content-type" not in own:
        yield PreparedHeader("Content-Type", media_type, "body")
    length = content_length(content)
    if length is None and method.upper() in _BODY_EXPECTED:
        length = 0  # RFC 9110 section 8.6
    if length is not None and not own & {"content-length", "transfer-encoding"}:
        yield PreparedHeader("Content-Length", str(length), AUTOMATIC)


def _options(options: RequestOptions, context: Context) -> RequestOptions:
    """Return *options* with the CA file's path made absolute."""
    if not options.ca_file:
        return options
    return replace(options, ca_file=str(_file(options.ca_file, context)))
