"""What of a prepared request a snippet has to say, and what every library says by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from urllib.parse import quote_plus

from antiphon.core.document import BasicAuth
from antiphon.core.prepare import AUTOMATIC
from antiphon.core.prepared import (
    BytesContent,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedHeader,
    PreparedPart,
    PreparedRequest,
    content_chunks,
    content_length,
)
from antiphon.core.template import Piece, Pieces, text_of
from antiphon.snippets.names import masked

NO_HTTP2 = "Sent over HTTP/1.1: HTTP/2 is agreed on over TLS only, without it there is prior knowledge."
COOKIE_JAR = "cookie jar"
BODY = "body"

_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """A header or a text to write: *value* with the pieces it is made of, checked to agree."""

    name: str
    value: str
    pieces: Pieces


def secrets_of(request: PreparedRequest) -> tuple[Piece, ...]:
    """Return every secret piece that is known anywhere in *request*."""
    return tuple(piece for piece in _all_pieces(request) if piece.is_secret and piece.text)


def agreeing(text: str, pieces: Pieces, request: PreparedRequest) -> Pieces:
    """Return *pieces* where they make up *text*, else *text* cut at the secrets of *request*."""
    return pieces if text_of(pieces) == text else masked(text, secrets_of(request))


def basic_auth(request: PreparedRequest) -> tuple[Pieces, Pieces] | None:
    """Return user name and password where they, and not a header of the user's, make the Authorization."""
    auth = request.auth
    if not isinstance(auth, BasicAuth) or _basic_header(request) is None:
        return None
    user, password = request.auth_pieces if len(request.auth_pieces) == 2 else ((), ())
    return agreeing(auth.username, user, request), agreeing(auth.password, password, request)


def said_headers(request: PreparedRequest, *, body: bool = True) -> list[Said]:
    """Return the headers that a snippet writes: the user's, inherited ones, the auth's, and with *body* the body's.

    Automatic ones and basic auth's are left to the library; so are cookies of the jar.
    """
    left_out = {AUTOMATIC, COOKIE_JAR} if body else {AUTOMATIC, COOKIE_JAR, BODY}
    basic = _basic_header(request)
    return [
        Said(header.name, header.value, _header_pieces(header, request))
        for header in request.headers
        if header.origin not in left_out and header is not basic
    ]


def sayable_headers(request: PreparedRequest, name: re.Pattern[str], *, body: bool = True) -> list[Said]:
    """Return the headers for a library that takes names like *name* only, and no blanks around a value.

    Servers take such blanks away (RFC 9110 section 5.5), so that they need not be there.
    """
    said = said_headers(request, body=body)
    return [
        Said(one.name, one.value.strip(" \t"), _trimmed(one.pieces))
        for one in said
        if name.fullmatch(one.name)
    ]


def unsayable_names(request: PreparedRequest, name: re.Pattern[str]) -> list[str]:
    """Return the names of the headers that `sayable_headers` leaves out."""
    return [one.name for one in said_headers(request) if not name.fullmatch(one.name)]


def _trimmed(pieces: Pieces) -> Pieces:
    """Return *pieces* without the blanks at both ends; a secret keeps its own."""
    kept = list(pieces)
    while kept and not kept[0].is_secret and not kept[0].text.strip(" \t"):
        del kept[0]
    while kept and not kept[-1].is_secret and not kept[-1].text.strip(" \t"):
        del kept[-1]
    if kept and not kept[0].is_secret:
        kept[0] = replace(kept[0], text=kept[0].text.lstrip(" \t"))
    if kept and not kept[-1].is_secret:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(" \t"))
    return tuple(kept)


def url_pieces(request: PreparedRequest) -> Pieces:
    return agreeing(request.url, request.url_pieces, request)


def target_pieces(request: PreparedRequest) -> Pieces:
    """Return what stands in the request line: a part of the URL, or what is asked for instead."""
    if request.options.request_target:
        return masked(request.options.request_target, secrets_of(request))
    rest = len(request.url) - len(target(request))
    kept: list[Piece] = []
    for piece in url_pieces(request):
        cut = min(rest, len(piece.text))
        rest -= cut
        if piece.text[cut:]:
            kept.append(Piece(piece.text[cut:], piece.variable, piece.is_secret))
    return tuple(kept)


def target(request: PreparedRequest) -> str:
    """Return what stands in the request line."""
    if request.options.request_target:
        return request.options.request_target
    return request.url[request.url.index("/", request.url.index("://") + 3) :]


def refuses_http2(request: PreparedRequest) -> bool:
    """Tell whether HTTP/2 is demanded where it cannot be agreed on: Antiphon sends nothing then."""
    return request.options.http_version == "2" and not is_https(request)


def is_https(request: PreparedRequest) -> bool:
    return request.url[:6].lower() == "https:"


def has_dot_segments(path_and_query: str) -> bool:
    return _DOT_SEGMENT.search(path_and_query.partition("?")[0]) is not None


def has_own_content_type(request: PreparedRequest) -> bool:
    return any(header.name.lower() == "content-type" and header.origin != BODY for header in request.headers)


def has_duplicates(headers: list[Said]) -> bool:
    return len({header.name.lower() for header in headers}) < len(headers)


def is_empty(request: PreparedRequest) -> bool:
    """Tell whether no byte of body goes out, whatever the Content-Length says."""
    return not content_length(request.content)


def says_zero_length(request: PreparedRequest) -> bool:
    """Tell whether an empty body goes out with `Content-Length: 0` of Antiphon's own."""
    return is_empty(request) and any(
        header.name == "Content-Length" and header.origin == AUTOMATIC for header in request.headers
    )


