"""HTTP proxies: which one leads to a server, and the way through it, CONNECT (RFC 9110 section 9.3.6) or absolute URLs."""

import asyncio
import base64
import html
import os
import re
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from antiphon.core.document import ProxySettings
from antiphon.core.events import Phase
from antiphon.core.proxy import Proxy, is_this_computer, parse_proxy, proxy_for, system_proxy
from antiphon.engine.failures import ExchangeBroken, proxy_broken
from antiphon.engine.sockets import SocketStream
from antiphon.engine.stack import httpcore

HAS_SYSTEM_SETTINGS = sys.platform in {"darwin", "win32"}
"""Whether the system keeps proxies elsewhere than in the environment."""
_FRESH_S = 1.0
_MAX_HEAD_BYTES = 1 << 16
_MAX_BODY_BYTES = 1 << 14
_BODY_WAIT_S = 0.5
_SHOWN_CHARS = 160
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[0-9] +([0-9]{3})(?![0-9])[ \t]*([^\r\n]*)")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TOLD_HEADERS = ("proxy-status", "x-squid-error", "retry-after")
_CREDENTIALS_HINT = "Check the user and password in the settings of the proxy."


# -- which one ---------------------------------------------------------------------------------------------


class SystemProxies:
    """The proxies of the system, asked for anew at each request: a person changes them while we run."""

    def __init__(self) -> None:
        self._kept: tuple[float, Mapping[str, str]] | None = None

    async def proxy_for(self, scheme: str, host: str, port: int) -> Proxy | None:
        """Return the proxy that leads to the server; None: none.

        Raises:
            UserError: the system names what is no proxy.
        """
        found = system_proxy(os.environ, scheme, host, port)
        if found is not None or not HAS_SYSTEM_SETTINGS or is_this_computer(host):
            return found
        url = (await self._settings()).get(scheme)
        if not url or await asyncio.to_thread(urllib.request.proxy_bypass, host):
            return None
        return parse_proxy(url)

    async def _settings(self) -> Mapping[str, str]:
        now = time.monotonic()
        if self._kept is None or now - self._kept[0] > _FRESH_S:
            self._kept = now, await asyncio.to_thread(urllib.request.getproxies)
        return self._kept[1]


async def chosen(
    settings: ProxySettings, system: SystemProxies, scheme: str, host: str, port: int
) -> Proxy | None:
    """Return the proxy that *settings* lead through; `inherit` that stands at the end means the system's.

    Raises:
        UserError: what is set is no proxy.
    """
    match settings.mode:
        case "none":
            return None
        case "manual":
            return proxy_for(settings, host, port)
        case "inherit" | "system":
            return await system.proxy_for(scheme, host, port)


# -- requests that the proxy reads -------------------------------------------------------------------------


def forwarded(request: httpcore.Request, proxy: Proxy) -> httpcore.Request:
    """Return *request* as a proxy takes it: with the absolute URL (RFC 9112 section 3.2.2) and the user's credentials."""
    url = request.url
    place = b"[%b]" % url.host if b":" in url.host else url.host
    if url.port not in {None, 80}:
        place += b":%d" % url.port
    target = b"%b://%b%b" % (url.scheme, place, b"" if url.target == b"*" else url.target)
    if url.target[:1] not in {b"/", b"*"}:  # the user's own, absolute already
        target = url.target
    absolute = httpcore.URL(scheme=url.scheme, host=url.host, port=url.port, target=target)
    headers = list(request.headers)
    if proxy.username and not any(name.lower() == b"proxy-authorization" for name, _ in headers):
        headers.append((b"Proxy-Authorization", _authorization(proxy)))
    return httpcore.Request(
        request.method, absolute, headers=headers, content=request.stream, extensions=request.extensions
    )


def _authorization(proxy: Proxy) -> bytes:
    return b"Basic " + base64.b64encode(f"{proxy.username}:{proxy.password}".encode())


# -- CONNECT -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a proxy said to CONNECT."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    rest: bytes
    """What came behind the head."""

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


async def open_way(stream: SocketStream, proxy: Proxy, authority: str) -> None:
    """Ask the HTTP proxy behind *stream* for a way to *authority*, `host:port`; it is open on return.

    Raises:
        ExchangeBroken: the proxy does not open it.
        httpcore.NetworkError: the connection to it broke.
    """
    lines = [f"CONNECT {authority} HTTP/1.1".encode(), f"Host: {authority}".encode()]
    if proxy.username:
        lines.append(b"Proxy-Authorization: " + _authorization(proxy))
    await stream.write(b"\r\n".join([*lines, b"", b""]))
    answer = await _answer(stream, proxy, b"")
    while answer.status < 200:  # RFC 9110 section 15.2
        answer = await _answer(stream, proxy, answer.rest)
    if answer.status >= 300:
        told = _without_credentials(await _told(stream, answer), proxy)
        raise _refusal(proxy, authority, answer, told)
    if answer.rest:
        stream.unread(answer.rest)


