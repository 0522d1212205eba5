"""Who is trusted: the system's authorities, certifi's by choice, and CA files besides."""

import ssl
import sys

import certifi
import pytest
import truststore

from antiphon.engine import trust
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.trust import NO_SYSTEM_NOTE, trusting_context
from tests.certificates import Authority
from tests.engine.exchanges import request, send
from tests.servers import http_server


@pytest.fixture
def bare_system(monkeypatch, tmp_path):
    """A system on which OpenSSL finds no certificates."""
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
    monkeypatch.setattr(trust, "_MORE_PLACES", ())


def test_certifi_is_trusted_by_choice():
    context, notes = trusting_context("certifi", ())
    assert context.cert_store_stats()["x509_ca"] == len(_authorities(certifi.where()))
    assert notes == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems verify by themselves")
def test_certifi_stands_in_where_the_system_has_no_certificates(bare_system):
    context, notes = trusting_context("system", ())
    assert context.cert_store_stats()["x509_ca"] > 50
    assert notes == (NO_SYSTEM_NOTE,)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems verify by themselves")
def test_a_bundle_in_another_place_is_found(bare_system, monkeypatch, tmp_path):
    bundle = Authority().file(tmp_path)
    monkeypatch.setattr(trust, "_MORE_PLACES", (str(tmp_path / "missing"), bundle))
    context, notes = trusting_context("system", ())
    assert context.cert_store_stats()["x509_ca"] == 1
    assert notes == ()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems verify by themselves")
async def test_an_authority_of_the_system_is_trusted_and_not_by_certifi(
    engine, bare_system, monkeypatch, tmp_path
):
    root = Authority()
    monkeypatch.setenv("SSL_CERT_FILE", root.file(tmp_path))
    async with http_server(tls=root.sign().server_context(tmp_path)) as (address, _):
        assert (await send(engine, request(address))).status == 200
        refused = await send(engine, request(address, trust_store="certifi"))
        assert refused.kind == "tls"
        assert "the system's authorities" in refused.told
        assert "use_certifi" not in refused.exchange.failure.remedies
        await engine.aclose()


@pytest.mark.parametrize("form", ["pem", "der", "pem among text", "crlf"])
async def test_a_ca_file_may_be_pem_or_der(engine, tmp_path, form):
    root = Authority()
    data = {
        "pem": root.pem,
        "der": root.der,
        "pem among text": "# Prüfstelle\n".encode() + Authority("Other").pem + root.pem + b"end",
        "crlf": root.pem.replace(b"\n", b"\r\n"),
    }[form]
    (tmp_path / "ca").write_bytes(data)
    async with http_server(tls=root.sign().server_context(tmp_path)) as (address, _):
        assert (await send(engine, request(address, ca_file=str(tmp_path / "ca")))).status == 200
        await engine.aclose()


@pytest.mark.parametrize("trusted", ["server", "intermediate", "root"])
async def test_any_certificate_of_the_chain_may_be_the_one_that_is_trusted(engine, tmp_path, trusted):
    root = Authority()
    middle = Authority("Middle", root)
    server = middle.sign()
    (tmp_path / "ca.der").write_bytes(
        {"server": server.der, "intermediate": middle.der, "root": root.der}[trusted]
    )
    async with http_server(tls=server.server_context(tmp_path)) as (address, _):
        assert (await send(engine, request(address, ca_file=str(tmp_path / "ca.der")))).status == 200
        await engine.aclose()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "No such file"),
        (b"text", "no certificate"),
        (b"", "no certificate"),
        ("folder", "Is a directory"),
    ],
)
def test_a_ca_file_that_cannot_be_used_is_named(tmp_path, content, word):
    file = tmp_path / "ca.pem"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    with pytest.raises(ExchangeBroken) as caught:
        trusting_context("system", (str(file),))
    failure = caught.value.failure
    assert (failure.kind, failure.remedies) == ("tls", ("choose_ca_file",))
    assert word in failure.sentence
    assert str(file) in failure.sentence


# -- the verifiers of other systems ----------------------------------------------------------------------


@pytest.fixture
def own_verifier(monkeypatch):
    """The path of macOS and Windows: truststore, which verifies after the handshake; here it is told what to say."""
    told = []

    def verify(_context, chain, server_hostname=None):
        told.append((len(chain), server_hostname))
        if len(told) > 1:
            error = ssl.SSLCertVerificationError("not trusted")
            error.verify_code, error.verify_message = -67843, "not trusted"
            raise error

    monkeypatch.setattr(trust, "_HAS_OWN_VERIFIER", True)
    monkeypatch.setattr(sys.modules["truststore._api"], "_verify_peercerts_impl", verify)
    return told


async def test_the_systems_own_verifier_works_on_our_sockets(engine, own_verifier, tmp_path):
    root = Authority()
    async with http_server(tls=root.sign().server_context(tmp_path)) as (address, received):
        settings = {"ca_file": root.file(tmp_path), "headers": (("Connection", "close"),)}
        assert (await send(engine, request(address, **settings))).status == 200
        refused = await send(engine, request(address, **settings))
        assert own_verifier == [(1, "127.0.0.1"), (1, "127.0.0.1")]
        assert refused.kind == "tls"
        assert "the authority, Test Root, that signed its certificate is not known here" in refused.told
        assert [one.common_name for one in refused.exchange.failure.certificates] == ["127.0.0.1"]
        assert len(received) == 1, "nothing was sent before it was verified, nor at the second look"
        await engine.aclose()


def test_truststore_is_used_as_it_is_made_for():
    assert issubclass(truststore.SSLContext, ssl.SSLContext)


def _authorities(file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    return context.get_ca_certs()
