"""The rows of the Cookies tab: what an answer sets, what became of it, and how a cookie's facts read."""

import time
from datetime import UTC, datetime

from antiphon.core.cookie import Cookie, Refused, decoded, parse_set_cookie
from antiphon.core.cookies import SHADOWS_SECURE
from antiphon.core.exchange import Hop


def cookie_rows(hop: Hop) -> list[tuple[str, ...]]:
    """Return name, value, domain, path, expiry and flags of each cookie; a refused one has the reason for flags."""
    if hop.head is None:
        return []
    return [_row(text, hop) for text in decoded(hop.head.get_all("set-cookie"))]


def shown(text: str) -> str:
    """Return *text* so that it can be painted: bytes that are no UTF-8 as hexadecimal escapes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def shown_domain(cookie: Cookie) -> str:
    """Return the domain, with a dot before it where names below are meant too."""
    return cookie.domain if cookie.is_host_only else f".{cookie.domain}"


def shown_expiry(cookie: Cookie) -> str:
    """Return date and time in UTC."""
    if cookie.expires is None:
        return "with the session"
    try:
        return datetime.fromtimestamp(cookie.expires, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return "at once"


def shown_flags(cookie: Cookie) -> str:
    words = ["Secure"] * cookie.is_secure + ["HttpOnly"] * cookie.is_http_only
    words += [f"SameSite={cookie.same_site}"] if cookie.same_site else []
    return ", ".join([*words, *([f"({cookie.note})"] if cookie.note else [])])


def _row(text: str, hop: Hop) -> tuple[str, ...]:
    cookie = parse_set_cookie(text, hop.request.url, time.time())
    if isinstance(cookie, Cookie):
        by_jar = Refused(cookie.name, cookie.value, SHADOWS_SECURE)
        if by_jar.sentence not in hop.notes:
            flags = shown_flags(cookie) if hop.request.options.use_cookies else "not kept: cookies are off"
            facts = (shown_domain(cookie), cookie.path, shown_expiry(cookie), flags)
            return (shown(cookie.name), shown(cookie.value), *map(shown, facts))
        cookie = by_jar
    return (shown(cookie.name), shown(cookie.value), "", "", "", shown(f"refused: {cookie.reason}"))
