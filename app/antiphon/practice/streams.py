"""Routes that answer with bodies too large or too slow to hold: made while they go out."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

from antiphon.practice.answer import Answer, number, whole_number
from antiphon.practice.request import Request

MEBIBYTE = 1 << 20
LARGEST_BYTES = 8 << 30
_CHUNK_BYTES = 256 << 10
_ROWS_AT_ONCE = 2000
_LINE_BYTES = 80
_RECORD_BYTES = 128
_SPOKEN = (
    "An antiphon is sung by two choirs in turn: one asks, the other answers. A request and its response are much the "
    "same. This answer comes word by word, as a language model speaks, and each word is an event of its own. The "
    "joined text is what you are reading now."
)


def seeded_bytes(request: Request, count: str) -> Answer:
    """Answer with *count* bytes that only `?seed=` decides; they repeat every mebibyte."""
    size_bytes = whole_number(count, "A number of bytes", 0, LARGEST_BYTES)
    block = _block(whole_number(request.argument("seed", "0"), "seed", 0, 2**32))
    return _binary(_repeated(block, size_bytes), size_bytes)


def lines(_request: Request, count: str) -> Answer:
    """Answer with *count* numbered lines of 80 bytes."""
    rows = whole_number(count, "A number of lines", 0, LARGEST_BYTES // _LINE_BYTES)
    headers = (("content-type", "text/plain; charset=utf-8"),)
    return Answer(200, headers, _rows(rows, _line), rows * _LINE_BYTES)


def big_json(request: Request) -> Answer:
    """Answer with a JSON array of `?size_mb=` megabytes (10⁶ bytes), to the byte."""
    size_bytes = int(number(request.argument("size_mb", "10"), "size_mb", 0.001, 8000) * 1_000_000)
    rows = (size_bytes - 6) // _RECORD_BYTES
    padding = size_bytes - 6 - rows * _RECORD_BYTES
    headers = (("content-type", "application/json"),)
    return Answer(200, headers, _array(rows, padding), size_bytes)


def stream(request: Request, count: str) -> Answer:
    """Answer with *count* JSON lines, `?interval=` seconds apart."""
    rows, interval_s = _rows_and_interval(request, count)

    def row(index: int) -> bytes:
        return (
            json.dumps({"line": index + 1, "of": rows, "http_version": request.http_version}).encode() + b"\n"
        )

    return Answer(200, (("content-type", "application/x-ndjson"),), _paced(rows, interval_s, row))


def events(request: Request, count: str) -> Answer:
    """Answer with *count* server-sent events (WHATWG HTML section 9.2), `?interval=` seconds apart."""
    rows, interval_s = _rows_and_interval(request, count)

    def row(index: int) -> bytes:
        return f'id: {index + 1}\nevent: tick\ndata: {{"tick": {index + 1}}}\n\n'.encode()

    headers = (("content-type", "text/event-stream"), ("cache-control", "no-store"))
    return Answer(200, headers, _paced(rows, interval_s, row))


def tokens(request: Request) -> Answer:
    """Answer with a text word by word, `?interval=` seconds apart, as OpenAI's chat completions stream it."""
    interval_s = number(request.argument("interval", "0.05"), "interval", 0, 10)
    words = [f"{word} " for word in _SPOKEN.split()]

    def row(index: int) -> bytes:
        if index > len(words):
            return b"data: [DONE]\n\n"
        delta = {"content": words[index]} if index < len(words) else {}
        reason = None if index < len(words) else "stop"
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "chatcmpl-practice", "object": "chat.completion.chunk", "choices": [choice]}
        return f"data: {json.dumps(chunk)}\n\n".encode()

    headers = (("content-type", "text/event-stream"), ("cache-control", "no-store"))
    return Answer(200, headers, _paced(len(words) + 2, interval_s, row))


def slow(request: Request) -> Answer:
    """Answer with `?size_kb=` kilobytes at `?rate_kb=` kilobytes a second, ten times a second."""
    rate_kb = number(request.argument("rate_kb", "100"), "rate_kb", 1, 1_000_000)
    size_bytes = 1000 * whole_number(request.argument("size_kb", "500"), "size_kb", 1, 1_000_000)
    step = max(1, int(rate_kb * 100))
    steps = -(-size_bytes // step)
    text = b"Slow and steady. " * (step // 17 + 1)

    def row(index: int) -> bytes:
        return text[: min(step, size_bytes - index * step)]

    return Answer(200, (("content-type", "text/plain; charset=utf-8"),), _paced(steps, 0.1, row), size_bytes)


def _rows_and_interval(request: Request, count: str) -> tuple[int, float]:
    rows = whole_number(count, "A number of lines", 0, 100_000)
    return rows, number(request.argument("interval", "0.2"), "interval", 0, 10)


@lru_cache(maxsize=4)
def _block(seed: int) -> bytes:
    return random.Random(seed).randbytes(MEBIBYTE)  # noqa: S311 - practice bytes, wanted repeatable


def _binary(chunks: AsyncIterator[bytes], size_bytes: int) -> Answer:
    return Answer(200, (("content-type", "application/octet-stream"),), chunks, size_bytes)


async def _repeated(block: bytes, size_bytes: int) -> AsyncIterator[bytes]:
    pieces = [block[start : start + _CHUNK_BYTES] for start in range(0, len(block), _CHUNK_BYTES)]
    whole, rest = divmod(size_bytes, _CHUNK_BYTES)
    for index in range(whole):
        yield pieces[index % len(pieces)]
    if rest:
        yield pieces[whole % len(pieces)][:rest]


async def _rows(count: int, row: Callable[[int], str]) -> AsyncIterator[bytes]:
    for start in range(0, count, _ROWS_AT_ONCE):
        yield "".join([row(index) for index in range(start, min(start + _ROWS_AT_ONCE, count))]).encode()


def _line(index: int) -> str:
    return f"{index + 1:>10}  The quick brown fox jumps over the lazy dog, again and again. {index * 7 % 10007:>5}\n"


async def _array(rows: int, padding: int) -> AsyncIterator[bytes]:
    """Yield `[`, *rows* objects and an empty last one, `]`: rows * 128 + 6 + *padding* bytes."""
    yield b"[\n"
    async for chunk in _rows(rows, _record):
        yield chunk
    yield b"{}" + b" " * padding + b"]\n"


def _record(index: int) -> str:
    text = (
        f'{{"id": {index + 1}, "name": "Item {index + 1}", "price": {index % 9973}.00, '
        f'"tags": ["a", "b"], "in_stock": {"true" if index % 3 else "false"}}}'
    )
    return f"{text.ljust(_RECORD_BYTES - 2)},\n"


async def _paced(count: int, interval_s: float, row: Callable[[int], bytes]) -> AsyncIterator[bytes]:
    for index in range(count):
        if index:
            await asyncio.sleep(interval_s)
        yield row(index)
