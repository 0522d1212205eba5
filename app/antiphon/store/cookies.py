"""The cookies of each environment on disk: one owner-only file each in the user's data folder, never in a collection.

Cookies that end with the session are kept too: who tests an API finds the login of yesterday where it was, as in a
browser that brings its tabs back. Those whose time is over are not.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from antiphon.core.cookie import Cookie, flaw_of
from antiphon.core.places import places
from antiphon.store.settings import read_object, write_object

_VERSION = 1
_TEXTS = ("name", "value", "domain", "path", "same_site")
_SWITCHES = ("is_host_only", "is_secure", "is_http_only")


class JarKey(NamedTuple):
    """Whose cookies they are."""

    collection: str = ""
    """The folder of the collection; empty for requests of none."""
    environment: str = ""
    """Its name; empty for no environment."""


def load_cookies(key: JarKey, now: float) -> tuple[list[Cookie], str]:
    """Return the cookies kept for *key*, the oldest first, and what was wrong with the file, as a sentence.

    A file that is not ours is kept aside as `.broken`; single cookies that cannot be read are left out.
    """
    said, problem = read_object(_file(key))
    if problem:
        return [], problem.replace("The usual values are used", "It begins without cookies")
    rows = said.get("cookies", [])
    return list(_cookies(rows if isinstance(rows, list) else [], now)), ""


def save_cookies(key: JarKey, cookies: Iterable[Cookie], now: float) -> None:
    """Keep *cookies* for *key*, atomically; those whose time is over are left out.

    Raises:
        UserError: the file cannot be written.
    """
    rows = [asdict(cookie) for cookie in cookies if not cookie.is_expired(now)]
    if rows or _file(key).exists():
        write_object(_file(key), {"version": _VERSION, **key._asdict(), "cookies": rows}, private=True)


def _cookies(rows: list[Any], now: float) -> Iterator[Cookie]:
    for row in rows:
        cookie = _cookie(row) if isinstance(row, dict) else None
        if cookie is not None and not flaw_of(cookie) and not cookie.is_expired(now):
            yield cookie


def _cookie(row: dict[str, Any]) -> Cookie | None:
    facts = {name: row.get(name, "") for name in _TEXTS}
    if not all(isinstance(text, str) for text in facts.values()) or not facts["path"].startswith("/"):
        return None
    facts |= {name: row.get(name) for name in ("created", "expires")}
    if not _is_time(facts["created"]) or not (facts["expires"] is None or _is_time(facts["expires"])):
        return None
    facts |= {name: row.get(name) is True for name in _SWITCHES}
    return Cookie(**facts)


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _file(key: JarKey) -> Path:
    """Return the file of *key*; its name tells nothing, and two keys never share one."""
    text = f"{key.collection}\0{key.environment}"
    return (
        places().data / "cookies" / f"{hashlib.sha256(text.encode(errors='replace')).hexdigest()[:32]}.json"
    )
