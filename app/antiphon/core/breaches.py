"""Where a request breaks the protocol, or may be misread: it goes out all the same, and a person is told."""

import re
from collections.abc import Iterator

from antiphon.core.fields import TOKEN, shown
from antiphon.core.prepared import MultipartContent, PreparedRequest, content_length

CONNECTION_FIELDS = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}
"""What HTTP/2 has no place for (RFC 9113 section 8.2.2)."""
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]")
_PLACE = re.compile(r"[^:/?#]*://[^/?#]*")
_NOT_IN_URL = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]|[\"<>\\^`{|}]")


def breaches_of(prepared: PreparedRequest) -> tuple[str, ...]:
    """Return a sentence for each rule that *prepared* breaks, none where all is well."""
    is_http2 = prepared.options.http_version in {"2", "2-prior-knowledge"}
    return (
        *_url_breaches(prepared),
        *_name_breaches(prepared),
        *(_http2_breaches(prepared) if is_http2 else _host_breaches(prepared)),
        *_framing_breaches(prepared, is_http2=is_http2),
        *_boundary_breaches(prepared),
    )


def _values(prepared: PreparedRequest, name: str) -> list[str]:
    return [header.value.strip(" \t") for header in prepared.headers if header.name.lower() == name]


def _url_breaches(prepared: PreparedRequest) -> Iterator[str]:
    asked = prepared.options.request_target or _PLACE.sub("", prepared.url, count=1)
    found = list(dict.fromkeys(_NOT_IN_URL.findall(asked)))
    if found:
        yield f"The URL goes out with {shown(' '.join(found[:5]))}, which may not stand in it (RFC 3986): servers may refuse or misread it."


def _name_breaches(prepared: PreparedRequest) -> Iterator[str]:
    for name in dict.fromkeys(header.name for header in prepared.headers):
        if name[:1] in {" ", "\t"}:
            yield f"The header name “{shown(name)}” begins with a blank: servers read it as more of the header before it."
        elif name != name.rstrip(" \t"):
            yield f"The header name “{shown(name)}” ends in a blank: servers refuse or misread it (RFC 9112 section 5.1)."
        elif not TOKEN.fullmatch(name):
            yield f"The header name “{shown(name)}” has characters that no name may have (RFC 9110 section 5.1)."


def _host_breaches(prepared: PreparedRequest) -> Iterator[str]:
    hosts = _values(prepared, "host")
    if not hosts:
        may_be_http2 = prepared.options.http_version == "auto" and prepared.url.lower().startswith("https:")
        rest = " Over HTTP/2 :authority goes out all the same." if may_be_http2 else ""
        yield f"There is no Host: an HTTP/1.1 server has to refuse this (RFC 9112 section 3.2).{rest}"
    if len(hosts) > 1:
        yield f"There are {len(hosts)} Hosts: an HTTP/1.1 server has to refuse this (RFC 9112 section 3.2)."


def _http2_breaches(prepared: PreparedRequest) -> Iterator[str]:
    if len(_values(prepared, "host")) > 1:
        yield "There is more than one Host: over HTTP/2 the first goes out as :authority, the others do not."
    for header in prepared.headers:
        name = header.name.lower()
        is_dropped = name == "te" and header.value.strip().lower() != "trailers"
        if name in CONNECTION_FIELDS or is_dropped:
            yield f"{header.name} does not go out over HTTP/2, which has no such header (RFC 9113 section 8.2.2)."


def _framing_breaches(prepared: PreparedRequest, *, is_http2: bool) -> Iterator[str]:
    size = content_length(prepared.content) or 0
    lengths, codings = _values(prepared, "content-length"), _values(prepared, "transfer-encoding")
    if prepared.method == "TRACE" and size:
        yield "TRACE may not have a body (RFC 9110 section 9.3.8)."
    if len(lengths) > 1:
        yield "There is more than one Content-Length: servers may refuse or misread it."
    wrong = [length for length in lengths if length != str(size)]
    if wrong and not codings:
        yield (
            f"Content-Length says {wrong[0] or 'nothing'}, the body has {size}: the server cuts it, or waits for more."
        )
    if is_http2:
        return
    if lengths and codings:
        yield "Content-Length stands beside Transfer-Encoding: servers may disagree about where the body ends."
    is_chunked = any(coding.lower() == "chunked" for coding in codings)
    if codings and not is_chunked:
        yield f"Transfer-Encoding says {codings[0]}, but only “chunked” is done by Antiphon: the body goes out bare."
    if size and not lengths and not codings:
        yield "The body has neither Content-Length nor chunks: the server takes it for the next request."


def _boundary_breaches(prepared: PreparedRequest) -> Iterator[str]:
    content = prepared.content
    if isinstance(content, MultipartContent) and not _BOUNDARY.fullmatch(content.boundary):
        yield f"The boundary “{shown(content.boundary)}” breaks RFC 2046: 1 to 70 letters, digits and '()+_,-./:=?, no blank last."
