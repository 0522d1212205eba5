"""What breaks a TLS connection is said in words, in the handshake and after it."""

import asyncio
import ssl

import pytest

from antiphon.core.events import Phase
from antiphon.engine.alerts import trouble
from tests.engine.exchanges import request, send
from tests.servers import OK, raw_server, scripted_server


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
    assert outcome.exchange.failure.remedies == ("use_http",)
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


ALERTS = {
    42: "BAD_CERTIFICATE", 43: "UNSUPPORTED_CERTIFICATE", 44: "CERTIFICATE_REVOKED", 45: "CERTIFICATE_EXPIRED",
    46: "CERTIFICATE_UNKNOWN", 48: "UNKNOWN_CA", 49: "ACCESS_DENIED", 51: "DECRYPT_ERROR", 116: "CERTIFICATE_REQUIRED",
}  # fmt: skip
"""Alerts about a certificate of ours (RFC 8446 section 6.2)."""


@pytest.mark.parametrize("name", ALERTS.values())
def test_alerts_about_our_certificate_offer_to_choose_one(name):
    error = ssl.SSLError(1, "alert")
    error.reason = f"SSLV3_ALERT_{name}"
    told = trouble(error)
    assert told.remedies == ("choose_client_certificate",)
    if name != "CERTIFICATE_REQUIRED":
        assert "we showed yours" in trouble(error, has_client_certificate=True).reason
        assert "it may want one of yours" in told.reason


@pytest.mark.parametrize(
    ("least", "words"),
    [("", "no longer safe"), ("1.2", "no longer safe"), ("1.3", "TLS 1.3"), ("1.0", "no version")],
)
def test_the_oldest_version_asked_for_is_in_the_sentence(least, words):
    error = ssl.SSLError(1, "alert")
    error.reason = "TLSV1_ALERT_PROTOCOL_VERSION"
    assert words in trouble(error, least).reason


def test_what_is_not_known_is_told_as_openssl_tells_it():
    assert (
        trouble(ssl.SSLError(1, "[SSL: SOME_NEWS] some news (_ssl.c:1)")).reason == "TLS failed (some news)"
    )
    assert trouble(OSError("odd")).reason == "TLS failed (odd)"
