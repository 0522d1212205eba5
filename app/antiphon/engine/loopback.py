"""The address of this computer to which a browser comes back from signing in (RFC 8252 section 7.3)."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from antiphon.core.errors import UserError

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

PATIENCE_S = 600.0
_LONGEST_HEAD = 64 << 10
_HEAD_S = 10.0
_ADDRESSES = {"127.0.0.1": ["127.0.0.1"], "localhost": ["127.0.0.1", "::1"], "::1": ["::1"]}
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Antiphon</title>
<style>body{{font:1.1em system-ui,sans-serif;margin:20vh auto;max-width:28em;text-align:center;color-scheme:light dark}}</style>
<h1>{title}</h1><p>{text}</p></html>
"""


class Loopback:
    """Waits for the browser.

    Attributes:
        redirect_url: Where to, with the port that was taken.
        url: Where to send the browser, naming that port too.
    """

    def __init__(self, url: str, redirect_url: str, port: int) -> None:
        parts = urlsplit(redirect_url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self.redirect_url = (
            urlunsplit(parts._replace(netloc=f"{host}:{port}")) if not parts.port else redirect_url
        )
        self.url = url.replace(quote(redirect_url, safe="-._~"), quote(self.redirect_url, safe="-._~"))
        self._path = parts.path or "/"
        self._state = dict(parse_qsl(urlsplit(url).query)).get("state", "")
        self._came_back: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def came_back(self, patience_s: float = PATIENCE_S) -> str:
        """Return the address that the browser came back to, code and all.

        Raises:
            UserError: it did not, for *patience_s*.
        """
        try:
            async with asyncio.timeout(patience_s):
                return await self._came_back
        except TimeoutError as error:
            raise UserError(
                f"Nobody came back from signing in within {patience_s / 60:g} minutes.",
                "Send the request again, and sign in in the browser.",
            ) from error

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection of the browser; it opens some that it does not use."""
        try:
            async with asyncio.timeout(_HEAD_S):
                line, _, _ = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
                writer.write(self._reply(line.decode("latin-1")))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _reply(self, line: str) -> bytes:
        match = re.fullmatch(r"GET (/\S*) HTTP/1\.[01]", line)
        parts = urlsplit(match[1]) if match else None
        if parts is None or parts.path != self._path:
            return _page("404 Not Found", "Nothing here", "This address waits for a sign-in to come back.")
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not self._is_awaited(given):
            return _page(
                "400 Bad Request", "Not this one", "This is no answer to the sign-in that is under way."
            )
        if not self._came_back.done():
            base = self.redirect_url.partition("?")[0]
            self._came_back.set_result(f"{base}?{parts.query}")
        if "error" in given:
            return _page("200 OK", "Not signed in", "Antiphon says why. You can close this page.")
        return _page("200 OK", "Signed in", "You can close this page and go back to Antiphon.")

    def _is_awaited(self, given: dict[str, str]) -> bool:
        """Return whether *given* answers us; a page that knows nothing of our state cannot end the wait."""
        return given.get("state") == self._state


@asynccontextmanager
async def listening(url: str, redirect_url: str) -> AsyncIterator[Loopback]:
    """Listen at *redirect_url*, port 0 for any free one, for a browser that is sent to *url*.

    Raises:
        UserError: the address is not this computer's, or its port is taken.
    """
    parts = urlsplit(redirect_url)
    addresses = _ADDRESSES.get((parts.hostname or "").lower())
    if parts.scheme != "http" or addresses is None:
        raise UserError(
            f"The browser cannot come back to {redirect_url}.",
            "The redirect URL is an address of this computer, such as http://127.0.0.1:8080/callback; "
            "leave it empty for a free port.",
        )
    made: list[Loopback] = []
    port = 80 if parts.port is None else parts.port

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await made[0].serve(reader, writer)

    server = await _server(addresses, port, serve, redirect_url)
    made.append(Loopback(url, redirect_url, server.sockets[0].getsockname()[1]))
    try:
        yield made[0]
    finally:
        server.close()


async def _server(addresses: list[str], port: int, serve: Serve, redirect_url: str) -> asyncio.Server:
    try:
        return await asyncio.start_server(
            serve, addresses if port else addresses[:1], port, limit=_LONGEST_HEAD
        )
    except OSError as error:
        raise UserError(
            f"Nothing can listen at {redirect_url}: {error.strerror or error}.",
            "Choose another port under Auth, and allow it at the server; or leave the redirect URL empty.",
        ) from error


def _page(status: str, title: str, text: str) -> bytes:
    body = _PAGE.format(title=title, text=text).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
