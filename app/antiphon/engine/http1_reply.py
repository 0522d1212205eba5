"""Reads an HTTP/1.x reply out of bytes, as forgiving as curl is: heads, lengths, chunks; no input or output.

Sources: RFC 9112 sections 4 to 7; where servers break it, the behaviour of curl 7.88.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from antiphon.core.events import Head
from antiphon.engine import http1_notes
from antiphon.engine.failures import ExchangeBroken, broken
from antiphon.engine.http1_notes import field_notes, framing_notes, line_notes, persistence_notes

MAX_HEAD_BYTES = 1 << 20
RAW_BYTES = 1 << 16
"""How much of an answer that cannot be read is kept to be shown."""
_BLANK_LINE = re.compile(rb"\n\r?\n")
_STATUS_LINE = re.compile(
    rb"(HTTP/1\.[0-9]) +([1-9][0-9]{2})(?![0-9])(?:[ \t]*(.*))?", re.DOTALL | re.IGNORECASE
)
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})(?![0-9A-Fa-f])")
_HINT = "The server, or something between you and it, sends malformed HTTP."
_MAX_LINE_BYTES = 1 << 16
_CHUNKS_AT_ONCE = 2_000
"""How many chunks are read in one step, of about 5 ms: they may be tiny."""
_MAX_DIGITS = 19
"""A length of so many digits may not fit in 63 bits: as in curl, the end of the connection tells then."""

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A parsed head and how its body is delimited."""

    head: Head
    raw_headers: RawHeaders
    length: int | None
    """Bytes of body by Content-Length, 0 where there can be none; None where chunks or the end tell."""
    is_chunked: bool
    keeps_alive: bool
    notes: tuple[str, ...] = ()
    """Which rules the head breaks, a sentence each."""


class HeadReader:
    """Gathers bytes until a head is complete; what follows it stays in `rest`."""

    def __init__(self, max_bytes: int = MAX_HEAD_BYTES) -> None:
        self.rest = bytearray()
        self._max_bytes = max_bytes
        self._searched = 0

    def feed(self, data: bytes) -> None:
        self.rest += data

    def next_block(self) -> bytes | None:
        """Return the lines of the next head without its blank line, or None where it is not complete yet.

        Raises:
            ExchangeBroken: these bytes are no HTTP, or far too many; they are in its `raw`.
        """
        with _shown_raw(self.rest):
            return self._next_block()

    def _next_block(self) -> bytes | None:
        if self.rest and not b"HTTP/".startswith(self.rest[:5].upper()):
            raise not_http(bytes(self.rest[:64]))
        match = _BLANK_LINE.search(self.rest, max(self._searched - 2, 0))
        self._searched = len(self.rest)
        if (self._searched if match is None else match.end()) > self._max_bytes:
            raise broken(
                "protocol", f"The head of the answer is larger than {_size(self._max_bytes)}.", _HINT
            )
        if match is None:
            return None
        block = bytes(self.rest[: match.start()])
        del self.rest[: match.end()]
        self._searched = 0
        return block

    def cut_off(self) -> ExchangeBroken:
        """Return the failure of an answer whose head ends in the middle; what came of it is in its `raw`."""
        error = broken(
            "disconnected",
            "The server closed the connection in the middle of the head of its answer.",
            "What had arrived is shown as it came. Send again; if it happens each time, look at the server's log.",
        )
        error.raw = bytes(self.rest[:RAW_BYTES])
        return error


def parse_reply(block: bytes, method: bytes) -> Reply:
    """Return what the head *block* says of an answer to a request by *method*.

    Raises:
        ExchangeBroken: the status line or what delimits the body cannot be understood; *block* is in its `raw`.
    """
    with _shown_raw(block):
        return _parsed(block, method)


def _parsed(block: bytes, method: bytes) -> Reply:
    first, *lines = [line.removesuffix(b"\r") for line in block.split(b"\n")]
    match = _STATUS_LINE.fullmatch(first)
    if match is None:
        raise broken("protocol", f"The answer begins with {_shown(first)}, which is no status line.", _HINT)
    version, status, reason = match[1].decode("ascii").upper(), int(match[2]), (match[3] or b"").strip()
    headers = _headers(lines)
    head = Head(status, reason.decode("latin-1"), version, tuple((_text(k), _text(v)) for k, v in headers))
    has_body = _has_body(head, method)
    codings = _transfer_codings(lines)
    length, is_chunked = _framing(head, codings) if has_body else (0, False)
    ends_itself = length is not None or is_chunked
    notes = (
        *line_notes(block),
        *framing_notes(head, codings, list_items(head, "content-length"), has_body=has_body),
        *persistence_notes(list_items(head, "connection"), ends_itself=ends_itself),
    )
    is_tunnel = method == b"CONNECT" and head.status < 300
    keeps_alive = ends_itself and not is_tunnel and _is_framed_well(head, lines) and _keeps_alive(head)
    return Reply(head, headers, length, is_chunked, keeps_alive, notes)


