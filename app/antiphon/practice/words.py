"""Routes that answer with few bytes: statuses, redirects, cookies, credentials, and kinds of content."""

import base64
import gzip as gzip_format
import random
import struct
import time
import uuid as uuid_values
import zlib
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from antiphon.practice.answer import (
    Answer,
    BadRequestError,
    Headers,
    error_answer,
    json_answer,
    json_text,
    number,
    reason,
    text_answer,
    whole_number,
)
from antiphon.practice.echo import echo
from antiphon.practice.request import Request

ETAG = '"practice-1"'
LONGEST_DELAY_S = 60.0

# -- statuses, redirects, time --------------------------------------------------------------------------


def status(request: Request, codes: str) -> Answer:
    """Answer with the status asked for, or with one of several (`/status/200,503`) by chance."""
    code = whole_number(random.choice(codes.split(",")), "A status", 200, 599)  # noqa: S311 - not a secret
    if code in (204, 304):
        return Answer(code)
    extra: dict[int, Headers] = {
        401: (("www-authenticate", 'Basic realm="practice"'),),
        405: (("allow", "GET, HEAD"),),
        429: (("retry-after", "1"),),
        503: (("retry-after", "1"),),
    }
    moved: Headers = (("location", "/get"),) if code in (301, 302, 303, 307, 308) else ()
    value = {"status": code, "reason": reason(code), "method": request.method}
    return json_answer(value, code, (*moved, *extra.get(code, ())))


def delay(request: Request, seconds: str) -> Answer:
    return replace(echo(request), delay_s=number(seconds, "A delay", 0, LONGEST_DELAY_S))


def timeout(_request: Request) -> Answer:
    return Answer(delay_s=float("inf"))


def malformed(_request: Request) -> Answer:
    """Answer with half of the announced body; then the connection closes."""
    body = json_text({"message": "This body ends before its announced size."}).encode()
    return Answer(200, (("content-type", "application/json"),), body, 2 * len(body), is_cut=True)


def redirect(_request: Request, count: str) -> Answer:
    left = whole_number(count, "A number of redirects", 1, 100)
    return _moved(302, f"/redirect/{left - 1}" if left > 1 else "/get")


def redirect_to(request: Request) -> Answer:
    code = whole_number(request.argument("status_code", "302"), "status_code", 300, 399)
    target = request.argument("url")
    if not target:
        raise BadRequestError("Name the target: /redirect-to?url=/get")
    return _moved(code, quote(target, safe="/:?#[]@!$&'()*+,;=%~"))


def etag(request: Request) -> Answer:
    wanted = {tag.strip().removeprefix("W/") for tag in (request.header("if-none-match") or "").split(",")}
    if wanted & {ETAG, "*"}:
        return Answer(304, (("etag", ETAG),))
    return json_answer({"etag": ETAG, "hint": "Send it back as If-None-Match."}, headers=(("etag", ETAG),))


def _moved(code: int, target: str, headers: Headers = ()) -> Answer:
    text = f"Moved to {target}\n"
    return text_answer(text, status=code, headers=(("location", target), *headers))


# -- cookies and credentials ----------------------------------------------------------------------------


def cookies(request: Request) -> Answer:
    return json_answer({"cookies": request.cookies})


def cookies_set(request: Request) -> Answer:
    rows = [("set-cookie", f"{_cookie_text(n)}={_cookie_text(v)}; Path=/") for n, v in request.arguments]
    return _moved(302, "/cookies", tuple(rows))


def cookies_delete(request: Request) -> Answer:
    names = [name for name, _value in request.arguments] or list(request.cookies)
    rows = [("set-cookie", f"{_cookie_text(name)}=; Path=/; Max-Age=0") for name in names]
    return _moved(302, "/cookies", tuple(rows))


def _cookie_text(text: str) -> str:
    return quote(text, safe="!#$%&'()*+-./:<=>?@[]^_`{|}~")


def basic_auth(request: Request, user: str, password: str) -> Answer:
    expected = base64.b64encode(f"{user}:{password}".encode()).decode()
    scheme, _, given = (request.header("authorization") or "").partition(" ")
    if scheme.lower() == "basic" and given.strip() == expected:
        return json_answer({"authenticated": True, "user": user})
    return error_answer(
        401,
        f"Send the user {user} with the right password.",
        (("www-authenticate", 'Basic realm="practice"'),),
    )