async def _answer(stream: SocketStream, proxy: Proxy, received: bytes) -> _Answer:
    while (end := _BLANK_LINE.search(received)) is None:
        if received and not (b"HTTP/".startswith(received[:5])):
            raise _no_http(proxy, received)
        if len(received) > _MAX_HEAD_BYTES:
            raise _broken(proxy, "answers with a head that has no end", "Check that it is an HTTP proxy.")
        data = await stream.read()
        if not data:
            raise closed(proxy)
        received += data
    first, *lines = received[: end.start()].split(b"\n")
    match = _STATUS_LINE.match(first)
    if match is None:
        raise _no_http(proxy, received)
    pairs = (line.decode("latin-1").partition(":") for line in lines)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return _Answer(int(match[1]), match[2].decode("latin-1").strip(), headers, received[end.end() :])


async def _told(stream: SocketStream, answer: _Answer) -> str:
    """Return what the proxy's refusal says in words: some of its headers, and the beginning or title of its body."""
    words = [f"{name}: {value}" for name in _TOLD_HEADERS for value in answer.get_all(name)]
    body = (await _body(stream, answer)).decode("utf-8", "replace")
    if title := _TITLE.search(body):
        body = title[1]
    elif "html" in "".join(answer.get_all("content-type")).lower():
        body = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", body, flags=re.IGNORECASE | re.DOTALL)
    text = " ".join(html.unescape(body).split())
    text = "".join(sign for sign in text if sign.isprintable())
    shown = text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS].rstrip() + "..."
    return "; ".join([*words, *([shown] if shown else [])])


def _without_credentials(told: str, proxy: Proxy) -> str:
    """Return *told* without what it repeats of the request's credentials, as error pages do for debugging."""
    token = _authorization(proxy).decode().removeprefix("Basic ")
    for secret in (token, proxy.password) if proxy.username else ():
        if secret:
            told = told.replace(secret, "***")
    return told


async def _body(stream: SocketStream, answer: _Answer) -> bytes:
    """Return the beginning of the body of a refusal: what comes within `_BODY_WAIT_S`."""
    length = "".join(answer.get_all("content-length"))
    wanted = min(int(length), _MAX_BODY_BYTES) if length.isdecimal() and len(length) < 19 else _MAX_BODY_BYTES
    body = answer.rest
    try:
        async with asyncio.timeout(_BODY_WAIT_S):
            while len(body) < wanted and (data := await stream.read()):
                body += data
    except (TimeoutError, httpcore.NetworkError):
        pass
    return body[:wanted]


def _refusal(proxy: Proxy, authority: str, answer: _Answer, told: str) -> ExchangeBroken:
    if answer.status in {401, 407}:  # tinyproxy says 401 to a wrong password
        return _unidentified(proxy, answer)
    status = f"{answer.status} {answer.reason}".strip()
    says = f" ({told})" if told and told != status else ""
    match answer.status:
        case 403 | 405:
            hint = "Its rules do not allow this server or port. Ask whoever runs the proxy, or choose another one."
        case code if code >= 500:
            hint = "The proxy could not reach the server. Check the host and port in the URL."
        case _:
            hint = "Check that it is a proxy for https, or choose another one."
    sentence = f"The proxy {proxy.place} did not open the way to {authority}: {status}{says}."
    return proxy_broken(sentence, hint)


def _unidentified(proxy: Proxy, answer: _Answer) -> ExchangeBroken:
    kinds = [value.split(" ")[0] for value in answer.get_all("proxy-authenticate")]
    if kinds and "basic" not in [kind.lower() for kind in kinds]:
        return _broken(
            proxy,
            f"asks for {', '.join(kinds)} ({answer.status})",
            "Antiphon identifies to proxies by Basic only.",
        )
    if proxy.username:
        return _broken(proxy, f"did not accept the user and password ({answer.status})", _CREDENTIALS_HINT)
    return _broken(
        proxy,
        f"wants a user and password ({answer.status})",
        "Fill in user and password in the settings of the proxy.",
    )


def _no_http(proxy: Proxy, received: bytes) -> ExchangeBroken:
    if received[:2] in {b"\x15\x03", b"\x16\x03"}:
        return _broken(proxy, "speaks TLS, not plain HTTP", "Write https:// before its host instead.")
    if received[:1] in {b"\x05", b"\x00"}:
        return _broken(
            proxy, "does not speak HTTP", "It may be a SOCKS proxy: write socks5:// before its host."
        )
    return _broken(proxy, "does not speak HTTP", "Check its port, and the word before ://.")


def closed(proxy: Proxy) -> ExchangeBroken:
    """Return the failure of a proxy that hung up before the way was open."""
    return _broken(
        proxy,
        "closed the connection before the way was open",
        "Check its port, whether it wants TLS (https://), and its log.",
    )


def closed_unanswered(proxy: Proxy, phase: Phase | None) -> ExchangeBroken:
    """Return the failure of a proxy that hung up on a request that it was to send on."""
    hint = "Check that it is an HTTP proxy, and its log."
    return proxy_broken(f"The proxy {proxy.place} closed the connection without an answer.", hint, phase)


def _broken(proxy: Proxy, what: str, hint: str) -> ExchangeBroken:
    return proxy_broken(f"The proxy {proxy.place} {what}.", hint)
