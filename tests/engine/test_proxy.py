"""Through proxies of every kind, and what is said of those that do not let through."""

import asyncio
import base64
import os
import socket

import pytest

from antiphon.core.document import ProxySettings, Timeouts
from antiphon.core.events import Phase
from antiphon.core.proxy import Proxy
from antiphon.engine import proxy as engine_proxy
from antiphon.engine.proxy import SystemProxies
from antiphon.engine.stack import httpcore
from tests.engine.exchanges import opened, request, send, started
from tests.engine.test_attempts import closed_port
from tests.engine.test_http2 import BLOB, PRIOR, app
from tests.proxies import http_proxy, socks_proxy
from tests.servers import h2_server, http_server, make_certificate, reply, scripted_server
from tests.waiting import until


def by(address, scheme: str = "http", **more: str) -> dict:
    return {"proxy": ProxySettings("manual", f"{scheme}://{address.host}:{address.port}", **more)}


def phases(outcome) -> list[str]:
    return [span.phase.value for span in outcome.exchange.last.spans]


def trust(engine, *addresses, certificate) -> None:
    for address in addresses:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)


# -- HTTP ----------------------------------------------------------------------------------------------------


async def test_a_plain_request_goes_to_the_proxy_with_its_whole_url():
    async with (
        http_server() as (address, received),
        http_proxy("ann", "päss") as (proxy, heads),
        opened() as engine,
    ):
        options = by(proxy, username="ann", password="päss")
        outcomes = [
            await send(
                engine, request(f"http://api.test:{address.port}/a?b", headers=(("X", "y"),), **options)
            )
            for _ in range(2)
        ]
    assert [outcome.body for outcome in outcomes] == [b"ok"] * 2
    first = outcomes[0].exchange.last
    assert phases(outcomes[0])[:3] == ["queue", "tcp", "send"]
    assert first.connection.proxy == f"http://127.0.0.1:{proxy.port}"
    assert first.connection.remote_address == f"127.0.0.1:{proxy.port}"
    assert outcomes[1].exchange.last.connection.reused
    credentials = base64.b64encode("ann:päss".encode()).decode()
    assert heads[0].decode().split("\r\n")[:-2] == [
        f"GET http://api.test:{address.port}/a?b HTTP/1.1",
        f"Host: api.test:{address.port}",
        "X: y",
        f"Proxy-Authorization: Basic {credentials}",
    ]
    assert received[0].target == "/a?b"


async def test_the_proxys_own_407_is_an_answer_with_a_note(engine):
    async with http_proxy("ann", "x") as (proxy, _heads):
        outcome = await send(engine, request("http://api.test/", **by(proxy)))
    assert outcome.status == 407
    assert "proxy" in outcome.exchange.last.notes[0]


@pytest.mark.parametrize("version", ["1.1", "auto"])
async def test_https_goes_through_a_tunnel_and_the_server_sees_no_credentials(certificate, version):
    async with (
        http_server(lambda got: reply(got.body or b"ok"), certificate.server_context("http/1.1")) as (
            address,
            received,
        ),
        http_proxy("ann", "s3cret") as (proxy, heads),
        opened() as engine,
    ):
        trust(engine, address, certificate=certificate)
        url = f"https://127.0.0.1:{address.port}/x"
        options = by(proxy, username="ann", password="s3cret")
        outcome = await send(engine, request(url, http_version=version, **options))
        upload = await send(engine, request(url, "", "POST", content=BLOB, http_version=version, **options))
    assert outcome.body == b"ok"
    assert upload.body == BLOB
    assert phases(outcome)[:4] == ["queue", "tcp", "proxy", "tls"]
    place = f"127.0.0.1:{address.port}"
    credentials = base64.b64encode(b"ann:s3cret").decode()
    assert heads == [
        f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nProxy-Authorization: Basic {credentials}\r\n\r\n".encode()
    ]
    assert all(request_.get("proxy-authorization") is None for request_ in received)
    assert "s3cret" not in repr(outcome.events[1:])
    assert credentials not in repr(outcome.events)


