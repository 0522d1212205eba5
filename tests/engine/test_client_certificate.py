"""A client certificate is read from PEM and PKCS#12 files, shown to the servers it is for, and to no other."""

import os
import ssl
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from antiphon.core.document import ClientCertificate
from antiphon.engine import client_certificate
from antiphon.engine.client_certificate import load_client_certificate
from antiphon.engine.failures import ExchangeBroken
from tests.certificates import Authority, tls_server
from tests.engine.exchanges import request, send
from tests.servers import OK, reply

SECRET = "correct horse"


@pytest.fixture(scope="module")
def authority():
    return Authority("Client Authority")


@pytest.fixture(scope="module")
def mine(authority):
    return authority.client()


@pytest.fixture
def files(tmp_path, mine):
    """Every form in which a certificate may be chosen."""
    written = {
        "one.pem": mine.key_pem() + mine.pem(),
        "cert.pem": mine.pem(),
        "key.pem": mine.key_pem(),
        "locked-key.pem": mine.key_pem(SECRET),
        "locked.pem": mine.pem() + mine.key_pem(SECRET),
        "old-key.pem": mine.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.BestAvailableEncryption(SECRET.encode()),
        ),
        "open.p12": mine.pkcs12(),
        "locked.p12": mine.pkcs12(SECRET),
        "other-key.pem": Authority().key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    }
    for name, data in written.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def chosen(files, certificate, key="", passphrase="", host="127.0.0.1"):
    kind = "pkcs12" if certificate.endswith((".p12", ".pfx")) else "pem"
    key = str(files / key) if key else ""
    return ClientCertificate(host, kind, str(files / certificate), key, passphrase)


GOOD = {
    "one file": ("one.pem", "", ""),
    "two files": ("cert.pem", "key.pem", ""),
    "a passphrase that is not needed": ("one.pem", "", "x"),
    "key with passphrase": ("cert.pem", "locked-key.pem", SECRET),
    "one file with passphrase": ("locked.pem", "", SECRET),
    "key in the old form": ("cert.pem", "old-key.pem", SECRET),
    "PKCS#12": ("open.p12", "", ""),
    "PKCS#12 with passphrase": ("locked.p12", "", SECRET),
}


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("form", GOOD)
async def test_a_server_that_asks_is_shown_the_certificate(engine, files, authority, mine, form, newest):
    root = Authority()
    context = root.sign().server_context(files, clients=authority)
    context.maximum_version = newest
    certificate = chosen(files, *GOOD[form])
    with tls_server(context) as server:
        outcome = await send(
            engine,
            request(server.url, ca_file=root.file(files), client_certificates=(certificate,)),
        )
        await engine.aclose()
    assert outcome.status == 200
    assert outcome.exchange.last.connection.tls.client_certificate == certificate.certificate_file
    assert not outcome.exchange.last.notes
    assert server.seen[0].client == mine.der


async def test_authorities_between_go_along(engine, tmp_path, authority):
    below = Authority("Below", authority).client()
    (tmp_path / "me.p12").write_bytes(below.pkcs12(SECRET))
    root = Authority()
    with tls_server(root.sign().server_context(tmp_path, clients=authority)) as server:
        certificate = chosen(tmp_path, "me.p12", passphrase=SECRET)
        outcome = await send(
            engine, request(server.url, ca_file=root.file(tmp_path), client_certificates=(certificate,))
        )
        await engine.aclose()
    assert outcome.status == 200


