"""What a certificate says is read as far as it can be, whatever it is."""

import datetime as dt
import hashlib
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.certificate_facts import UNREADABLE, certificate_facts, chain_facts
from tests.certificates import DER, Authority, name_of

ROOT = Authority("Root, with a comma")
DERS = [ROOT.sign().der, ROOT.der, ROOT.sign(key=rsa.generate_private_key(65537, 2048)).der]


def test_everything_that_a_certificate_says_is_read():
    signed = ROOT.sign(["api.test", "*.api.test", "192.0.2.1", "2001:db8::1"], title="API")
    facts = certificate_facts(signed.der)
    assert (facts.subject, facts.issuer) == ("CN=API", "CN=Root\\, with a comma")
    assert facts.common_name == "API"
    assert facts.names == ("api.test", "*.api.test", "192.0.2.1", "2001:db8::1")
    assert facts.not_after - facts.not_before == pytest.approx(31 * 86400, abs=2)
    assert facts.not_before == pytest.approx(time.time() - 86400, abs=60)
    assert int(facts.serial, 16) == signed.certificate.serial_number
    assert facts.serial == facts.serial.upper()
    assert facts.sha256.replace(":", "") == hashlib.sha256(signed.der).hexdigest().upper()
    assert facts.sha1.replace(":", "") == hashlib.sha1(signed.der).hexdigest().upper()
    assert facts.sha256[2] == ":"
    assert (facts.key, facts.signature) == ("EC secp256r1", "ecdsa-with-SHA256")
    assert facts.der == signed.der
    assert not facts.is_self_signed


def test_an_authority_is_told_from_who_is_none():
    assert certificate_facts(ROOT.der).is_authority
    assert certificate_facts(ROOT.der).is_self_signed
    assert not certificate_facts(DERS[0]).is_authority


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (rsa.generate_private_key(65537, 2048), "RSA 2048"),
        (ec.generate_private_key(ec.SECP384R1()), "EC secp384r1"),
        (ed25519.Ed25519PrivateKey.generate(), "Ed25519"),
        (ed448.Ed448PrivateKey.generate(), "Ed448"),
        (dsa.generate_private_key(2048), "DSA 2048"),
    ],
)
def test_every_kind_of_key_has_its_words(key, words):
    assert certificate_facts(ROOT.sign(key=key).der).key == words


def test_the_kind_of_signature_has_openssls_name():
    root = Authority(key=rsa.generate_private_key(65537, 2048))
    assert certificate_facts(root.sign(hash_=hashes.SHA384()).der).signature == "sha384WithRSAEncryption"


def bare(subject: x509.Name, *extensions: x509.ExtensionType) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name_of("i"), subject, key.public_key(), 1, now, now + dt.timedelta(1))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(DER)


def test_a_title_is_found_where_there_is_no_common_name():
    organisation = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")])
    names = x509.SubjectAlternativeName([x509.DNSName("a.test"), x509.DirectoryName(name_of("b"))])
    assert certificate_facts(bare(organisation, names)).common_name == "a.test"
    assert certificate_facts(bare(organisation, names)).names == ("a.test", "CN=b")
    assert certificate_facts(bare(organisation)).common_name == "O=Example"
    assert certificate_facts(bare(x509.Name([]))).common_name == ""


def test_an_extension_that_is_nonsense_hides_only_itself():
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), b"\x30\x03\x82\x05a")
    facts = certificate_facts(bare(name_of("odd"), broken))
    assert (facts.common_name, facts.names, facts.key) == ("odd", (), "EC secp256r1")


def test_what_is_no_certificate_keeps_its_fingerprints():
    for data in (b"", b"text", DERS[0][:-9], DERS[0] + b"more"):
        facts = certificate_facts(data)
        assert facts.common_name == UNREADABLE
        assert facts.sha256.replace(":", "") == hashlib.sha256(data).hexdigest().upper()


@given(st.sampled_from(DERS), st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=4))
def test_no_damage_makes_it_raise(der, changes):
    data = bytearray(der)
    for place, value in changes:
        data[place % len(data)] = value
    assert certificate_facts(bytes(data)).der == data


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(data):
    assert certificate_facts(data).sha1


def test_a_chain_is_read_in_its_order_and_each_certificate_once():
    chain = (DERS[0], ROOT.der)
    first, second = chain_facts(chain), chain_facts(chain)
    assert [facts.der for facts in first] == list(chain)
    assert all(one is other for one, other in zip(first, second, strict=True))