def _is_framed_well(head: Head, lines: list[bytes]) -> bool:
    """Return whether a server that is read in another way could not mean another end (RFC 9112 section 6.1)."""
    if head.get("transfer-encoding") is None:
        return True
    is_folded = any(line[:1] in {b" ", b"\t"} for line in lines)
    return head.http_version != "HTTP/1.0" and head.get("content-length") is None and not is_folded


@contextmanager
def _shown_raw(data: bytes | bytearray) -> Iterator[None]:
    """Let a failure bring the beginning of *data*, from which it came."""
    try:
        yield
    except ExchangeBroken as error:
        error.raw = bytes(data[:RAW_BYTES])
        raise


def not_http(first: bytes) -> ExchangeBroken:
    """Return the failure of an answer that begins with the bytes *first*."""
    if first[:2] in {b"\x15\x03", b"\x16\x03"}:
        sentence, hint = "The server speaks TLS on this port.", "Use https:// instead of http://."
        return broken("protocol", sentence, hint, remedies=("use_https",))
    if len(first) >= 9 and first[3] == 4 and not first[5] | first[6] | first[7] | first[8]:
        sentence, hint = "The server speaks HTTP/2 only.", "Choose HTTP/2 by prior knowledge."
        return broken("protocol", sentence, hint, remedies=("use_http2_prior_knowledge",))
    return broken(
        "protocol",
        f"The answer is not HTTP: it begins with {_shown(first)}.",
        "Check the port, and whether it should be https.",
    )


class ChunkedBody:
    """Takes the chunks of a body apart (RFC 9112 section 7.1); extensions are skipped."""

    def __init__(self) -> None:
        self.is_done = False
        self.trailers: tuple[tuple[str, str], ...] = ()
        self.rest = b""
        """After the end: bytes that do not belong to this answer."""
        self.notes: list[str] = []
        """Which rules the chunks break, a sentence each, each once."""
        self.fault: ExchangeBroken | None = None
        """Why nothing after what was returned can be read."""
        self.is_behind = False
        """More chunks wait than are read at once: feed it nothing, to go on."""
        self._buffer = b""
        self._left = 0
        self._in_trailers = False

    def feed(self, data: bytes) -> bytes:
        """Return the body bytes in *data*, up to where a chunk is malformed: then there is a `fault`."""
        pieces: list[memoryview] = []
        try:
            self._feed(self._buffer + data if self._buffer else data, pieces)
        except ExchangeBroken as error:
            self.fault = error
        return b"".join(pieces)

    def _feed(self, data: bytes, pieces: list[memoryview]) -> None:
        at, view, self.is_behind = 0, memoryview(data), False
        while not self.is_done:
            if len(pieces) >= _CHUNKS_AT_ONCE:
                self.is_behind = True
                break
            if self._left > 2:  # the last two are the chunk's CRLF
                piece = view[at : at + self._left - 2]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                if self._left > 2:
                    break
            if self._in_trailers:
                at = self._read_trailers(data, at)
                break
            following = self._next_size(data, at)
            if following == at:
                break
            at = following
        self._buffer = b"" if self.is_done else data[at:]

    def _next_size(self, data: bytes, at: int) -> int:
        """Read past the end of a chunk and the size of the next; return *at* where more bytes are needed."""
        start = at
        if self._left:
            start = self._past_chunk_end(data, at)
            if start < 0:
                return at
        end = data.find(b"\n", start)
        if end < 0:
            if len(data) - start > _MAX_LINE_BYTES:
                raise broken("protocol", "A chunk's size line in the answer has no end.", _HINT)
            return at
        match = _CHUNK_SIZE.match(data, start, end)
        if match is None:
            raise broken("protocol", f"{_shown(data[start:end])} is no chunk size in the answer.", _HINT)
        size = int(match[1], 16)
        if end - match.end() != 1 or data[end - 1 : end] != b"\r" or match.start(1) != start:
            self._note_size_line(data[start:end], match[0])
        self._left, self._in_trailers = (size + 2, False) if size else (0, True)
        return end + 1

    def _note_size_line(self, line: bytes, size: bytes) -> None:
        after = line[len(size) :].removesuffix(b"\r")
        if not line.endswith(b"\r"):
            self._note(http1_notes.CHUNK_LINE)
        if size[:1] in b" \t" or after[:1] in {b" ", b"\t"}:
            self._note(http1_notes.CHUNK_BLANK)
        if extension := after.strip(b" \t"):
            is_formal = extension.startswith(b";")
            self._note(http1_notes.CHUNK_EXTENSION if is_formal else http1_notes.CHUNK_TEXT)

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def _past_chunk_end(self, data: bytes, at: int) -> int:
        """Return where the line end at *at* is over, -1 where it is not there yet."""
        if data[at : at + 2] == b"\r\n":
            return at + 2
        if data[at : at + 1] == b"\n":
            self._note(http1_notes.CHUNK_END)
            return at + 1
        if len(data) - at < 2 and data[at:] in {b"", b"\r"}:
            return -1
        raise broken("protocol", "A chunk of the answer is longer than its size says.", _HINT)

    def _read_trailers(self, data: bytes, at: int) -> int:
        if data.startswith((b"\r\n", b"\n"), at):
            self.is_done, self.rest = True, data[data.index(b"\n", at) + 1 :]
            return len(data)
        match = _BLANK_LINE.search(data, at)
        if match is None:
            if len(data) - at > MAX_HEAD_BYTES:
                raise broken("protocol", "The trailers of the answer are larger than 1 MiB.", _HINT)
            return at
        lines = [line.removesuffix(b"\r") for line in data[at : match.start()].split(b"\n")]
        self.trailers = tuple((_text(name), _text(value)) for name, value in _headers(lines))
        self.notes += field_notes(lines)
        self.is_done, self.rest = True, data[match.end() :]
        return len(data)


