"""Python with requests."""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from antiphon.core.document import RequestOptions, Timeouts
from antiphon.core.prepared import (
    BytesContent,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedRequest,
)
from antiphon.core.template import Pieces, text_of
from antiphon.snippets import wire
from antiphon.snippets.httpx_calls import exact_body, file_tuple
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
        return module(
            calls.secrets.comments(), imports, calls.setup(), calls.functions(), "\n\n".join(blocks)
        )


class RequestsCalls:
    """Writes requests as calls; a session where something is set per session or connections are shared."""

    def __init__(self, requests: Sequence[PreparedRequest], *, with_session: bool) -> None:
        self.secrets = PythonSecrets()
        self._exact = [request for request in requests if _needs_target(request)]
        self._has_duplicates = any(_duplicated(request) for request in requests)
        limits = dict.fromkeys(_redirect_limit(request) for request in requests)
        needs_session = with_session or any(_is_special(one) for one in requests) or limits.keys() != {None}
        self._names = {
            limit: ("session" if index == 1 else f"session_{index}") if needs_session else "requests"
            for index, limit in enumerate(limits, 1)
        }

    def sessions(self) -> list[str]:
        """Return the statements that make the sessions, a block each."""
        named = [(limit, name) for limit, name in self._names.items() if name != "requests"]
        return ["\n".join(self._session(name, limit)) for limit, name in named]

    def setup(self) -> list[str]:
        targets = [self.secrets.text(wire.target_pieces(request), "url") for request in self._exact]
        lines = self.secrets.constants()
        if targets:
            lines.append(statement("WRITTEN = ", listed(dict.fromkeys(targets))))
            lines.append('TARGETS = {unquote(target).rstrip("?"): target for target in WRITTEN}')
        return lines

    def functions(self) -> list[str]:
        is_raw = any(not wire.target(request).isascii() for request in self._exact)
        return [_EXACT.format(kind=kind, raw=_RAW if is_raw else "") for kind in self._exact_kinds()]

    def imports(self) -> Iterator[str]:
        yield from self.secrets.imports()
        if self._has_duplicates:
            yield "from urllib3 import HTTPHeaderDict"
        if self._exact:
            yield "from urllib.parse import unquote"
        for kind in self._exact_kinds():
            yield f"from urllib3.connection import {kind}Connection"
            yield f"from urllib3.connectionpool import {kind}ConnectionPool"

    def job(self, request: PreparedRequest) -> Job:
        session = self._names[_redirect_limit(request)]
        url = self.secrets.text(wire.url_pieces(request), "url")
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

    def _session(self, name: str, limit: int | None) -> Iterator[str]:
        yield f"{name} = requests.Session()"
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
                yield "", f"prepared.headers.add({literal(said.name)}, {self._as_latin(said)})"

    def _as_latin(self, said: wire.Said) -> str:
        value = self.secrets.text(said.pieces)
        return value if said.value.isascii() else f'{value}.encode().decode("latin-1")'

    def _request_arguments(self, request: PreparedRequest) -> Iterator[str | Group]:
        body, says_type = self._body(request)
        duplicated = _duplicated(request)
        headers = [
            said
            for said in wire.sayable_headers(request, _NAME, body=not says_type)
            if said not in duplicated
        ]
        rows = [(literal(said.name), self._header_value(said)) for said in headers]
        if wire.says_zero_length(request) and request.method.upper() in {"GET", "HEAD"}:
            rows.append(('"Content-Length"', '"0"'))
        if rows:
            yield keyword("headers", pairs(rows))
        yield from body
        basic = wire.basic_auth(request)
        if basic is not None:
            yield f"auth=({', '.join(self._credential(pieces) for pieces in basic)})"

    def _header_value(self, said: wire.Said) -> str:
        value = self.secrets.text(said.pieces)
        return value if said.value.isascii() else f"{value}.encode()"

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

    def _sending(self, request: PreparedRequest, *, is_head: bool) -> Iterator[str]:
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


def _is_special(request: PreparedRequest) -> bool:
    has_own_spelling = request.method != request.method.upper()
    return has_own_spelling or _needs_target(request) or bool(_duplicated(request))


def _duplicated(request: PreparedRequest) -> list[wire.Said]:
    """Return the headers whose name stands more than once, which a dict cannot hold."""
    headers = wire.sayable_headers(request, _NAME)
    names = [said.name.lower() for said in headers]
    return [said for said in headers if names.count(said.name.lower()) > 1]


def _redirect_limit(request: PreparedRequest) -> int | None:
    options = request.options
    is_own = options.follow_redirects and options.max_redirects != _DEFAULTS.max_redirects
    return options.max_redirects if is_own else None


def _needs_target(request: PreparedRequest) -> bool:
    if request.options.request_target:
        return False
    target = wire.target(request)
    return wire.has_dot_segments(target) or _UNCHANGED_TARGET.fullmatch(target) is None
