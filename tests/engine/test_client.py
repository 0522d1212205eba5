"""A prepared request leaves as it stands: every byte of its line and its headers, in order."""

import pytest

from antiphon.core.document import Header, RequestDocument, RequestOptions
from antiphon.core.prepare import prepare
from antiphon.core.prepared import BytesContent, NoContent, PreparedHeader, PreparedRequest
from antiphon.core.redirect import JAR_ORIGIN
from tests.engine.exchanges import LIMITS, request, send
from tests.servers import OK, http_server, scripted_server

ODD = (
    ("x-B", "1"), ("X-A", ""), ("x-b", "  two  "), ("X-A", ""), ("odd ", "\ta"), ("a b", "c"), ("ü", "漢"), ("(x)", "a\udce9"),
)  # fmt: skip


def bare(url: str, *rows: tuple[str, str], method="GET", body=b"", **options) -> PreparedRequest:
    """Return a request that has these headers and no other."""
    headers = tuple(PreparedHeader(name, value, "this request") for name, value in rows)
    content = BytesContent(body) if body else NoContent()
    return PreparedRequest(method, url, headers, content, options=RequestOptions(timeouts=LIMITS, **options))


async def left(engine, *rows, path="/", **more) -> bytes:
    """Return the head that left for a request with these headers."""
    async with http_server() as (address, received):
        outcome = await send(engine, bare(address.url(path), *rows, **more))
        assert outcome.exchange.head, outcome.told
    return received[0].head


async def test_odd_headers_leave_as_typed_and_in_order(engine):
    head = await left(engine, ("HOST", "h"), *ODD)
    lines = [
        name.encode("utf-8", "surrogateescape") + b": " + value.encode("utf-8", "surrogateescape")
        for name, value in ODD
    ]
    assert head == b"\r\n".join([b"GET / HTTP/1.1", b"HOST: h", *lines, b"", b""])


async def test_header_values_can_leave_as_latin_1(engine):
    head = await left(engine, ("X-é", "ü\udc81"), header_charset="latin-1")
    assert head == b"GET / HTTP/1.1\r\nX-\xe9: \xfc\x81\r\n\r\n"


async def test_the_jars_cookies_stay_utf_8(engine):
    row = PreparedHeader("Cookie", "a=漢", JAR_ORIGIN)
    async with http_server() as (address, received):
        prepared = request(address, header_charset="latin-1")
        await send(
            engine,
            PreparedRequest("GET", prepared.url, (*prepared.headers, row), options=prepared.options),
        )
    assert b"Cookie: a=" + "漢".encode() + b"\r\n" in received[0].head


async def test_what_latin_1_cannot_say_is_a_failure_that_names_it(engine):
    async with http_server() as (address, received):
        outcome = await send(engine, bare(address.url(), ("X", "漢"), header_charset="latin-1"))
    assert (outcome.kind, received) == ("request", [])
    assert "\\u6f22" in outcome.told


@pytest.mark.parametrize("method", ["get", "Post", "PURGE", "M-SEARCH", "x'y$z", "GET2"])
async def test_any_word_is_a_method(engine, method):
    assert (await left(engine, method=method)).startswith(method.encode() + b" / HTTP/1.1\r\n")


@pytest.mark.parametrize(
    "path", ["/%2F/../a//b/.", "/a+b?c[]=1|2&&?flag&", "/?", "/ü?漢", '/"<>\\^`{|}', "/%zz", "//x"]
)
async def test_paths_and_queries_leave_to_the_byte(engine, path):
    assert (await left(engine, path=path)).startswith(b"GET " + path.encode() + b" HTTP/1.1\r\n")


@pytest.mark.parametrize("asked", ["*", "http://other/x", "x"])
async def test_something_else_can_stand_in_the_request_line(engine, asked):
    head = await left(engine, method="OPTIONS", request_target=asked)
    assert head.startswith(b"OPTIONS " + asked.encode() + b" HTTP/1.1\r\n")


@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD", "OPTIONS"])
async def test_any_method_may_have_a_body(engine, method):
    async with http_server(lambda asked: OK if asked.method != "HEAD" else OK.removesuffix(b"ok")) as (
        address,
        received,
    ):
        await send(engine, request(address, method=method, content=b"why not"))
    assert (received[0].method, received[0].body) == (method, b"why not")


@pytest.mark.parametrize(
    "rows", [(), (("Content-Length", "3"),), (("Content-Length", "5"), ("Transfer-Encoding", "chunked"))]
)
async def test_a_body_whose_end_is_doubtful_ends_the_connection(engine, rows):
    async def handler(reader, writer):
        while True:
            await reader.readuntil(b"hello")
            writer.write(OK)

    async with scripted_server(handler) as address:
        for _turn in range(2):
            outcome = await send(engine, bare(address.url(), *rows, method="POST", body=b"hello"))
            assert outcome.body == b"ok"
        assert len(address.connections) == 2


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (("", "a"), "header name"), (("a:b", "c"), "header name"), (("a\r\nb", "c"), "header name"),
        (("a\0", "c"), "header name"), (("a", "b\r\nc: d"), "value of a"), (("a", "b\n"), "value of a"),
        (("a", "b\0"), "value of a"),
    ],
)  # fmt: skip
async def test_what_would_break_out_of_its_place_never_leaves(engine, row, what):
    async with http_server() as (address, received):
        outcome = await send(engine, bare(address.url(), row))
    assert (outcome.kind, received) == ("request", [])
    assert what in outcome.told


async def test_what_is_prepared_is_what_leaves(engine):
    rows = tuple(Header(name, value) for name, value in (("hOsT", "a"), *ODD))
    every = ("user-agent", "accept", "accept-encoding")
    async with http_server() as (address, received):
        options = RequestOptions(omitted_headers=every, encode_url=False, timeouts=LIMITS)
        document = RequestDocument(method="get", url=address.url("/ü|"), headers=rows, options=options)
        prepared = prepare(document)
        await send(engine, prepared)
    lines = received[0].head.split(b"\r\n")
    assert lines[:2] == [b"get " + "/ü|".encode() + b" HTTP/1.1", b"hOsT: a"]
    assert len(lines) == len(ODD) + 4
