"""Which proxy leads to a server, and which servers are reached without one: pure rules, no network.

Where curl and browsers disagree: a name in a list stands for the hosts below it too, as in curl's NO_PROXY;
this computer is never reached through a proxy of the system, as in browsers, but is through one set by hand.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, cast
from urllib.parse import unquote

from antiphon.core.document import ProxySettings
from antiphon.core.errors import UserError

ProxyScheme = Literal["http", "https", "socks5", "socks5h"]
DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_ALIASES = {"": "http", "socks": "socks5"}
_URL = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?:(?P<user>[^/?#]*)@)?(?P<place>[^/?#@]*)/?", re.IGNORECASE
)
_PLACE = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<name>[^\[\]:\s]+))(?::(?P<port>[0-9]{0,5}))?")
_NETWORK = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and what it knows its user by; neither its text nor its `repr` tells the credentials."""

    scheme: ProxyScheme
    host: str
    """ASCII, an IPv6 address without brackets."""
    port: int
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def place(self) -> str:
        """`host:port`, an IPv6 address in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """`scheme://host:port`, without user and password."""
        return f"{self.scheme}://{self.place}"

    @property
    def speaks_http(self) -> bool:
        return self.scheme in {"http", "https"}

    @property
    def speech(self) -> str:
        """What it speaks first, for people."""
        return {"http": "HTTP", "https": "TLS"}.get(self.scheme, "SOCKS 5")

    def __str__(self) -> str:
        return self.url


def parse_proxy(url: str, username: str = "", password: str = "") -> Proxy:
    """Return the proxy at *url*; no scheme means `http://`, `socks://` means `socks5://`.

    Args:
        username: What to identify with; where empty, what stands in *url*, percent-decoded.

    Raises:
        UserError: it names no proxy that we can speak to.
    """
    match = _URL.fullmatch(url.strip())
    place = _PLACE.fullmatch(match["place"]) if match else None
    if match is None or place is None:
        raise _refused(url, "Write it as http://host:port, https://, socks5:// or socks5h://.")
    scheme = (match["scheme"] or "").lower()
    scheme = _ALIASES.get(scheme, scheme)
    if scheme not in DEFAULT_PORTS:
        raise _refused(url, f"Antiphon does not speak {scheme} to proxies, but http, https, socks5, socks5h.")
    port = int(place["port"]) if place["port"] else DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise _refused(url, "A port is a number from 1 to 65535.")
    if not username and match["user"] is not None:
        username, _, password = (unquote(part) for part in match["user"].partition(":"))
    host = _host(place["v6"] or place["name"], url)
    return Proxy(cast("ProxyScheme", scheme), host, port, username, password)


def proxy_for(settings: ProxySettings, host: str, port: int) -> Proxy | None:
    """Return the proxy that *settings* of the mode `manual` lead through to *host*:*port*; None: none.

    Raises:
        UserError: the proxy's URL is none.
    """
    if bypasses(settings.bypass, host, port):
        return None
    if not settings.url.strip():
        raise UserError("The proxy has no URL.", "Write one, such as http://proxy.example.org:3128.")
    return parse_proxy(settings.url, settings.username, settings.password)


def system_proxy(environ: Mapping[str, str], scheme: str, host: str, port: int) -> Proxy | None:
    """Return the proxy that the variables of an environment name for *scheme*://*host*:*port*; None: none.

    `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` count in both cases, the small ones first. Where a
    web server runs us, HTTP_PROXY may be a client's header (CVE-2016-5385) and does not count, as in curl.

    Raises:
        UserError: what the variable says is no proxy.
    """
    url = _variable(environ, f"{scheme}_proxy") or _variable(environ, "all_proxy")
    if not url or is_this_computer(host) or bypasses(_variable(environ, "no_proxy"), host, port):
        return None
    return parse_proxy(url)


def is_this_computer(host: str) -> bool:
    """Return whether *host* is `localhost`, a name below it, or a loopback address."""
    name = _normal(host)
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def bypasses(rules: str, host: str, port: int) -> bool:
    """Return whether one of *rules*, separated by commas, semicolons or blanks, covers *host*:*port*.

    A rule is one of these, each with `:port` behind it or not; case and a dot at the end do not count:

    - `*`: everything;
    - `example.org` or `.example.org`: the host and all below it;
    - `*.example.org`, `10.1.*`: `*` stands for one character or more;
    - `<local>`: names without a dot (as Windows writes it);
    - `192.168.1.7`, `fe80::1`, `[fe80::1]:8080`: an address, however it is written;
    - `10.0.0.0/8`, `fd00::/8`: a block of addresses (RFC 4632); names are not looked up for it.
    """
    if not rules:
        return False
    name = _normal(host)
    address = _address(name)
    return any(_covers(rule, name, address, port) for rule in re.split(r"[,;\s]+", rules) if rule)


def _covers(
    rule: str, name: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None, port: int
) -> bool:
    pattern, wanted_port = _split_port(rule)
    if wanted_port and wanted_port != str(port):
        return False
    if pattern == "*":
        return True
    if pattern == "<local>":
        return address is None and "." not in name
    if (network := _network(pattern)) is not None:
        return address is not None and address.version == network.version and address in network
    if "*" in pattern:
        parts = (re.escape(part) for part in _normal(pattern).split("*"))
        return re.fullmatch(".+".join(parts), name) is not None
    wanted = _normal(pattern.removeprefix("."))
    if address is not None or not wanted:
        return False
    return name == wanted or name.endswith("." + wanted)


def _split_port(rule: str) -> tuple[str, str]:
    if rule.startswith("["):
        pattern, _, port = rule[1:].partition("]")
        return (pattern + port, "") if port.startswith("/") else (pattern, port.removeprefix(":"))
    if rule.count(":") != 1:  # more: an IPv6 address
        return rule, ""
    pattern, _, port = rule.partition(":")
    return pattern, port


@lru_cache(maxsize=512)
def _network(pattern: str) -> _NETWORK | None:
    try:
        return ipaddress.ip_network(pattern.partition("%")[0], strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=512)
def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that *name* is, an IPv4 one also where it is written within IPv6 (`::ffff:10.0.0.1`)."""
    try:
        found = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
    return found if found.version == 4 else found.ipv4_mapped or found


@lru_cache(maxsize=512)
def _normal(host: str) -> str:
    """Return *host* in lower case, IDNA, without brackets and a dot at its end."""
    name = host.strip("[]").lower().removesuffix(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name


def _host(text: str, url: str) -> str:
    try:
        return text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _refused(url, "Check the spelling of the host.") from error


def _variable(environ: Mapping[str, str], name: str) -> str:
    """Return the value of the variable *name*, given in lower case, or of its twin in capitals."""
    value = environ.get(name, "")
    if value or (name == "http_proxy" and "REQUEST_METHOD" in environ):
        return value.strip()
    return environ.get(name.upper(), "").strip()


def _refused(url: str, detail: str) -> UserError:
    """Return the error that names *url* without what may be a password in it."""
    scheme, mark, rest = url.strip().rpartition("://")
    return UserError(f"{scheme + mark + rest.rpartition('@')[2]!r} is no proxy.", detail)
