"""The httpx clients: each a real `httpx.AsyncClient` whose transport is our pool.

A request is built by hand and nothing is added to it: what was prepared goes out.
"""

import re
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache
from http.cookiejar import CookieJar
from typing import Any

from antiphon.core.fields import Charset, field_bytes
from antiphon.core.prepared import PreparedHeader, PreparedRequest
from antiphon.core.redirect import JAR_ORIGIN
from antiphon.engine.backend import Backend
from antiphon.engine.connection import ConnectionSettings
from antiphon.engine.failures import ExchangeBroken, broken
from antiphon.engine.pool import HeldBody, Pool
from antiphon.engine.recorder import Recorder
from antiphon.engine.stack import httpcore, httpx
from antiphon.engine.target import Target
from antiphon.engine.tls import TlsContexts
from antiphon.engine.upload import Upload

_FORBIDDEN = re.compile(rb"[\x00\r\n]")
_FORBIDDEN_IN_TARGET = re.compile(rb"[\x00-\x20\x7f]")
_FORBIDDEN_IN_NAME = re.compile(rb"[\x00\r\n:]")
_FORBIDDEN_IN_METHOD = re.compile(rb"[\x00-\x20\x7f:]")


class _NoCookies(CookieJar):
    """Ours is `core.cookies`; httpx's would keep every cookie and break on some."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        pass


class _Answer(httpx.AsyncByteStream):
    def __init__(self, body: HeldBody) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while data := await self._body.read():
            yield data

    async def aclose(self) -> None:
        await self._body.aclose()


class Transport(httpx.AsyncBaseTransport):
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer, body = await self._pool.handle_async_request(as_core(request))
        # without its headers, which stand in extensions["head"]: httpx would follow a Location in its mind
        # even where it must not redirect, and raise on one that it cannot read
        extensions = {"head": answer.extensions["head"], "body": body}
        return httpx.Response(answer.status, stream=_Answer(body), extensions=extensions)

    async def aclose(self) -> None:
        await self._pool.aclose()


def make_client(settings: ConnectionSettings, contexts: TlsContexts, backend: Backend) -> httpx.AsyncClient:
    transport = Transport(Pool(settings, contexts, backend))
    return httpx.AsyncClient(transport=transport, cookies=_NoCookies(), trust_env=False)


def make_request(prepared: PreparedRequest, target: Target, recorder: Recorder) -> httpx.Request:
    """Return *prepared* as httpx takes it, its headers beside it: httpx could not look odd ones up.

    Raises:
        ExchangeBroken, httpx.InvalidURL: it cannot be sent as one request.
    """
    limits = prepared.options.timeouts
    fields = [_field(header, prepared.options.header_charset) for header in prepared.headers]
    _check(prepared, target, fields)
    request = httpx.Request(
        prepared.method,
        _url(target.scheme.decode(), target.host.decode(), target.port),
        stream=Upload(prepared.content),
        extensions={
            "timeout": {
                "connect": limits.connect_s,
                "read": limits.read_s,
                "write": limits.write_s,
                "pool": limits.pool_s,
            },
            "aim": target,
            "fields": fields,
            "recorder": recorder,
        },
    )
    request.method = prepared.method  # httpx writes it in capitals
    return request


def as_core(request: httpx.Request) -> httpcore.Request:
    """Return *request*, one of `make_request`'s, as the connections take it."""
    target: Target = request.extensions["aim"]
    return httpcore.Request(
        request.method.encode(),
        httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.target),
        headers=request.extensions["fields"],
        content=request.stream,
        extensions=request.extensions,
    )


@lru_cache(maxsize=256)
def _url(scheme: str, host: str, port: int) -> httpx.URL:
    """Return the server's URL for httpx, which wants one; what is asked for stands in the target."""
    return httpx.URL(scheme=scheme, host=host, port=port, path="/")


def _check(prepared: PreparedRequest, target: Target, fields: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise ExchangeBroken where a part would break out of its place: CR, LF, NUL, or a name that is none."""
    if not prepared.method or _FORBIDDEN_IN_METHOD.search(prepared.method.encode(errors="replace")):
        raise _refused(
            "method", prepared.method.encode(errors="replace"), "A method is one word, such as GET or PURGE."
        )
    if _FORBIDDEN_IN_TARGET.search(target.target):
        raise _refused("URL", target.target, "Let Antiphon encode the URL, or write a space as %20.")
    for name, value in fields:
        if not name or _FORBIDDEN_IN_NAME.search(name):
            hint = "A header's name has no colon and no line break, and is not empty."
            raise _refused("header name", name, hint)
        if _FORBIDDEN.search(value):
            what = name.decode(errors="replace")
            raise broken(
                "request",
                f"The value of {what} cannot be sent: it has a line break.",
                "Remove the line break in it.",
            )


def _refused(what: str, value: bytes, hint: str) -> ExchangeBroken:
    shown = value.decode(errors="replace")[:60]
    return broken("request", f"The {what} {shown!r} cannot be sent.", hint)


def _field(header: PreparedHeader, charset: Charset) -> tuple[bytes, bytes]:
    """Return *header* as it goes out; the jar keeps cookies as UTF-8, whatever is chosen for what is typed."""
    charset = "utf-8" if header.origin == JAR_ORIGIN else charset
    try:
        return field_bytes(header.name, charset), field_bytes(header.value, charset)
    except UnicodeEncodeError as error:
        hint = f"{charset} has no {error.object[error.start]!a}: remove it, or send header values as UTF-8."
        raise _refused("header", header.name.encode(errors="replace"), hint) from error
