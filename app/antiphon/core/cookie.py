"""One cookie: read from Set-Cookie, or refused with a reason, and where it goes.

RFC 6265 section 5 with what 6265bis (draft-ietf-httpbis-rfc6265bis) adds: name prefixes, SameSite, sizes, the longest
life, and that plain HTTP sets no Secure cookie. Three things are our own:

- A cookie without a name is refused, as RFC 6265 says.
- `SameSite=None` without `Secure` is kept, where browsers refuse it: a client without pages has no sites, and would
  hide from its user what the server does. `Cookie.note` says so.
- There is no list of public suffixes: a cookie for a whole top-level name (`Domain=com`) is refused, one for `co.uk`
  is not. A server at a loopback address counts as secure, as in browsers.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from antiphon.core.cookie_date import parse_date

MAX_COOKIE_BYTES = 4096
"""Of name and value together."""
MAX_ATTRIBUTE_BYTES = 1024
"""A longer attribute is as if it were not there."""
MAX_LIFE_S = 400 * 86400.0
"""A cookie that would live longer ends then."""
_CUT = re.compile(r"[\x00\r\n]")
"""What a header cannot carry: the cookie ends before it."""
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_NO_BYTES = re.compile(r"[\ud800-\udc7f\udd00-\udfff]")
"""What stands for no character, nor for a byte of a header that is no UTF-8 (those are U+DC80 to U+DCFF)."""
_BLANK = " \t"
_SITES = {"strict": "Strict", "lax": "Lax", "none": "None"}


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    value: str = field(repr=False)
    domain: str
    """Lower case, without a leading dot."""
    path: str
    is_host_only: bool
    """For exactly *domain*; else for every name below it too."""
    created: float
    expires: float | None = None
    """Seconds since 1970; None: with the session."""
    is_secure: bool = False
    is_http_only: bool = False
    same_site: str = ""
    """`Strict`, `Lax` or `None`; empty where the server says nothing, or nothing known."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it this cookie: another one with the same takes its place."""
        return self.name, self.domain, self.path

    @property
    def note(self) -> str:
        """What a browser would do otherwise, in a few words; empty: nothing."""
        is_odd = self.same_site == "None" and not self.is_secure
        return "a browser refuses SameSite=None without Secure" if is_odd else ""

    def is_expired(self, now: float) -> bool:
        return self.expires is not None and self.expires <= now

    def goes_to(self, scheme: str, host: str, path: str) -> bool:
        """Return whether a request to *host* at *path* carries this cookie."""
        is_for_host = host == self.domain if self.is_host_only else domain_matches(host, self.domain)
        if not is_for_host or not path_matches(path, self.path):
            return False
        return not self.is_secure or is_secure_place(scheme, host)


@dataclass(frozen=True, slots=True)
class Refused:
    """A cookie that is not kept."""

    name: str
    value: str = field(repr=False)
    reason: str
    """Part of a sentence: `it is for another domain (other.org)`."""

    @property
    def sentence(self) -> str:
        return f"The cookie {self.name or 'without a name'} was refused: {self.reason}."


def parse_set_cookie(text: str, url: str, now: float) -> Cookie | Refused:
    """Return the cookie that *text* sets in an answer of *url*, or why it must be ignored.

    RFC 6265 sections 5.2 and 5.3, 6265bis sections 5.6 and 5.7.
    """
    text = _CUT.split(text, maxsplit=1)[0]
    pair, *attributes = text.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    given = _attributes(attributes)
    cookie = _cookie(name.strip(_BLANK), value.strip(_BLANK), given, url, now)
    reason = "it has a control character" if _CONTROL.search(text) else ""
    reason = reason or _place_flaw(cookie, url) or _secure_flaw(cookie, url)
    reason = reason or flaw_of(cookie, says_path="path" in given)
    return Refused(cookie.name, cookie.value, reason) if reason else cookie


def flaw_of(cookie: Cookie, *, says_path: bool = True) -> str:
    """Return why *cookie* can be in no jar, as part of a sentence, whoever made it; empty where it can.

    Args:
        says_path: Its path was given, not taken from the address.
    """
    if not cookie.name:
        return "it has no name"
    if "=" in cookie.name or ";" in cookie.name + cookie.value or _CONTROL.search(cookie.name + cookie.value):
        return "its name or value has a character that ends it"
    if _NO_BYTES.search(cookie.name + cookie.value):
        return "its name or value cannot be written as bytes"
    if _size_bytes(cookie.name) + _size_bytes(cookie.value) > MAX_COOKIE_BYTES:
        return f"its name and value are longer than {MAX_COOKIE_BYTES} bytes"
    return _prefix_flaw(cookie, says_path)


