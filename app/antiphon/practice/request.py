"""A request as the practice server received it: its words decoded, its body counted and its beginning kept."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

Message = Mapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

KEPT_BYTES = 4 << 20
"""How much of a body is kept to be shown again; the rest is only counted and hashed."""


@dataclass(frozen=True, slots=True)
class ReceivedBody:
    head: bytes
    """The first `KEPT_BYTES` bytes."""
    size_bytes: int
    sha256: str

    @property
    def is_whole(self) -> bool:
        return len(self.head) == self.size_bytes


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    scheme: str
    path: str
    """As it came, percent-encoding and all."""
    query: str
    http_version: str
    """`1.0`, `1.1` or `2`."""
    headers: tuple[tuple[str, str], ...]
    body: ReceivedBody

    def header(self, name: str) -> str | None:
        """Return the value of the first header called *name* (lower case), or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.header('host') or self.header(':authority') or '127.0.0.1'}"

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def arguments(self) -> list[tuple[str, str]]:
        """The pairs of the query, decoded, in order."""
        return parse_qsl(self.query, keep_blank_values=True)

    def argument(self, name: str, default: str = "") -> str:
        return dict(self.arguments).get(name, default)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (pair.partition("=") for pair in (self.header("cookie") or "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs if name.strip()}


async def read_request(scope: Scope, receive: Receive) -> Request | None:
    """Return the whole request, or None where the client left before its end.

    Every route reads its body to the end before it answers: hypercorn stops reading a connection whose body waits.
    """
    body = await _read_body(receive)
    if body is None:
        return None
    return Request(
        method=scope["method"],
        scheme=scope["scheme"],
        path=scope["raw_path"].decode("latin-1").partition("?")[0],
        query=scope["query_string"].decode("latin-1"),
        http_version=scope["http_version"],
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=body,
    )


async def _read_body(receive: Receive) -> ReceivedBody | None:
    head, size_bytes, digest = bytearray(), 0, hashlib.sha256()
    while (message := await receive())["type"] == "http.request":
        chunk: bytes = message.get("body", b"")
        size_bytes += len(chunk)
        digest.update(chunk)
        head += chunk[: KEPT_BYTES - len(head)]
        if not message.get("more_body", False):
            return ReceivedBody(bytes(head), size_bytes, digest.hexdigest())
    return None


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Return *pairs* by name; a name that comes more than once has the list of its values."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}
