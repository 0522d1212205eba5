"""What is sent along: a document's body made into the bytes that go out, or the files they will be read from."""

import mimetypes
import re
import secrets
from dataclasses import replace
from pathlib import Path
from typing import assert_never
from urllib.parse import quote_plus

from antiphon.core.context import Context, Filler
from antiphon.core.document import (
    Body,
    FileBody,
    FormBody,
    MultipartBody,
    NoBody,
    Part,
    TextBody,
    TextLanguage,
)
from antiphon.core.errors import UserError
from antiphon.core.fields import Charset
from antiphon.core.prepared import (
    BytesContent,
    Content,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedHeader,
    PreparedPart,
)
from antiphon.core.template import Filled, Piece, text_of

_MEDIA_TYPES: dict[TextLanguage, str] = {
    "json": "application/json",
    "text": "text/plain",
    "xml": "application/xml",
    "sparql": "application/sparql-query",
}
_BOUNDARY = re.compile(r';\s*boundary=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))', re.IGNORECASE)


def content_of(body: Body, context: Context, filler: Filler) -> tuple[Content, str]:
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
            file = file_of(filler.at_once(path, "the body's file"), context)
            media_type = text_of(filler(content_type, "the body's content type"))
            return FileContent(file, file.stat().st_size), media_type or _guessed(file)
        case _:
            assert_never(body)


def with_one_boundary(
    content: MultipartContent, headers: list[PreparedHeader], charset: Charset = "utf-8"
) -> tuple[MultipartContent, list[PreparedHeader]]:
    """Let a Content-Type of the user's own and the body agree: its boundary is used, a missing one is added."""
    result = []
    for header in headers:
        if header.name.lower() == "content-type" and header.value.lower().startswith("multipart/"):
            own = _BOUNDARY.search(header.value)
            if own is not None:
                content = replace(content, boundary=_boundary(own, charset))
            else:
                added = f"; boundary={content.boundary}"
                header = replace(header, value=header.value + added, pieces=(*header.pieces, Piece(added)))
        result.append(header)
    return content, result


def _boundary(own: re.Match[str], charset: Charset) -> str:
    """Return the boundary that a Content-Type names, so that its UTF-8 is the bytes that the header has."""
    quoted = own.group(1)
    text = own.group(2) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return text.encode(charset, "surrogateescape").decode("utf-8", "surrogateescape")


def _field(name: Filled, value: Filled) -> PreparedField:
    return PreparedField(name.text, value.text, value.pieces, name.pieces)


def _parts(part: Part, context: Context, filler: Filler) -> list[PreparedPart]:
    named = filler.body(part.name)
    name = named.text
    media_type = text_of(filler(part.content_type, f"the content type of {part.name}"))
    if re.search(r"[\r\n\0]", media_type):
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
    files = [
        file_of(filler.at_once(path, f"the file of {part.name}"), context) for path in part.paths if path
    ]
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


def file_of(path: str, context: Context) -> Path:
    """Return the file at *path*, absolute where the context says what relative paths start from.

    Raises:
        UserError: none is chosen, or it is not there.
    """
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