def decoded(values: Iterable[str]) -> list[str]:
    """Return header values, which are latin-1, as text: UTF-8 where they are, their exact bytes either way."""
    return [value.encode("latin-1").decode("utf-8", "surrogateescape") for value in values]


def place_of(url: str) -> tuple[str, str, str]:
    """Return scheme, host and path of *url*, as `Cookie.goes_to` wants them."""
    parts = urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.path or "/"


def is_secure_place(scheme: str, host: str) -> bool:
    return scheme == "https" or _is_loopback(host)


def domain_matches(host: str, domain: str) -> bool:
    """Return whether *host* is *domain* or a name below it (RFC 6265 section 5.1.3)."""
    return host == domain or (host.endswith("." + domain) and not _is_address(host))


def path_matches(path: str, cookie_path: str) -> bool:
    """Return whether a request at *path* is within *cookie_path* (RFC 6265 section 5.1.4)."""
    if not path.startswith(cookie_path):
        return False
    return len(path) == len(cookie_path) or cookie_path.endswith("/") or path[len(cookie_path)] == "/"


def default_path(path: str) -> str:
    """Return the folder of *path*: where a cookie without a path belongs (RFC 6265 section 5.1.4)."""
    return path[: path.rfind("/")] or "/"


def _cookie(name: str, value: str, given: dict[str, str], url: str, now: float) -> Cookie:
    _, host, path = place_of(url)
    domain = given.get("domain", "").removeprefix(".").lower()
    return Cookie(
        name,
        value,
        domain or host,
        given["path"] if given.get("path", "").startswith("/") else default_path(path),
        is_host_only=not domain or ("." not in domain and domain == host),
        created=now,
        expires=_expiry(given, now),
        is_secure="secure" in given,
        is_http_only="httponly" in given,
        same_site=_SITES.get(given.get("samesite", "").lower(), ""),
    )


def _place_flaw(cookie: Cookie, url: str) -> str:
    domain = cookie.domain
    if cookie.is_host_only:
        return ""
    if not domain_matches(place_of(url)[1], domain):
        return f"it is for another domain ({domain})"
    return f"it is for a whole top-level name ({domain})" if "." not in domain else ""


def _secure_flaw(cookie: Cookie, url: str) -> str:
    scheme, host, _ = place_of(url)
    is_flawed = cookie.is_secure and not is_secure_place(scheme, host)
    return "a Secure cookie cannot be set over http" if is_flawed else ""


def _prefix_flaw(cookie: Cookie, says_path: bool) -> str:
    """6265bis section 4.1.3; case is ignored, as servers may ignore it."""
    name = cookie.name.lower()
    if name.startswith(("__secure-", "__host-")) and not cookie.is_secure:
        return f"a name that begins with {cookie.name[: name.index('-') + 1]} needs Secure"
    is_whole_host = cookie.path == "/" and says_path and cookie.is_host_only
    if name.startswith("__host-") and not is_whole_host:
        return f"a name that begins with {cookie.name[:7]} needs Path=/ and no Domain"
    return ""


def _attributes(texts: Iterable[str]) -> dict[str, str]:
    """Return the attributes of a cookie by lower-cased name; the last of a name counts."""
    given: dict[str, str] = {}
    for text in texts:
        name, _, value = text.partition("=")
        name, value = name.strip(_BLANK).lower(), value.strip(_BLANK)
        if _size_bytes(value) > MAX_ATTRIBUTE_BYTES:
            continue
        if name == "domain" and not value:  # undefined by the RFC, ignored by browsers
            continue
        if name in {"max-age", "expires"} and _lifetime(name, value) is None:
            continue
        given[name] = value
    return given


def _expiry(given: dict[str, str], now: float) -> float | None:
    """Return when a cookie ends; Max-Age goes before Expires."""
    if (age_s := _lifetime("max-age", given.get("max-age", ""))) is not None:
        return now + min(age_s, MAX_LIFE_S) if age_s > 0 else float("-inf")
    end = _lifetime("expires", given.get("expires", ""))
    return None if end is None else min(end, now + MAX_LIFE_S)


def _lifetime(name: str, value: str) -> float | None:
    if name == "expires":
        return parse_date(value)
    digits = value.removeprefix("-")
    return float(value) if digits.isascii() and digits.isdigit() else None


def _size_bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))  # what stands for one byte becomes one


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback
