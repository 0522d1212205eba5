"""A rehearsal shows what a real exchange sends, byte for byte, and touches neither network nor disk."""

import os
import socket
from dataclasses import replace

import pytest

from antiphon.core.cookies import CookieJar
from antiphon.core.document import OAuth1Auth, OAuth2Auth, ProxySettings
from antiphon.core.events import SENT_BODY_BYTES
from antiphon.core.prepared import BytesContent, FileContent, MultipartContent, NoContent, PreparedPart
from antiphon.engine import Engine
from antiphon.engine.session import Session, Token, token_key
from tests.engine.exchanges import opened, request, send_once
from tests.servers import answer, h2_server, http_server

CHUNKED = (("Transfer-Encoding", "chunked"),)


@pytest.fixture
def no_network(monkeypatch):
    """Nothing of the network may be touched."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a rehearsal touches no network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def _contents(folder):
    file = folder / "file"
    file.write_bytes(os.urandom(5000))
    parts = (
        PreparedPart("text", b"value"),
        PreparedPart("file", path=file, size_bytes=5000, filename="a.bin", content_type="x/y"),
    )
    return {
        "none": NoContent(),
        "empty": BytesContent(b""),
        "bytes": BytesContent(b"small"),
        "file": FileContent(file, 5000),
        "multipart": MultipartContent(parts, "boundary"),
    }


KINDS = ["none", "empty", "bytes", "file", "multipart"]


@pytest.mark.parametrize("headers", [(), CHUNKED, (("Expect", "100-continue"),)])
@pytest.mark.parametrize("kind", KINDS)
async def test_http1_is_rehearsed_as_it_is_sent(tmp_path, monkeypatch, kind, headers):
    monkeypatch.setattr("antiphon.engine.http1.CONTINUE_WAIT_S", 0.01)
    async with http_server() as (address, _received):
        prepared = request(address, "/x?y=ü", "POST", (("X-A", "ü"), *headers), _contents(tmp_path)[kind])
        real = await send_once(prepared)
        dry = await Engine().rehearse(prepared)
    assert dry.last.sent == real.exchange.last.sent
    assert dry.last.sent.is_complete
    assert (dry.state, dry.is_over, dry.head, len(dry.hops)) == ("finished", True, None, 1)
    assert dry.last.connection is None


@pytest.mark.parametrize("kind", KINDS)
async def test_http2_is_rehearsed_as_it_is_sent(tmp_path, kind):
    async def app(scope, receive, send_):
        while (await receive()).get("more_body"):
            pass
        await answer(send_)

    async with h2_server(app) as address:
        prepared = request(address, "/x?y=1", "POST", (("X-A", "ü"),), _contents(tmp_path)[kind])
        prepared = replace(prepared, options=replace(prepared.options, http_version="2-prior-knowledge"))
        real = await send_once(prepared)
        dry = await Engine().rehearse(prepared)
    assert dry.last.sent == real.exchange.last.sent
    assert dry.last.sent.is_complete


@pytest.mark.parametrize(
    ("url", "option", "asked", "is_http2"),
    [
        ("http://a/", "auto", None, False),
        ("https://a/", "auto", None, True),
        ("https://a/", "1.1", None, False),
        ("https://a/", "2", None, True),
        ("http://a/", "2-prior-knowledge", None, True),
        ("http://a/", "auto", "2", True),
        ("https://a/", "2", "1.1", False),
    ],
)
async def test_the_form_is_that_of_the_version_which_would_be_spoken(
    no_network, url, option, asked, is_http2
):
    exchange = await Engine().rehearse(request(url, http_version=option), asked)
    assert bool(exchange.last.sent.fields) is is_http2
    assert bool(exchange.last.sent.head) is not is_http2


@pytest.mark.parametrize("version", ["1.1", "2"])
@pytest.mark.parametrize("headers", [(), CHUNKED, (("Expect", "100-continue"),)])
async def test_of_a_huge_body_the_beginning_is_read_and_the_rest_counted(
    no_network, tmp_path, version, headers
):
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.write(b"begin")
        file.truncate(20 << 30)
    exchange = await Engine().rehearse(
        request("https://a/", method="PUT", headers=headers, content=FileContent(huge, 20 << 30)), version
    )
    sent = exchange.last.sent
    assert (len(sent.body), sent.body_bytes, sent.is_complete) == (SENT_BODY_BYTES, 20 << 30, True)
    assert b"begin" in sent.body[:20]
    if version == "2":
        assert sum(frame.length for frame in sent.frames if frame.kind == "DATA") == 20 << 30
        assert sent.frames[-1].flags == "END_STREAM"


async def test_a_proxy_that_reads_the_request_gets_the_absolute_url(no_network):
    proxy = ProxySettings("manual", "http://proxy:3128", "user", "word")
    forwarded = await Engine().rehearse(request("http://a/x", proxy=proxy))
    tunnelled = await Engine().rehearse(request("https://a/x", proxy=proxy), "1.1")
    assert forwarded.last.sent.head.startswith(b"GET http://a/x HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic " in forwarded.last.sent.head
    assert tunnelled.last.sent.head == b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"


async def test_the_jars_cookies_go_along(no_network):
    jar = CookieJar()
    jar.store("http://a/", ["a=1"], 0.0)
    engine = Engine(Session(cookies=jar))
    mine = await engine.rehearse(request("http://a/"))
    other = await engine.rehearse(request("http://a/"), session=Session())
    assert b"Cookie: a=1\r\n" in mine.last.sent.head
    assert mine.last.request.header("cookie") == "a=1"
    assert b"Cookie" not in other.last.sent.head


async def test_what_cannot_be_sent_fails_as_it_would(no_network, tmp_path):
    gone = request("http://a/", method="PUT", content=FileContent(tmp_path / "gone", 5))
    for prepared, word in (
        (request("ftp://a/"), "ftp"),
        (request("http://a/", http_version="2"), "prior knowledge"),
        (request("http://a/", headers=(("X", "a\nb"),)), "line break"),
        (gone, "gone"),
    ):
        exchange = await Engine().rehearse(prepared)
        assert exchange.state == "failed"
        assert word in exchange.failure.sentence + exchange.failure.hint
        if prepared is not gone:
            real = (await send_once(prepared)).exchange.failure
            assert (real.kind, real.sentence) == (exchange.failure.kind, exchange.failure.sentence)


async def test_a_rehearsal_runs_beside_a_real_exchange_on_the_same_engine():
    async with http_server() as (address, received), opened() as engine:
        await engine.rehearse(request(address))
        assert received == []
        assert (await engine.rehearse(request(address))).last.sent.head
    assert address.connections == []


async def test_signatures_and_kept_tokens_are_in_it_and_nobody_is_asked(no_network):
    signed = await Engine().rehearse(replace(request("http://a/"), auth=OAuth1Auth("k", "s")))
    assert b"\r\nAuthorization: OAuth oauth_consumer_key" in signed.last.sent.head
    auth = OAuth2Auth("client_credentials", token_url="http://id.test/token", client_id="me")
    session = Session()
    without = await Engine().rehearse(replace(request("http://a/"), auth=auth), session=session)
    assert b"Authorization" not in without.last.sent.head
    session.tokens.put(token_key(auth), Token("kept"))
    with_it = await Engine().rehearse(replace(request("http://a/"), auth=auth), session=session)
    assert b"\r\nAuthorization: Bearer kept\r\n" in with_it.last.sent.head


async def test_auth_that_cannot_be_made_is_told():
    broken = replace(request("http://a/"), auth=OAuth1Auth("k", signature_method="RSA-SHA1"))
    exchange = await Engine().rehearse(broken)
    assert "private key" in exchange.failure.sentence
