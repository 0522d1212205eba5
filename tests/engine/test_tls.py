"""TLS contexts are made once for each need; needs say all that makes two connections differ."""

import asyncio
import os
import re
import ssl
import stat
import time
from dataclasses import replace

import certifi
import pytest

from antiphon.core.document import ClientCertificate, RequestOptions
from antiphon.core.events import Noted
from antiphon.engine import tls
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.tls import (
    KEY_LOG_VARIABLE,
    TlsContexts,
    TlsNeeds,
    looking_context,
    make_context,
    tls_needs,
)
from tests.certificates import tls_server
from tests.engine.exchanges import request, send
from tests.servers import OK, http_server, raw_server

USUAL = tls_needs(RequestOptions(), "h", 443)


@pytest.fixture(autouse=True)
def no_key_log(monkeypatch):
    monkeypatch.delenv(KEY_LOG_VARIABLE, raising=False)


async def test_the_same_context_serves_every_server_that_needs_no_other():
    contexts, options = TlsContexts({("special", 443): certifi.where()}), RequestOptions()

    async def context(options, host, port):
        return (await contexts.get(contexts.needs(options, host, port))).context

    first = await context(options, "a", 443)
    assert await context(options, "b", 8443) is first
    assert await context(RequestOptions(http_version="1.1"), "a", 443) is not first
    assert await context(options, "SPECIAL", 443) is not first
    assert await context(options, "special", 444) is first


@pytest.mark.parametrize(
    "changed",
    [
        {"verify": False},
        {"ca_file": "ca.pem"},
        {"trust_store": "certifi"},
        {"min_tls": "1.3"},
        {"server_name": "other"},
        {"key_log_file": "keys"},
        {"http_version": "1.1"},
        {"client_certificates": (ClientCertificate("h", certificate_file="a"),)},
    ],
)
def test_connections_with_other_needs_are_not_shared(changed):
    assert tls_needs(RequestOptions(**changed), "h", 443) != USUAL


def test_what_does_not_matter_does_not_keep_connections_apart():
    off = tls_needs(RequestOptions(verify=False), "h", 443)
    assert tls_needs(RequestOptions(verify=False, ca_file="a", trust_store="certifi"), "h", 443) == off
    others = (ClientCertificate("elsewhere", certificate_file="a"),)
    assert tls_needs(RequestOptions(client_certificates=others), "h", 443) == USUAL


def test_a_passphrase_is_not_in_what_is_printed():
    mine = ClientCertificate("h", certificate_file="a", passphrase="tell-nobody")
    assert "tell-nobody" not in repr(tls_needs(RequestOptions(client_certificates=(mine,)), "h", 443))


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
    await asyncio.gather(to_thread(contexts.prepare), *[contexts.get(USUAL) for _ in range(3)])
    assert made == [USUAL]
    assert len(threads) <= 1, "who waits needs no thread of its own"


async def test_plain_http_builds_no_context(monkeypatch, engine):
    monkeypatch.delattr(tls, "make_context")
    async with raw_server(OK) as address:
        assert (await send(engine, request(address))).body == b"ok"


def test_verification_is_on_unless_turned_off():
    usual = make_context(USUAL).context
    assert (usual.verify_mode, usual.check_hostname) == (ssl.CERT_REQUIRED, True)
    off = make_context(TlsNeeds(verify=False)).context
    assert (off.verify_mode, off.check_hostname) == (ssl.CERT_NONE, False)
    assert looking_context(USUAL).verify_mode is ssl.CERT_NONE


@pytest.mark.parametrize(
    ("least", "allowed"),
    [("1.0", ssl.TLSVersion.TLSv1), ("1.2", ssl.TLSVersion.TLSv1_2), ("1.3", ssl.TLSVersion.TLSv1_3)],
)
def test_the_oldest_version_is_set(least, allowed):
    assert make_context(replace(USUAL, min_tls=least)).context.minimum_version is allowed


def test_by_default_nothing_older_than_1_2_is_spoken():
    assert make_context(USUAL).context.minimum_version is ssl.TLSVersion.TLSv1_2


def _server_of(certificate, newest):
    context = certificate.server_context()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, newest
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_an_old_server_is_refused_with_a_hint_and_reached_when_allowed(engine, certificate):
    with tls_server(_server_of(certificate, ssl.TLSVersion.TLSv1_1)) as server:
        engine.trust(f"127.0.0.1:{server.port}", certificate.ca_file)
        refused = await send(engine, request(server.url))
        assert refused.kind == "tls"
        assert "no longer safe" in refused.told
        assert "minimum TLS" in refused.told
        reached = await send(engine, request(server.url, min_tls="1.0"))
        assert reached.exchange.last.connection.tls.version == "TLSv1.1"
        await engine.aclose()


async def test_a_server_without_1_3_is_named_where_1_3_is_asked_for(engine, certificate):
    with tls_server(_server_of(certificate, ssl.TLSVersion.TLSv1_2)) as server:
        engine.trust(f"127.0.0.1:{server.port}", certificate.ca_file)
        outcome = await send(engine, request(server.url, min_tls="1.3"))
        assert "does not offer TLS 1.3" in outcome.told
        assert "Allow TLS 1.2" in outcome.told


# -- the key log -------------------------------------------------------------------------------------------


async def _logged(engine, certificate, **options):
    async with http_server(tls=certificate.server_context()) as (address, _):
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        outcome = await send(engine, request(address, **options))
        await engine.aclose()
    assert outcome.status == 200
    return outcome


async def test_keys_are_logged_as_wireshark_reads_them_and_that_is_told(engine, certificate, tmp_path):
    log = tmp_path / "keys.log"
    outcome = await _logged(engine, certificate, key_log_file=str(log))
    lines = [line for line in log.read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,96}", line) for line in lines)
    assert {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0"} <= {
        line.split()[0] for line in lines
    }
    assert len({line.split()[1] for line in lines}) == 1, "all of one connection"
    notes = [event.note for event in outcome.events if isinstance(event, Noted)]
    assert any(f"TLS keys are written to {log}" in note for note in notes)
    if os.name == "posix":
        assert stat.S_IMODE(log.stat().st_mode) == 0o600


async def test_the_environment_asks_for_a_key_log_too(engine, certificate, tmp_path, monkeypatch):
    log, chosen = tmp_path / "keys.log", tmp_path / "chosen.log"
    monkeypatch.setenv(KEY_LOG_VARIABLE, str(log))
    await _logged(engine, certificate)
    assert "CLIENT_" in log.read_text()
    log.unlink()
    await _logged(engine, certificate)
    assert "CLIENT_" in log.read_text(), "a file that was taken away is begun anew"
    before = log.read_bytes()
    await _logged(engine, certificate, key_log_file=str(chosen))
    assert "CLIENT_" in chosen.read_text()
    assert log.read_bytes() == before


async def test_without_being_asked_no_keys_are_logged(engine, certificate):
    outcome = await _logged(engine, certificate)
    assert not outcome.exchange.last.notes
    assert make_context(USUAL).context.keylog_filename is None


def test_a_key_log_that_cannot_be_written_is_a_failure(tmp_path):
    with pytest.raises(ExchangeBroken) as caught:
        make_context(replace(USUAL, key_log_file=str(tmp_path / "no" / "keys")))
    assert caught.value.failure.kind == "request"
    assert "No such file" in caught.value.failure.sentence
