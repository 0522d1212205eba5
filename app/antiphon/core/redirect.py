"""Where a redirect leads: the next request out of the last one and its answer.

RFC 9110 section 15.4, and what browsers do where it leaves a choice (WHATWG Fetch, "HTTP-redirect fetch").
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

from antiphon.core.breaches import breaches_of
from antiphon.core.document import (
    ApiKeyAuth,
    Auth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    RequestOptions,
)
from antiphon.core.events import Failure, Head
from antiphon.core.prepared import NoContent, PreparedHeader, PreparedRequest, content_length

JAR_ORIGIN = "cookie jar"
"""Origin of a Cookie header that was made for one hop only."""
REDIRECTS = {301, 302, 303, 307, 308}
_OF_THE_BODY = {
    "content-type", "content-length", "content-encoding", "content-language", "content-location",
    "transfer-encoding", "expect", "trailer", "digest", "content-digest", "content-md5",
}  # fmt: skip
_CREDENTIALS = {"authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"}
_AUTH_NAMES: dict[type[Auth], str] = {
    DigestAuth: "Digest", OAuth1Auth: "OAuth 1", OAuth2Auth: "OAuth 2", AwsAuth: "AWS", NtlmAuth: "NTLM",
    BasicAuth: "Basic", BearerAuth: "Bearer", ApiKeyAuth: "API key",
}  # fmt: skip
_MADE_FOR_EACH = (DigestAuth, OAuth1Auth, OAuth2Auth, AwsAuth, NtlmAuth)
"""Auth that is made anew for each request: what the last one carried is of no use to the next."""
_AWS_HEADERS = {"x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[^!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]")


def is_redirect(head: Head) -> bool:
    """Return whether *head* sends us on: a redirecting status with a Location."""
    return head.status in REDIRECTS and head.get("location") is not None


def next_request(prepared: PreparedRequest, head: Head) -> PreparedRequest | Failure | None:
    """Return the request to which *head* redirects; None where it does not, a Failure where it leads nowhere.

    301 and 302 turn POST into GET, 303 everything but HEAD, unless the options keep the method; without its body a
    request loses what described it. Credentials stay with the origin they were given for: another host, port, or
    http after https, gets none.
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
            remedies=("stop_following",),
        )
    keeps_body = prepared.options.keep_method or not _becomes_get(prepared.method, head.status)
    keeps_credentials = origin_of(url) == origin_of(prepared.url)
    following = replace(
        prepared,
        url=url,
        url_pieces=(),
        headers=_headers(prepared, url, keeps_body, keeps_credentials),
        options=_options(prepared, url),
    )
    if not keeps_body:
        following = replace(following, method="GET", content=NoContent())
    if not keeps_credentials:
        following = replace(following, auth=NoAuth(), auth_pieces=())
    return replace(following, warnings=breaches_of(following))


def dropped(prepared: PreparedRequest, following: PreparedRequest, head: Head) -> tuple[str, ...]:
    """Return what of *prepared* does not go along to *following*, to which *head* redirects, and why."""
    has_moved = origin_of(following.url) != origin_of(prepared.url)
    result = []
    if content_length(prepared.content) and isinstance(following.content, NoContent):
        result.append(f"body ({head.status} becomes GET)")
    kept = {header.name.lower() for header in following.headers}
    for name in dict.fromkeys(header.name for header in prepared.headers if header.origin != JAR_ORIGIN):
        if name.lower() not in kept and not _is_made_anew(prepared.auth, name, has_moved=has_moved):
            is_secret = name.lower() in _CREDENTIALS | _key_headers(prepared)
            result.append(f"{name} ({'another origin' if has_moved and is_secret else 'no body'})")
    lost = prepared.auth if has_moved and not isinstance(prepared.auth, NoAuth) else None
    if isinstance(lost, _MADE_FOR_EACH) and not any(row.startswith("Authorization ") for row in result):
        result.append(f"{_AUTH_NAMES[type(lost)]} auth (another origin)")
    auth = prepared.auth
    if (
        isinstance(auth, ApiKeyAuth)
        and auth.placement == "query"
        and f"{quote(auth.name)}=" not in following.url
    ):
        result.append("API key (it stood in the old URL)")
    return tuple(result)


