"""The way to a server: its name looked up, a socket opened, a proxy passed; each step told while it is taken."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

from antiphon.core.document import RequestOptions
from antiphon.core.events import AttemptBegan, AttemptEnded, Noted, Phase, Resolved
from antiphon.core.proxy import Proxy
from antiphon.engine import dns, proxy, socks
from antiphon.engine.backend import Backend, Stream
from antiphon.engine.certificate import tls_broken
from antiphon.engine.certificate_facts import chain_facts
from antiphon.engine.chain import refused_chain
from antiphon.engine.dns import Endpoint
from antiphon.engine.failures import (
    ExchangeBroken,
    name_not_found,
    no_unix_sockets,
    not_connected,
    not_connected_to_socket,
    proxy_broken,
    proxy_not_reached,
)
from antiphon.engine.proxy import SystemProxies
from antiphon.engine.recorder import Recorder
from antiphon.engine.sockets import SocketStream
from antiphon.engine.stack import httpcore
from antiphon.engine.target import Target
from antiphon.engine.tls import TlsNeeds
from antiphon.engine.tunnel import TunnelStream

HAS_UNIX_SOCKETS = hasattr(socket, "AF_UNIX")


@dataclass(frozen=True, slots=True)
class Route:
    """What is chosen of the way to a server before anything is asked; it makes connections differ."""

    proxy: Proxy | None = None
    addresses: tuple[str, ...] = ()
    """Of the server, in the place of a look-up."""
    proxy_addresses: tuple[str, ...] = ()
    """Of the proxy, likewise."""
    unix_socket: str = ""

    def forwards(self, scheme: bytes, *, is_http2: bool) -> bool:
        """Return whether the proxy reads the requests and sends them on, instead of opening a way."""
        return self.proxy is not None and self.proxy.speaks_http and scheme == b"http" and not is_http2


async def chosen_route(options: RequestOptions, target: Target, system: SystemProxies) -> Route:
    """Return the way that *options* choose for *target*: a Unix domain socket before a proxy, as curl does.

    Raises:
        ExchangeBroken, UserError: an override or a proxy is malformed.
    """
    if options.unix_socket:
        return Route(unix_socket=options.unix_socket)
    host, port = target.host.decode(), target.port
    addresses = dns.overridden(options.resolve, host, port)
    found = await proxy.chosen(options.proxy, system, target.scheme.decode(), host, port)
    if found is None:
        return Route(addresses=addresses)
    return Route(found, addresses, dns.overridden(options.resolve, found.host, found.port))


@dataclass(frozen=True, slots=True)
class Journey:
    """One connection on its way to *host*:*port*; *proxy_context* is for a proxy that is reached by TLS."""

    route: Route
    host: str
    port: int
    place: str
    """`host:port`, for people and for CONNECT."""
    backend: Backend
    recorder: Recorder
    proxy_context: ssl.SSLContext | None = None
    proxy_needs: TlsNeeds | None = None
    """What that context was made for."""
    forwards: bool = False
    is_secure: bool = False
    """TLS follows."""

    async def reach(self) -> Stream:
        """Return a stream to the server, or to the proxy that is to forward; no phase is open then.

        Raises:
            ExchangeBroken: a step failed.
        """
        if self.route.unix_socket:
            return await self._reach_socket(self.route.unix_socket)
        if self.route.proxy is not None:
            return await self._reach_by(self.route.proxy)
        endpoints = await self._own_endpoints()
        try:
            return await self._connect(endpoints)
        except (OSError, httpcore.ConnectError) as error:
            raise not_connected(self.place, error) from error

    # -- straight -------------------------------------------------------------------------------------

    async def _own_endpoints(self) -> list[Endpoint]:
        try:
            return await self._endpoints(self.host, self.port, self.route.addresses)
        except (OSError, UnicodeError) as error:
            failure = name_not_found(self.host, error).failure
            raise ExchangeBroken(replace(failure, phase=Phase.DNS)) from error

    async def _endpoints(self, host: str, port: int, overrides: tuple[str, ...]) -> list[Endpoint]:
        """Return where to connect to; raises OSError or UnicodeError where the name has no address."""
        if overrides:
            endpoints = dns.endpoints_of(overrides, port)
            self._tell_resolved(endpoints, self.recorder.since, "override")
        elif not (endpoints := dns.literal(host, port)):
            looked_up: list[float] = []
            endpoints = await dns.resolve(host, port, self._began(Phase.DNS), self._ended(looked_up))
            if not endpoints:
                raise socket.gaierror(socket.EAI_NONAME, "No address")
            source = "localhost" if dns.is_loopback_name(host) else "hosts file or DNS"
            self._tell_resolved(endpoints, looked_up[-1], source)
        return endpoints

    def _began(self, phase: Phase) -> Callable[[float], None]:
        return lambda at: self.recorder.began(phase, at)

    def _ended(self, ends: list[float]) -> Callable[[float], None]:
        def ended(at: float) -> None:
            ends.append(at)
            self.recorder.ended(at)

        return ended

    def _tell_resolved(self, endpoints: list[Endpoint], at: float, source: str) -> None:
        addresses = tuple(str(endpoint.address[0]) for endpoint in endpoints)
        self.recorder.tell(Resolved(addresses, at, source))

    async def _connect(self, endpoints: list[Endpoint]) -> SocketStream:
        attempts = _Attempts(self.recorder)
        self.recorder.began(Phase.TCP)
        stream = await self.backend.open(endpoints, tell=attempts.tell)
        self.recorder.ended(attempts.latest)
        return stream

    async def _reach_socket(self, path: str) -> SocketStream:
        if not HAS_UNIX_SOCKETS:
            raise no_unix_sockets(path)
        attempts = _Attempts(self.recorder)
        self.recorder.began(Phase.TCP)
        try:
            stream = await self.backend.open_unix(path, attempts.tell)
        except (OSError, ValueError) as error:  # ValueError: a NUL in it
            cause = error if isinstance(error, OSError) else OSError(str(error))
            raise not_connected_to_socket(path, cause) from error
        self.recorder.ended(attempts.latest)
        return stream

    # -- by a proxy -----------------------------------------------------------------------------------

    async def _reach_by(self, by: Proxy) -> Stream:
        asks_by_address = by.scheme == "socks5"
        if self.route.addresses and not asks_by_address:
            note = f"The proxy looks {self.host} up itself: the address that is set for it here was not used."
            self.recorder.tell(Noted(note, self.recorder.since))
        goal = str((await self._own_endpoints())[0].address[0]) if asks_by_address else self.host
        try:
            endpoints = await self._endpoints(by.host, by.port, self.route.proxy_addresses)
        except (OSError, UnicodeError) as error:
            raise proxy_not_reached(by.place, error, Phase.DNS) from error
        try:
            stream = await self._connect(endpoints)
        except OSError as error:
            raise proxy_not_reached(by.place, error, Phase.TCP) from error
        assert isinstance(stream, SocketStream)
        try:
            return await self._pass(stream, by, goal)
        except BaseException:
            await stream.aclose()
            raise

    async def _pass(self, stream: SocketStream, by: Proxy, goal: str) -> Stream:
        if self.forwards and by.scheme == "http":
            return stream
        self.recorder.began(Phase.PROXY)
        try:
            if by.scheme == "https":
                await self._secure(stream, by)
            if not by.speaks_http:
                await socks.open_way(stream, by, goal, self.port)
            elif not self.forwards:
                await proxy.open_way(stream, by, self.place)
        except httpcore.NetworkError as error:
            raise proxy.closed(by) from error
        self.recorder.ended()
        return TunnelStream(stream) if by.scheme == "https" and self.is_secure else stream

    async def _secure(self, stream: SocketStream, by: Proxy) -> None:
        assert self.proxy_context is not None
        assert self.proxy_needs is not None
        try:
            await stream.start_tls(self.proxy_context, by.host.removesuffix("."))
        except httpcore.ConnectError as error:
            cause = error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error))
            shown = chain_facts(refused_chain(cause))
            failure = tls_broken(f"the proxy {by.place}", cause, self.proxy_needs, shown).failure
            hint = "Check the proxy's URL and certificate; its authority can be the CA file of this request."
            wrapped = proxy_broken(failure.sentence, hint).failure
            raise ExchangeBroken(replace(wrapped, certificates=failure.certificates)) from error


class _Attempts:
    """Tells attempts to a recorder and knows when the last of them ended."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.latest: float | None = None

    def tell(self, event: AttemptBegan | AttemptEnded) -> None:
        self.latest = event.at
        self._recorder.tell(event)
