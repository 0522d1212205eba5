"""When the next request may start: evenly spaced, and over HTTP/2 not before the connection to share stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from antiphon.core.exchange import Connected, Event, Failed, Finished, HeadReceived
from antiphon.core.prepared import PreparedRequest


class Pace:
    """Turns at most *rate_per_s* a second, by the loop's monotonic clock.

    A turn that nobody was there to take is not made up for: no burst follows a pause.
    """

    def __init__(self, rate_per_s: float | None) -> None:
        self._interval_s = 1 / rate_per_s if rate_per_s else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn; turns are given in the order of asking."""
        loop = asyncio.get_running_loop()
        mine = max(self._next, loop.time())
        self._next = mine + self._interval_s
        delay = mine - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)


class Gate:
    """Lets one request per origin go ahead, the others once it has a connection they might share.

    Without it each of them would find no connection yet and open its own, although HTTP/2 needs only one.
    """

    def __init__(self) -> None:
        self._opened: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def passed(self, prepared: PreparedRequest) -> AsyncIterator["Leader | None"]:
        """Wait until *prepared* may go; yields who must watch its events, or None."""
        if not may_share(prepared):
            yield None
            return
        origin = _origin(prepared)
        opened = self._opened.get(origin)
        if opened is not None:
            await opened.wait()
            yield None
            return
        opened = self._opened[origin] = asyncio.Event()
        try:
            yield Leader(opened)
        finally:
            opened.set()


class Leader:
    """Opens the gate at the first event that says whether there is a connection."""

    def __init__(self, opened: asyncio.Event) -> None:
        self._opened = opened

    def watch(self, event: Event) -> None:
        if isinstance(event, Connected | HeadReceived | Finished | Failed):
            self._opened.set()


def may_share(prepared: PreparedRequest) -> bool:
    """Return whether *prepared* might go over HTTP/2, where many share a connection (RFC 9113 section 9.1)."""
    choice = prepared.options.http_version
    is_https = prepared.url.lower().startswith("https:")
    return choice == "2-prior-knowledge" or (is_https and choice != "1.1")


def _origin(prepared: PreparedRequest) -> str:
    parts = urlsplit(prepared.url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"
