"""Which language and charset a body has, from its Content-Type and its first bytes."""

import re
from dataclasses import dataclass, field, replace
from typing import Literal

from antiphon.body.transcoded import is_ascii_compatible
from antiphon.render.charset import CharsetOrigin, charset_of
from antiphon.render.json_start import json_kind

Language = Literal[
    "json",
    "jsonlines",
    "xml",
    "html",
    "svg",
    "javascript",
    "css",
    "yaml",
    "csv",
    "form",
    "multipart",
    "sse",
    "text",
    "image",
    "binary",
]

SNIFFED_BYTES = 1024
"""How many first bytes are looked at."""

_TYPES: dict[str, Language] = {
    "application/json": "json",
    "text/json": "json",
    "application/x-ndjson": "jsonlines",
    "application/ndjson": "jsonlines",
    "application/jsonl": "jsonlines",
    "application/x-jsonlines": "jsonlines",
    "application/json-lines": "jsonlines",
    "application/jsonlines": "jsonlines",
    "application/stream+json": "jsonlines",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/xml-dtd": "xml",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/javascript": "javascript",
    "application/javascript": "javascript",
    "application/x-javascript": "javascript",
    "application/ecmascript": "javascript",
    "text/css": "css",
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
    "text/x-yaml": "yaml",
    "application/x-www-form-urlencoded": "form",
    "text/event-stream": "sse",
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "image/svg+xml": "svg",
    "application/graphql": "text",
}
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"\x00\x00\x01\x00")
_SUFFIXES: tuple[tuple[str, Language], ...] = (("+json", "json"), ("+xml", "xml"), ("+yaml", "yaml"))
_FAMILIES: tuple[tuple[str, Language], ...] = (
    ("image/", "image"),
    ("multipart/", "multipart"),
    ("audio/", "binary"),
    ("video/", "binary"),
    ("font/", "binary"),
)
_CONTROLS = frozenset(range(32)) - {8, 9, 10, 12, 13, 27}


@dataclass(frozen=True, slots=True)
class Media:
    language: Language
    charset: str
    """A codec name that Python knows."""
    charset_origin: CharsetOrigin = field(default="nobody", compare=False)
    content_type: str = field(default="", compare=False)
    """Value of the header, "" without one."""

    @property
    def is_ascii_compatible(self) -> bool:
        """Whether each byte of ASCII is itself, a newline above all, as rows and search take it to be."""
        return is_ascii_compatible(self.charset)


def media_of(content_type: str, first: bytes, chosen: tuple[str, CharsetOrigin] | None = None) -> Media:
    """Return language and charset of a body.

    Args:
        content_type: Value of the header, "" if there was none.
        first: The first bytes of the body; `SNIFFED_BYTES` are enough.
        chosen: A charset, and who says so, instead of what header and first bytes say.

    The declared type wins over the bytes, but for text that holds bytes no text has: that is binary. Without a
    type, or with one that says nothing (`application/octet-stream`, `text/plain`), the bytes decide.
    """
    first = first[:SNIFFED_BYTES]
    charset, origin = chosen or charset_of(content_type, first)
    media = Media("text", charset, origin, content_type)
    if media.is_ascii_compatible and _looks_binary(first):
        return replace(media, language=_unreadable(content_type, first))
    return replace(media, language=_declared(content_type) or _sniffed(first, charset))


def _declared(content_type: str) -> Language | None:
    essence = content_type.partition(";")[0].strip().lower()
    if essence in _TYPES:
        return _TYPES[essence]
    for suffix, language in _SUFFIXES:
        if essence.endswith(suffix):
            return language
    return next((language for family, language in _FAMILIES if essence.startswith(family)), None)


def _unreadable(content_type: str, first: bytes) -> Language:
    """Return what bytes are that no text has."""
    if (declared := _declared(content_type)) in {"image", "multipart"}:
        return declared
    is_picture = first.startswith(_PICTURES) or (first[:4] == b"RIFF" and first[8:12] == b"WEBP")
    return "image" if is_picture else "binary"


def _looks_binary(first: bytes) -> bool:
    if b"\x00" in first:
        return True
    return sum(byte in _CONTROLS for byte in first) * 20 > len(first)


def _sniffed(first: bytes, charset: str) -> Language:
    text = first.decode(charset, "replace").lstrip("\ufeff \t\r\n")
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html", "<head", "<body")):
        return "html"
    if start.startswith(("<?xml", "<!--")) or re.match(r"<[a-z_][\w:.-]*[\s/>]", start):
        return "xml"
    return json_kind(text)