def bearer(request: Request) -> Answer:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return json_answer({"authenticated": True, "token": token})
    return error_answer(401, "Send any token: Authorization: Bearer TOKEN", (("www-authenticate", "Bearer"),))


def api_key(request: Request) -> Answer:
    in_header, in_query = request.header("x-api-key"), request.argument("api_key")
    if in_header or in_query:
        place = "header" if in_header else "query"
        return json_answer({"authenticated": True, "key": in_header or in_query, "placement": place})
    return error_answer(401, "Send any key, as the header X-API-Key or the query parameter api_key.")


# -- compressed -----------------------------------------------------------------------------------------


def gzip(request: Request) -> Answer:
    return _compressed(request, "gzip", lambda data: gzip_format.compress(data, 6, mtime=0))


def deflate(request: Request) -> Answer:
    return _compressed(request, "deflate", zlib.compress)


def brotli(request: Request) -> Answer:
    import brotli as brotli_format  # type: ignore[import-untyped]

    return _compressed(request, "br", lambda data: bytes(brotli_format.compress(data, quality=5)))


def zstd(request: Request) -> Answer:
    import zstandard

    return _compressed(request, "zstd", zstandard.ZstdCompressor().compress)


def _compressed(request: Request, coding: str, compress: Callable[[bytes], bytes]) -> Answer:
    """Answer with JSON under *coding*, `?lines=N` making it larger (RFC 9110 section 8.4)."""
    count = whole_number(request.argument("lines", "10"), "lines", 0, 200_000)
    lines = [f"Line {line} of a body that goes out compressed." for line in range(1, count + 1)]
    plain = json_text({"encoding": coding, "method": request.method, "lines": lines}).encode()
    headers = (
        ("content-type", "application/json"),
        ("content-encoding", coding),
        ("vary", "accept-encoding"),
    )
    return Answer(200, headers, compress(plain))


# -- kinds of content -----------------------------------------------------------------------------------


def numbers(_request: Request) -> Answer:
    """Answer with JSON that any parse would change: large and precise numbers, a name that comes twice."""
    text = (
        '{\n  "big": 12345678901234567890,\n  "price": 1.00,\n  "huge": 1e400,\n  "minus_zero": -0,\n'
        '  "exact": 0.1000000000000000055511151231257827,\n  "twice": "first",\n  "twice": "second"\n}\n'
    )
    return text_answer(text, "application/json")


def html(_request: Request) -> Answer:
    text = (
        '<!doctype html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n  <title>A practice page</title>\n'
        "</head>\n<body>\n  <h1>Good morning</h1>\n  <p>This page lives on your own computer &amp; nowhere "
        'else.</p>\n  <p><img src="/image.png" alt="A colour gradient"></p>\n</body>\n</html>\n'
    )
    return text_answer(text, "text/html; charset=utf-8")


def xml(_request: Request) -> Answer:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<orders>\n  <order id="1">\n    <item>Pencil</item>\n'
        '    <price currency="EUR">1.00</price>\n  </order>\n  <order id="2"/>\n</orders>\n'
    )
    return text_answer(text, "application/xml")


def utf8(_request: Request) -> Answer:
    return text_answer("Grüß Gott\nΚαλημέρα\nДобрый день\nこんにちは\nשלום\nمرحبا\n🌍 e\u0301 = é\n")


def image(_request: Request) -> Answer:
    """Answer with a PNG of 64 by 64 pixels, made here (PNG, third edition, sections 5 and 9)."""
    side = 64
    rows = b"".join(
        b"\0" + bytes(value for x in range(side) for value in (4 * x, 4 * y, 255 - 4 * x))
        for y in range(side)
    )
    data = (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        + _png_chunk(b"IDAT", zlib.compress(rows))
        + _png_chunk(b"IEND", b"")
    )
    return Answer(200, (("content-type", "image/png"),), data)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def uuid(_request: Request) -> Answer:
    return json_answer({"uuid": str(uuid_values.uuid4()), "time": time.time()})
