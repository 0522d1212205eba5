"""`CookieJar`: the cookies that requests of one environment share (RFC 6265 sections 5.3 and 5.4, 6265bis).

Its calls may come from any thread. Times are seconds since 1970.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from antiphon.core.cookie import (
    Cookie,
    Refused,
    domain_matches,
    is_secure_place,
    parse_set_cookie,
    path_matches,
    place_of,
)

MAX_COOKIES = 3000
MAX_OF_DOMAIN = 180
SHADOWS_SECURE = "it would hide a Secure cookie of that name, which http may not"
"""Why a cookie of http is refused beside a Secure one (6265bis section 5.7)."""


class CookieJar:
    """The cookies of one program or environment.

    Args:
        on_change: Called after each change, in the thread that made it, so it must be quick.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._lock = threading.Lock()
        self._cookies: dict[tuple[str, str, str], Cookie] = {}
        """The oldest first."""
        self._used: dict[tuple[str, str, str], float] = {}
        self._changes = 0
        self._on_change = on_change

    @property
    def changes(self) -> int:
        """How often the cookies became others: who saves them sees whether there is anything new."""
        return self._changes

    def store(self, url: str, set_cookie_values: Iterable[str], now: float) -> list[Refused]:
        """Take in what the answer of *url* sets, each value of Set-Cookie in its order; return what was refused."""
        values, refused = list(set_cookie_values), []
        if not values:
            return []
        with self._changing():
            for value in values:
                cookie = parse_set_cookie(value, url, now)
                if isinstance(cookie, Cookie) and self._shadows_secure(cookie, url):
                    cookie = Refused(cookie.name, cookie.value, SHADOWS_SECURE)
                if isinstance(cookie, Refused):
                    refused.append(cookie)
                else:
                    self._keep(cookie, now)
        return refused

    def cookies_for(self, url: str, now: float) -> list[Cookie]:
        """Return the cookies that a request to *url* carries, in their order: longer paths, then older ones first."""
        scheme, host, path = place_of(url)
        with self._lock:
            kept = list(self._cookies.values())
        fitting = [each for each in kept if not each.is_expired(now) and each.goes_to(scheme, host, path)]
        return sorted(fitting, key=lambda cookie: -len(cookie.path))  # stable: the older one first

    def header_for(self, url: str, now: float) -> str | None:
        """Return the value of the Cookie header for a request to *url*; None where there is nothing to send."""
        fitting = self.cookies_for(url, now)
        with self._lock:
            self._used.update((cookie.key, now) for cookie in fitting)
            if len(self._used) > MAX_COOKIES:
                self._used = {key: at for key, at in self._used.items() if key in self._cookies}
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting) or None

    def snapshot(self, now: float = float("-inf")) -> list[Cookie]:
        """Return every cookie whose time is not over *now*, the oldest first."""
        with self._lock:
            return [cookie for cookie in self._cookies.values() if not cookie.is_expired(now)]

    def put(self, cookie: Cookie, instead_of: Cookie | None = None) -> None:
        """Keep *cookie*, made or changed by hand, in the place of *instead_of* or of the one with its key."""
        with self._changing():
            if instead_of is None or instead_of.key == cookie.key or instead_of.key not in self._cookies:
                self._cookies[cookie.key] = cookie
            else:
                self._cookies.pop(cookie.key, None)
                self._cookies = dict(
                    (cookie.key, cookie) if key == instead_of.key else (key, kept)
                    for key, kept in self._cookies.items()
                )
            self._evict(cookie.domain, cookie.created)

    def add_older(self, cookies: Iterable[Cookie]) -> None:
        """Take in *cookies* of an earlier time; those that are here already win. This is no change to be saved."""
        with self._lock:
            older = {cookie.key: cookie for cookie in cookies}
            newer = {key: cookie for key, cookie in self._cookies.items() if key not in older}
            self._cookies = {key: self._cookies.get(key, cookie) for key, cookie in older.items()} | newer

    def remove(self, cookie: Cookie) -> None:
        """Forget the cookie with the key of *cookie*, where there is one."""
        with self._changing():
            self._cookies.pop(cookie.key, None)

    def clear(self, domain: str | None = None) -> None:
        """Forget everything, or the cookies of exactly *domain*."""
        with self._changing():
            self._cookies = {
                key: cookie
                for key, cookie in self._cookies.items()
                if domain is not None and cookie.domain != domain
            }

    def end_session(self) -> None:
        """Forget the cookies without an expiry, as a browser does that is closed."""
        with self._changing():
            self._cookies = {key: each for key, each in self._cookies.items() if each.expires is not None}

    # -- within ---------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Hold the lock, and tell afterwards where the cookies have become others."""
        with self._lock:
            before = list(self._cookies.items())
            yield
            is_other = list(self._cookies.items()) != before
            self._changes += is_other
        if is_other:
            self._on_change()

    def _keep(self, cookie: Cookie, now: float) -> None:
        known = self._cookies.get(cookie.key)
        if cookie.is_expired(now):
            self._cookies.pop(cookie.key, None)
        elif known is not None:  # keeps its age (RFC 6265 section 5.3, step 11.3)
            self._cookies[cookie.key] = replace(cookie, created=known.created)
        else:
            self._cookies[cookie.key] = cookie
            self._evict(cookie.domain, now)

    def _shadows_secure(self, cookie: Cookie, url: str) -> bool:
        """Leave Secure cookies alone: plain HTTP neither writes over one nor puts one in front of it."""
        scheme, host, _ = place_of(url)
        if cookie.is_secure or is_secure_place(scheme, host):
            return False
        return any(
            kept.is_secure
            and kept.name == cookie.name
            and (domain_matches(kept.domain, cookie.domain) or domain_matches(cookie.domain, kept.domain))
            and path_matches(cookie.path, kept.path)
            for kept in self._cookies.values()
        )

    def _evict(self, domain: str, now: float) -> None:
        """Make room where a limit is passed: first what has ended, then what was not used for longest."""
        of_domain = sum(cookie.domain == domain for cookie in self._cookies.values())
        if of_domain <= MAX_OF_DOMAIN and len(self._cookies) <= MAX_COOKIES:
            return
        for key in [key for key, cookie in self._cookies.items() if cookie.is_expired(now)]:
            del self._cookies[key]
        self._shrink([cookie for cookie in self._cookies.values() if cookie.domain == domain], MAX_OF_DOMAIN)
        self._shrink(list(self._cookies.values()), MAX_COOKIES)

    def _shrink(self, cookies: list[Cookie], limit: int) -> None:
        cookies.sort(key=lambda cookie: (cookie.is_secure, self._used.get(cookie.key, cookie.created)))
        for cookie in cookies[: max(0, len(cookies) - limit)]:
            del self._cookies[cookie.key]
            self._used.pop(cookie.key, None)
