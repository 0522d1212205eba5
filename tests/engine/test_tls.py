"""TLS contexts are made once each, from the system's certificates."""

import ssl

import certifi

from antiphon.engine import tls
from antiphon.engine.tls import TlsContexts, TlsSettings, make_context

USUAL = TlsSettings(verify=True, ca_files=(), alpn=("h2", "http/1.1"))


async def test_the_same_context_serves_every_server_that_needs_no_other():
    contexts = TlsContexts({("special", 443): certifi.where()})
    first = await contexts.get("auto", "", "a", 443, verify=True)
    assert await contexts.get("auto", "", "b", 8443, verify=True) is first
    assert await contexts.get("1.1", "", "a", 443, verify=True) is not first
    assert await contexts.get("auto", "", "SPECIAL", 443, verify=True) is not first
    assert await contexts.get("auto", "", "special", 444, verify=True) is first


def test_verification_is_on_unless_turned_off():
    assert make_context(USUAL).verify_mode is ssl.CERT_REQUIRED
    assert make_context(USUAL).check_hostname
    off = make_context(TlsSettings(verify=False, ca_files=(), alpn=()))
    assert (off.verify_mode, off.check_hostname) == (ssl.CERT_NONE, False)


def test_certifi_stands_in_where_the_system_has_no_certificates(monkeypatch):
    monkeypatch.setattr(tls, "_knows_authorities", lambda _context: False)
    assert make_context(USUAL).cert_store_stats()["x509_ca"] > 50
