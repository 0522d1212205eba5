"""Options and a target -> the request that is sent: a URL makes a document, a saved one is changed."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from antiphon.cli.authentication import authenticated
from antiphon.cli.connecting import connected
from antiphon.core.document import (
    Body,
    FileBody,
    Header,
    MultipartBody,
    NoBody,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
)
from antiphon.core.errors import UserError
from antiphon.core.prepared import PreparedRequest

_FORM_TYPE = "application/x-www-form-urlencoded"
_KEPT = {"host", "content-length"}
"""Without these a request has no meaning or no end (RFC 9112 section 3.2, section 6.3)."""


def changed(document: RequestDocument, options: argparse.Namespace) -> RequestDocument:
    """Return *document* with what *options* say in place of what it says.

    Raises:
        UserError: an option cannot be understood, or names a file that cannot be read.
    """
    document = replace(document, options=transfer(document.options, options))
    rows, _left_out = header_rows(options.header)
    body = _body(document.body, options)
    if body is not None:
        document = replace(document, body=body, method=_method_with_body(document.method))
        rows = [*_content_type(document, body, rows), *rows]
    replaced = {row.name.lower() for row in rows}
    kept = [row for row in document.headers if row.name.lower() not in replaced]
    auth = authenticated(document.auth, options)
    method = options.request or ("HEAD" if options.head else document.method)
    return replace(document, headers=(*kept, *rows), auth=auth, method=method)


def without_left_out(prepared: PreparedRequest, lines: Iterable[str]) -> PreparedRequest:
    """Return *prepared* without the headers that a line such as `Accept:` leaves out."""
    _rows, left_out = header_rows(lines)
    headers = tuple(header for header in prepared.headers if header.name.lower() not in left_out)
    return replace(prepared, headers=headers)


def header_rows(lines: Iterable[str]) -> tuple[list[Header], set[str]]:
    """Return the headers of curl's `-H` lines, and the names in lower case of those to leave out.

    Raises:
        UserError: a line is none of `Name: value`, `Name:`, `Name;` or `@FILE`.
    """
    rows: list[Header] = []
    left_out: set[str] = set()
    for line in _lines(lines):
        name, colon, value = line.partition(":")
        if colon and value.strip():
            rows.append(Header(name.strip(), value.strip()))
        elif colon:
            left_out.add(name.strip().lower())
        elif line.rstrip().endswith(";"):
            rows.append(Header(line.rstrip()[:-1], ""))
        else:
            raise UserError(f"“{line}” is not a header.", "Write -H 'Name: value'.")
    for name in sorted(left_out & _KEPT):
        raise UserError(
            f"The header {name} cannot be left out.", "A server could not read the request without."
        )
    return rows, left_out - {row.name.lower() for row in rows}


def _lines(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.startswith("@"):
            yield from filter(None, _text(line[1:]).splitlines())
        else:
            yield line


def _method_with_body(method: str) -> str:
    return "POST" if method == "GET" else method


def _content_type(document: RequestDocument, body: Body, rows: list[Header]) -> Iterator[Header]:
    """Yield the type curl gives to `-d` where nothing else says one; JSON of a saved request stays JSON."""
    written = {row.name.lower() for row in (*document.headers, *rows)}
    if isinstance(body, TextBody) and body.language == "text" and "content-type" not in written:
        yield Header("Content-Type", _FORM_TYPE)


# -- bodies --------------------------------------------------------------------------------------------


def _body(body: Body, options: argparse.Namespace) -> Body | None:
    """Return the body that *options* give, or None where they give none."""
    if options.data and options.form:
        raise UserError(
            "-d and -F cannot go together.", "One is a form in one piece, the other a multipart body."
        )
    if options.form:
        return MultipartBody(tuple(_part(kind, text) for kind, text in options.form))
    if not options.data:
        return None
    match options.data:
        case [("binary", text)] if text.startswith("@") and text != "@-":
            return FileBody(str(Path(text[1:]).absolute()), _FORM_TYPE)
        case pieces:
            language = body.language if isinstance(body, TextBody) else "text"
            return TextBody(language, "&".join(_data(kind, text) for kind, text in pieces))


def _data(kind: str, text: str) -> str:
    if kind == "raw" or not text.startswith("@"):
        return text
    content = _text(text[1:])
    return content if kind == "binary" else content.translate(dict.fromkeys(map(ord, "\r\n\0")))


def _part(kind: str, text: str) -> Part:
    """Return the part of curl's `-F NAME=CONTENT`."""
    name, equals, content = text.partition("=")
    if not equals or not name:
        raise UserError(f"“{text}” is not a form field.", "Write -F name=value or -F name=@file.")
    if kind == "string":
        return Part(name, content)
    content, _, media_type = content.partition(";type=")
    if content.startswith("@"):
        path = str(Path(content[1:]).absolute())
        return Part(name, paths=(path,), is_file=True, content_type=media_type)
    value = _text(content[1:]) if content.startswith("<") else content
    return Part(name, value, content_type=media_type)


def _text(path: str) -> str:
    """Return the text of the file at *path*, `-` for stdin."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"Could not read {path}.", f"{error.strerror}.") from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not UTF-8 text.", "--data-binary @FILE, alone and with a file, sends any bytes."
        ) from error


# -- options -------------------------------------------------------------------------------------------


def transfer(base: RequestOptions, options: argparse.Namespace) -> RequestOptions:
    """Return *base* with what *options* say about the connection in place of what it says."""
    timeouts = base.timeouts
    for name, value in (
        ("connect_s", options.connect_timeout),
        ("read_s", options.read_timeout),
        ("write_s", options.write_timeout),
        ("pool_s", options.pool_timeout),
        ("total_s", options.max_time),
    ):
        if value is not None:
            timeouts = replace(timeouts, **{name: value or None})
    return replace(
        connected(base, options),
        http_version=options.http or base.http_version,
        timeouts=timeouts,
        follow_redirects=not options.no_follow and (options.location or base.follow_redirects),
        max_redirects=options.max_redirs or base.max_redirects,
        verify=base.verify and not options.insecure,
        ca_file=str(Path(options.cacert).absolute()) if options.cacert else base.ca_file,
    )


def as_asked(prepared: PreparedRequest, options: argparse.Namespace) -> PreparedRequest:
    """Return *prepared* with `--http 2` meant as it can only be meant without TLS: by prior knowledge."""
    if options.http != "2" or not prepared.url.lower().startswith("http://"):
        return prepared
    return replace(prepared, options=replace(prepared.options, http_version="2-prior-knowledge"))


def of_url(url: str) -> RequestDocument:
    return RequestDocument(name=url, url=url, body=NoBody())
