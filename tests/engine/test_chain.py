"""The chain that a server showed is known, accepted or not, and a second look says nothing about us."""

import ssl

import pytest

from antiphon.core.document import ClientCertificate
from antiphon.engine import chain
from antiphon.engine.backend import Backend
from antiphon.engine.chain import look_again, refused_chain
from antiphon.engine.dns import literal
from antiphon.engine.failures import broken
from antiphon.engine.tls import TlsNeeds, looking_context
from tests.certificates import Authority, tls_server
from tests.engine.exchanges import request, send
from tests.servers import http_server, scripted_server

LOOKING = looking_context(TlsNeeds())


@pytest.fixture
def ours(tmp_path):
    root = Authority("Root")
    middle = Authority("Middle", root)
    signed = middle.sign()
    return signed, signed.server_context(tmp_path), [signed.der, middle.der]


def opener(port, opened):
    async def reopen():
        opened.append(await Backend().open(literal("127.0.0.1", port)))
        return opened[-1]

    return reopen


async def test_a_refused_chain_comes_from_the_handshake_that_refused_it(engine, ours):
    _signed, context, ders = ours
    with tls_server(context) as server:
        outcome = await send(engine, request(server.url))
    assert outcome.kind == "tls"
    assert [one.der for one in outcome.exchange.failure.certificates] == ders
    assert server.accepted == 1, "no second connection was needed"


async def test_where_the_handshake_kept_none_a_second_one_looks_the_same_way(engine, ours, monkeypatch):
    monkeypatch.setattr(chain, "_keep", lambda _error, _secured: None)
    _signed, context, ders = ours
    with tls_server(context) as server:
        outcome = await send(engine, request(f"https://localhost:{server.port}/"))
    assert [one.der for one in outcome.exchange.failure.certificates] == ders
    assert server.accepted == 2
    assert [(seen.server_name, seen.head) for seen in server.seen] == [("localhost", b"")]


async def test_a_second_look_shows_no_certificate_of_ours(engine, ours, monkeypatch, tmp_path):
    monkeypatch.setattr(chain, "_keep", lambda _error, _secured: None)
    signed, _, ders = ours
    clients = Authority("Clients")
    mine = clients.client()
    (tmp_path / "me.pem").write_bytes(mine.pem() + mine.key_pem())
    context = signed.server_context(tmp_path, clients=clients)
    context.verify_mode = ssl.CERT_OPTIONAL
    certificate = ClientCertificate("*", certificate_file=str(tmp_path / "me.pem"))
    with tls_server(context) as server:
        outcome = await send(engine, request(server.url, client_certificates=(certificate,)))
    assert [one.der for one in outcome.exchange.failure.certificates] == ders
    assert [seen.client for seen in server.seen] == [None]


async def test_a_second_look_is_given_up_in_time(monkeypatch):
    monkeypatch.setattr(chain, "LOOK_AGAIN_S", 0.05)

    async def silent(reader, _writer):
        await reader.read()

    opened = []
    async with scripted_server(silent) as address:
        assert await look_again(opener(address.port, opened), LOOKING, "h") == ()
        assert opened[0].get_extra_info("socket").fileno() == -1, "it is closed"


async def test_a_second_look_at_what_is_gone_or_speaks_no_tls_gives_nothing(ours):
    async def rude(reader, writer):
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with scripted_server(rude) as address:
        assert await look_again(opener(address.port, []), LOOKING, "h") == ()
    assert await look_again(opener(address.port, []), LOOKING, "h") == ()

    async def fails():
        raise broken("connect", "Could not connect.", "Check the port.")

    assert await look_again(fails, LOOKING, "h") == ()


async def test_it_works_for_loops_that_cannot_watch_sockets_too(engine, ours, monkeypatch):
    """As on Windows, where a thread carries the sockets."""
    monkeypatch.setattr("antiphon.engine.engine.can_watch", lambda _loop: False)
    _signed, context, ders = ours
    with tls_server(context) as server:
        outcome = await send(engine, request(server.url))
    assert [one.der for one in outcome.exchange.failure.certificates] == ders
    assert server.accepted == 1


def test_other_errors_carry_no_chain():
    assert refused_chain(OSError()) == ()
    assert refused_chain(TimeoutError()) == ()


async def test_an_accepted_chain_is_as_the_server_showed_it(engine, ours, tmp_path):
    signed, context, ders = ours
    (tmp_path / "ca").write_bytes(ders[1])
    async with http_server(tls=context) as (address, _):
        outcome = await send(engine, request(address, ca_file=str(tmp_path / "ca")))
        await engine.aclose()
    shown = outcome.exchange.last.connection.tls.certificates
    assert [one.der for one in shown] == ders
    assert signed.der == shown[0].der
