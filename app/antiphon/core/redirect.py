"""Where a redirect leads: the next request out of the last one and its answer.

RFC 9110 section 15.4, and what browsers do where it leaves a choice (WHATWG Fetch, "HTTP-redirect fetch").
"""

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from antiphon.core.document import ApiKeyAuth, BasicAuth, BearerAuth, NoAuth
from antiphon.core.exchange import Failure, Head
from antiphon.core.prepared import NoContent, PreparedHeader, PreparedRequest

JAR_ORIGIN = "cookie jar"
"""Origin of a Cookie header that was made for one hop only."""
REDIRECTS = {301, 302, 303, 307, 308}
_OF_THE_BODY = {
    "content-type", "content-length", "content-encoding", "content-language", "content-location",
    "transfer-encoding", "expect", "trailer", "digest", "content-digest", "content-md5",
}  # fmt: skip
_CREDENTIALS = {"authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


def is_redirect(head: Head) -> bool:
    """Return whether *head* sends us on: a redirecting status with a Location."""
    return head.status in REDIRECTS and head.get("location") is not None


def next_request(prepared: PreparedRequest, head: Head) -> PreparedRequest | Failure | None:
    """Return the request to which *head* redirects; None where it does not, a Failure where it leads nowhere.

    301 and 302 turn POST into GET, 303 everything but HEAD; without its body a request loses what described it.
    Credentials stay with the origin they were given for: another host, port, or http after https, gets none.
    """
    location = head.get("location")
    if head.status not in REDIRECTS or location is None:
        return None
    url = next_url(prepared.url, location)
    if url is None:
        return Failure(
            "redirect",
            f"The server redirects to {location!r}, which is no http address.",
            "Turn off following redirects to look at the answer itself.",
        )
    keeps_body = not _becomes_get(prepared.method, head.status)
    keeps_credentials = origin_of(url) == origin_of(prepared.url)
    following = replace(
        prepared, url=url, url_pieces=(), headers=_headers(prepared, url, keeps_body, keeps_credentials)
    )
    if not keeps_body:
        following = replace(following, method="GET", content=NoContent())
    if not keeps_credentials:
        following = replace(following, auth=NoAuth(), auth_pieces=())
    return following


def next_url(url: str, location: str) -> str | None:
    """Return the absolute URL that *location* names, seen from *url*; None where that is no http address.

    Spaces, backslashes, bytes beyond ASCII are encoded as browsers do; the fragment goes.
    """
    text = _as_text(location).strip().replace("\\", "/")
    text = re.sub(r"[\t\r\n]", "", text).partition("#")[0]
    try:
        parts = urlsplit(urljoin(url, text))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    ascii_host = _ascii_host(host)
    if ascii_host is None:
        return None
    authority = f"[{host}]" if ":" in host else ascii_host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        authority += f":{port}"
    query = f"?{parts.query}" if parts.query or text.endswith("?") else ""
    return f"{parts.scheme}://{authority}{_encoded((parts.path or '/') + query)}"


def origin_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of *url*: what may share credentials (RFC 6454)."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(scheme, 0)


def _becomes_get(method: str, status: int) -> bool:
    if status == 303:
        return method not in {"GET", "HEAD"}
    return status in {301, 302} and method == "POST"


def _headers(
    prepared: PreparedRequest, url: str, keeps_body: bool, keeps_credentials: bool
) -> tuple[PreparedHeader, ...]:
    dropped = (
        {header.lower() for header in _key_headers(prepared)} | _CREDENTIALS
        if not keeps_credentials
        else set()
    )
    if not keeps_body:
        dropped |= _OF_THE_BODY
    kept = [
        header
        for header in prepared.headers
        if header.origin != JAR_ORIGIN and header.name.lower() not in dropped
    ]
    host = urlsplit(url).netloc
    return tuple(_for_host(header, host) if header.name.lower() == "host" else header for header in kept)


def _for_host(header: PreparedHeader, host: str) -> PreparedHeader:
    return header if header.value == host else PreparedHeader(header.name, host, "redirect")


def _key_headers(prepared: PreparedRequest) -> set[str]:
    """Return the names of the headers in which *prepared* carries its auth."""
    match prepared.auth:
        case ApiKeyAuth(name=name, placement="header"):
            return {name}
        case BasicAuth() | BearerAuth():
            return {"Authorization"}
    return set()


def _as_text(location: str) -> str:
    """Return *location*, which is latin-1 by decree, as the UTF-8 that servers mean."""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:
        return location


def _ascii_host(host: str) -> str | None:
    if host.isascii():
        return None if re.search(r"[\s<>^|%\\]", host) else host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return None


def _encoded(target: str) -> str:
    """Percent-encode in *target* what may not stand in a URL, and no more."""
    return _UNSAFE.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace")), target
    )
