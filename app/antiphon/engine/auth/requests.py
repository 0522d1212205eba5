"""Pieces of requests that the flows share."""

from dataclasses import replace
from urllib.parse import quote, urlsplit

from antiphon.core.document import RequestOptions
from antiphon.core.prepare import host_header
from antiphon.core.prepared import BytesContent, NoContent, PreparedHeader, PreparedRequest
from antiphon.core.redirect import origin_of
from antiphon.core.version import VERSION

ORIGIN = "auth"
_UNRESERVED = "-._~"


def with_header(prepared: PreparedRequest, name: str, value: str) -> PreparedRequest:
    """Return *prepared* with this header in the place of those that it has under the name, or at its end."""
    header = PreparedHeader(name, value, ORIGIN)
    rows = [row for row in prepared.headers if row.name.lower() != name.lower()]
    return replace(prepared, headers=(*rows, header))


def with_query(prepared: PreparedRequest, pairs: str) -> PreparedRequest:
    """Return *prepared* with the encoded *pairs* at the end of its query."""
    joint = "&" if urlsplit(prepared.url).query else ("" if prepared.url.endswith("?") else "?")
    return replace(prepared, url=f"{prepared.url}{joint}{pairs}", url_pieces=())


def without_body(prepared: PreparedRequest) -> PreparedRequest:
    """Return *prepared* with an empty body, where it has one: for a step of a handshake that is refused anyway."""
    if isinstance(prepared.content, NoContent):
        return prepared
    rows = [
        row
        for row in prepared.headers
        if row.name.lower() not in {"content-length", "transfer-encoding", "expect"}
    ]
    return replace(
        prepared,
        headers=(*rows, PreparedHeader("Content-Length", "0", ORIGIN)),
        content=NoContent(),
    )


def target_of(prepared: PreparedRequest) -> str:
    """Return what is asked for on the request line: path and query, or what the options put in their place."""
    if prepared.options.request_target:
        return prepared.options.request_target
    target = prepared.url.partition("://")[2]
    cut = min((at for at in (target.find("/"), target.find("?")) if at >= 0), default=len(target))
    target = target[cut:]
    return target if target.startswith("/") else f"/{target}"


def place_of(url: str) -> str:
    """Return host and port of *url*, for people."""
    return urlsplit(url).netloc.rpartition("@")[2] or url


def form_request(
    url: str, pairs: list[tuple[str, str]], like: PreparedRequest, authorization: str = ""
) -> PreparedRequest:
    """Return a POST of *pairs* to *url*, sent as carefully as the request *like* that it serves."""
    body = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in pairs).encode()
    rows = [
        ("Host", host_header(url)),
        ("User-Agent", f"antiphon/{VERSION}"),
        ("Accept", "application/json"),
        ("Accept-Encoding", "identity"),
        ("Content-Type", "application/x-www-form-urlencoded"),
        *([("Authorization", authorization)] if authorization else []),
        ("Content-Length", str(len(body))),
    ]
    return PreparedRequest(
        "POST",
        url,
        tuple(PreparedHeader(name, value, ORIGIN) for name, value in rows),
        BytesContent(body),
        options=_options(url, like),
        name=like.name,
    )


def escaped(text: str) -> str:
    """Percent-encode all but letters, digits and `-._~` (RFC 3986 section 2.3)."""
    return quote(text, safe=_UNRESERVED)


def _options(url: str, like: PreparedRequest) -> RequestOptions:
    """Return the options of *like*; what was meant for its server alone does not hold for another."""
    options = replace(like.options, follow_redirects=False, use_cookies=False, request_target="")
    if origin_of(url) == origin_of(like.url):
        return options
    return replace(options, http_version="auto", server_name="", unix_socket="")
