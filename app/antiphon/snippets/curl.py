"""curl, in a POSIX shell. Each rule about curl was checked against 7.88; none needs a newer one."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import assert_never
from urllib.parse import quote, quote_plus

from antiphon.core.document import RequestOptions, Timeouts
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
from antiphon.snippets.curl_reach import auth_options, fetched_token, reach_options
from antiphon.snippets.names import described, has_secret
from antiphon.snippets.python_text import number
from antiphon.snippets.shell import ShellSecrets, printf_format, quoted, word

_LONGEST_ARGUMENT = 100_000
"""Bytes; Linux refuses one argument of 128 KiB."""
_OPENING = '="'
_DEFAULTS = RequestOptions()


class Curl:
    key = "curl"
    title = "curl"
    language = "bash"

    def write(self, requests: Sequence[PreparedRequest]) -> str:
        secrets = ShellSecrets()
        is_alone = len(requests) == 1
        commands = [_Command(request, secrets).text(is_titled=not is_alone) for request in requests]
        head = "".join(f"# {sentence}\n" for sentence in described(secrets.names.needed))
        return head + "\n\n".join(commands) + "\n"


class _Command:
    def __init__(self, request: PreparedRequest, secrets: ShellSecrets) -> None:
        self.request = request
        self.secrets = secrets
        self.comments: list[str] = []
        self.piped = ""
        """What writes the body into the command; empty where an argument holds it."""

    def text(self, *, is_titled: bool) -> str:
        body = list(self._body())
        options = [
            *self._method(has_data=bool(body)),
            *self._headers(),
            *self._auth(),
            *body,
            *self._options(),
        ]
        title = " ".join(self.request.name.split())
        lines = [title] if is_titled and title else []
        lines += self.comments
        command = " \\\n  ".join([f"{self.piped}{self._environment()}curl {self._url()}", *options])
        return "".join(f"# {line}\n" for line in lines) + fetched_token(self.request, self.secrets) + command

    def _environment(self) -> str:
        file = self.request.options.key_log_file
        return f"SSLKEYLOGFILE={word(file)} " if file and wire.is_https(self.request) else ""

    # -- what is asked for ---------------------------------------------------------------------------------

    def _url(self) -> str:
        options = ""
        target = wire.target(self.request)
        pieces = (*wire.url_pieces(self.request), *reach.token_parameter(self.request))
        if wire.has_dot_segments(target):
            options += "--path-as-is "
        if re.search(r"[\[\]{}]", self.request.url):
            options += "-g "
        return options + self.secrets.word(pieces, "url")

    def _has_own_target(self) -> bool:
        """Tell whether the URL does not say what is asked for: curl encodes a path beyond ASCII."""
        path = wire.target(self.request).partition("?")[0]
        return bool(self.request.options.request_target) or not path.isascii()

    def _method(self, *, has_data: bool) -> Iterator[str]:
        method = self.request.method
        if method.upper() == "HEAD":
            yield from self._head(has_data=has_data)
        elif method != ("POST" if has_data else "GET"):
            yield f"-X {word(method)}"

    def _head(self, *, has_data: bool) -> Iterator[str]:
        if has_data:
            self.comments.append(
                "curl waits for a body after any method but -I: it is told to stop at the connection's end."
            )
            yield f"-X {word(self.request.method)} --ignore-content-length -H 'Connection: close'"
        else:
            yield "-I" if self.request.method == "HEAD" else f"-I -X {word(self.request.method)}"

    def _headers(self) -> Iterator[str]:
        idiom = self._says_type()
        headers = wire.said_headers(self.request, body=not idiom)
        token = reach.token_header(self.request)
        for said in [*headers, *([token] if token else [])]:
            yield f"-H {self._header(said)}"
        for name in reach.omitted(self.request):
            if name != "Accept-Encoding":
                yield f"-H '{name}:'"
        if any(said.name.lower() == "accept-encoding" for said in headers):
            yield "--compressed"
        has_type = idiom or any(said.name.lower() == "content-type" for said in headers)
        if not has_type and self._is_posted() and "Content-Type" not in reach.omitted(self.request):
            yield "-H 'Content-Type:'"

    def _header(self, said: wire.Said) -> str:
        if not said.value:
            return quoted(f"{said.name};")
        if not said.value.isascii() and reach.charset(self.request):
            return self._exact_header(said)
        return self.secrets.word((Piece(f"{said.name}: "), *said.pieces))

    def _exact_header(self, said: wire.Said) -> str:
        """Return a header that is not UTF-8, its bytes made by printf."""
        if has_secret(said.pieces):
            self.comments.append(f"{said.name} goes out as UTF-8 here.")
            return self.secrets.word((Piece(f"{said.name}: "), *said.pieces))
        data = reach.header_bytes(f"{said.name}: {said.value}", self.request)
        return f'"$(printf {printf_format(data)})"'

    def _auth(self) -> Iterator[str]:
        yield from auth_options(self.request, self.secrets, self.comments)
        basic = wire.basic_auth(self.request)
        if basic is not None:
            user, password = basic
            yield f"-u {self.secrets.word((*user, Piece(':'), *password))}"

    # -- the body ------------------------------------------------------------------------------------------

    def _is_posted(self) -> bool:
        """Tell whether an option stands that makes curl send a body, and with it a Content-Type of its own."""
        return not isinstance(self.request.content, NoContent) or wire.says_zero_length(self.request)

    def _says_type(self) -> bool:
        """Tell whether curl writes the very Content-Type that Antiphon does."""
        if wire.has_own_content_type(self.request):
            return False
        match self.request.content:
            case BytesContent(form=form):
                return form is not None
            case MultipartContent(parts=parts):
                return self._is_form(parts)
            case _:
                return False

    def _body(self) -> Iterator[str]:
        content = self.request.content
        match content:
            case NoContent():
                if wire.says_zero_length(self.request):
                    yield "--data-raw ''"
            case FileContent(path=path):
                yield f"--data-binary {quoted(f'@{path}')}"
            case BytesContent(form=form) if form:
                yield from self._form(form)
            case BytesContent(data=data):
                yield self._text(data)
            case MultipartContent(parts=parts):
                if self._is_form(parts):
                    for part in parts:
                        yield self._part(part)
                else:
                    yield self._pipe()
            case _:
                assert_never(content)

    def _text(self, data: bytes) -> str:
        pieces = wire.text_body(self.request)
        if pieces is None or b"\0" in data:
            return self._pipe()
        if len(data) > _LONGEST_ARGUMENT:
            self.piped = f"printf %s {self.secrets.word(pieces)} |\n"
            return "--data-binary @-"
        return f"--data-raw {self.secrets.word(pieces)}"

    def _pipe(self) -> str:
        """Have the exact bytes written into curl, where no argument can hold them."""
        commands: list[str] = []
        for run in wire.literal_runs(self.request):
            match run:
                case bytes():
                    commands.append(f"printf {printf_format(run)}")
                case Path():
                    commands.append(f"cat {quoted(str(run))}")
                case Piece():
                    commands.append(f"printf %s {self.secrets.word((run,))}")
        whole = commands[0] if len(commands) == 1 else f"{{ {'; '.join(commands)}; }}"
        self.piped = f"{whole} |\n"
        return "--data-binary @-"

    def _form(self, form: tuple[PreparedField, ...]) -> Iterator[str]:
        for field in form:
            value = wire.agreeing(field.value, field.pieces, self.request)
            name = wire.urlencoded(wire.agreeing(field.name, field.name_pieces, self.request))
            if _is_encoded_alike(field.value) and not has_secret(name):
                yield f"--data-urlencode {self.secrets.word((*name, Piece('='), *value))}"
            else:
                encoded = (*name, Piece("="), *wire.urlencoded(value))
                yield f"--data-raw {self.secrets.word(encoded, 'form')}"

    def _is_form(self, parts: tuple[PreparedPart, ...]) -> bool:
        """Tell whether `-F` sends these parts to the byte."""
        if not wire.is_plain_multipart(self.request):
            return False
        return all(_is_form_part(part, wire.part_text(part, self.request)) for part in parts)

    def _part(self, part: PreparedPart) -> str:
        name = wire.agreeing(part.name, part.name_pieces, self.request)
        if part.path is not None:
            value = f'=@"{_in_quotes(str(part.path))}";filename="{_in_quotes(part.filename or "")}"'
            return f"-F {self.secrets.word((*name, Piece(f'{value};type={part.content_type}')))}"
        text = wire.part_text(part, self.request) or ()
        if part.content_type is None:
            return f"--form-string {self.secrets.word((*name, Piece('='), *text))}"
        escaped = tuple(one if one.is_secret else Piece(_in_quotes(one.text)) for one in text)
        tail = f'";type={part.content_type}'
        return f"-F {self.secrets.word((*name, Piece(_OPENING), *escaped, Piece(tail)))}"

    # -- how it is sent ------------------------------------------------------------------------------------

    def _options(self) -> Iterator[str]:
        options = self.request.options
        match options.http_version:
            case "1.1":
                yield "--http1.1"
            case "2-prior-knowledge":
                yield "--http2-prior-knowledge"
            case "2" if wire.is_https(self.request):
                yield "--http2"
            case "2":
                self.comments.append(wire.NO_HTTP2)
            case _:
                pass
        if self._has_own_target():
            yield f"--request-target {self.secrets.word(wire.target_pieces(self.request))}"
            if options.follow_redirects:
                self.comments.append(
                    "A redirect is not followed: curl would ask every hop for this same target."
                )
        elif options.follow_redirects:
            limit = options.max_redirects
            yield "-L" if limit == _DEFAULTS.max_redirects else f"-L --max-redirs {limit}"
            if options.keep_method and not isinstance(self.request.content, NoContent):
                yield "--post301 --post302 --post303"
        if not options.verify:
            yield "-k"
        elif options.ca_file:
            yield f"--cacert {word(options.ca_file)}"
        elif options.trust_store == "certifi" and wire.is_https(self.request):
            yield '--cacert "$(python3 -m certifi)"'
        yield from reach_options(self.request, self.secrets, self.comments)
        yield from _timeouts(options.timeouts)


def _timeouts(timeouts: Timeouts) -> Iterator[str]:
    defaults = _DEFAULTS.timeouts
    if timeouts.connect_s is not None and timeouts.connect_s != defaults.connect_s:
        yield f"--connect-timeout {number(timeouts.connect_s)}"
    if timeouts.read_s is not None and timeouts.read_s != defaults.read_s:
        yield f"--speed-limit 1 --speed-time {max(1, round(timeouts.read_s))}"
    if timeouts.total_s is not None:
        yield f"--max-time {number(timeouts.total_s)}"


def _is_encoded_alike(value: str) -> bool:
    """Tell whether `--data-urlencode` encodes *value* as Antiphon does: it writes %20 for a space."""
    return quote(value, safe="~") == quote_plus(value) and "\0" not in value


def _is_form_part(part: PreparedPart, text: Pieces | None) -> bool:
    if "=" in part.name or "\0" in part.name or len(part.data) > _LONGEST_ARGUMENT:
        return False
    if part.path is not None:
        return part.content_type is not None
    if text is None or b"\0" in part.data:
        return False
    is_typed = part.content_type is not None
    awkward = any(one.is_secret and re.search(r'["\\]', one.text) for one in text)
    return not (is_typed and awkward)


def _in_quotes(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
