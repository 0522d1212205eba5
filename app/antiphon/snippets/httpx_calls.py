"""What the two httpx writers and a run share: one request as a call of an httpx client, and that client's options."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, assert_never
from urllib.parse import quote

from antiphon.core.document import DigestAuth, RequestOptions, Timeouts
from antiphon.core.fields import TOKEN
from antiphon.core.prepared import (
    BytesContent,
    FileContent,
    MultipartContent,
    NoContent,
    PreparedField,
    PreparedPart,
    PreparedRequest,
)
from antiphon.core.template import Piece, Pieces
from antiphon.snippets import reach, wire
from antiphon.snippets.httpx_clients import Client, HttpxClients, http_versions
from antiphon.snippets.python_reach import packaged_auth, token_lines, unsigned
from antiphon.snippets.python_text import (
    Group,
    Job,
    PythonSecrets,
    bytes_literal,
    call,
    keyword,
    listed,
    literal,
    number,
    pairs,
)

Same = TypeVar("Same")

_DEFAULTS = RequestOptions()
_PLAIN = {"GET", "HEAD", "OPTIONS", "DELETE"}
_BODIED = {"POST", "PUT", "PATCH"}
_WHOLE_TARGET = re.compile(r"(?:[!#-;=?-\[\]_a-z~]|%[0-9A-Fa-f]{2})*")
"""What httpx sends as it stands, dot segments apart."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_REWRITTEN_NAME = re.compile(r"[\\\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f]")
"""What httpx escapes in the name of a part and Antiphon, like browsers, does not."""
_FRAMING = {"Host", "Content-Length"}
_CHUNKS = """async def chunks(path):
    with open(path, "rb") as file:
        while chunk := file.read(65536):
            yield chunk"""


