"""Python with requests."""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from antiphon.core.document import DigestAuth, RequestOptions, Timeouts
from antiphon.core.prepared import (
    BytesContent,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedRequest,
)
from antiphon.core.template import Pieces, text_of
from antiphon.snippets import reach, wire
from antiphon.snippets.httpx_calls import exact_body, file_tuple
from antiphon.snippets.python_reach import TlsNeeds, packaged_auth, tls_needs, token_lines, unsigned
from antiphon.snippets.python_text import (
    Group,
    Job,
    PythonSecrets,
    call,
    keyword,
    listed,
    literal,
    module,
    number,
    pairs,
    statement,
)

_DEFAULTS = RequestOptions()
_VERBS = {"GET", "OPTIONS", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
_SENT = (
    r"[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%(?:[01][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-DF]|[89A-F][0-9A-F])"
)
_UNCHANGED_TARGET = re.compile(rf"/(?!/)(?:{_SENT})*(?:\?(?:{_SENT}|\?)+)?")
"""What requests and urllib3 send as it stands, dot segments apart: they undo %41 and %7E, and encode [ and ]."""
_RAW = """
    def _encode_request(self, request):
        return request.encode()  # http.client would refuse what is not ASCII
"""
_NAME = re.compile(r"[^:\s\x80-\U0010ffff][^:\r\n\x80-\U0010ffff]*")
"""What requests takes as the name of a header."""
_PRINT = "print(response.status_code, response.reason)\nprint(response.text)"
_EXACT = '''class Exact{kind}Connection({kind}Connection):
    """Sends targets as they are written; urllib3 encodes them anew."""

    def putrequest(self, method, url, **options):
        target = TARGETS.get(unquote(url).rstrip("?"), url)
        super().putrequest(method, target, **options)
{raw}

class Exact{kind}Pool({kind}ConnectionPool):
    ConnectionCls = Exact{kind}Connection'''


_ADAPTER = '''class TlsAdapter(HTTPAdapter):
    """Speaks TLS as urllib3 is told to."""

    def __init__(self, **options):
        self.options = options
        super().__init__()

    def init_poolmanager(self, *args, **options):
        super().init_poolmanager(*args, **options, **self.options)

    def proxy_manager_for(self, proxy, **options):
        return super().proxy_manager_for(proxy, **options, **self.options)'''
_SKIPPED = {"User-Agent", "Accept-Encoding", "Host"}
"""Headers that urllib3 adds where requests leaves them out."""
Adapter = tuple[TlsNeeds | None, str]
"""What only an adapter can say: a TLS context, and the name of the server."""


class Requests:
    key = "requests"
    title = "Python requests"
    language = "python"

    def write(self, requests: Sequence[PreparedRequest]) -> str:
        is_alone = len(requests) == 1
        calls = RequestsCalls(requests, with_session=not is_alone)
        sends = [_send(calls, request, is_alone=is_alone) for request in requests]
        blocks = [*calls.sessions(), *sends, *([_PRINT] if is_alone else [])]
        imports = [*calls.imports(), "import requests"]
        return module(calls.comments(), imports, calls.setup(), calls.functions(), "\n\n".join(blocks))


class RequestsCalls:
    """Writes requests as calls; a session where something is set per session or connections are shared."""

    def __init__(self, requests: Sequence[PreparedRequest], *, with_session: bool) -> None:
        self.secrets = PythonSecrets()
        self._exact = [request for request in requests if _needs_target(request)]
        self._has_duplicates = any(_duplicated(request) for request in requests)
        self._requests = requests
        self.contexts = _contexts(requests)
        self._context_lines = [
            line
            for needs, (name, one) in self.contexts.items()
            for line in needs.lines(name, one, self.secrets)
        ]
        tokens = [tuple(token_lines(one, "requests", self.secrets)) for one in requests]
        self._tokens = [line for lines in dict.fromkeys(tokens) for line in lines]
        self._packages = [packaged_auth(one, "requests", self.secrets) for one in requests]
        kinds = dict.fromkeys(_session_kind(request) for request in requests)
        needs_session = (
            with_session or any(_is_special(one) for one in requests) or kinds.keys() != {(None, None)}
        )
        self._names = {
            kind: ("session" if index == 1 else f"session_{index}") if needs_session else "requests"
            for index, kind in enumerate(kinds, 1)
        }

    def sessions(self) -> list[str]:
        """Return the statements that make the sessions, a block each."""
        named = [(kind, name) for kind, name in self._names.items() if name != "requests"]
        return ["\n".join(self._session(name, *kind)) for kind, name in named]

    def comments(self) -> list[str]:
        lines = self.secrets.comments()
        if any(reach.is_socks(reach.proxy_of(request)) for request in self._requests):
            lines.append("SOCKS needs an extra: pip install 'requests[socks]'")
        packages = dict.fromkeys(one.package for one in self._packages if one is not None)
        return [*lines, *(f"The authentication needs: pip install {name}" for name in packages)]

    def setup(self) -> list[str]:
        targets = [self.secrets.text(wire.target_pieces(request), "url") for request in self._exact]
        lines = [*self.secrets.constants(), *self._tokens, *self._context_lines]
        if targets:
            lines.append(statement("WRITTEN = ", listed(dict.fromkeys(targets))))
            lines.append('TARGETS = {unquote(target).rstrip("?"): target for target in WRITTEN}')
        return lines

    def functions(self) -> list[str]:
        adapter = [_ADAPTER] if self._has_adapter() else []
        is_raw = any(not wire.target(request).isascii() for request in self._exact)
        exact = (_EXACT.format(kind=kind, raw=_RAW if is_raw else "") for kind in self._exact_kinds())
        return [*adapter, *exact]

    def _has_adapter(self) -> bool:
        return any(adapter is not None for _limit, adapter in self._names)

    def imports(self) -> Iterator[str]:
        yield from self.secrets.imports()
        if self.contexts:
            yield "import ssl"
        if any(needs.uses_certifi for needs in self.contexts):
            yield "import certifi"
        if self._has_adapter():
            yield "from requests.adapters import HTTPAdapter"
        if any(_SKIPPED & {*reach.omitted(request)} for request in self._requests):
            yield "from urllib3.util import SKIP_HEADER"
        yield from dict.fromkeys(one.imported for one in self._packages if one is not None)
        if self._has_duplicates:
            yield "from urllib3 import HTTPHeaderDict"
        if self._exact:
            yield "from urllib.parse import unquote"
        for kind in self._exact_kinds():
            yield f"from urllib3.connection import {kind}Connection"
            yield f"from urllib3.connectionpool import {kind}ConnectionPool"

    def job(self, request: PreparedRequest) -> Job:
        session = self._names[_session_kind(request)]
        url = self.secrets.text((*wire.url_pieces(request), *reach.token_parameter(request)), "url")
        arguments = [url, *self._request_arguments(request)]
        if not _is_special(request):
            arguments += self._sending(request, is_head=request.method == "HEAD")
            return Job(_verb(session, request.method, arguments), (), tuple(_comments(request)))
        build = call("requests.Request", literal(request.method), *arguments)
        before: list[tuple[str, str | Group]] = [
            ("request = ", build),
            ("prepared = ", f"{session}.prepare_request(request)"),
        ]
        before += self._changes(request, url)
        sent = call(f"{session}.send", "prepared", *self._sending(request, is_head=False))
        return Job(sent, tuple(before), tuple(_comments(request)))

    # -- parts of it ---------------------------------------------------------------------------------------

    def _session(self, name: str, limit: int | None, adapter: Adapter | None) -> Iterator[str]:
        yield f"{name} = requests.Session()"
        if adapter is not None:
            needs, server_name = adapter
            options = [f"ssl_context={self.contexts[needs][0]}"] if needs is not None else []
            if server_name:
                said = literal(server_name)
                options += [f"server_hostname={said}", f"assert_hostname={said}"]
            yield statement("", call(f"{name}.mount", '"https://"', call("TlsAdapter", *options)))
        if limit is not None:
            yield f"{name}.max_redirects = {limit}"
        if self._exact:
            exact = [f'"{kind.lower()}": Exact{kind}Pool' for kind in self._exact_kinds()]
            yield f"for adapter in {name}.adapters.values():"
            yield "    pools = adapter.poolmanager.pool_classes_by_scheme"
            pools = Group("{", ("**pools", *exact), "}")
            yield statement("adapter.poolmanager.pool_classes_by_scheme = ", pools, "    ")

    def _exact_kinds(self) -> list[str]:
        return sorted({"HTTPS" if wire.is_https(request) else "HTTP" for request in self._exact})

    def _changes(self, request: PreparedRequest, url: str) -> Iterator[tuple[str, str]]:
        """Yield what requests cannot be asked for and a prepared request can be given."""
        if request.method != request.method.upper():
            yield "prepared.method = ", literal(request.method)
        if _needs_target(request):
            yield "prepared.url = ", url
        duplicated = _duplicated(request)
        if duplicated:
            yield "prepared.headers = ", "HTTPHeaderDict(prepared.headers)"
            for said in duplicated:
                yield "", f"prepared.headers.add({literal(said.name)}, {self._as_latin(said, request)})"

    def _as_latin(self, said: wire.Said, request: PreparedRequest) -> str:
        value = self.secrets.text(said.pieces)
        encoded = f"{value}.encode({reach.charset(request)})"
        return value if said.value.isascii() else f'{encoded}.decode("latin-1")'

    def _request_arguments(self, request: PreparedRequest) -> Iterator[str | Group]:
        body, says_type = self._body(request)
        duplicated = _duplicated(request)
        headers = [
            said
            for said in wire.sayable_headers(request, _NAME, body=not says_type)
            if said not in duplicated
        ]
        rows = [(literal(said.name), self._header_value(said, request)) for said in headers]
        if wire.says_zero_length(request) and request.method.upper() in {"GET", "HEAD"}:
            rows.append(('"Content-Length"', '"0"'))
        token = reach.token_header(request)
        if token is not None:
            rows.append((literal(token.name), self._header_value(token, request)))
        rows += [
            (literal(name), "SKIP_HEADER" if name in _SKIPPED else "None") for name in reach.omitted(request)
        ]
        if rows:
            yield keyword("headers", pairs(rows))
        yield from body
        if isinstance(request.auth, DigestAuth):
            texts = reach.auth_texts(request)
            words = [self._credential(texts[name]) for name in ("username", "password")]
            yield keyword("auth", call("requests.auth.HTTPDigestAuth", *words))
        package = packaged_auth(request, "requests", self.secrets)
        if package is not None:
            yield keyword("auth", package.value)
        basic = wire.basic_auth(request)
        if basic is not None:
            yield f"auth=({', '.join(self._credential(pieces) for pieces in basic)})"

    def _header_value(self, said: wire.Said, request: PreparedRequest) -> str:
        value = self.secrets.text(said.pieces)
        return value if said.value.isascii() else f"{value}.encode({reach.charset(request)})"

    def _credential(self, pieces: Pieces) -> str:
        """Return a user name or password; requests would write other letters than ASCII as latin-1."""
        text = self.secrets.text(pieces)
        return text if text_of(pieces).isascii() else f"{text}.encode()"

    def _body(self, request: PreparedRequest) -> tuple[list[str | Group], bool]:
        """Return the body's arguments, and whether requests adds the Content-Type for them."""
        content = request.content
        match content:
            case NoContent():
                return [], False
            case FileContent(path=path, size_bytes=size):
                return ([f'data=open({literal(str(path))}, "rb")'] if size else []), False
            case BytesContent(form=form) if form:
                return [keyword("data", self._form(form, request))], True
            case BytesContent(data=data):
                return ([keyword("data", self._text(request))] if data else []), False
            case MultipartContent(parts=parts):
                if wire.is_plain_multipart(request):
                    files = listed(file_tuple(part, request, self.secrets) for part in parts)
                    return [keyword("files", files)], True
                return [keyword("data", exact_body(request, self.secrets))], False
            case _:
                assert_never(content)

    def _text(self, request: PreparedRequest) -> str | Group:
        content = request.content
        assert isinstance(content, BytesContent)
        pieces = wire.text_body(request)
        if pieces is None:
            return exact_body(request, self.secrets)
        text = self.secrets.text(pieces)
        return text if content.data.isascii() else f"{text}.encode()"

    def _form(self, form: tuple[PreparedField, ...], request: PreparedRequest) -> Group:
        rows = [
            (
                self.secrets.text(wire.agreeing(field.name, field.name_pieces, request)),
                self.secrets.text(wire.agreeing(field.value, field.pieces, request)),
            )
            for field in form
        ]
        if len({field.name for field in form}) == len(form):
            return pairs(rows)
        return listed(Group("(", row, ")") for row in rows)

    def _sending(self, request: PreparedRequest, *, is_head: bool) -> Iterator[str | Group]:
        options = request.options
        limits = timeout(options.timeouts)
        if limits:
            yield f"timeout={limits}"
        if not options.follow_redirects:
            yield "allow_redirects=False"
        elif is_head:
            yield "allow_redirects=True"
        if not options.verify:
            yield "verify=False"
        elif options.ca_file:
            yield f"verify={literal(options.ca_file)}"
        certificate = reach.certificate_of(request)
        if certificate is not None and _plain_certificate(request):
            key = f", {literal(certificate.key_file)}" if certificate.key_file else ""
            file = literal(certificate.certificate_file)
            yield f"cert=({file}{key})" if key else f"cert={file}"
        if reach.goes_straight(request):
            yield 'proxies={"no_proxy": "*"}'
        proxy = reach.proxy_of(request)
        if proxy is not None:
            url = self.secrets.text(reach.url_with_credentials(proxy, request), "url")
            yield keyword("proxies", pairs([('"http"', url), ('"https"', url)]))


def timeout(timeouts: Timeouts) -> str:
    """Return the value of requests' `timeout`; empty where it waits for ever."""
    connect, read = timeouts.connect_s, timeouts.read_s
    if connect is None and read is None:
        return ""
    if connect == read and read is not None:
        return number(read)
    return f"({', '.join('None' if value is None else number(value) for value in (connect, read))})"


def _send(calls: RequestsCalls, request: PreparedRequest, *, is_alone: bool) -> str:
    job = calls.job(request)
    title = " ".join(request.name.split())
    lines = [
        f"# {comment}" for comment in ((title, *job.comments) if title and not is_alone else job.comments)
    ]
    lines += [statement(prefix, node) for prefix, node in job.before]
    lines.append(statement("response = ", job.call))
    if not is_alone:
        lines.append("print(response.status_code, response.url)")
    return "\n".join(lines)


def _verb(session: str, method: str, arguments: Sequence[str | Group]) -> Group:
    if method in _VERBS:
        return call(f"{session}.{method.lower()}", *arguments)
    return call(f"{session}.request", literal(method), *arguments)


def _comments(request: PreparedRequest) -> Iterator[str]:
    if request.options.http_version in {"2", "2-prior-knowledge"}:
        yield "Sent over HTTP/1.1: requests has no HTTP/2."
    total = request.options.timeouts.total_s
    if total is not None:
        yield f"Not bounded to {number(total)} s in all: requests has no such timeout."
    if request.options.request_target:
        yield f"Asks for the path of the URL: requests cannot ask for {literal(request.options.request_target)}."
    for name in wire.unsayable_names(request, _NAME):
        yield f"Left out, since requests refuses its name: the header {literal(name)}."
    options = request.options
    if options.resolve:
        yield "Connects to what the DNS says: requests takes no address of its own for a name."
    if options.unix_socket:
        yield f"Connects over TCP: requests has no Unix sockets ({options.unix_socket})."
    if options.keep_method and options.follow_redirects:
        yield "A redirect by 301, 302 or 303 makes a GET of it: requests cannot keep the method."
    if packaged_auth(request, "requests", PythonSecrets()) is None and unsigned(request):
        yield unsigned(request)


def _is_special(request: PreparedRequest) -> bool:
    has_own_spelling = request.method != request.method.upper()
    return has_own_spelling or _needs_target(request) or bool(_duplicated(request))


def _duplicated(request: PreparedRequest) -> list[wire.Said]:
    """Return the headers whose name stands more than once, which a dict cannot hold."""
    headers = wire.sayable_headers(request, _NAME)
    names = [said.name.lower() for said in headers]
    return [said for said in headers if names.count(said.name.lower()) > 1]


def _plain_certificate(request: PreparedRequest) -> bool:
    """Tell whether `cert=` says all of the client certificate, and no context is needed."""
    needs = tls_needs(request)
    if needs is None or needs.certificate is None or needs.min_tls or needs.key_log_file:
        return False
    _file, _key, passphrase, is_pkcs12 = needs.certificate
    return not passphrase and not is_pkcs12


def _adapter(request: PreparedRequest) -> Adapter | None:
    """Return what only an adapter can say; None where that is nothing."""
    needs = None if _plain_certificate(request) else tls_needs(request)
    name = request.options.server_name if wire.is_https(request) else ""
    return (needs, name) if needs or name else None


def _contexts(requests: Sequence[PreparedRequest]) -> dict[TlsNeeds, tuple[str, PreparedRequest]]:
    """Return a name for each TLS context, and a request that needs it."""
    found: dict[TlsNeeds, tuple[str, PreparedRequest]] = {}
    for request in requests:
        needs, _name = _adapter(request) or (None, "")
        if needs is not None and needs not in found:
            found[needs] = (f"context_{len(found) + 1}" if found else "context", request)
    return found


def _session_kind(request: PreparedRequest) -> tuple[int | None, Adapter | None]:
    return _redirect_limit(request), _adapter(request)


def _redirect_limit(request: PreparedRequest) -> int | None:
    options = request.options
    is_own = options.follow_redirects and options.max_redirects != _DEFAULTS.max_redirects
    return options.max_redirects if is_own else None


def _needs_target(request: PreparedRequest) -> bool:
    if request.options.request_target:
        return False
    target = wire.target(request)
    return wire.has_dot_segments(target) or _UNCHANGED_TARGET.fullmatch(target) is None