async def test_http2_is_agreed_on_within_the_tunnel(certificate):
    async with h2_server(app, certificate) as address, http_proxy() as (proxy, heads), opened() as engine:
        trust(engine, address, certificate=certificate)
        outcomes = await asyncio.gather(
            *[send(engine, request(address, "/blob/0", **by(proxy))) for _ in range(5)]
        )
    assert all(outcome.body == BLOB for outcome in outcomes)
    assert outcomes[0].exchange.last.connection.tls.alpn == "h2"
    assert len(heads) == 1


async def test_http2_by_prior_knowledge_takes_a_tunnel():
    async with h2_server(app) as address, http_proxy() as (proxy, heads), opened() as engine:
        outcome = await send(engine, request(address, **by(proxy), **PRIOR))
    assert outcome.body == b"ok"
    assert heads[0].startswith(b"CONNECT ")


async def test_what_the_server_says_right_behind_the_proxys_answer_is_kept(engine):
    async def eager(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n")
        writer.write(b"Content-Length: 5\r\n\r\neager")
        await reader.read()

    async with scripted_server(eager) as proxy:
        outcome = await send(engine, request("http://api.test/", **by(proxy), **PRIOR))
    assert "HTTP/1.1" in outcome.told  # read by HTTP/2: the bytes came through


@pytest.mark.parametrize("version", ["1.1", "auto"])
async def test_a_proxy_that_is_reached_by_tls(certificate, version):
    async with (
        http_server(lambda got: reply(got.body or b"ok"), certificate.server_context("http/1.1")) as (
            secure,
            _,
        ),
        http_server() as (plain, _),
        http_proxy("u", "p", certificate.server_context()) as (proxy, heads),
        opened() as engine,
    ):
        trust(engine, secure, proxy, certificate=certificate)
        options = {**by(proxy, "https", username="u", password="p"), "http_version": version}
        within = await send(engine, request(secure, **options))
        upload = await send(engine, request(secure, "/", "POST", content=BLOB * 3, **options))
        forwarded = await send(engine, request(plain, **options))
    assert within.body == forwarded.body == b"ok"
    assert upload.body == BLOB * 3
    assert phases(within)[:4] == ["queue", "tcp", "proxy", "tls"]
    assert phases(forwarded)[:3] == ["queue", "tcp", "proxy"]
    assert within.exchange.last.connection.tls is not None
    assert within.exchange.last.connection.proxy == f"https://127.0.0.1:{proxy.port}"
    assert len(heads) == 2


async def test_http2_through_a_proxy_that_is_reached_by_tls(certificate):
    async with (
        h2_server(app, certificate) as address,
        http_proxy(tls=certificate.server_context()) as (proxy, _heads),
        opened() as engine,
    ):
        trust(engine, address, proxy, certificate=certificate)
        outcomes = await asyncio.gather(
            *[send(engine, request(address, "/blob/0", **by(proxy, "https"))) for _ in range(4)],
            send(engine, request(address, "/digest", "POST", content=BLOB, **by(proxy, "https"))),
        )
    assert all(outcome.body == BLOB for outcome in outcomes[:4])
    assert len(outcomes[4].body) == 64


async def test_a_server_whose_certificate_fails_is_explained_through_the_proxy_too(certificate, tmp_path):
    expired = make_certificate(tmp_path / "old", days_from=-9, days_to=-3)
    async with (
        http_server(tls=expired.server_context()) as (address, _),
        http_proxy(tls=certificate.server_context()) as (secure_proxy, _),
        http_proxy() as (proxy, _),
        opened() as engine,
    ):
        trust(engine, secure_proxy, certificate=certificate)
        trust(engine, address, certificate=expired)
        for options in (by(proxy), by(secure_proxy, "https")):
            outcome = await send(engine, request(address, **options))
            assert outcome.kind == "tls"
            assert "expired 3 days ago" in outcome.told


# -- SOCKS -----------------------------------------------------------------------------------------------------


async def test_socks_by_name_leaves_the_look_up_to_the_proxy(certificate):
    async with (
        http_server() as (plain, _),
        h2_server(app, certificate) as secure,
        socks_proxy("ann", "s3cret") as (proxy, asked),
        opened() as engine,
    ):
        trust(engine, secure, certificate=certificate)
        options = by(proxy, "socks5h", username="ann", password="s3cret")
        outcome = await send(engine, request(f"http://api.test:{plain.port}/", **options))
        http2 = await send(engine, request(secure, "/blob/0", **options))
    assert outcome.body == b"ok"
    assert http2.body == BLOB
    assert asked == [("api.test", plain.port), ("127.0.0.1", secure.port)]
    assert phases(outcome)[:4] == ["queue", "tcp", "proxy", "send"]
    assert outcome.exchange.last.connection.proxy == f"socks5h://127.0.0.1:{proxy.port}"


async def test_socks_by_address_looks_the_name_up_here():
    async with http_server() as (plain, _), socks_proxy() as (proxy, asked), opened() as engine:
        options = {**by(proxy, "socks5"), "resolve": ("api.test:*:127.0.0.1",)}
        outcome = await send(engine, request(f"http://api.test:{plain.port}/", **options))
        lost = await send(engine, request("http://no-such-name.invalid/", **by(proxy, "socks5")))
    assert outcome.body == b"ok"
    assert asked == [("127.0.0.1", plain.port)]
    assert lost.kind == "dns"


async def test_an_override_that_the_proxy_cannot_use_is_noted():
    async with http_server() as (plain, _), http_proxy() as (proxy, _), opened() as engine:
        options = {**by(proxy), "resolve": ("api.test:*:127.0.0.9",)}
        outcome = await send(engine, request(f"http://api.test:{plain.port}/", **options))
    assert "api.test" in outcome.exchange.last.notes[0]


async def test_an_override_of_the_proxys_own_name_is_used():
    async with http_server() as (plain, _), http_proxy() as (proxy, _), opened() as engine:
        options = {
            "proxy": ProxySettings("manual", f"http://proxy.test:{proxy.port}"),
            "resolve": (f"proxy.test:{proxy.port}:127.0.0.1",),
        }
        assert (await send(engine, request(plain, **options))).body == b"ok"


# -- which one is taken ----------------------------------------------------------------------------------------


async def test_exceptions_and_none_go_straight(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with http_server() as (address, _), opened() as engine:
        barred = ProxySettings("manual", "http://127.0.0.1:1", bypass="127.0.0.0/8")
        for settings in (barred, ProxySettings("none"), ProxySettings("system"), ProxySettings()):
            outcome = await send(engine, request(address, proxy=settings))
            assert (outcome.body, outcome.exchange.last.connection.proxy) == (b"ok", "")


@pytest.mark.parametrize("mode", ["system", "inherit"])
async def test_the_environments_proxy_is_taken_as_it_is_now(engine, monkeypatch, mode):
    async with http_server() as (address, _), http_proxy() as (proxy, heads):
        url = f"http://api.test:{address.port}/"
        monkeypatch.setenv("no_proxy", "api.test")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        direct = await send(
            engine, request(url, proxy=ProxySettings(mode), resolve=("api.test:*:127.0.0.1",))
        )
        monkeypatch.setenv("no_proxy", "")
        through = await send(engine, request(url, proxy=ProxySettings(mode)))
    assert direct.exchange.last.connection.proxy == ""
    assert through.exchange.last.connection.proxy == f"http://127.0.0.1:{proxy.port}"
    assert len(heads) == 1


async def test_where_the_system_keeps_proxies_it_is_asked(monkeypatch):
    asked = []
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(engine_proxy, "HAS_SYSTEM_SETTINGS", True)
    monkeypatch.setattr(
        "urllib.request.getproxies", lambda: asked.append(1) or {"https": "http://p.test:8080"}
    )
    monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "direct.test")
    system = SystemProxies()
    found = [
        await system.proxy_for(scheme, host, 443)
        for scheme, host in (
            ("https", "a.test"),
            ("http", "a.test"),
            ("https", "direct.test"),
            ("https", "::1"),
        )
    ]
    assert [proxy and proxy.url for proxy in found] == ["http://p.test:8080", None, None, None]
    assert asked == [1]


async def test_a_proxy_that_is_none_is_said_without_its_password(engine):
    for url in ("ftp://ann:s3cret@p.test", "", "http://ann:s3cret@"):
        outcome = await send(engine, request("http://a.test/", proxy=ProxySettings("manual", url)))
        assert outcome.kind == "request"
        assert "s3cret" not in outcome.told


async def test_connections_are_kept_apart_by_the_way_they_took():
    async with http_server() as (address, _), http_proxy() as (proxy, _), opened() as engine:
        for options in (by(proxy), {}, by(proxy, username="other"), by(proxy)):
            outcome = await send(engine, request(address, **options))
        assert len(proxy.connections) == 2
        assert len(address.connections) == 3
    assert outcome.exchange.last.connection.reused


# -- what goes wrong ---------------------------------------------------------------------------------------------


def saying(*pieces: bytes):
    async def handler(reader, writer):
        await reader.read(3)
        for piece in pieces:
            writer.write(piece)
        await writer.drain()

    return scripted_server(handler)


def refusing(status: str, body: bytes = b"", *headers: str):
    return saying(reply(body, status, *headers))


FAULTS = [
    ("http", lambda: refusing("403 Forbidden", b"<html><p>Port <b>not</b> allowed"), "403 Forbidden", "not allow"),
    ("http", lambda: refusing("403 No", b"<p>a</p>", "Content-Type: text/html"), "403 No (a)", "rules"),
    ("http", lambda: refusing("502 Bad Gateway", b"down"), "502 Bad Gateway (down)", "could not reach"),
    ("http", lambda: refusing("503 X", b"", "Proxy-Status: p; error=dns_error"), "error=dns_error", "could not"),
    ("http", lambda: refusing("504 Gateway Timeout"), "504 Gateway Timeout.", "could not reach"),
    ("http", lambda: refusing("301 Moved", b"x" * 999), "301 Moved (xxx", "proxy for https"),
    ("http", lambda: refusing("407 Auth"), "user and password (407)", "Fill in"),
    ("http", lambda: refusing("407 Auth", b"", "Proxy-Authenticate: NTLM"), "asks for NTLM", "Basic only"),
    ("http", lambda: refusing("401 Unauthorized"), "user and password (401)", "Fill in"),
    ("http", lambda: refusing("500 Unable to connect"), "500 Unable to connect.", "could not reach"),
    ("http", lambda: saying(), "closed the connection", "port"),
    ("http", lambda: saying(b"HTTP/1.1 200 OK\r\n"), "closed the connection", "port"),
    ("http", lambda: saying(b"SSH-2.0-x\r\n"), "does not speak HTTP", "port"),
    ("http", lambda: saying(b"HTTP/9 what\r\n\r\n"), "does not speak HTTP", "port"),
    ("http", lambda: saying(b"\x15\x03\x01\x00\x02\x02\x16"), "speaks TLS", "https://"),
    ("http", lambda: saying(b"\x05\xff"), "does not speak HTTP", "socks5://"),
    ("http", lambda: saying(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000), "no end", "HTTP proxy"),
    ("https", lambda: saying(b"HTTP/1.1 400 No\r\n\r\n"), "does not speak TLS", "proxy's URL"),
    ("https", lambda: saying(), "during the TLS handshake", "proxy's URL"),
    ("socks5h", lambda: saying(b"\x05\xff"), "wants a user and password", "Fill in"),
    ("socks5h", lambda: saying(b"\x05\x02"), "wants a user and password", "Fill in"),
    ("socks5h", lambda: saying(b"\x05\x01"), "another kind of auth", "password"),
    ("socks5h", lambda: saying(), "closed the connection", "port"),
    ("socks5h", lambda: saying(b"HTTP/1.1 400 No\r\n\r\n"), "speaks HTTP", "http://"),
    ("socks5h", lambda: saying(b"\x15\x03\x01"), "speaks TLS", "https://"),
    ("socks5h", lambda: saying(b"\x04\x5a"), "does not speak SOCKS 5", "port"),
    ("socks5h", lambda: saying(b"\x05\x00\x05\x00\x00\x09"), "broke the rules", "SOCKS 5 proxy"),
    ("socks5h", lambda: saying(b"\x05\x00\x04\x00\x00\x01"), "does not speak SOCKS 5", "port"),
    ("socks5h", lambda: saying(b"\x05\x00\x05\x63\x00\x01"), "unknown code 99", "log"),
]  # fmt: skip


@pytest.mark.parametrize(("scheme", "broken", "sentence", "hint"), FAULTS)
async def test_a_proxy_that_fails_is_named_with_what_it_did(engine, scheme, broken, sentence, hint):
    async with broken() as proxy:
        outcome = await send(engine, request("https://api.test:8443/", **by(proxy, scheme)))
    failure = outcome.exchange.failure
    assert (failure.kind, failure.phase, failure.remedies) == ("proxy", Phase.PROXY, ("change_proxy",))
    assert f"proxy 127.0.0.1:{proxy.port}" in failure.sentence
    assert sentence in failure.sentence
    assert hint in failure.hint


async def test_a_proxy_that_hangs_up_on_a_plain_request_is_named(engine):
    async with saying() as proxy:
        outcome = await send(engine, request("http://api.test/", **by(proxy)))
    assert outcome.kind == "proxy"
    assert f"proxy 127.0.0.1:{proxy.port} closed the connection without an answer" in outcome.told


@pytest.mark.parametrize(
    ("code", "words"),
    [(1, "does not say why"), (2, "rules"), (3, "network"), (4, "host"), (5, "connection refused"),
     (6, "time to live"), (7, "does not open"), (8, "kind of address")],
)  # fmt: skip
async def test_the_codes_of_socks_are_said_in_words(engine, code, words):
    async with socks_proxy(code=code) as (proxy, _asked):
        outcome = await send(engine, request("http://api.test:81/", **by(proxy, "socks5h")))
    assert outcome.kind == "proxy"
    assert "did not open the way to api.test:81" in outcome.told
    assert words in outcome.told


async def test_wrong_credentials_are_said_and_told_nowhere(engine, certificate):
    async with http_proxy("ann", "right") as (http, _), socks_proxy("ann", "right") as (socks, _):
        for options in (by(http, username="ann", password="wr0ng"),
                        by(socks, "socks5", username="ann", password="wr0ng"),
                        by(socks, "socks5", username="a" * 300)):  # fmt: skip
            outcome = await send(engine, request("https://127.0.0.1:1/", **options))
            assert outcome.kind == "proxy"
            assert "password" in outcome.told
            assert "wr0ng" not in repr([event for event in outcome.events[1:]])


async def test_a_page_that_repeats_the_credentials_does_not_bring_them_into_the_failure(engine):
    token = base64.b64encode(b"ann:s3cret").decode()
    async with refusing("403 No", f"You sent {token}, s3cret".encode()) as proxy:
        outcome = await send(
            engine, request("https://a.test/", **by(proxy, username="ann", password="s3cret"))
        )
    assert "You sent ***, ***" in outcome.told


async def test_a_proxy_that_is_not_there(engine):
    refused = ProxySettings("manual", f"http://127.0.0.1:{closed_port()}")
    nameless = ProxySettings("manual", "http://no-such-proxy.invalid")
    for settings, words, phase in (
        (refused, "connection refused", Phase.TCP),
        (nameless, "no such name", Phase.DNS),
    ):
        outcome = await send(engine, request("http://a.test/", proxy=settings))
        failure = outcome.exchange.failure
        assert (failure.kind, failure.phase) == ("proxy", phase)
        assert "Could not connect to the proxy" in failure.sentence
        assert words in failure.sentence


async def test_the_certificate_of_the_proxy_is_verified_even_where_the_servers_is_not(engine, certificate):
    async with http_proxy(tls=certificate.server_context()) as (proxy, heads):
        outcome = await send(engine, request("http://a.test/", verify=False, **by(proxy, "https")))
    assert (outcome.kind, heads) == ("proxy", [])
    assert "Could not connect to the proxy" in outcome.told


async def silent(reader, _writer):
    await reader.read()


async def silent_socks(reader, writer):
    await reader.read(3)
    writer.write(b"\x05\x00")
    await reader.read()


async def silent_refusal(reader, writer):
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 9\r\n\r\n")
    await reader.read()


STALLS = [("http", silent), ("https", silent), ("socks5h", silent), ("socks5h", silent_socks)]


@pytest.mark.parametrize(("scheme", "handler"), STALLS)
async def test_a_silent_proxy_runs_into_the_connect_timeout(engine, scheme, handler):
    async with scripted_server(handler) as proxy:
        limits = Timeouts(connect_s=0.1)
        outcome = await send(engine, request("https://a.test/", timeouts=limits, **by(proxy, scheme)))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("connect_timeout", Phase.PROXY)
    assert f"the proxy 127.0.0.1:{proxy.port} within 100 ms" in outcome.told
    assert {"http": "HTTP", "https": "TLS", "socks5h": "SOCKS 5"}[scheme] in outcome.exchange.failure.hint
    assert "change_proxy" in outcome.exchange.failure.remedies


@pytest.mark.parametrize(("scheme", "handler"), STALLS)
async def test_every_step_can_be_cancelled_at_once(engine, scheme, handler):
    async with scripted_server(handler) as proxy:
        task, outcome = started(engine, request("https://a.test/", **by(proxy, scheme)))
        await until(lambda: Phase.PROXY.value in phases(outcome) if outcome.events else False)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(2):
                await task
    assert (outcome.kind, outcome.exchange.failure.phase) == ("cancelled", Phase.PROXY)


async def test_a_refusal_whose_page_never_comes_is_not_waited_for(engine, monkeypatch):
    monkeypatch.setattr(engine_proxy, "_BODY_WAIT_S", 0.05)
    async with scripted_server(silent_refusal) as proxy:
        outcome = await send(engine, request("https://a.test/", **by(proxy)))
    assert "502 Bad Gateway." in outcome.told


async def test_the_look_up_of_the_proxys_name_is_given_up_in_time(engine, monkeypatch):
    import threading

    hang = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: hang.wait(5) and [])
    settings = ProxySettings("manual", "http://slow.test:3128")
    outcome = await send(engine, request("http://a.test/", timeouts=Timeouts(connect_s=0.05), proxy=settings))
    hang.set()
    await asyncio.sleep(0.02)
    assert (outcome.kind, outcome.exchange.failure.phase) == ("connect_timeout", Phase.DNS)
    assert "proxy slow.test:3128" in outcome.told


@pytest.mark.parametrize(
    ("target", "line"),
    [
        (b"/x?y", b"http://a.test:8080/x?y"),
        (b"*", b"http://a.test:8080"),
        (b"http://other.test/x", b"http://other.test/x"),
    ],
)
def test_what_is_asked_for_is_absolute_for_a_proxy(target, line):
    url = httpcore.URL(scheme=b"http", host=b"a.test", port=8080, target=target)
    asked = httpcore.Request(b"OPTIONS", url)
    assert engine_proxy.forwarded(asked, Proxy("http", "p.test", 80)).url.target == line
