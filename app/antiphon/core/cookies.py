"""Cookies kept and sent back as RFC 6265 section 5 says, which is what browsers do.

There is no list of public suffixes: a cookie for a whole top-level name (`Domain=com`) is refused, one for
`co.uk` is not. A server at a loopback address counts as secure, as in browsers.
"""

import calendar
import ipaddress
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

MAX_COOKIE_CHARACTERS = 4096
_DATE_DELIMITERS = re.compile(r"[\x09\x20-\x2F\x3B-\x40\x5B-\x60\x7B-\x7E]+")
_TIME = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D.*)?", re.DOTALL)
_DAY = re.compile(r"(\d{1,2})(?:\D.*)?", re.DOTALL)
_YEAR = re.compile(r"(\d{2,4})(?:\D.*)?", re.DOTALL)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CUT = re.compile(r"[\x00\r\n]")
"""What a header cannot carry: the cookie ends before it."""
_BLANK = " \t"


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    value: str
    domain: str
    """Lower case, without a leading dot."""
    path: str
    is_host_only: bool
    """For exactly *domain*; else for every name below it too."""
    created: float
    expires: float | None = None
    """Seconds since 1970; None: when the program ends."""
    is_secure: bool = False
    is_http_only: bool = False
    same_site: str = ""

    def is_expired(self, now: float) -> bool:
        return self.expires is not None and self.expires <= now

    def goes_to(self, scheme: str, host: str, path: str) -> bool:
        """Return whether a request to *host* at *path* carries this cookie."""
        is_for_host = host == self.domain if self.is_host_only else domain_matches(host, self.domain)
        is_safe = not self.is_secure or scheme == "https" or _is_loopback(host)
        return is_for_host and is_safe and path_matches(path, self.path)


class CookieJar:
    """The cookies of one program or environment. Times are seconds since 1970."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def store(self, url: str, set_cookie_values: Iterable[str], now: float) -> None:
        """Take in what the answer of *url* sets, each value of Set-Cookie in its order."""
        for value in set_cookie_values:
            cookie = parse_set_cookie(value, url, now)
            if cookie is not None:
                self._keep(cookie, now)

    def header_for(self, url: str, now: float) -> str | None:
        """Return the value of the Cookie header for a request to *url*; None where there is nothing to send."""
        scheme, host, path = _place(url)
        self._drop_expired(now)
        fitting = [cookie for cookie in self._cookies.values() if cookie.goes_to(scheme, host, path)]
        fitting.sort(key=lambda cookie: -len(cookie.path))  # stable: the older one first
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting) or None

    def cookies(self) -> list[Cookie]:
        """Return every cookie, the oldest first."""
        return list(self._cookies.values())

    def clear(self) -> None:
        self._cookies.clear()

    def _keep(self, cookie: Cookie, now: float) -> None:
        key = (cookie.name, cookie.domain, cookie.path)
        known = self._cookies.get(key)
        if cookie.is_expired(now):
            self._cookies.pop(key, None)
        elif known is not None:  # keeps its age (RFC 6265 section 5.3, step 11.3)
            self._cookies[key] = replace(cookie, created=known.created)
        else:
            self._cookies[key] = cookie

    def _drop_expired(self, now: float) -> None:
        for key, cookie in list(self._cookies.items()):
            if cookie.is_expired(now):
                del self._cookies[key]


def parse_set_cookie(text: str, url: str, now: float) -> Cookie | None:
    """Return the cookie that *text* sets in an answer of *url*, or None where it must be ignored.

    RFC 6265 sections 5.2 and 5.3.
    """
    pair, *attributes = _CUT.split(text, maxsplit=1)[0].split(";")
    name, equals, value = pair.partition("=")
    name, value = name.strip(_BLANK), value.strip(_BLANK)
    if not equals or not name or len(name) + len(value) > MAX_COOKIE_CHARACTERS:
        return None
    given = _attributes(attributes)
    _, host, path = _place(url)
    domain = given.get("domain", "").removeprefix(".").lower()
    if domain and (not domain_matches(host, domain) or ("." not in domain and domain != host)):
        return None
    return Cookie(
        name,
        value,
        domain or host,
        given["path"] if given.get("path", "").startswith("/") else default_path(path),
        is_host_only=not domain or "." not in domain,
        created=now,
        expires=_expiry(given, now),
        is_secure="secure" in given,
        is_http_only="httponly" in given,
        same_site=given.get("samesite", ""),
    )


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


def parse_date(text: str) -> float | None:
    """Return the moment that *text* names, in any of the orders in which servers write it.

    RFC 6265 section 5.1.1; None where a part is missing or impossible.
    """
    found: dict[str, tuple[int, ...]] = {}
    for token in _DATE_DELIMITERS.split(text):
        _note_date_part(token, found)
    if len(found) < 4:
        return None
    (year,), (month,), (day,), clock = found["year"], found["month"], found["day"], found["time"]
    year += 1900 if 70 <= year <= 99 else 2000 if year <= 69 else 0
    hour, minute, second = clock
    if year < 1601 or not 1 <= day <= 31 or hour > 23 or minute > 59 or second > 59:
        return None
    moment = calendar.timegm((year, month, day, hour, minute, second))
    return float(moment) if time.gmtime(moment).tm_mday == day else None


def _note_date_part(token: str, found: dict[str, tuple[int, ...]]) -> None:
    if "time" not in found and (match := _TIME.fullmatch(token)):
        found["time"] = tuple(int(part) for part in match.groups())
    elif "day" not in found and (match := _DAY.fullmatch(token)):
        found["day"] = (int(match[1]),)
    elif "month" not in found and token[:3].lower() in _MONTHS:
        found["month"] = (_MONTHS.index(token[:3].lower()) + 1,)
    elif "year" not in found and (match := _YEAR.fullmatch(token)):
        found["year"] = (int(match[1]),)


def _attributes(texts: Iterable[str]) -> dict[str, str]:
    """Return the attributes of a cookie by lower-cased name; the last of a name counts."""
    given: dict[str, str] = {}
    for text in texts:
        name, _, value = text.partition("=")
        name, value = name.strip(_BLANK).lower(), value.strip(_BLANK)
        if name == "domain" and not value:  # undefined by the RFC, ignored by browsers
            continue
        if name in {"max-age", "expires"} and _lifetime(name, value) is None:
            continue
        given[name] = value
    return given


def _expiry(given: dict[str, str], now: float) -> float | None:
    """Return when a cookie ends; Max-Age goes before Expires."""
    if (age_s := _lifetime("max-age", given.get("max-age", ""))) is not None:
        return now + age_s if age_s > 0 else float("-inf")
    return _lifetime("expires", given.get("expires", ""))


def _lifetime(name: str, value: str) -> float | None:
    if name == "expires":
        return parse_date(value)
    digits = value.removeprefix("-")
    return float(value) if digits.isascii() and digits.isdigit() else None


def _place(url: str) -> tuple[str, str, str]:
    """Return scheme, host and path of *url*."""
    parts = urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.path or "/"


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
