"""A failed handshake names its reason, from the certificate where that tells more."""

import asyncio
import os
import shutil
import ssl
from asyncio.subprocess import DEVNULL

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from antiphon.core.certificate import pem_of
from antiphon.core.events import Phase
from antiphon.engine.certificate import PROBLEMS, tls_broken
from antiphon.engine.certificate_facts import certificate_facts
from antiphon.engine.tls import TlsNeeds
from tests.certificates import Authority, tls_server
from tests.engine.exchanges import request, send
from tests.servers import http_server, make_certificate

CASES = {
    "expired": ({"days_from": -30, "days_to": -3.5}, "certificate expired 3 days ago."),
    "early": ({"days_from": 3, "days_to": 30}, "certificate is not valid before 20"),
    "other name": (
        {"names": ["api.test", "b.test"]},
        "certificate is not for 127.0.0.1 but for api.test, b.test.",
    ),
    "self-signed": ({"self_signed": True}, "certificate is self-signed."),
    "unknown authority": (
        {},
        "the authority, Test Authority, that signed its certificate is not known here.",
    ),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_certificate_that_is_not_accepted_says_why(engine, tmp_path, case):
    settings, reason = CASES[case]
    certificate = make_certificate(tmp_path, **settings)
    async with http_server(tls=certificate.server_context()) as (address, received):
        if case not in {"self-signed", "unknown authority"}:
            engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        outcome = await send(engine, request(address))
        assert (outcome.kind, outcome.exchange.failure.phase) == ("tls", Phase.TLS)
        assert outcome.told.startswith(f"Could not connect to 127.0.0.1:{address.port}: {reason}")
        assert outcome.exchange.failure.hint
        assert (await send(engine, request(address, verify=False))).status == 200
        assert len(received) == 1
        await engine.aclose()


async def test_a_ca_file_of_the_request_is_trusted(engine, certificate, tmp_path):
    async with http_server(tls=certificate.server_context()) as (address, _received):
        assert (await send(engine, request(address, ca_file=str(certificate.ca_file)))).status == 200
        await engine.aclose()
        missing = await send(engine, request(address, ca_file=str(tmp_path / "missing.pem")))
        (tmp_path / "text.pem").write_text("no certificate")
        empty = await send(engine, request(address, ca_file=str(tmp_path / "text.pem")))
    assert (missing.kind, empty.kind) == ("tls", "tls")
    assert "No such file" in missing.told
    assert "no certificate in PEM or DER form" in empty.told


async def test_a_ca_file_that_was_mended_counts_at_once(engine, certificate, tmp_path):
    other = make_certificate(tmp_path / "other")
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(other.ca_file.read_bytes())
    async with http_server(tls=certificate.server_context()) as (address, _):
        assert (await send(engine, request(address, ca_file=str(ca_file)))).kind == "tls"
        ca_file.write_bytes(certificate.ca_file.read_bytes())
        os.utime(ca_file, (1, 1))
        assert (await send(engine, request(address, ca_file=str(ca_file)))).status == 200
        await engine.aclose()


async def test_trust_is_for_one_server_only(engine, certificate):
    tls = certificate.server_context
    async with http_server(tls=tls()) as (one, _), http_server(tls=tls()) as (other, _):
        engine.trust(f"127.0.0.1:{one.port}", certificate.ca_file)
        assert (await send(engine, request(one))).status == 200
        assert (await send(engine, request(other))).kind == "tls"
        await engine.aclose()


# -- chains ------------------------------------------------------------------------------------------------


def _authority_that_is_none(root):
    return Authority("No Authority", root, is_authority=False)


CHAINS = {
    "unknown root": (
        lambda root: Authority("Middle", root).sign(),
        False,
        "the authority, Test Root, that signed",
    ),
    "expired authority": (
        lambda root: Authority("Old", root, days_to=-2.5).sign(),
        True,
        "the certificate of its authority Old expired 2 days ago.",
    ),
    "path length": (
        lambda root: Authority("Low", Authority("Middle", root, path_length=0)).sign(),
        True,
        "its chain is longer than an authority in it allows.",
    ),
    "signed by no authority": (
        lambda root: _authority_that_is_none(root).sign(),
        True,
        "a certificate in its chain signed another, but is no authority.",
    ),
    "client's purpose": (
        lambda root: root.sign(purpose=ExtendedKeyUsageOID.CLIENT_AUTH),
        True,
        "certificate is not meant for servers.",
    ),
    "short key": (
        lambda root: root.sign(key=rsa.generate_private_key(65537, 1024)),
        True,
        "the key of its certificate is too short to be safe.",
    ),
    "short key of an authority": (
        lambda root: Authority("Middle", root, key=rsa.generate_private_key(65537, 1024)).sign(),
        True,
        "the key of an authority in its chain is too short to be safe.",
    ),
}


@pytest.mark.parametrize("case", CHAINS)
async def test_a_chain_that_is_not_accepted_says_why_and_is_shown(engine, tmp_path, case):
    make, is_trusted, reason = CHAINS[case]
    root = Authority()
    signed = make(root)
    with tls_server(signed.server_context(tmp_path)) as server:
        outcome = await send(engine, request(server.url, ca_file=root.file(tmp_path) if is_trusted else ""))
        failure = outcome.exchange.failure
        assert failure.kind == "tls"
        assert reason in failure.sentence
        assert failure.hint
        assert [one.der for one in failure.certificates] == [
            one.public_bytes(Encoding.DER) for one in signed.chain
        ]
        assert (await send(engine, request(server.url, verify=False))).status == 200


async def test_what_was_shown_can_be_trusted_for_this_server_and_then_is(engine, tmp_path):
    """The journey of the remedy `trust_shown`: the chain as PEM is the CA file."""
    signed = Authority("Unknown").sign()
    with tls_server(signed.server_context(tmp_path)) as server:
        refused = (await send(engine, request(server.url))).exchange.failure
        assert refused.remedies == ("trust_shown", "choose_ca_file", "use_certifi", "turn_off_verification")
        (tmp_path / "shown.pem").write_bytes(pem_of(one.der for one in refused.certificates))
        engine.trust(f"127.0.0.1:{server.port}", tmp_path / "shown.pem")
        assert (await send(engine, request(server.url))).status == 200
        await engine.aclose()


TRUST = ("trust_shown", "choose_ca_file", "turn_off_verification")
REMEDIES = {
    "expired": ({"days_from": -30, "days_to": -3.5}, ("turn_off_verification",)),
    "early": ({"days_from": 3, "days_to": 30}, ("turn_off_verification",)),
    "other name": ({"names": ["api.test"]}, ("turn_off_verification",)),
    "self-signed": ({"self_signed": True}, TRUST),
    "self-signed and expired": (
        {"self_signed": True, "days_from": -30, "days_to": -3.5},
        ("choose_ca_file", "turn_off_verification"),
    ),
}


@pytest.mark.parametrize("case", REMEDIES)
async def test_what_a_person_would_do_next_is_offered(engine, tmp_path, case):
    settings, remedies = REMEDIES[case]
    certificate = make_certificate(tmp_path, **settings)
    with tls_server(certificate.server_context()) as server:
        if "self-signed" not in case:
            engine.trust(f"127.0.0.1:{server.port}", certificate.ca_file)
        assert (await send(engine, request(server.url))).exchange.failure.remedies == remedies


# -- codes that no server can be made to give here ---------------------------------------------------------


@pytest.mark.parametrize("code", [*PROBLEMS, 1, 99])
@pytest.mark.parametrize("with_chain", [True, False])
def test_every_code_has_a_sentence_with_or_without_the_chain(code, with_chain):
    error = ssl.SSLCertVerificationError("not accepted")
    error.verify_code, error.verify_message = code, "some reason"
    shown = (certificate_facts(Authority().sign().der),) if with_chain else ()
    failure = tls_broken("h:443", error, TlsNeeds(), shown).failure
    assert failure.sentence.startswith("Could not connect to h:443: ")
    assert failure.sentence.endswith(".")
    assert failure.hint
    assert failure.remedies[-1] == "turn_off_verification"
    assert failure.certificates == shown
    assert ("some reason" in failure.sentence) is (code not in PROBLEMS)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (23, "certificate was revoked"),
        (3, "could not find out whether its certificate was revoked"),
        (0x80092010, "certificate was revoked"),
        (0x800B010F, "certificate is not for h"),
        (-67818, "certificate expired"),
    ],
)
def test_codes_of_every_system_mean_the_same(code, words):
    error = ssl.SSLCertVerificationError("not accepted")
    error.verify_code, error.verify_message = code, ""
    assert words in tls_broken("h:443", error, TlsNeeds(), ()).failure.sentence


# -- as curl ----------------------------------------------------------------------------------------------


CURL = {
    "trusted": (lambda root: root.sign(), 0),
    "unknown": (lambda root: Authority("Other").sign(), 60),
    "expired": (lambda root: root.sign(days_from=-9, days_to=-1), 60),
    "wrong name": (lambda root: root.sign(["other.test"]), 60),
    "with an authority between": (lambda root: Authority("Middle", root).sign(), 0),
}


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not there to compare with")
@pytest.mark.parametrize("case", CURL)
async def test_curl_accepts_and_refuses_the_same(engine, tmp_path, case):
    make, code = CURL[case]
    root = Authority()
    ca_file = root.file(tmp_path)
    with tls_server(make(root).server_context(tmp_path)) as server:
        command = ["curl", "-q", "-sS", "--noproxy", "*", "--max-time", "5", "--cacert", ca_file, server.url]
        curl = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
        assert await curl.wait() == code
        outcome = await send(engine, request(server.url, ca_file=ca_file))
        assert outcome.exchange.state == ("failed" if code else "finished")
        await engine.aclose()
