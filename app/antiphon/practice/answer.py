"""What a route answers, as a value, and how it goes out: delays, streams and cut-off bodies included."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from antiphon.practice.request import Receive, Request, Send

Headers = tuple[tuple[str, str], ...]

_BEFORE_THE_CUT_S = 0.2
"""Long enough for the client to read what comes before: h2 drops what arrives in one piece with a broken end."""


class BadRequestError(Exception):
    """The request asks for what the route cannot give; the text says what it can."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    headers: Headers = ()
    body: bytes | AsyncIterator[bytes] = b""
    size_bytes: int | None = None
    """The Content-Length to announce: a stream's size where it is known, or a lie for a cut-off body."""
    delay_s: float = 0.0
    """How long to wait before the first byte; infinite for no answer at all."""
    is_cut: bool = False
    """Whether to end before the announced size is reached."""

    def header_rows(self) -> list[tuple[bytes, bytes]]:
        size = len(self.body) if isinstance(self.body, bytes) and self.size_bytes is None else self.size_bytes
        rows = [("server", "antiphon-practice"), *self.headers]
        if size is not None and self.status not in (204, 304):
            rows.append(("content-length", str(size)))
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in rows]


def json_answer(value: Any, status: int = 200, headers: Headers = ()) -> Answer:
    return text_answer(json_text(value), "application/json", status=status, headers=headers)


def text_answer(
    text: str, media_type: str = "text/plain; charset=utf-8", *, status: int = 200, headers: Headers = ()
) -> Answer:
    return Answer(status, (("content-type", media_type), *headers), text.encode())


def error_answer(status: int, sentence: str, headers: Headers = ()) -> Answer:
    return json_answer({"status": status, "reason": reason(status), "error": sentence}, status, headers)


def json_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def reason(status: int) -> str:
    """Return the standard reason of *status*, empty for a code that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def number(text: str, name: str, least: float, most: float) -> float:
    """Return the number that *text* is.

    Raises:
        BadRequestError: it is none, or lies outside *least* to *most*.
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise BadRequestError(f"{name} is a number from {least:g} to {most:g}, not “{text}”.")
    return value


def whole_number(text: str, name: str, least: int, most: int) -> int:
    """Return the whole number that *text* is; see `number`."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and least <= int(text) <= most):
        raise BadRequestError(f"{name} is a whole number from {least} to {most}, not “{text}”.")
    return int(text)


async def deliver(answer: Answer, request: Request, receive: Receive, send: Send) -> None:
    """Send *answer*; stops at once when the client leaves."""
    if isinstance(answer.body, bytes) and not answer.delay_s and not answer.is_cut:
        await _begin(answer, send)
        await send({"type": "http.response.body", "body": answer.body})
        return
    async with asyncio.TaskGroup() as group:
        gone = group.create_task(_until_gone(receive))
        if answer.delay_s:
            await asyncio.wait({gone}, timeout=None if math.isinf(answer.delay_s) else answer.delay_s)
        if not gone.done():
            await _begin(answer, send)
            await _stream(answer, request, gone, send)
        gone.cancel()


async def _begin(answer: Answer, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.header_rows()})


async def _stream(answer: Answer, request: Request, gone: asyncio.Task[None], send: Send) -> None:
    if request.method != "HEAD":
        async for chunk in _chunks(answer.body):
            if gone.done():
                return
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await asyncio.sleep(0)  # a reader that keeps up would never let another request in
    if answer.is_cut:
        await asyncio.sleep(_BEFORE_THE_CUT_S)
    if answer.is_cut and request.http_version != "2":
        return  # hypercorn closes the connection; a stream of HTTP/2 it would leave open, so that one ends early
    await send({"type": "http.response.body", "body": b""})


async def _chunks(body: bytes | AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        yield body
        return
    async for chunk in body:
        yield chunk


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