def notes(prepared: PreparedRequest, following: PreparedRequest, head: Head) -> tuple[str, ...]:
    """Return what a person should know of the way from *prepared* to *following*, a sentence each."""
    result = []
    if origin_of(prepared.url)[0] == "https" and origin_of(following.url)[0] == "http":
        result.append("The redirect leads from https to http: what follows goes over the wire unencrypted.")
    location = head.get("location") or ""
    if "@" in re.split(r"[/\\?#]", location.partition("//")[2], maxsplit=1)[0]:
        result.append("The user and password in the Location are not used.")
    others = set(head.get_all("location")) - {location}
    if others:
        result.append("The answer has more than one Location; the first is followed.")
    return tuple(result)


def identity(prepared: PreparedRequest) -> tuple[object, ...]:
    """Return what makes two requests of one exchange the same: if it comes again, redirects go in a circle."""
    names = {"cookie"} if isinstance(prepared.auth, _MADE_FOR_EACH) else {"cookie", "authorization"}
    carried = [header for header in prepared.headers if header.name.lower() in names]
    values = tuple((header.name.lower(), header.value) for header in carried)
    return prepared.method, prepared.url, prepared.auth, values


def circle(urls: Sequence[str]) -> Failure:
    """Return the failure of redirects that lead through *urls*, of which the last is the first again."""
    way = " -> ".join(_without_query(url) for url in urls)
    return Failure(
        "redirect",
        f"The redirect goes in a circle: {way}.",
        "The server may want a cookie, or to be asked in another way: turn off following redirects to look at "
        "its answer.",
        remedies=("stop_following",),
    )


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


def _options(prepared: PreparedRequest, url: str) -> RequestOptions:
    """Return the options for the next hop: what was said for one host or one target holds for no other."""
    options = replace(prepared.options, request_target="")
    if origin_of(url)[1] != origin_of(prepared.url)[1]:
        options = replace(options, server_name="", unix_socket="")
    return options


def _headers(
    prepared: PreparedRequest, url: str, keeps_body: bool, keeps_credentials: bool
) -> tuple[PreparedHeader, ...]:
    lost = set() if keeps_credentials else _key_headers(prepared) | _CREDENTIALS
    if not keeps_body:
        lost |= _OF_THE_BODY
    kept = [
        header
        for header in prepared.headers
        if header.origin != JAR_ORIGIN
        and header.name.lower() not in lost
        and not (header.origin.startswith("auth") and isinstance(prepared.auth, _MADE_FOR_EACH))
    ]
    host = urlsplit(url).netloc
    return tuple(_for_host(header, host) if header.name.lower() == "host" else header for header in kept)


def _is_made_anew(auth: Auth, name: str, *, has_moved: bool) -> bool:
    return (
        not has_moved
        and isinstance(auth, _MADE_FOR_EACH)
        and name.lower() in _AWS_HEADERS | {"authorization"}
    )


def _for_host(header: PreparedHeader, host: str) -> PreparedHeader:
    return header if header.value == host else PreparedHeader(header.name, host, "redirect")


def _key_headers(prepared: PreparedRequest) -> set[str]:
    """Return the names, in lower case, of the headers in which *prepared* carries its auth."""
    match prepared.auth:
        case ApiKeyAuth(name=name, placement="header"):
            return {name.lower()}
        case AwsAuth():
            return {"authorization", *_AWS_HEADERS}
        case _:
            return {"authorization"}


def _without_query(url: str) -> str:
    path, mark, _ = url.partition("?")
    return path + ("?…" if mark else "")


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
