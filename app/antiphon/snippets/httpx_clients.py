"""The httpx clients that requests need: what httpx sets per client, TLS contexts and transports included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.core.document import RequestOptions
from antiphon.core.prepared import PreparedRequest
from antiphon.snippets import reach, wire
from antiphon.snippets.python_reach import TlsNeeds, tls_needs
from antiphon.snippets.python_text import Group, PythonSecrets, call, keyword, literal

_DEFAULTS = RequestOptions()


@dataclass(frozen=True, slots=True)
class Client:
    """What httpx sets per client; requests that agree share one, and with it the connections."""

    name: str
    options: tuple[str | Group, ...]
    requests: tuple[PreparedRequest, ...]


class HttpxClients:
    """Groups requests by the client they need; secrets that stand in its options are noted in *secrets*."""

    def __init__(
        self, requests: Sequence[PreparedRequest], secrets: PythonSecrets, *, is_async: bool
    ) -> None:
        self.secrets = secrets
        self.is_async = is_async
        self.contexts = _contexts(requests)
        self.context_lines = [
            line for needs, (name, one) in self.contexts.items() for line in needs.lines(name, one, secrets)
        ]
        self.clients = self._clients(requests)

    def _clients(self, requests: Sequence[PreparedRequest]) -> tuple[Client, ...]:
        grouped: dict[tuple[object, ...], tuple[tuple[str | Group, ...], list[PreparedRequest]]] = {}
        for request in requests:
            options = tuple(self._client_options(request))
            grouped.setdefault(options, (options, []))[1].append(request)
        return tuple(
            Client("client" if index == 1 else f"client_{index}", options, tuple(members))
            for index, (options, members) in enumerate(grouped.values(), 1)
        )

    def _client_options(self, request: PreparedRequest) -> Iterable[str | Group]:
        options = request.options
        transport = [*http_versions(request), *self._verification(request)]
        if options.unix_socket:
            made = "httpx.AsyncHTTPTransport" if self.is_async else "httpx.HTTPTransport"
            yield keyword("transport", call(made, f"uds={literal(options.unix_socket)}", *transport))
            yield "trust_env=False"
        else:
            yield from transport
            yield from self._proxy(request)
        if options.follow_redirects and options.max_redirects != _DEFAULTS.max_redirects:
            yield f"max_redirects={options.max_redirects}"

    def _verification(self, request: PreparedRequest) -> Iterable[str]:
        needs = _context_of(request)
        if needs is not None:
            yield f"verify={self.contexts[needs][0]}"
        elif not request.options.verify:
            yield "verify=False"

    def _proxy(self, request: PreparedRequest) -> Iterable[str | Group]:
        if reach.goes_straight(request):
            yield "trust_env=False"
            return
        proxy = reach.proxy_of(request)
        if proxy is None:
            return
        url, who = self.secrets.text(reach.said(proxy.url, request)), reach.credentials(proxy, request)
        if who is None:
            yield f"proxy={url}"
            return
        user, password = (self.secrets.text(pieces) or '""' for pieces in who)
        yield keyword("proxy", call("httpx.Proxy", url, f"auth=({user}, {password})"))


def http_versions(request: PreparedRequest) -> Iterable[str]:
    """Yield the options that give the versions of HTTP to speak."""
    match request.options.http_version:
        case "2-prior-knowledge":
            yield "http1=False"
            yield "http2=True"
        case "2" | "auto" if wire.is_https(request):
            yield "http2=True"
        case _:
            pass


def _contexts(requests: Sequence[PreparedRequest]) -> dict[TlsNeeds, tuple[str, PreparedRequest]]:
    """Return a name for each TLS context, and a request that needs it."""
    found: dict[TlsNeeds, tuple[str, PreparedRequest]] = {}
    for request in requests:
        needs = _context_of(request)
        if needs is not None and needs not in found:
            found[needs] = (f"context_{len(found) + 1}" if found else "context", request)
    return found


def _context_of(request: PreparedRequest) -> TlsNeeds | None:
    options = request.options
    if options.verify and options.ca_file and tls_needs(request) is None:
        return TlsNeeds(True, options.ca_file, options.trust_store == "certifi", "", "", None)
    return tls_needs(request)