@pytest.mark.parametrize("is_rude", [False, True])
@pytest.mark.parametrize("version", ["1.1", "auto"])
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_server_that_asks_in_vain_is_a_matter_of_tls(
    engine, files, authority, newest, version, is_rude
):
    """In TLS 1.3 the server says so after the handshake, at the first read (RFC 8446 section 4.4.2.4)."""
    root = Authority()
    context = root.sign().server_context(files, clients=authority)
    context.maximum_version = newest
    context.set_alpn_protocols(["h2", "http/1.1"])
    with tls_server(context, is_rude=is_rude) as server:
        elsewhere = (chosen(files, "one.pem", host="elsewhere.test"),)
        outcome = await send(
            engine,
            request(
                server.url, ca_file=root.file(files), http_version=version, client_certificates=elsewhere
            ),
        )
    failure = outcome.exchange.failure
    assert failure.kind == "tls", failure
    assert failure.remedies == ("choose_client_certificate",)
    assert "we showed yours" not in failure.sentence
    if newest is ssl.TLSVersion.TLSv1_3:
        assert "asks for a certificate of yours" in failure.sentence
    else:
        assert "want a certificate of yours" in failure.hint


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_certificate_that_the_server_refuses_is_told_apart(engine, files, newest):
    root = Authority()
    context = root.sign().server_context(files, clients=Authority("Another"))
    context.maximum_version = newest
    with tls_server(context) as server:
        certificate = chosen(files, "one.pem")
        outcome = await send(
            engine, request(server.url, ca_file=root.file(files), client_certificates=(certificate,))
        )
    assert outcome.kind == "tls"
    assert "does not know the authority of a certificate (we showed yours)" in outcome.told
    assert outcome.exchange.failure.remedies == ("choose_client_certificate",)


async def test_only_the_hosts_of_the_pattern_see_it_redirects_included(engine, files, authority, mine):
    root = Authority()
    context = root.sign().server_context(files, clients=authority)
    optional = root.sign().server_context(files, clients=authority)
    optional.verify_mode = ssl.CERT_OPTIONAL
    with tls_server(optional) as elsewhere:
        there = f"https://localhost:{elsewhere.port}/"
        with tls_server(context, reply(b"", "302 Found", f"Location: {there}")) as server:
            certificate = chosen(files, "one.pem", host=f"127.0.0.1:{server.port}")
            outcome = await send(
                engine, request(server.url, ca_file=root.file(files), client_certificates=(certificate,))
            )
            await engine.aclose()
    assert outcome.status == 200
    assert server.seen[0].client == mine.der
    assert elsewhere.seen[0].client is None
    assert [hop.connection.tls.client_certificate for hop in outcome.exchange.hops] == [
        certificate.certificate_file,
        "",
    ]


async def test_an_expired_one_is_shown_with_a_note(engine, tmp_path, authority):
    old = authority.client(days_from=-9, days_to=-2.5)
    (tmp_path / "old.pem").write_bytes(old.pem() + old.key_pem())
    root = Authority()
    context = root.sign().server_context(tmp_path, clients=authority)
    context.verify_mode = ssl.CERT_NONE
    with tls_server(context) as server:
        certificate = chosen(tmp_path, "old.pem")
        outcome = await send(
            engine, request(server.url, ca_file=root.file(tmp_path), client_certificates=(certificate,))
        )
        await engine.aclose()
    assert outcome.exchange.last.notes == (
        f"The client certificate in {tmp_path / 'old.pem'} expired 2 days ago.",
    )


BAD = {
    "missing": (("none.pem", "", ""), "none.pem: No such file"),
    "missing key": (("cert.pem", "none.pem", ""), "none.pem: No such file"),
    "no key": (("cert.pem", "", ""), "cert.pem: it holds no private key"),
    "no certificate": (("key.pem", "", ""), "key.pem: it holds no certificate in PEM form"),
    "another key": (("cert.pem", "other-key.pem", ""), "other-key.pem does not match"),
    "no passphrase": (("cert.pem", "locked-key.pem", ""), "locked-key.pem: it needs a passphrase"),
    "wrong passphrase": (("locked.pem", "", "x"), "locked.pem: the passphrase is wrong"),
    "wrong, old form": (("cert.pem", "old-key.pem", "x"), "old-key.pem: the passphrase is wrong"),
    "PKCS#12 as PEM": (("renamed.pem", "", ""), "it holds no certificate in PEM form"),
    "PKCS#12 no passphrase": (("locked.p12", "", ""), "locked.p12: it needs a passphrase"),
    "PKCS#12 wrong passphrase": (("locked.p12", "", "x"), "locked.p12: the passphrase is wrong"),
    "PKCS#12 cut off": (("cut.p12", "", SECRET), "cut.p12: it is no intact PKCS#12 file"),
    "PKCS#12 that is PEM": (("text.p12", "", ""), "text.p12: it is no intact PKCS#12 file"),
    "PKCS#12 missing": (("none.p12", "", ""), "none.p12: No such file"),
    "PKCS#12 without key": (("no-key.p12", "", ""), "no-key.p12: it holds no private key"),
    "torn": (("torn.pem", "", ""), "torn.pem: certificate or key cannot be read"),
    "passphrase of 2000": (("locked.pem", "", "x" * 2000), "locked.pem: the passphrase is wrong"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_said_in_a_sentence(files, mine, case):
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

    locked = (files / "locked.p12").read_bytes()
    (files / "renamed.pem").write_bytes(locked)
    (files / "cut.p12").write_bytes(locked[:-7])
    (files / "text.p12").write_bytes(mine.pem())
    (files / "torn.pem").write_bytes(mine.pem()[:200] + mine.key_pem())
    (files / "no-key.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"me", None, mine.certificate, None, NoEncryption())
    )
    arguments, words = BAD[case]
    with pytest.raises(ExchangeBroken) as caught:
        load_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), chosen(files, *arguments))
    failure = caught.value.failure
    assert (failure.kind, failure.remedies) == ("tls", ("choose_client_certificate",))
    assert words in failure.sentence
    assert failure.hint
    assert SECRET not in f"{failure}"


