"""Names to addresses, as a step of its own that can be timed, cancelled and given up.

A lookup runs in a daemon thread: a resolver that hangs must hold neither the loop nor the program's exit.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple, cast

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


async def resolve(host: str, port: int) -> list[Endpoint]:
    """Return the endpoints of *host* in the order in which to try them (RFC 8305 section 4: families alternate).

    Raises:
        socket.gaierror: the name has no address.
        UnicodeError: the name cannot be a host name.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[Endpoint]] = loop.create_future()
    threading.Thread(
        target=_look_up, args=(host, port, loop, answer), name=f"dns {host}", daemon=True
    ).start()
    return await answer


def alternating(endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Return *endpoints* with the families taking turns, the resolver's first choice first."""
    first = [endpoint for endpoint in endpoints if endpoint.family == endpoints[0].family]
    other = [endpoint for endpoint in endpoints if endpoint.family != endpoints[0].family]
    shared = min(len(first), len(other))
    pairs = [endpoint for pair in zip(first, other, strict=False) for endpoint in pair]
    return [*pairs, *first[shared:], *other[shared:]]


def _look_up(
    host: str, port: int, loop: asyncio.AbstractEventLoop, answer: "asyncio.Future[list[Endpoint]]"
) -> None:
    if _is_this_computer(host):
        _hand_over(loop, answer, _loopback(port))
        return
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        _hand_over(loop, answer, error)
    else:
        unique = dict.fromkeys(
            Endpoint(family, cast("Address", address)) for family, _, _, _, address in found
        )
        _hand_over(loop, answer, alternating(list(unique)))


def _is_this_computer(host: str) -> bool:
    """Return whether *host* means this computer whatever a name server says (RFC 6761 section 6.3), as in browsers."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def _loopback(port: int) -> list[Endpoint]:
    v4 = Endpoint(socket.AF_INET, ("127.0.0.1", port))
    return [Endpoint(socket.AF_INET6, ("::1", port, 0, 0)), v4] if socket.has_ipv6 else [v4]


def _hand_over(
    loop: asyncio.AbstractEventLoop,
    answer: "asyncio.Future[list[Endpoint]]",
    result: list[Endpoint] | Exception,
) -> None:
    def settle() -> None:
        if answer.done():
            return
        if isinstance(result, Exception):
            answer.set_exception(result)
        else:
            answer.set_result(result)

    with suppress(RuntimeError):  # the loop closed while the resolver was thinking
        loop.call_soon_threadsafe(settle)
