"""A connection says what TLS agreed on, whom it asked for, and whether that was verified."""

import socket
import ssl
import threading

import pytest

from antiphon.engine.tls import TlsNeeds
from antiphon.engine.tls_facts import tls_facts
from tests.certificates import Authority, tls_server
from tests.engine.exchanges import request, send
from tests.servers import http_server


def facts_of(outcome):
    return outcome.exchange.last.connection.tls


@pytest.fixture
def root():
    return Authority()


@pytest.mark.parametrize(
    ("newest", "version", "cipher"),
    [
        (ssl.TLSVersion.TLSv1_3, "TLSv1.3", "TLS_"),
        (ssl.TLSVersion.TLSv1_2, "TLSv1.2", "ECDHE-ECDSA-"),
    ],
)
async def test_version_cipher_and_protocol_are_told(engine, tmp_path, root, newest, version, cipher):
    context = root.sign().server_context(tmp_path)
    context.maximum_version = newest
    context.set_alpn_protocols(["http/1.1"])
    with tls_server(context) as server:
        facts = facts_of(await send(engine, request(server.url, ca_file=root.file(tmp_path))))
    assert (facts.version, facts.alpn) == (version, "http/1.1")
    assert facts.cipher.startswith(cipher)
    assert (facts.is_verified, facts.is_resumed, facts.client_certificate) == (True, False, "")
    assert server.seen[0].version == version


async def test_the_host_is_asked_for_and_an_address_is_not(engine, tmp_path, root):
    context = root.sign().server_context(tmp_path)
    with tls_server(context) as server:
        named = await send(engine, request(f"https://localhost:{server.port}/", ca_file=root.file(tmp_path)))
        bare = await send(engine, request(server.url, ca_file=root.file(tmp_path)))
    assert [seen.server_name for seen in server.seen] == ["localhost", None]
    assert (facts_of(named).server_name, facts_of(bare).server_name) == ("localhost", "")


async def test_another_name_may_be_asked_for_and_is_the_one_that_is_verified(engine, tmp_path, root):
    context = root.sign(["hidden.test"]).server_context(tmp_path)
    with tls_server(context) as server:
        settings = {"ca_file": root.file(tmp_path)}
        good = await send(engine, request(server.url, server_name="hidden.test", **settings))
        bad = await send(engine, request(server.url, server_name="other.test", **settings))
    assert good.status == 200
    assert facts_of(good).server_name == "hidden.test"
    assert server.seen[0].server_name == "hidden.test"
    assert b"Host: 127.0.0.1" in server.seen[0].head
    assert "certificate is not for other.test but for hidden.test" in bad.told


@pytest.mark.parametrize("name", [".dot.test", "a" * 300])
async def test_a_name_that_cannot_be_asked_for_is_a_failure(engine, tmp_path, root, name):
    with tls_server(root.sign().server_context(tmp_path)) as server:
        outcome = await send(engine, request(server.url, server_name=name))
    assert outcome.kind == "request"
    assert "server name" in outcome.told


async def test_unverified_connections_say_so_and_are_not_shared_with_verified_ones(engine, tmp_path, root):
    async with http_server(tls=root.sign().server_context(tmp_path)) as (address, _):
        settings = {"ca_file": root.file(tmp_path)}
        off = await send(engine, request(address, verify=False, **settings))
        on = await send(engine, request(address, **settings))
        again = await send(engine, request(address, verify=False, **settings))
        await engine.aclose()
    assert [facts_of(one).is_verified for one in (off, on, again)] == [False, True, False]
    assert [one.exchange.last.connection.reused for one in (off, on, again)] == [False, False, True]
    assert facts_of(off).certificates == facts_of(on).certificates
    assert len(address.connections) == 2


async def test_facts_of_a_reused_connection_are_those_of_its_handshake(engine, tmp_path, root):
    async with http_server(tls=root.sign().server_context(tmp_path)) as (address, _):
        settings = {"ca_file": root.file(tmp_path)}
        first, second = [facts_of(await send(engine, request(address, **settings))) for _ in range(2)]
        await engine.aclose()
    assert first is second, "nothing is read again"


async def test_plain_connections_have_no_tls(engine):
    async with http_server() as (address, _):
        assert facts_of(await send(engine, request(address))) is None
        await engine.aclose()


class _Stream:
    """As much of a stream as the facts look at."""

    def __init__(self, secured):
        self._secured = secured

    def get_extra_info(self, _name):
        return self._secured


def test_a_resumed_session_says_so(tmp_path, root):
    server = root.sign().server_context(tmp_path)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(cadata=root.pem.decode())
    client.maximum_version = ssl.TLSVersion.TLSv1_2  # its ticket comes within the handshake
    shaken = []
    session = None
    for _ in range(2):
        ours, theirs = socket.socketpair()
        thread = threading.Thread(target=lambda: server.wrap_socket(theirs, server_side=True).close())
        thread.start()
        with client.wrap_socket(ours, server_hostname="localhost", session=session) as secured:
            shaken.append(tls_facts(_Stream(secured), TlsNeeds(), "localhost"))
            session = secured.session
        thread.join()
    assert [facts.is_resumed for facts in shaken] == [False, True]
    assert shaken[0].certificates[0].common_name == "127.0.0.1"