def _headers(lines: list[bytes]) -> RawHeaders:
    """Return the fields of *lines*; a folded line joins the one before (RFC 9112 section 5.2)."""
    headers: RawHeaders = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and headers:
            name, value = headers[-1]
            headers[-1] = (name, (value + b" " + line.strip(b" \t")).strip(b" \t"))
            continue
        name, _, value = line.partition(b":")
        headers.append((name.strip(b" \t"), value.strip(b" \t")))
    return headers


def _has_body(head: Head, method: bytes) -> bool:
    """Return whether there can be a body at all (RFC 9112 section 6.3, 1 and 2)."""
    if method == b"HEAD" or head.status in {204, 304} or head.status < 200:
        return False
    return not (method == b"CONNECT" and head.status < 300)


def _framing(head: Head, codings: list[str]) -> tuple[int | None, bool]:
    """Return the body's length, if known, and whether it comes in chunks (RFC 9112 section 6.3)."""
    for coding in codings:
        if coding not in {"chunked", "identity", "gzip", "x-gzip", "deflate"}:
            raise broken("protocol", f"The answer uses the unknown transfer coding {coding!r}.", _HINT)
    if "chunked" in codings:
        return None, True
    if any(coding != "identity" for coding in codings):
        return None, False
    return _content_length(head), False


def _transfer_codings(lines: list[bytes]) -> list[str]:
    """Return the transfer codings; what is folded onto a further line does not count, as in curl."""
    named = [line.partition(b":") for line in lines if line[:1] not in {b" ", b"\t"}]
    values = [_text(value) for name, _, value in named if name.strip(b" \t").lower() == b"transfer-encoding"]
    return _items(values)


def _content_length(head: Head) -> int | None:
    values = list_items(head, "content-length")
    if not values:
        return None
    if len(set(values)) > 1 or not (values[0].isascii() and values[0].isdigit()):
        sentence = f"The answer's Content-Length is {_listed(values)}, which is no length."
        raise broken("protocol", sentence, _HINT)
    return int(values[0]) if len(values[0]) < _MAX_DIGITS else None


def _listed(values: list[str]) -> str:
    text = ", ".join(values)
    return text if len(text) <= 60 else f"{text[:60]}…"


def list_items(head: Head, name: str) -> list[str]:
    """Return the comma-separated items of every header *name*, lower-cased, parameters dropped."""
    return _items(head.get_all(name))


def _items(values: list[str]) -> list[str]:
    items = [item for value in values for item in value.split(",")]
    return [item for text in items if (item := text.partition(";")[0].strip().lower())]


def _keeps_alive(head: Head) -> bool:
    if head.status == 101:
        return False
    options = list_items(head, "connection")
    if head.http_version == "HTTP/1.0":
        return "keep-alive" in options
    return "close" not in options


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def _size(count: int) -> str:
    return f"{count >> 20} MiB" if count >= 1 << 20 else f"{count:,} bytes"


def _shown(raw: bytes) -> str:
    """Return *raw* for people: quoted, what is not ASCII escaped, at most 40 bytes."""
    text = repr(bytes(raw[:40]))[1:]
    return text + ("…" if len(raw) > 40 else "")