def text_body(request: PreparedRequest) -> Pieces | None:
    """Return the body as text; None where it is no text."""
    content = request.content
    if not isinstance(content, BytesContent):
        return None
    text = _decoded(content.data)
    if text is None:
        return None
    if content.form is not None:
        return agreeing(text, _form_pieces(content.form, request), request)
    return agreeing(text, content.pieces, request)


def is_plain_multipart(request: PreparedRequest) -> bool:
    """Tell whether the body is parts as every library sends them: texts, and files that say their type."""
    content = request.content
    if not isinstance(content, MultipartContent) or not content.parts or has_own_content_type(request):
        return False
    return all(
        part.content_type is not None if part.path is not None else part_text(part, request) is not None
        for part in content.parts
    )


def part_text(part: PreparedPart, request: PreparedRequest) -> Pieces | None:
    """Return a text part's value; None where it is no text."""
    text = _decoded(part.data)
    return None if text is None else agreeing(text, part.pieces, request)


def literal_runs(request: PreparedRequest) -> Iterator[bytes | Path | Piece]:
    """Yield the body as runs of bytes, files and secrets, in order: how to write it when no idiom gives these bytes."""
    match request.content:
        case NoContent():
            return
        case FileContent(path=path):
            yield path
        case BytesContent(data=data):
            pieces = text_body(request)
            yield from _masked_bytes(data, request) if pieces is None else _runs(pieces)
        case MultipartContent(parts=parts, boundary=boundary):
            yield from _joined(_multipart_runs(parts, boundary, request))


def _multipart_runs(
    parts: tuple[PreparedPart, ...], boundary: str, request: PreparedRequest
) -> Iterator[bytes | Path | Piece]:
    closing = f"--{boundary}--\r\n".encode()
    for part in parts:
        yield from _masked_head(part, boundary, request)
        if part.path is not None:
            yield part.path
        else:
            text = part_text(part, request)
            yield from _masked_bytes(part.data, request) if text is None else _runs(text)
        yield b"\r\n"
    yield closing


def _masked_bytes(data: bytes, request: PreparedRequest) -> Iterator[bytes | Piece]:
    """Yield *data* that is no text, cut at the bytes of every secret."""
    secrets = {_as_latin(piece.text): piece for piece in secrets_of(request)}
    marks = [Piece(text, piece.variable, is_secret=True) for text, piece in secrets.items()]
    for piece in masked(data.decode("latin-1"), marks):
        yield secrets[piece.text] if piece.is_secret else piece.text.encode("latin-1")


def _as_latin(text: str) -> str:
    """Return the UTF-8 of *text*, a character for each byte."""
    return text.encode(errors="surrogatepass").decode("latin-1")


def _joined(runs: Iterator[bytes | Path | Piece]) -> Iterator[bytes | Path | Piece]:
    """Yield *runs* with neighbouring bytes joined."""
    waiting = b""
    for run in runs:
        if isinstance(run, bytes):
            waiting += run
            continue
        if waiting:
            yield waiting
        waiting = b""
        yield run
    if waiting:
        yield waiting


def _masked_head(part: PreparedPart, boundary: str, request: PreparedRequest) -> Iterator[bytes | Piece]:
    """Yield a part's delimiter and header section, cut at the secrets in its name."""
    hollow = PreparedPart(part.name, filename=part.filename, content_type=part.content_type)
    whole = b"".join(content_chunks(MultipartContent((hollow,), boundary)))
    head = whole.removesuffix(f"--{boundary}--\r\n".encode()).removesuffix(b"\r\n")
    yield from _runs(masked(head.decode(), secrets_of(request)))


def _runs(pieces: Pieces) -> Iterator[bytes | Piece]:
    for piece in pieces:
        yield piece if piece.is_secret else piece.text.encode()


def _form_pieces(form: tuple[PreparedField, ...], request: PreparedRequest) -> Pieces:
    """Return the urlencoded text, a secret's piece encoded like the rest (`quote_plus`)."""
    pieces: list[Piece] = []
    for index, field in enumerate(form):
        pieces += [Piece("&")] if index else []
        pieces += urlencoded(agreeing(field.name, field.name_pieces, request))
        pieces += [Piece("="), *urlencoded(agreeing(field.value, field.pieces, request))]
    return tuple(pieces)


def urlencoded(pieces: Pieces) -> Pieces:
    """Return *pieces* as they stand in a urlencoded form."""
    return tuple(Piece(quote_plus(piece.text), piece.variable, piece.is_secret) for piece in pieces)


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _header_pieces(header: PreparedHeader, request: PreparedRequest) -> Pieces:
    return agreeing(header.value, header.pieces, request)


def _basic_header(request: PreparedRequest) -> PreparedHeader | None:
    if not isinstance(request.auth, BasicAuth):
        return None
    for header in request.headers:
        by_auth = header.origin in {"auth", "the URL"} or header.origin.startswith("auth of ")
        if by_auth and header.name == "Authorization":
            return header
    return None


def _all_pieces(request: PreparedRequest) -> Iterator[Piece]:
    yield from chain(request.url_pieces, request.option_secrets, *request.auth_pieces)
    yield from chain(*(header.pieces for header in request.headers))
    match request.content:
        case BytesContent(pieces=pieces, form=form):
            yield from chain(pieces, *((*pair.name_pieces, *pair.pieces) for pair in form or ()))
        case MultipartContent(parts=parts):
            yield from chain(*((*part.name_pieces, *part.pieces) for part in parts))
        case _:
            return
