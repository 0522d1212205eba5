"""A request with every decision taken: the method, URL, headers and bytes that will go out, and why.

The engine sends it, a snippet is written from it, a preview shows it. Beside each value stand the pieces it
was made of, so that a writer can put a variable or a secret's name where its value stood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.core.document import Auth, NoAuth, RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.template import Pieces

_READ_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class PreparedHeader:
    name: str
    value: str
    origin: str
    """Who added it, for people: `this request`, `folder Orders`, `auth`, `body`, `automatic`, `cookie jar`."""
    pieces: Pieces = ()
    """What *value* was made of; empty where it was made by Antiphon alone."""


@dataclass(frozen=True, slots=True)
class NoContent:
    pass


@dataclass(frozen=True, slots=True)
class BytesContent:
    data: bytes
    pieces: Pieces = ()
    """The text behind *data* (UTF-8); for a form, the fields are in *form* instead."""
    form: "tuple[PreparedField, ...] | None" = None


@dataclass(frozen=True, slots=True)
class PreparedField:
    """One pair of a urlencoded form, unencoded."""

    name: str
    value: str
    pieces: Pieces = ()
    """What *value* was made of."""
    name_pieces: Pieces = ()


@dataclass(frozen=True, slots=True)
class FileContent:
    path: Path
    size_bytes: int


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """One part of a multipart body: *data*, or the file at *path* with its *filename*."""

    name: str
    data: bytes = b""
    path: Path | None = None
    size_bytes: int = 0
    filename: str | None = None
    content_type: str | None = None
    pieces: Pieces = ()
    """The text behind *data*."""
    name_pieces: Pieces = ()


@dataclass(frozen=True, slots=True)
class MultipartContent:
    parts: tuple[PreparedPart, ...]
    boundary: str


Content = NoContent | BytesContent | FileContent | MultipartContent


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    method: str
    url: str
    """Absolute, without a fragment, no blanks or controls: exactly what is asked for.

    ASCII and percent-encoded, unless `options.encode_url` is off: then text beyond ASCII goes out as raw UTF-8.
    """
    headers: tuple[PreparedHeader, ...]
    """Every header in the order it goes out over HTTP/1.1, `Host` and `Content-Length` included."""
    content: Content = field(default_factory=NoContent)
    auth: Auth = field(default_factory=NoAuth)
    """The effective auth, variables filled in. Its header or query parameter is already in place."""
    options: RequestOptions = field(default_factory=RequestOptions)
    name: str = ""
    url_pieces: Pieces = ()
    auth_pieces: tuple[Pieces, ...] = ()
    """The pieces of each text of the auth, in the order of its fields (username, password)."""
    option_secrets: Pieces = ()
    """The secrets that stand somewhere in the options: a proxy's password, a passphrase."""
    unresolved: tuple[str, ...] = ()
    """Names in the body that have no value and go out as written."""
    warnings: tuple[str, ...] = ()
    """Where it breaks the protocol or may be misread, a sentence each; it goes out all the same."""

    def header(self, name: str) -> str | None:
        """Return the value of the first header called *name*, case ignored."""
        wanted = name.lower()
        return next((header.value for header in self.headers if header.name.lower() == wanted), None)


def content_length(content: Content) -> int | None:
    """Return the size of the body in bytes, or None where no body goes out at all."""
    match content:
        case NoContent():
            return None
        case BytesContent(data=data):
            return len(data)
        case FileContent(size_bytes=size):
            return size
        case MultipartContent(parts=parts, boundary=boundary):
            heads = sum(len(_part_head(part, boundary)) + 2 for part in parts)
            bodies = sum(part.size_bytes if part.path else len(part.data) for part in parts)
            return heads + bodies + len(_closing(boundary))


def content_chunks(content: Content) -> Iterator[bytes]:
    """Yield the body's bytes, files in reads of 256 KiB.

    Raises:
        UserError: a file is gone or its size is not what it was when the request was prepared.
    """
    match content:
        case NoContent():
            return
        case BytesContent(data=data):
            if data:
                yield data
        case FileContent(path=path, size_bytes=size):
            yield from _file_chunks(path, size)
        case MultipartContent(parts=parts, boundary=boundary):
            for part in parts:
                yield _part_head(part, boundary)
                if part.path is not None:
                    yield from _file_chunks(part.path, part.size_bytes)
                elif part.data:
                    yield part.data
                yield b"\r\n"
            yield _closing(boundary)


def _file_chunks(path: Path, size_bytes: int) -> Iterator[bytes]:
    sent = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                sent += len(chunk)
                if sent > size_bytes:
                    break
                yield chunk
    except OSError as error:
        raise UserError(f"Could not read {path}.", f"{error.strerror}. Choose the file again.") from error
    if sent != size_bytes:
        raise UserError(f"{path} changed while it was being sent.", "Send the request again.")


def _part_head(part: PreparedPart, boundary: str) -> bytes:
    """Return a part's delimiter and header section (RFC 7578; quoting as browsers do, WHATWG form-data)."""
    disposition = f'form-data; name="{_quoted(part.name)}"'
    if part.filename is not None:
        disposition += f'; filename="{_quoted(part.filename)}"'
    lines = [f"--{boundary}", f"Content-Disposition: {disposition}"]
    if part.content_type:
        lines.append(f"Content-Type: {part.content_type}")
    return _bytes("\r\n".join([*lines, "", ""]))


def _closing(boundary: str) -> bytes:
    return _bytes(f"--{boundary}--\r\n")


def _bytes(text: str) -> bytes:
    """Return *text* as UTF-8; a file's name that never was UTF-8 as the bytes it is, half a character as three."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
