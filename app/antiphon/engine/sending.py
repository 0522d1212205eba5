"""One exchange as it goes: hops, retries on a dead connection, the body decoded on its way to the store."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import h2.exceptions

from antiphon.core import redirect
from antiphon.core.cookie import decoded
from antiphon.core.document import NtlmAuth, OAuth2Auth
from antiphon.core.errors import UserError
from antiphon.core.events import (
    Answered,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    Noted,
    Phase,
    Purpose,
    Redirected,
)
from antiphon.core.prepared import PreparedRequest
from antiphon.core.redirect import is_redirect, next_request
from antiphon.engine import failures
from antiphon.engine.auth.flow import flow_of
from antiphon.engine.auth.oauth2 import token_flow
from antiphon.engine.auth.steps import SendPurpose
from antiphon.engine.authorizing import Authorizing
from antiphon.engine.backend import Backend
from antiphon.engine.client import make_client, make_request
from antiphon.engine.connection import ConnectionSettings
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.lanes import Lane, Lanes
from antiphon.engine.proxy import SystemProxies
from antiphon.engine.receiving import Receiving
from antiphon.engine.recorder import Recorder
from antiphon.engine.route import chosen_route
from antiphon.engine.sent_cookies import with_cookies
from antiphon.engine.session import Session
from antiphon.engine.sink import BodySink, Emit, Nowhere
from antiphon.engine.stack import httpcore, httpx
from antiphon.engine.target import Target, parse_target
from antiphon.engine.tls import TlsContexts

IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "QUERY"}
MAX_REFUSALS = 3
DRAIN_BYTES = 1 << 20
DRAIN_S = 1.0
_FALLS_BACK = (
    "The server asked for HTTP/1.1 (HTTP_1_1_REQUIRED): the request went out once more, over HTTP/1.1."
)
_EXPECTED = (
    ExchangeBroken,
    UserError,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpx.InvalidURL,
    h2.exceptions.H2Error,
)


class Network:
    """The clients made so far, one for each kind of connection, and what they share."""

    def __init__(self, trusted: Mapping[tuple[str, int], str]) -> None:
        self.backend = Backend()
        self.contexts = TlsContexts(trusted)
        self._system_proxies = SystemProxies()
        self.lanes = Lanes()
        self._clients: dict[ConnectionSettings, httpx.AsyncClient] = {}

    async def client(self, prepared: PreparedRequest, target: Target) -> httpx.AsyncClient:
        """Return the client for *prepared*, its TLS context built, so that this costs no measured time."""
        options = prepared.options
        route = await chosen_route(options, target, self._system_proxies)
        needs = self.contexts.needs(options, target.host.decode(), target.port)
        by = route.proxy
        is_secure = by is not None and by.scheme == "https"
        proxy_tls = self.contexts.proxy_needs(options, by.host, by.port) if by and is_secure else None
        settings = ConnectionSettings(options.http_version, needs, route, proxy_tls)
        if target.scheme == b"https":
            await self.contexts.get(needs)
        if settings not in self._clients:
            self._clients[settings] = make_client(settings, self.contexts, self.backend)
        return self._clients[settings]

    async def send(
        self,
        prepared: PreparedRequest,
        body: BodySink,
        raw: BodySink | None,
        emit: Emit,
        session: Session,
    ) -> None:
        await _Exchange(self, prepared, body, raw, emit, session).run()

    async def aclose(self) -> None:
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()

    async def fetch_token(self, prepared: PreparedRequest, emit: Emit, session: Session) -> None:
        """Fetch or renew the token for *prepared*, whose auth is OAuth 2.0, as `Engine.fetch_token` says."""
        await _TokenFetch(self, prepared, Nowhere(), None, emit, session).run()


class _Exchange:
    def __init__(
        self,
        network: Network,
        prepared: PreparedRequest,
        body: BodySink,
        raw: BodySink | None,
        emit: Emit,
        session: Session,
    ) -> None:
        self._network = network
        self._raw = raw
        self._session = session
        self._prepared = prepared
        self._body = body
        self._recorder = Recorder(emit)
        self._emit = self._recorder.tell
        self._has_begun = False
        self._purpose: Purpose = "request"
        self._lane: Lane | None = None
        self._place = "the server"
        self._sent_as: tuple[object, ...] = ()
        self._way: dict[tuple[object, ...], str] = {}
        """The requests that were redirected so far, and their URLs, in order."""

    async def run(self) -> None:
        limit_s = self._prepared.options.timeouts.total_s
        limit = asyncio.timeout(limit_s)
        try:
            async with limit:
                await self._follow()
        except asyncio.CancelledError:
            self._fail(failures.cancelled(self._recorder.phase))
            raise
        except TimeoutError:
            if not limit.expired() or limit_s is None:
                raise
            self._fail(failures.late_in_total(self._place, limit_s, self._recorder.phase))
        except _EXPECTED as error:
            if isinstance(error, ExchangeBroken) and error.raw:
                with suppress(OSError):
                    self._body.append(error.raw)
            self._fail(failures.explain(error, self._place, self._prepared, self._recorder.failing_phase))
        finally:
            if self._lane is not None:
                self._network.lanes.give_back(self._lane)

    def _fail(self, failure: Failure) -> None:
        at = time.perf_counter()
        if not self._has_begun:
            self._emit(HopBegan(self._prepared, at))
        self._recorder.ended(at)
        self._finish_body()
        self._emit(Failed(failure, at))

    # -- hops -----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        redirects = 0
        while True:
            head, response = await self._answered()
            try:
                following = self._next(head, redirects)
                if not isinstance(following, PreparedRequest):
                    await self._keep(head, response, following)
                    return
                await self._drain(response)
            finally:
                await response.aclose()
            at = time.perf_counter()
            self._recorder.ended(at)
            self._tell_redirect(head, following, at)
            self._prepared, self._has_begun, redirects = following, False, redirects + 1
            self._purpose = "redirect"

    def _tell_redirect(self, head: Head, following: PreparedRequest, at: float) -> None:
        for note in redirect.notes(self._prepared, following, head):
            self._emit(Noted(note, at))
        dropped = redirect.dropped(self._prepared, following, head)
        self._emit(Redirected(head.get("location") or "", at, dropped))

    async def _answered(self) -> tuple[Head, httpx.Response]:
        """Send the request as its auth wants it, in several hops where need be; return the answer that counts."""
        flow = flow_of(self._prepared, self._session, time.time)
        if flow is None:
            return await self._hop()
        plain = self._prepared
        if isinstance(plain.auth, NtlmAuth) and self._lane is None:
            self._lane = self._network.lanes.take(plain.auth)
        answer = await Authorizing(flow, self, self._session).run()
        self._prepared = plain
        return answer

    async def hop(self, request: PreparedRequest, purpose: SendPurpose) -> tuple[Head, httpx.Response]:
        """Send *request*, a step of the auth or what it leads to."""
        self._prepared = request
        return await self._hop(None if purpose == "request" else purpose)

    async def pass_over(self, response: httpx.Response) -> None:
        """End the hop of an answer that served the auth only."""
        try:
            await self._drain(response)
        finally:
            await response.aclose()
        at = time.perf_counter()
        self._recorder.ended(at)
        self._emit(Answered(at))
        self._has_begun = False

    def note(self, text: str) -> None:
        self._emit(Noted(text, time.perf_counter()))

    async def _hop(self, purpose: Purpose | None = None) -> tuple[Head, httpx.Response]:
        """Send the request of this hop and return the head of its answer."""
        self._prepared = self._with_cookies(self._prepared)
        self._sent_as = redirect.identity(self._prepared)
        target = parse_target(self._prepared.url, self._prepared.options.request_target)
        self._place = target.place
        if target.scheme == b"http" and self._prepared.options.http_version == "2":
            raise ExchangeBroken(failures.http2_without_tls(self._place))
        client = await self._network.client(self._prepared, target)
        self._emit(HopBegan(self._prepared, time.perf_counter(), purpose or self._purpose))
        self._has_begun = True
        response = await self._send(client, target)
        head: Head = response.extensions["head"]
        self._emit(HeadReceived(head, self._recorder.since))  # when its last byte came
        self._keep_cookies(head)
        return head, response

    async def _send(self, client: httpx.AsyncClient, target: Target) -> httpx.Response:
        refusals, prepared = 0, self._prepared
        while True:
            self._recorder.began(Phase.QUEUE)
            try:
                request = make_request(prepared, target, self._recorder)
                request.extensions["lane"] = self._lane if isinstance(prepared.auth, NtlmAuth) else None
                return await client.send(request, stream=True)
            except (httpcore.NetworkError, ExchangeBroken) as error:
                if _wants_http1(error, prepared):
                    prepared = _over_http1(prepared)
                    client = await self._network.client(prepared, target)
                    self._recorder.note(_FALLS_BACK)
                    continue
                refusals += isinstance(error, ExchangeBroken) and not error.is_progress
                if refusals >= MAX_REFUSALS or not self._may_repeat(error):
                    raise

    def _may_repeat(self, error: Exception) -> bool:
        """Return whether the request can go out again: surely not answered, and harmless or surely not read."""
        if isinstance(error, ExchangeBroken):
            return error.is_unprocessed
        recorder = self._recorder
        if not recorder.is_reused or recorder.is_answered:
            return False
        return self._prepared.method in IDEMPOTENT or not recorder.has_written

    def _next(self, head: Head, redirects: int) -> PreparedRequest | Failure | None:
        options = self._prepared.options
        if not options.follow_redirects or not is_redirect(head):
            return None
        following = next_request(self._prepared, head)
        self._way.setdefault(self._sent_as, self._prepared.url)
        if redirects < options.max_redirects or not isinstance(following, PreparedRequest):
            return following
        return self._circle(following) or Failure(
            "redirect",
            f"The server redirected more than {options.max_redirects} times.",
            "Look at the hops, or raise the number of redirects for this request.",
            remedies=("stop_following",),
        )

    def _circle(self, following: PreparedRequest) -> Failure | None:
        """Return that the redirects go in a circle, where *following* was sent before in just the same way.

        Only at their limit: a server may send on to the same place until something there is ready.
        """
        again = redirect.identity(self._with_cookies(following))
        if again not in self._way:
            return None
        urls = list(self._way.values())[list(self._way).index(again) :]
        return redirect.circle([*urls, following.url])

    def _with_cookies(self, prepared: PreparedRequest) -> PreparedRequest:
        return with_cookies(prepared, self._session.cookies)

    def _keep_cookies(self, head: Head) -> None:
        """Put what *head* sets into the jar; a cookie that is refused is noted."""
        values = decoded(head.get_all("set-cookie"))
        if self._prepared.options.use_cookies and values:
            for refused in self._session.cookies.store(self._prepared.url, values, time.time()):
                self._recorder.note(refused.sentence)

    # -- the body -------------------------------------------------------------------------------------

    async def _keep(self, head: Head, response: httpx.Response, failure: Failure | None) -> None:
        """Receive the body of the last hop into the store and end the story, with *failure* if there is one."""
        reader = response.extensions["body"]
        receiving = Receiving(
            head,
            self._body,
            self._raw,
            self._recorder,
            self._network.backend.turns,
            self._session.host,
            self._prepared.options.decoded_limit_bytes,
        )
        await receiving.receive(reader)
        self._recorder.ended(reader.latest_at)
        receiving.finish()
        if failure is not None:
            self._fail(failure)
            return
        self._finish_body()
        at = time.perf_counter() if receiving.is_decoding else reader.latest_at
        self._emit(Finished(at, reader.trailers))

    def _finish_body(self) -> None:
        self._body.finish()
        if self._raw is not None:
            self._raw.finish()

    async def _drain(self, response: httpx.Response) -> None:
        """Read a redirect's short body away so that its connection can be used again; a long one is cut off."""
        reader: Any = response.extensions["body"]
        left = DRAIN_BYTES
        with suppress(ExchangeBroken, httpcore.NetworkError, httpcore.TimeoutException, TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                while left > 0 and (data := await reader.read()):
                    left -= len(data)


class _TokenFetch(_Exchange):
    """The hops that a token takes, and no more."""

    async def _follow(self) -> None:
        if not isinstance(self._prepared.auth, OAuth2Auth):
            raise TypeError("only OAuth 2.0 has tokens to fetch")
        flow = token_flow(self._prepared, self._prepared.auth, self._session.tokens, time.time)
        received = await Authorizing(flow, self, self._session).run_aside()
        if received is not None:
            await self.pass_over(received[1])


def _wants_http1(error: Exception, prepared: PreparedRequest) -> bool:
    """Return whether the server asks for HTTP/1.1 and we may choose (RFC 9113 section 7)."""
    return isinstance(error, ExchangeBroken) and error.wants_http1 and prepared.options.http_version == "auto"


def _over_http1(prepared: PreparedRequest) -> PreparedRequest:
    return replace(prepared, options=replace(prepared.options, http_version="1.1"))
