"""Names to addresses, as a step of its own that can be timed, cancelled and given up.

A lookup runs in a daemon thread: a resolver that hangs must hold neither the loop nor the program's exit.
"""

import asyncio
import ipaddress
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, cast

from antiphon.engine.failures import broken

Tell = Callable[[float], None]
_OVERRIDE = re.compile(
    r"\+?(?P<host>\[[^\[\]]+\]|[^:\[\]]+):(?P<port>\*|[0-9]{1,5}):(?P<addresses>[0-9A-Fa-f:.,%\[\]\w\s]+)"
)
Address = tuple[str | int, ...]
"""What `socket.connect` takes."""


class Endpoint(NamedTuple):
    family: int
    address: Address


def literal(host: str, port: int) -> list[Endpoint]:
    """Return the one endpoint of *host* where it is an IP address already, else nothing."""
    try:
        version = ipaddress.ip_address(host.partition("%")[0]).version
    except ValueError:
        return []
    if version == 4:
        return [Endpoint(socket.AF_INET, (host, port))]
    found = socket.getaddrinfo(host, port, socket.AF_INET6, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)
    return [Endpoint(socket.AF_INET6, cast("Address", found[0][4]))]


async def resolve(
    host: str, port: int, began: Tell = lambda _at: None, ended: Tell = lambda _at: None
) -> list[Endpoint]:
    """Return the endpoints of *host* in the order in which to try them (RFC 8305 section 4: families alternate).

    Args:
        began, ended: Are told, on this loop, when the system began to look it up and when it was done, well or not,
            on the clock of `time.perf_counter`; the thread that asks takes the time, however busy the loop is.

    Raises:
        socket.gaierror: the name has no address.
        UnicodeError: the name cannot be a host name.
    """
    if is_loopback_name(host):
        began(time.perf_counter())
        ended(time.perf_counter())
        return _loopback(port)
    question = _Question(host, port)
    threading.Thread(target=question.ask, name=f"dns {host}", daemon=True).start()
    while question.asked_at is None:  # noqa: ASYNC110 - telling an event would take the thread time that is measured
        await asyncio.sleep(0)  # within a turn or two
    began(question.asked_at)
    try:
        return await question.answer
    finally:
        if question.answered_at is not None:
            ended(question.answered_at)


def is_loopback_name(host: str) -> bool:
    """Return whether *host* means this computer whatever a name server says (RFC 6761 section 6.3), as in browsers."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def address_text(address: Address | str | bytes) -> str:
    """Return `ip:port`, an IPv6 address in brackets; the path of a Unix domain socket as it is."""
    if isinstance(address, str | bytes):
        return os.fsdecode(address)
    host, port = address[0], address[1]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


# -- overrides ---------------------------------------------------------------------------------------------


def overridden(entries: Iterable[str], host: str, port: int) -> tuple[str, ...]:
    """Return the addresses that *entries* give to *host*:*port*; none where no entry is for it.

    Args:
        entries: `host:port:address[,address]` each, as curl's `--resolve`: IPv6 addresses in brackets or not, `*` for
            any host or port. An entry for the host itself wins over one for all, and a later one over an earlier.

    Raises:
        ExchangeBroken: an entry is malformed.
    """
    wanted, found, is_exact = host.lower().removesuffix("."), tuple[str, ...](), False
    for entry in entries:
        if not entry.strip():
            continue
        name, number, addresses = _override(entry.strip())
        if number not in {"*", str(port)} or name not in {"*", wanted} or (name == "*" and is_exact):
            continue
        found, is_exact = addresses, name != "*"
    return found


def endpoints_of(addresses: Iterable[str], port: int) -> list[Endpoint]:
    """Return the endpoints at *addresses*, each an IP address, in their order."""
    return [endpoint for address in addresses for endpoint in literal(address, port)]


def _override(entry: str) -> tuple[str, str, tuple[str, ...]]:
    match = _OVERRIDE.fullmatch(entry)
    addresses = tuple(part.strip().strip("[]") for part in match["addresses"].split(",")) if match else ()
    if match is None or not all(_is_address(address) for address in addresses):
        raise broken(
            "request",
            f"{entry!r} does not say which address a host has.",
            "Write host:port:address, such as api.example.org:443:10.0.0.7, with * for any port.",
        )
    return match["host"].strip("[]").lower().removesuffix("."), match["port"].lstrip("0"), addresses


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


# -- order -------------------------------------------------------------------------------------------------


def alternating(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Return *endpoints* with the families taking turns, the resolver's first choice first."""
    if not endpoints:
        return []
    first = [endpoint for endpoint in endpoints if endpoint.family == endpoints[0].family]
    other = [endpoint for endpoint in endpoints if endpoint.family != endpoints[0].family]
    shared = min(len(first), len(other))
    pairs = [endpoint for pair in zip(first, other, strict=False) for endpoint in pair]
    return [*pairs, *first[shared:], *other[shared:]]


# -- the look-up -------------------------------------------------------------------------------------------


class _Question:
    """One name asked for in a thread, which takes the times right before and after: the rest may wait for the interpreter."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host.encode("idna")  # by the resolver's thread this would be done while the time runs
        self._port = port
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[list[Endpoint]] = self._loop.create_future()
        self.asked_at: float | None = None
        self.answered_at: float | None = None

    def ask(self) -> None:
        result: list[Endpoint] | Exception
        self.asked_at = time.perf_counter()
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
            self.answered_at = time.perf_counter()
            result = _in_order(found)
        except OSError as error:
            self.answered_at = time.perf_counter()
            result = error
        with suppress(RuntimeError):  # the loop closed while the resolver was thinking
            self._loop.call_soon_threadsafe(self._settle, result)

    def _settle(self, result: list[Endpoint] | Exception) -> None:
        if self.answer.done():
            return
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


def _in_order(found: Iterable[tuple[int, int, int, str, Any]]) -> list[Endpoint]:
    unique = dict.fromkeys(Endpoint(family, cast("Address", address)) for family, _, _, _, address in found)
    return alternating(list(unique))


def _loopback(port: int) -> list[Endpoint]:
    v4 = Endpoint(socket.AF_INET, ("127.0.0.1", port))
    return [Endpoint(socket.AF_INET6, ("::1", port, 0, 0)), v4] if socket.has_ipv6 else [v4]
