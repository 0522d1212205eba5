"""The requests that real curl commands sent leave our engine byte for byte the same, all of them."""

import base64
import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from antiphon.core.document import FileBody, Header, NoAuth, NoBody, RequestDocument, RequestOptions
from antiphon.core.prepare import prepare
from antiphon.core.prepared import BytesContent, NoContent, PreparedHeader, PreparedRequest
from tests.engine.exchanges import LIMITS, send
from tests.servers import scripted_server
from tests.tools import require_corpora

AUTOMATIC = ("host", "user-agent", "accept", "accept-encoding", "content-type", "content-length")
OPTIONS = RequestOptions(
    timeouts=LIMITS, follow_redirects=False, use_cookies=False, encode_url=False, omitted_headers=AUTOMATIC
)


def recorded() -> Iterator[tuple[str, dict]]:
    """Yield every request of the corpus with its command's name."""
    for case in json.loads(Path(require_corpora(), "curl_commands.json").read_text())["cases"]:
        for asked in case["requests"]:
            yield case["id"], asked


def wire_of(asked: dict) -> bytes:
    lines = [f"{asked['method']} {asked['target']} {asked['version']}"]
    lines += [f"{name}: {value}" for name, value in asked["headers"]]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + base64.b64decode(asked["body_b64"])


@asynccontextmanager
async def recording():
    """A server that keeps each connection's bytes, told beforehand how many make a request."""
    came: list[bytes] = []
    expected: list[int] = []

    async def handler(reader, writer):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"100-continue" in head:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            came.append(head + await reader.readexactly(max(expected[0] - len(head), 0)))
            is_head = head.startswith(b"HEAD ")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + (b"" if is_head else b"ok"))

    async with scripted_server(handler) as address:
        yield address, came, expected


def as_recorded(asked: dict, base: str) -> PreparedRequest:
    body = base64.b64decode(asked["body_b64"])
    is_path = asked["target"].startswith("/")
    return PreparedRequest(
        asked["method"],
        base + (asked["target"] if is_path else "/"),
        tuple(PreparedHeader(name, value, "this request") for name, value in asked["headers"]),
        BytesContent(body) if body else NoContent(),
        options=OPTIONS if is_path else replace(OPTIONS, request_target=asked["target"]),
    )


def as_typed(asked: dict, base: str, folder: Path) -> PreparedRequest:
    """Return the request that `prepare` makes where a person types all of it, the body being a file."""
    by_hand = as_recorded(asked, base)
    (folder / "body").write_bytes(base64.b64decode(asked["body_b64"]))
    document = RequestDocument(
        method=asked["method"],
        url=by_hand.url,
        headers=tuple(Header(name, value) for name, value in asked["headers"]),
        body=FileBody(str(folder / "body")) if asked["body_len"] else NoBody(),
        auth=NoAuth(),
        options=by_hand.options,
    )
    return prepare(document)


@pytest.mark.parametrize("is_typed", [False, True])
async def test_every_recorded_request_leaves_as_recorded(engine, tmp_path, is_typed):
    differing, count = [], 0
    async with recording() as (address, came, expected):
        base = address.url("")
        for name, asked in recorded():
            wire = wire_of(asked)
            expected[:] = [len(wire)]
            prepared = as_typed(asked, base, tmp_path) if is_typed else as_recorded(asked, base)
            outcome = await send(engine, prepared)
            count += 1
            if outcome.exchange.failure or came.pop() != wire or came:
                differing.append((name, outcome.exchange.failure, wire))
    assert not differing
    assert count >= 649
