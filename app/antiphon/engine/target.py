"""A prepared URL as the wire needs it: where to connect to, and what to ask for, not one character changed."""

import re
from dataclasses import dataclass

from antiphon.engine.failures import broken

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)", re.DOTALL)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    scheme: bytes
    host: bytes
    """ASCII, an IPv6 address without brackets."""
    port: int
    target: bytes
    """Path and query as they stand in the URL, or what is to be asked for instead."""

    @property
    def place(self) -> str:
        """`host:port`, for people."""
        host = self.host.decode()
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


def parse_target(url: str, request_target: str = "") -> Target:
    """Take *url* apart; *request_target*, where there is one, stands in the place of its path and query.

    Raises:
        ExchangeBroken: it is no http or https URL with a host and a possible port.
    """
    match = _URL.match(url)
    if match is None:
        raise broken(
            "request", f"{url or 'An empty text'!r} is no URL.", "Begin it with http:// or https://."
        )
    scheme = match["scheme"].lower()
    if scheme not in _DEFAULT_PORTS:
        raise broken("request", f"Antiphon does not speak {scheme}://.", "Use http:// or https://.")
    host, port = _host_and_port(match["authority"].rpartition("@")[2], url)
    target = request_target or match["target"]
    if not request_target and not target.startswith("/"):
        target = "/" + target
    encoded = target.encode("utf-8", "surrogateescape")
    return Target(scheme.encode(), host, _DEFAULT_PORTS[scheme] if port is None else port, encoded)


def _host_and_port(authority: str, url: str) -> tuple[bytes, int | None]:
    if authority.startswith("["):
        host, _, port = authority[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = authority.partition(":")
    if not host:
        raise broken("request", f"The URL {url!r} names no host.", "Write the host after ://.")
    if port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise broken("request", f"{port!r} is no port.", "A port is a number up to 65535.")
    try:
        return host.encode("ascii") if host.isascii() else host.encode("idna"), int(port) if port else None
    except UnicodeError as error:
        raise broken("request", f"{host!r} is no host name.", "Check the spelling of the host.") from error
