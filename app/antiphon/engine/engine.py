"""`Engine`: sends requests one by one or side by side, keeping connections and cookies between them.

Importing this brings in nothing of the network; `warm_up` in a thread, or the first send, does.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from antiphon.core.events import Failed, Failure, HopBegan
from antiphon.core.exchange import Exchange
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.carrier import Carrier, Relay, at_home, can_watch
from antiphon.engine.session import Session
from antiphon.engine.sink import BodySink, Emit

if TYPE_CHECKING:
    from antiphon.engine.sending import Network


class Engine:
    """Sends requests, awaited on the event loop it is first used on.

    Args:
        session: Cookies, tokens and whom to ask, for requests that bring no other; None for one of its own.
        is_carried: Whether a thread of its own carries the sockets, for a loop that has other things to do, such
            as a window's; else the loop does. One that cannot watch sockets (Windows) has them carried anyway.
    """

    def __init__(self, session: Session | None = None, *, is_carried: bool = False) -> None:
        self.session = Session() if session is None else session
        self._carrier = Carrier() if is_carried else None
        self._loaded: Network | None = None
        self._loading = threading.Lock()
        self._trusted: dict[tuple[str, int], str] = {}

    async def send(
        self,
        prepared: PreparedRequest,
        body: BodySink,
        emit: Emit,
        session: Session | None = None,
        raw: BodySink | None = None,
    ) -> None:
        """Send *prepared* and follow it to its end.

        The decoded body goes to *body* (where a coding is undone, the bytes as they came go to *raw*),
        everything else to *emit*: it begins with a `HopBegan` and ends with `Finished` or `Failed`. A failed
        exchange raises nothing; cancelling the task tells `Failed` with the kind `cancelled` and raises
        CancelledError.
        """
        await self._carried(
            lambda tell, at_hand: self._send(prepared, body, raw, tell, at_hand), emit, session
        )

    async def fetch_token(
        self, prepared: PreparedRequest, emit: Emit, session: Session | None = None
    ) -> None:
        """Fetch the token that *prepared*, whose auth is OAuth 2.0, would be sent with, or renew it; send nothing else.

        What it takes is told to *emit* as hops with the purpose `token`. Where it fails, a `Failed` comes last, as
        from `send`; else the token is kept in the session.
        """
        await self._carried(lambda tell, at_hand: self._fetch_token(prepared, tell, at_hand), emit, session)

    async def _carried(
        self, job: Callable[[Emit, Session], Coroutine[Any, Any, None]], emit: Emit, session: Session | None
    ) -> None:
        """Do *job* where the sockets are watched, and tell what it tells here."""
        session = self.session if session is None else session
        if self._carrier is None and not can_watch(asyncio.get_running_loop()):
            self._carrier = Carrier()
        if self._carrier is None:
            await job(emit, session)
            return
        relay = Relay(emit)
        at_hand = at_home(session)
        try:
            await self._carrier.run(lambda: job(relay.tell, at_hand))
        finally:
            relay.flush()

    async def rehearse(
        self,
        prepared: PreparedRequest,
        http_version: Literal["1.1", "2"] | None = None,
        session: Session | None = None,
    ) -> Exchange:
        """Return what would be sent: an exchange of one hop with its `request`, the jar's cookies included, and `sent`.

        The very code that speaks to servers writes it, but nowhere: no socket is opened and no name looked up. Of a
        large body `SENT_BODY_BYTES` are read and the rest is counted. Signatures and a token that is kept are in it;
        auth that needs the network first (a challenge, a new token) is not.

        Args:
            http_version: Whose form to show. None takes that of the request's options, and where these leave it to
                the server, HTTP/2 for https, as a server that has both would choose, else HTTP/1.1.
            session: Whose cookies and tokens; None for the engine's.

        Returns:
            An exchange that is over: `finished` without a head, or `failed` where the request cannot be sent at all.
        """
        session = self.session if session is None else session

        def run() -> Exchange:
            from antiphon.engine.rehearsal import rehearse

            return asyncio.run(rehearse(prepared, http_version, session))

        return await asyncio.to_thread(run)

    def trust(self, host_port: str, ca_file: Path | str) -> None:
        """Trust the certificates in the PEM file *ca_file* for the server `host:port`, and for no other."""
        host, _, port = host_port.rpartition(":")
        self._trusted[host.strip("[]").lower(), int(port)] = str(ca_file)

    def warm_up(self) -> None:
        """Import what the network needs and build the usual TLS context; call it in a thread, early."""
        self._load().contexts.prepare()

    async def aclose(self) -> None:
        """Close every connection."""
        if self._carrier is None:
            await self._close()
            return
        if self._loaded is not None:
            await self._carrier.run(self._close)
        await self._carrier.aclose()

    async def _send(
        self,
        prepared: PreparedRequest,
        body: BodySink,
        raw: BodySink | None,
        emit: Emit,
        session: Session,
    ) -> None:
        try:
            network = await asyncio.to_thread(self._load) if self._loaded is None else self._loaded
        except asyncio.CancelledError:
            body.finish()
            if raw is not None:
                raw.finish()
            at = time.perf_counter()
            emit(HopBegan(prepared, at))
            emit(Failed(Failure("cancelled", "Cancelled.", "Nothing was sent."), at))
            raise
        await network.send(prepared, body, raw, emit, session)

    async def _fetch_token(self, prepared: PreparedRequest, emit: Emit, session: Session) -> None:
        network = await asyncio.to_thread(self._load) if self._loaded is None else self._loaded
        await network.fetch_token(prepared, emit, session)

    async def _close(self) -> None:
        if self._loaded is not None:
            await self._loaded.aclose()

    def _load(self) -> "Network":
        with self._loading:
            if self._loaded is None:
                from antiphon.engine.sending import Network

                self._loaded = Network(self._trusted)
            return self._loaded
