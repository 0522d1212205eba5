"""Routes that show the client its own request: what came in, exactly as it came in."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from antiphon.practice.answer import Answer, json_answer, json_text, text_answer
from antiphon.practice.request import Request, grouped

_SHOWN_FILE_BYTES = 64 << 10


def echo(request: Request) -> Answer:
    """Answer with all of *request*; a JSON body is given back digit by digit, not through a parse."""
    shown: dict[str, Any] = {
        "method": request.method,
        "url": request.url,
        "http_version": request.http_version,
        "args": grouped(request.arguments),
        "headers": grouped(request.headers),
        "size_bytes": request.body.size_bytes,
    }
    text = _text(request.body.head)
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if request.body.size_bytes and not request.body.is_whole:
        return json_answer({**shown, "data": "(too large to show)", "sha256": request.body.sha256})
    if media_type == "application/x-www-form-urlencoded":
        shown["form"] = grouped(parse_qsl(text, keep_blank_values=True))
    elif media_type == "multipart/form-data":
        shown |= _multipart(request)
    elif request.body.size_bytes:
        shown["data"] = text
    if _is_json(request.body.head):
        return text_answer(f'{json_text(shown)[:-3]},\n  "json": {text.strip()}\n}}\n', "application/json")
    return json_answer(shown)


def echo_named(request: Request, name: str) -> Answer:  # noqa: ARG001 - it stands in the URL that is shown
    return echo(request)


def headers(request: Request) -> Answer:
    return json_answer({"headers": grouped(request.headers)})


def upload(request: Request) -> Answer:
    body = request.body
    media_type = request.header("content-type")
    return json_answer({"size_bytes": body.size_bytes, "sha256": body.sha256, "content_type": media_type})


def _is_json(data: bytes) -> bool:
    if data.strip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(data, parse_constant=_refused, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return True


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"({len(data)} bytes that are not UTF-8 text, SHA-256 {hashlib.sha256(data).hexdigest()})"


def _multipart(request: Request) -> dict[str, Any]:
    """Return the fields and files of a `multipart/form-data` body (RFC 7578)."""
    fields: list[tuple[str, str]] = []
    files: dict[str, Any] = {}
    for part_headers, data in _parts(request):
        name, filename, media_type = (
            _found(r'\bname="([^"]*)"', part_headers),
            _found(r'\bfilename="([^"]*)"', part_headers),
            _found(r"(?i)content-type:[ \t]*([^\r\n]+)", part_headers),
        )
        if filename is None:
            fields.append((name or "", _text(data)))
            continue
        shown = _text(data) if len(data) <= _SHOWN_FILE_BYTES else f"({len(data)} bytes)"
        files[name or ""] = {
            "filename": filename,
            "content_type": media_type,
            "size_bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "data": shown,
        }
    return {"form": grouped(fields), "files": files}


def _parts(request: Request) -> Iterator[tuple[str, bytes]]:
    boundary = _found(r'boundary="?([^";]+)', request.header("content-type") or "")
    if boundary is None:
        return
    sections = (b"\r\n" + request.body.head).split(f"\r\n--{boundary}".encode())
    for section in sections[1:-1]:
        head, _, data = section.partition(b"\r\n\r\n")
        yield head.decode("utf-8", "replace"), data


def _found(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match.group(1) if match else None
