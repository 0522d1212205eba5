"""How requests leave: the one engine, and the practice server where the sample needs it."""

import asyncio
import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from antiphon.body.store import BodyStore
from antiphon.core.document import OAuth2Auth
from antiphon.core.errors import UserError
from antiphon.core.events import Event, Failed, HopBegan
from antiphon.core.exchange import Exchange
from antiphon.core.places import places
from antiphon.core.prepared import PreparedRequest
from antiphon.engine import Engine
from antiphon.engine.auth.memory import Memory
from antiphon.engine.session import Host, Session, token_key
from antiphon.store.cookies import JarKey
from antiphon.store.secrets import SecretStore
from antiphon.store.tokens import TokenStore
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.cookies import CookieJars, key_of
from antiphon.workbench.document import Send
from antiphon.workbench.host import KeptTokens
from antiphon.workbench.notice import Notice
from antiphon.workbench.questions import AllowsDecoding, AskingHost
from antiphon.workbench.tasks import Tasks
from antiphon.workbench.tokens import TokenState, state_of

if TYPE_CHECKING:
    from antiphon.practice.process import PracticeProcess, PracticeServer


class Sending:
    """Sends for documents and runs alike; connections are shared by all, cookies by those of one environment."""

    def __init__(
        self, tasks: Tasks, notify: Callable[[Notice], None], secrets: SecretStore, host: Host
    ) -> None:
        self._tasks = tasks
        self._secrets = secrets
        self._host = host
        self._memory = Memory()
        self._tokens: dict[JarKey, KeptTokens] = {}
        self.jars = CookieJars(tasks, notify)
        self._engine = Engine(is_carried=True)
        self._practice: PracticeProcess | None = None
        self._server: PracticeServer | None = None
        self._start: asyncio.Task[None] | None = None

    def warm_up(self) -> None:
        """Load the network behind the window's back, so that the first request does not wait for it."""
        self._tasks.spawn(asyncio.to_thread(self._engine.warm_up), "load the network")

    async def ready(self, collection: OpenCollection | None) -> Send:
        """Return how to send, once the practice server runs where *collection* is the sample."""
        if collection is not None and is_sample(collection):
            await self.start_practice(collection)
        return functools.partial(self._send, await self.session_for(collection))

    async def session_for(self, collection: OpenCollection | None) -> Session:
        """Return what requests of *collection* share in the environment that is chosen now."""
        cookies = await self.jars.loaded(collection)
        key = key_of(collection)
        if key not in self._tokens:
            self._tokens[key] = KeptTokens(TokenStore(self._secrets, key.collection, key.environment))
        return Session(cookies, self._tokens[key], self._host, self._memory)

    async def start_practice(self, sample: OpenCollection) -> None:
        """Start the practice server, unless it runs, and point *sample* at it."""
        if self._practice is None or not self._practice.is_running:
            if self._start is None or self._start.done():
                self._start = self._tasks.spawn(self._start_practice(), "start the practice server")
            await asyncio.shield(self._start)
        if self._server is not None and sample.overrides != self._server.variables():
            sample.override(self._server.variables())

    async def token_state(self, collection: OpenCollection | None, auth: OAuth2Auth) -> TokenState:
        """Return how the token stands that is kept for *auth*.

        Raises:
            UserError: the keyring does not answer.
        """
        session = await self.session_for(collection)
        return state_of(await asyncio.to_thread(session.tokens.get, token_key(auth)))

    async def fetch_token(
        self, collection: OpenCollection | None, prepared: Callable[[], PreparedRequest]
    ) -> None:
        """Fetch or renew the token of what *prepared* gives, whose auth is OAuth 2.0.

        It is asked once the practice server runs where *collection* is the sample: that says where it is.

        Raises:
            UserError: there is none to be had.
        """
        if collection is not None and is_sample(collection):
            await self.start_practice(collection)
        events: list[Event] = []
        session = await self.session_for(collection)
        host = AskingHost(None, session.host)
        try:
            await self._engine.fetch_token(prepared(), events.append, replace(session, host=host))
        finally:
            host.ended()
        failure = next((event.failure for event in events if isinstance(event, Failed)), None)
        if failure is not None:
            raise UserError(failure.sentence, failure.hint)

    async def forget_token(self, collection: OpenCollection | None, auth: OAuth2Auth) -> None:
        """Forget the token that is kept for *auth*.

        Raises:
            UserError: the keyring refuses.
        """
        session = await self.session_for(collection)
        await asyncio.to_thread(session.tokens.put, token_key(auth), None)

    async def rehearse(
        self,
        collection: OpenCollection | None,
        prepared: PreparedRequest,
        http_version: Literal["1.1", "2"] | None = None,
    ) -> Exchange:
        """Return what would be sent for *prepared*, in *http_version* or the one that would be chosen; no network."""
        return await self._engine.rehearse(prepared, http_version, await self.session_for(collection))

    def trusted(self, prepared: PreparedRequest) -> PreparedRequest:
        """Return *prepared* with the practice server's authority named, where code of it needs that to work."""
        return self._server.trusted(prepared) if self._server is not None else prepared

    async def close(self) -> None:
        """Save cookies, close every connection and end the practice server; the tasks have ended before."""
        await self.jars.close()
        await self._engine.aclose()
        if self._practice is not None:
            await asyncio.to_thread(self._practice.stop)

    async def _send(
        self,
        session: Session,
        prepared: PreparedRequest,
        body: BodyStore,
        emit: Callable[[Event], None],
        allows: AllowsDecoding | None = None,
        raw: BodyStore | None = None,
    ) -> None:
        host = AskingHost(allows, session.host)

        def tell(event: Event) -> None:
            if isinstance(event, HopBegan) and event.purpose != "token":
                host.ended()
            emit(event)

        try:
            await self._engine.send(prepared, body, tell, replace(session, host=host), raw)
        finally:
            host.ended()

    async def _start_practice(self) -> None:
        from antiphon.practice.process import PracticeProcess, start_practice

        self._practice = PracticeProcess()
        self._server = await start_practice(self._practice)
        self._engine.trust(self._server.https.removeprefix("https://"), self._server.ca)


def sample_home() -> Path:
    """Return where the user's own copy of the sample stands."""
    return places().data / "Try Antiphon"


def is_sample(collection: OpenCollection) -> bool:
    return collection.root == sample_home().resolve()
