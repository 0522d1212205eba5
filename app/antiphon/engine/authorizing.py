"""Drives a flow of authentication over the network: its requests are hops of the exchange that needs it."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from antiphon.core.events import Head
from antiphon.core.prepared import PreparedRequest
from antiphon.engine.auth.failures import auth_failed
from antiphon.engine.auth.steps import (
    MAX_TOKEN_BYTES,
    Answer,
    Authorize,
    Flow,
    Hold,
    LetGo,
    Note,
    Send,
    SendPurpose,
    ShowCode,
    Sleep,
    Step,
    Work,
)
from antiphon.engine.decode import decoder_for
from antiphon.engine.http1_reply import list_items
from antiphon.engine.session import Host, Session
from antiphon.engine.stack import httpx

Received = tuple[Head, httpx.Response]


class Hops(Protocol):
    """What the exchange does for the flow."""

    async def hop(self, request: PreparedRequest, purpose: SendPurpose) -> Received:
        """Send *request* and return its answer, the body not read yet."""

    async def pass_over(self, response: httpx.Response) -> None:
        """Take leave of an answer that served the auth only."""

    def note(self, text: str) -> None: ...


class Authorizing:
    """One flow on its way; `run` gives the answer that is the exchange's own."""

    def __init__(self, flow: Flow, hops: Hops, session: Session) -> None:
        self._flow = flow
        self._hops = hops
        self._session = session
        self._received: Received | None = None
        self._held: dict[str, asyncio.Lock] = {}

    async def run(self) -> Received:
        """Go through the flow to its end.

        Raises:
            ExchangeBroken, UserError: it failed.
        """
        received = await self.run_aside()
        if received is None:
            raise AssertionError("a flow sends something last")
        return received

    async def run_aside(self) -> Received | None:
        """Go through a flow that need not send anything; return its last answer, which may be read already.

        Raises:
            ExchangeBroken, UserError: it failed.
        """
        try:
            await self._go()
        except BaseException:
            if self._received is not None:
                await self._received[1].aclose()
            raise
        finally:
            self._flow.close()
            for key in list(self._held):
                self._let_go(key)
        return self._received

    async def _go(self) -> None:
        given: Any = None
        while True:
            try:
                step = self._flow.send(given)
            except StopIteration:
                return
            given = await self._done(step)

    async def _done(self, step: Step) -> Any:
        """Do *step* and return what it gives."""
        if isinstance(step, Send | Authorize | ShowCode | Sleep):
            await self._pass_over()
        match step:
            case Send(request=request, purpose=purpose):
                return await self._sent(request, purpose)
            case Authorize(url=url, redirect_url=redirect_url):
                return await self._host("This server wants you to sign in").authorize(url, redirect_url)
            case ShowCode(code=code, url=url):
                self._host(f"This server wants the code {code} typed in at {url}").show_device_code(code, url)
            case Sleep(seconds=seconds):
                await asyncio.sleep(seconds)
            case Work(call=call):
                return await asyncio.to_thread(call)
            case Hold(key=key):
                await self._hold(key)
            case LetGo(key=key):
                self._let_go(key)
            case Note(text=text):
                self._hops.note(text)
        return None

    async def _sent(self, request: PreparedRequest, purpose: SendPurpose) -> Answer:
        self._received = head, response = await self._hops.hop(request, purpose)
        body = await _short_body(head, response) if purpose == "token" else b""
        return Answer(head, body)

    async def _pass_over(self) -> None:
        if self._received is not None:
            response, self._received = self._received[1], None
            await self._hops.pass_over(response)

    def _host(self, wish: str) -> Host:
        if self._session.host is None:
            raise auth_failed(
                f"{wish}, and nobody can be asked here.",
                "Send it from the window, or choose a flow that needs no person, such as client credentials.",
            )
        return self._session.host

    async def _hold(self, key: str) -> None:
        lock = self._session.memory.lock(key)
        await lock.acquire()
        self._held[key] = lock

    def _let_go(self, key: str) -> None:
        if key in self._held:
            self._held.pop(key).release()


async def _short_body(head: Head, response: httpx.Response) -> bytes:
    """Return the beginning of a body, decoded; nobody's token is longer."""
    read: Callable[[], Any] = response.extensions["body"].read
    decoder = decoder_for(list_items(head, "content-encoding"))
    kept = bytearray()
    while len(kept) < MAX_TOKEN_BYTES and (data := await read()):
        for piece in decoder.feed(data) if decoder else (data,):
            kept += piece[: MAX_TOKEN_BYTES - len(kept)]
            if len(kept) >= MAX_TOKEN_BYTES:
                break
    return bytes(kept)
