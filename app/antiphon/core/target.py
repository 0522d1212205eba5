"""What is asked for: the URL as it is typed, made into the one that goes out, with the pieces it was made of."""

import re
from urllib.parse import quote, unquote

from antiphon.core import url as url_text
from antiphon.core.context import Filler
from antiphon.core.document import BasicAuth, RequestDocument, RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.template import Piece, Pieces, text_of

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_NOT_IN_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]|[\"#<>\\^`{|}]")
_NOT_ON_THE_LINE = re.compile(r"[\x00-\x20\x7f#]|[\ud800-\udc7f\udd00-\udfff]")
"""What would end the request line or the target (a blank, a control), begin a fragment, or is half a character."""
_STRIPPED = "".join(map(chr, range(0x21)))
_NOT_IN_SEGMENT = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@%]")


def target_of(
    document: RequestDocument, filler: Filler
) -> tuple[Pieces, BasicAuth | None, tuple[Pieces, ...]]:
    """Return the URL that goes out in pieces, and the user and password that stood in it, with theirs.

    Raises:
        UserError: nothing is typed, or the host cannot be one.
    """
    typed = re.sub(r"[\r\n\t]", "", document.url).strip(_STRIPPED)
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


def request_target_of(options: RequestOptions, filler: Filler) -> str:
    """Return what stands in the request line instead of path and query, its variables filled in."""
    return _encoded(text_of(filler(options.request_target, "the request target")), options)


def _without_fragment(typed: str) -> tuple[str, str | None]:
    parts = url_text.split(typed)
    return parts.path, parts.query


def _joined_path_variables(typed: str, document: RequestDocument, filler: Filler) -> Pieces:
    rows = [param for param in document.params if param.kind == "path" and param.enabled and param.value]
    values = {row.name: row.value for row in rows}
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
    found = match.group()
    is_byte = "\udc80" <= found <= "\udcff"  # one that never was text
    return quote(found, safe="", errors="surrogateescape" if is_byte else "surrogatepass")


def with_api_key(target: Pieces, auth_pieces: tuple[Pieces, ...]) -> Pieces:
    """Return *target* with an API key as one more pair of its query."""
    mark = "&" if "?" in text_of(target) else "?"
    key, value = auth_pieces
    encoded = [Piece(quote(piece.text, safe=""), piece.variable, piece.is_secret) for piece in value]
    return (*target, Piece(f"{mark}{quote(text_of(key), safe='')}="), *encoded)


def check_target(text: str) -> None:
    """Refuse a URL that leads nowhere.

    Raises:
        UserError: its scheme, host or port is none that can be asked.
    """
    scheme, _, rest = text.partition("://")
    if scheme.lower() not in ("http", "https"):
        raise UserError(f"Antiphon cannot send to “{scheme}://”.", "Use http:// or https://.")
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.%]+\]|[^:\[\]\s]+)(?::(\d*))?", authority)
    if match is None:
        raise UserError(f"“{authority}” is not a host and port.", "Check the URL.")
    if match.group(2) and not 0 < int(match.group(2)) < 65536:
        raise UserError(f"{match.group(2)} is not a port.", "A port is a number from 1 to 65535.")
