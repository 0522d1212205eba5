"""A failed handshake names its reason, from the certificate where that tells more."""

import asyncio
import os
import ssl

import pytest

from antiphon.core.exchange import Phase
from tests.engine.exchanges import request, send
from tests.servers import OK, http_server, make_certificate, raw_server, scripted_server

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


async def test_https_to_a_plain_port_and_http_to_a_tls_port_are_explained(engine, certificate):
    async with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as plain:

        async def answers_at_once(_reader, writer):
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            await asyncio.sleep(0.2)

        async with scripted_server(answers_at_once) as eager:
            outcome = await send(engine, request(f"https://127.0.0.1:{eager.port}/"))
    assert outcome.kind == "tls"
    assert "does not speak TLS" in outcome.told
    async with raw_server(b"\x15\x03\x03\x00\x02\x02\x46") as plain:
        outcome = await send(engine, request(plain))
    assert outcome.kind == "protocol"
    assert "https://" in outcome.told


async def test_a_server_that_hangs_up_in_the_handshake_is_a_tls_failure(engine):
    async def hangs_up(reader, _writer):
        await reader.read(10)

    async with scripted_server(hangs_up) as address:
        outcome = await send(engine, request(f"https://127.0.0.1:{address.port}/"))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("tls", Phase.TLS)


async def test_no_common_version_of_tls_is_a_tls_failure(engine, certificate):
    old = certificate.server_context()
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
    old.set_ciphers("AES128-SHA256")  # no forward secrecy: refused by default

    async with raw_server(OK, old) as address:
        outcome = await send(engine, request(address))
    assert outcome.kind == "tls"
    assert "handshake" in outcome.told


@pytest.mark.parametrize(
    ("alert", "word"),
    [
        (120, "HTTP version"),
        (70, "no longer safe"),
        (116, "certificate of yours"),
        (112, "no site of this name"),
        (40, "refused the TLS handshake"),
        (71, "no cipher"),
        (80, "internal error"),
        (48, "does not know the authority"),
    ],
)
async def test_alerts_are_put_into_words(engine, alert, word):
    async def alerts(reader, writer):
        await reader.read(10)
        writer.write(bytes([21, 3, 3, 0, 2, 2, alert]))
        await writer.drain()
        await reader.read()

    async with scripted_server(alerts) as address:
        outcome = await send(engine, request(f"https://127.0.0.1:{address.port}/"))
    assert outcome.kind == "tls"
    assert word in outcome.exchange.failure.sentence
    assert "_ssl" not in outcome.told


async def test_a_tls_port_that_hangs_up_on_plain_http_is_hinted_at(engine, certificate):
    async with raw_server(b"", certificate.server_context()) as address:
        outcome = await send(engine, request(f"http://127.0.0.1:{address.port}/"))
    assert outcome.kind == "disconnected"
    assert "https://" in outcome.told