class HttpxCalls:
    """Writes requests as calls; *is_async* decides how a file is streamed and a total time is kept."""

    def __init__(self, requests: Sequence[PreparedRequest], *, is_async: bool) -> None:
        self.secrets = PythonSecrets()
        self.is_async = is_async
        self.requests = requests
        tokens = [tuple(token_lines(one, "httpx", self.secrets)) for one in requests]
        self._tokens = [line for lines in dict.fromkeys(tokens) for line in lines]
        self._packages = [packaged_auth(one, "httpx", self.secrets) for one in requests]
        clients = HttpxClients(requests, self.secrets, is_async=is_async)
        self.contexts, self._context_lines = clients.contexts, clients.context_lines
        self.clients = clients.clients
        self.streams_file = is_async and any(
            isinstance(request.content, FileContent) and request.content.size_bytes for request in requests
        )
        self._timeouts = _same(request.options.timeouts for request in requests)
        self._redirects = _same(_follows(request) for request in requests)

    def client(self, client: Client) -> Group:
        """Return the expression that makes *client*."""
        options = list(client.options)
        if self._timeouts is not None:
            options.append(keyword("timeout", timeout(self._timeouts)))
        if self._redirects:
            options.append("follow_redirects=True")
        return call("httpx.AsyncClient" if self.is_async else "httpx.Client", *options)

    def client_of(self, request: PreparedRequest) -> str:
        return next(client.name for client in self.clients if any(request is one for one in client.requests))

    def job(self, request: PreparedRequest) -> Job:
        client = self.client_of(request)
        url = (*wire.url_pieces(request), *reach.token_parameter(request))
        arguments = [self.secrets.text(url, "url"), *self._request_arguments(request)]
        sending = [*self._auth(request), *self._redirect_argument(request)]
        before: tuple[tuple[str, str | Group], ...] = ()
        method = request.method
        omitted = [name for name in reach.omitted(request) if name not in _FRAMING]
        if method != method.upper() or omitted:
            build = call(
                f"{client}.build_request", literal(method), *arguments, *self._timeout_argument(request)
            )
            own = [("request.method = ", literal(method))] if method != method.upper() else []
            left_out = [("", f"request.headers.pop({literal(name)}, None)") for name in omitted]
            before = (("request = ", build), *own, *left_out)
            sent = call(f"{client}.send", "request", *sending)
        else:
            arguments += [*sending, *self._timeout_argument(request)]
            sent = _verb(client, method, request, arguments)
        return Job(self._bounded(sent, request), before, tuple(self._comments(request)))

    def setup(self) -> list[str]:
        """Return the statements and functions that the calls refer to, for the top of the file."""
        return [*self.secrets.constants(), *self._tokens, *self._context_lines]

    def functions(self) -> list[str]:
        return [_CHUNKS] if self.streams_file else []

    def imports(self) -> list[str]:
        os_import = ["import os"] if self.streams_file else []
        ssl_imports = ["import ssl"] if self.contexts else []
        ssl_imports += ["import certifi"] if any(needs.uses_certifi for needs in self.contexts) else []
        packages = [one.imported for one in self._packages if one is not None]
        return [*self.secrets.imports(), *os_import, *ssl_imports, *dict.fromkeys(packages)]

    def comments(self) -> list[str]:
        lines = self.secrets.comments()
        if any("http2=True" in http_versions(request) for request in self.requests):
            lines.append("HTTP/2 needs an extra: pip install 'httpx[http2]'")
        if any(reach.is_socks(reach.proxy_of(request)) for request in self.requests):
            lines.append("SOCKS needs an extra: pip install 'httpx[socks]'")
        packages = dict.fromkeys(one.package for one in self._packages if one is not None)
        return [*lines, *(f"The authentication needs: pip install {name}" for name in packages)]

    # -- the arguments -------------------------------------------------------------------------------------

    def _request_arguments(self, request: PreparedRequest) -> list[str | Group]:
        body, says_type = self._body(request)
        headers = wire.sayable_headers(request, TOKEN, body=not says_type)
        rows = [(literal(said.name), self._header_value(said, request)) for said in headers]
        token = reach.token_header(request)
        if token is not None:
            rows.append((literal(token.name), self._header_value(token, request)))
        rows += self._framing(request)
        result: list[str | Group] = []
        if rows and wire.has_duplicates(headers):
            result.append(keyword("headers", listed(Group("(", row, ")") for row in rows)))
        elif rows:
            result.append(keyword("headers", pairs(rows)))
        result += body
        extensions: list[tuple[str, str]] = []
        if request.options.server_name and wire.is_https(request):
            extensions.append(('"sni_hostname"', literal(request.options.server_name)))
        if _needs_target(request):
            target = self.secrets.text(_ascii(wire.target_pieces(request)), "url")
            value = (
                f"b{target}"
                if not target.startswith(("f", "r")) and target[0] in "\"'"
                else f"{target}.encode()"
            )
            extensions.append(('"target"', value))
        if extensions:
            result.append(keyword("extensions", pairs(extensions)))
        return result

    def _header_value(self, said: wire.Said, request: PreparedRequest) -> str:
        value = self.secrets.text(said.pieces)
        return value if said.value.isascii() else f"{value}.encode({reach.charset(request)})"

    def _framing(self, request: PreparedRequest) -> list[tuple[str, str]]:
        """Return the Content-Length where httpx would not set it by itself."""
        content = request.content
        if self.is_async and isinstance(content, FileContent) and content.size_bytes:
            return [('"Content-Length"', f"str(os.path.getsize({literal(str(content.path))}))")]
        if wire.says_zero_length(request) and request.method.upper() not in _BODIED:
            return [('"Content-Length"', '"0"')]
        return []

    def _body(self, request: PreparedRequest) -> tuple[list[str | Group], bool]:
        """Return the body's arguments, and whether httpx adds the Content-Type for them."""
        content = request.content
        match content:
            case NoContent():
                return [], False
            case FileContent(path=path, size_bytes=size):
                return ([self._file(path)] if size else []), False
            case BytesContent(form=form) if form and _is_dict(form):
                return [keyword("data", self._form(form, request))], True
            case BytesContent(data=data):
                return ([keyword("content", self._text(request))] if data else []), False
            case MultipartContent(parts=parts):
                if _is_idiomatic(parts, request):
                    files = [self._part(part, request) for part in parts]
                    return [keyword("files", listed(files))], True
                return [keyword("content", exact_body(request, self.secrets))], False
            case _:
                assert_never(content)

    def _text(self, request: PreparedRequest) -> str | Group:
        content = request.content
        pieces = wire.text_body(request)
        if pieces is None:
            return exact_body(request, self.secrets)
        is_form = isinstance(content, BytesContent) and content.form is not None
        return self.secrets.text(pieces, "form" if is_form else "raw")

    def _file(self, path: Path) -> str | Group:
        name = literal(str(path))
        return keyword("content", f"chunks({name})" if self.is_async else f'open({name}, "rb")')

    def _form(self, form: tuple[PreparedField, ...], request: PreparedRequest) -> Group:
        values: dict[str, list[str]] = {}
        for field in form:
            text = self.secrets.text(wire.agreeing(field.value, field.pieces, request))
            values.setdefault(field.name, []).append(text)
        names = {
            field.name: self.secrets.text(wire.agreeing(field.name, field.name_pieces, request))
            for field in form
        }
        return pairs(
            (names[name], texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]")
            for name, texts in values.items()
        )

    def _part(self, part: PreparedPart, request: PreparedRequest) -> Group:
        return file_tuple(part, request, self.secrets)

    def _auth(self, request: PreparedRequest) -> list[str | Group]:
        if isinstance(request.auth, DigestAuth):
            texts = reach.auth_texts(request)
            words = [self.secrets.text(texts[name]) for name in ("username", "password")]
            return [keyword("auth", call("httpx.DigestAuth", *words))]
        package = packaged_auth(request, "httpx", self.secrets)
        if package is not None:
            return [keyword("auth", package.value)]
        basic = wire.basic_auth(request)
        if basic is None:
            return []
        user, password = (self.secrets.text(pieces) or '""' for pieces in basic)
        return [f"auth=({user}, {password})"]

    def _redirect_argument(self, request: PreparedRequest) -> list[str | Group]:
        if self._redirects is not None:
            return []
        return [f"follow_redirects={_follows(request)}"]

    def _timeout_argument(self, request: PreparedRequest) -> list[str | Group]:
        if self._timeouts is not None:
            return []
        return [keyword("timeout", timeout(request.options.timeouts))]

    def _bounded(self, sent: Group, request: PreparedRequest) -> Group:
        total = request.options.timeouts.total_s
        if total is None or not self.is_async:
            return sent
        return call("asyncio.wait_for", sent, f"timeout={number(total)}")

    def _comments(self, request: PreparedRequest) -> Iterable[str]:
        total = request.options.timeouts.total_s
        if total is not None and not self.is_async:
            yield f"Not bounded to {number(total)} s in all: httpx has no such timeout (asyncio.wait_for has)."
        if wire.refuses_http2(request):
            yield wire.NO_HTTP2
        for name in wire.unsayable_names(request, TOKEN):
            yield f"Left out, since httpx refuses its name: the header {literal(name)}."
        if not wire.target(request).isascii():
            yield "The URL goes out percent-encoded: httpx refuses letters beyond ASCII in it."
        if request.options.resolve:
            yield "Connects to what the DNS says: httpx takes no address of its own for a name."
        if request.options.keep_method and request.options.follow_redirects:
            yield "A redirect by 301, 302 or 303 makes a GET of it: httpx cannot keep the method."
        for name in _FRAMING & {*reach.omitted(request)}:
            yield f"{name} goes out all the same: httpx sends nothing without."
        if packaged_auth(request, "httpx", self.secrets) is None and unsigned(request):
            yield unsigned(request)
        if _needs_target(request) and request.options.follow_redirects:
            yield "A redirect is not followed: httpx would ask every hop for this same target."