async def test_a_certificate_that_cannot_be_used_fails_before_anything_is_sent(engine, files):
    root = Authority()
    with tls_server(root.sign().server_context(files)) as server:
        certificate = chosen(files, "locked.p12", passphrase="wrong")
        outcome = await send(engine, request(server.url, client_certificates=(certificate,)))
    assert "the passphrase is wrong" in outcome.told
    assert server.accepted == 0


async def test_a_renewed_file_counts_at_once(engine, files, authority, mine):
    root = Authority()
    with tls_server(root.sign().server_context(files, clients=authority), OK) as server:
        prepared = request(
            server.url, ca_file=root.file(files), client_certificates=(chosen(files, "one.pem"),)
        )
        await send(engine, prepared)
        new = authority.client("renewed")
        (files / "one.pem").write_bytes(new.pem() + new.key_pem())
        os.utime(files / "one.pem", (9, 9))
        await send(engine, prepared)
        await engine.aclose()
    assert [seen.client for seen in server.seen] == [mine.der, new.der]


def test_no_readable_key_is_ever_on_the_disk(files, monkeypatch, tmp_path):
    """`ssl` reads only files: the one for PKCS#12 is private, its key is locked, and it is gone at once."""
    found = {}
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    class Watched(ssl.SSLContext):
        def load_cert_chain(self, certfile, keyfile=None, password=None):
            found["data"] = Path(certfile).read_bytes()
            found["mode"] = os.stat(certfile).st_mode & 0o777
            super().load_cert_chain(certfile, keyfile, password)

    load_client_certificate(Watched(ssl.PROTOCOL_TLS_CLIENT), chosen(files, "locked.p12", passphrase=SECRET))
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in found["data"]
    assert b"BEGIN PRIVATE KEY" not in found["data"]
    assert list(folder.iterdir()) == []
    if os.name == "posix":
        assert found["mode"] == 0o600


def test_a_key_that_is_too_weak_for_openssl_is_named(tmp_path, authority):
    weak = authority.client(key=rsa.generate_private_key(65537, 1024))
    (tmp_path / "weak.pem").write_bytes(weak.pem() + weak.key_pem())
    with pytest.raises(ExchangeBroken, match="too weak"):
        load_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), chosen(tmp_path, "weak.pem"))


def test_keys_of_other_kinds_work(tmp_path, authority):
    for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        one = authority.client(key=key)
        (tmp_path / "one.p12").write_bytes(one.pkcs12(SECRET))
        notes = load_client_certificate(
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), chosen(tmp_path, "one.p12", passphrase=SECRET)
        )
        assert notes == ()


def test_the_files_are_known_that_a_change_of_counts(files):
    assert client_certificate.files_of(None) == ()
    assert len(client_certificate.files_of(chosen(files, "cert.pem", "key.pem"))) == 2
    assert len(client_certificate.files_of(chosen(files, "open.p12", "key.pem"))) == 1
