"""TLS contexts are made once each, from the system's certificates."""

import asyncio
import ssl
import time

import certifi

from antiphon.engine import tls
from antiphon.engine.tls import TlsContexts, TlsSettings, make_context
from tests.engine.exchanges import request, send
from tests.servers import OK, raw_server

USUAL = TlsSettings(verify=True, ca_files=(), alpn=("h2", "http/1.1"))


async def test_the_same_context_serves_every_server_that_needs_no_other():
    contexts = TlsContexts({("special", 443): certifi.where()})
    first = await contexts.get("auto", "", "a", 443, verify=True)
    assert await contexts.get("auto", "", "b", 8443, verify=True) is first
    assert await contexts.get("1.1", "", "a", 443, verify=True) is not first
    assert await contexts.get("auto", "", "SPECIAL", 443, verify=True) is not first
    assert await contexts.get("auto", "", "special", 444, verify=True) is first


async def test_a_context_is_built_once_though_a_thread_prepares_it_meanwhile(monkeypatch):
    made = []

    def slowly(settings):
        time.sleep(0.02)
        made.append(settings)
        return make_context(settings)

    monkeypatch.setattr(tls, "make_context", slowly)
    contexts = TlsContexts({})
    threads = []
    to_thread = asyncio.to_thread
    monkeypatch.setattr(asyncio, "to_thread", lambda *args: threads.append(args) or to_thread(*args))
    await asyncio.gather(
        to_thread(contexts.prepare),
        *[contexts.get("auto", "", "a", 443, verify=True) for _ in range(3)],
    )
    assert made == [USUAL]
    assert len(threads) <= 1, "who waits needs no thread of its own"


async def test_plain_http_builds_no_context(monkeypatch, engine):
    monkeypatch.delattr(tls, "make_context")
    async with raw_server(OK) as address:
        assert (await send(engine, request(address))).body == b"ok"


def test_verification_is_on_unless_turned_off():
    assert make_context(USUAL).verify_mode is ssl.CERT_REQUIRED
    assert make_context(USUAL).check_hostname
    off = make_context(TlsSettings(verify=False, ca_files=(), alpn=()))
    assert (off.verify_mode, off.check_hostname) == (ssl.CERT_NONE, False)


def test_certifi_stands_in_where_the_system_has_no_certificates(monkeypatch):
    monkeypatch.setattr(tls, "_knows_authorities", lambda _context: False)
    assert make_context(USUAL).cert_store_stats()["x509_ca"] > 50
