"""Bytes of a request as text to look at: the fields of a head with who added each, escapes, a hex dump."""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from antiphon.core.exchange import Hop
from antiphon.core.prepared import PreparedHeader

HEX_BYTES = 64 << 10
"""How much is shown as a hex dump."""
_WHO = {
    "this request": "You",
    "automatic": "Antiphon",
    "body": "Body",
    "auth": "Auth",
    "cookie jar": "Cookie jar",
    "the collection": "Collection",
}
_STRANGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xa0\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]|[ ](?=\r|\n|$)"
)


@dataclass(frozen=True, slots=True)
class SentField:
    """One line of a head, or one pair of an HTTP/2 field list."""

    name: str
    value: str
    who: str
    """Who added it, for people."""


def sent_fields(hop: Hop) -> list[SentField]:
    """Return what *hop* sent as head, each with who added it: request line or pseudo-headers first.

    Where nothing was written yet it is what was prepared.
    """
    if hop.sent.fields:
        return list(_joined(hop.sent.fields, hop.request.headers))
    if hop.sent.head:
        first, *lines = text_of(hop.sent.head).rstrip("\r\n").split("\r\n")
        method, _blank, rest = first.partition(" ")
        return [SentField(method, rest, ""), *_joined(map(_pair, lines), hop.request.headers)]
    line = SentField(hop.request.method, hop.request.url, "")
    return [line, *(SentField(one.name, one.value, who_added(one.origin)) for one in hop.request.headers)]


def who_added(origin: str) -> str:
    """Return a header's origin as a word or two for a table: `You`, `Folder Orders`, `Antiphon`."""
    return _WHO.get(origin) or origin[:1].upper() + origin[1:]


def text_of(data: bytes) -> str:
    """Return *data* as UTF-8, or where it is none as latin-1, each byte one character."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def escaped(text: str) -> str:
    """Return *text* with what cannot be seen written out as in Python, the line breaks too, which then stay."""
    return _INVISIBLE.sub(lambda found: _escape(found[0]), text)


def body_text(data: bytes) -> str:
    """Return the bytes of a body as text where they are text, as a hex dump of the first `HEX_BYTES` where not."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return hex_dump(data[:HEX_BYTES])
    return hex_dump(data[:HEX_BYTES]) if _STRANGE.search(text) else text


def hex_dump(data: bytes) -> str:
    """Return lines of offset, sixteen bytes in hexadecimal, and those that are ASCII as characters."""
    return "\n".join(_hex_line(data, start) for start in range(0, len(data), 16))


def _hex_line(data: bytes, start: int) -> str:
    row = data[start : start + 16]
    pairs = f"{row[:8].hex(' ')}  {row[8:].hex(' ')}"
    letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
    return f"{start:08x}  {pairs:<48}  {letters}"


def _pair(line: str) -> tuple[str, str]:
    name, _colon, value = line.partition(":")
    return name, value.strip(" \t")


def _joined(pairs: Iterable[tuple[str, str]], headers: tuple[PreparedHeader, ...]) -> Iterator[SentField]:
    """Yield *pairs* with the origin of the prepared header each came from: same name and value, else same name."""
    left = list(headers)
    for name, value in pairs:
        if name.startswith(":"):
            yield SentField(name, value, "HTTP/2")
            continue
        same = [header for header in left if header.name.strip().lower() == name.strip().lower()]
        source = next((header for header in same if header.value == value), same[0] if same else None)
        if source is not None:
            left.remove(source)
        yield SentField(name, value, who_added(source.origin) if source is not None else "Antiphon")


def _escape(character: str) -> str:
    if character == " ":
        return "\\x20"
    short = {"\r": "\\r", "\n": "\\n\n", "\t": "\\t"}.get(character)
    code = ord(character)
    return short or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