def timeout(timeouts: Timeouts) -> str | Group:
    """Return the value of httpx's `timeout`, in as few words as say it."""
    connect, read, write, pool = (
        "None" if value is None else number(value)
        for value in (timeouts.connect_s, timeouts.read_s, timeouts.write_s, timeouts.pool_s)
    )
    if connect == read == write == pool:
        return read
    if read != write:
        return call("httpx.Timeout", f"connect={connect}", f"read={read}", f"write={write}", f"pool={pool}")
    others = [f"{name}={value}" for name, value in (("connect", connect), ("pool", pool)) if value != read]
    return call("httpx.Timeout", read, *others)


def exact_body(request: PreparedRequest, secrets: PythonSecrets) -> str | Group:
    """Return an expression for exactly the bytes that Antiphon sends."""
    runs: list[str] = []
    for run in wire.literal_runs(request):
        match run:
            case bytes():
                runs.append(bytes_literal(run))
            case Path():
                runs.append(f'open({literal(str(run))}, "rb").read()')
            case Piece():
                runs.append(f"{secrets.text((run,))}.encode()")
    if len(runs) <= 1:
        return runs[0] if runs else 'b""'
    return call('b"".join', listed(runs))


def file_tuple(part: PreparedPart, request: PreparedRequest, secrets: PythonSecrets) -> Group:
    """Return one item of `files`, as httpx and requests take it: name, then file name, content and type."""
    name = secrets.text(wire.agreeing(part.name, part.name_pieces, request))
    if part.path is not None:
        value = [literal(part.filename or ""), f'open({literal(str(part.path))}, "rb")']
    else:
        pieces = wire.part_text(part, request)
        value = ["None", secrets.text(pieces or ())]
    if part.content_type is not None:
        value.append(literal(part.content_type))
    return Group("(", (name, Group("(", tuple(value), ")")), ")")


def _verb(client: str, method: str, request: PreparedRequest, arguments: list[str | Group]) -> Group:
    has_body = not wire.is_empty(request)
    if method in _BODIED or (method in _PLAIN and not has_body):
        return call(f"{client}.{method.lower()}", *arguments)
    return call(f"{client}.request", literal(method), *arguments)


def _follows(request: PreparedRequest) -> bool:
    return request.options.follow_redirects and not _needs_target(request)


def _needs_target(request: PreparedRequest) -> bool:
    target = wire.target(request)
    is_own = bool(request.options.request_target)
    return is_own or wire.has_dot_segments(target) or _WHOLE_TARGET.fullmatch(target) is None


def _ascii(pieces: Pieces) -> Pieces:
    return tuple(replace(piece, text=_BEYOND_ASCII.sub(_percent, piece.text)) for piece in pieces)


def _percent(match: re.Match[str]) -> str:
    return quote(match.group(), errors="replace")


def _is_dict(form: tuple[PreparedField, ...]) -> bool:
    """Tell whether a dict of lists sends *form* in its order: equal names stand side by side."""
    names = [field.name for field in form]
    grouped = [name for name in dict.fromkeys(names) for _ in range(names.count(name))]
    return names == grouped


def _is_idiomatic(parts: tuple[PreparedPart, ...], request: PreparedRequest) -> bool:
    names = [text for part in parts for text in (part.name, part.filename or "")]
    return wire.is_plain_multipart(request) and not any(_REWRITTEN_NAME.search(name) for name in names)


def _same(values: Iterable[Same]) -> Same | None:
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 else None
