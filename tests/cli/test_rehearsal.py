"""`antiphon send --dry-run`: the bytes that would leave, and nothing that leaves."""

import socket

import pytest

URL = "http://nowhere.invalid/things?q=1"


def test_it_prints_the_very_bytes_and_sends_nothing(antiphon, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", None)
    monkeypatch.setattr(socket, "getaddrinfo", None)
    result = antiphon("send", "--dry-run", "-X", "POST", "-H", "X-A: 1", "-d", "hello", URL)
    assert result.code == 0
    assert result.out.startswith(b"POST /things?q=1 HTTP/1.1\r\nHost: nowhere.invalid\r\n")
    assert b"\r\nX-A: 1\r\n" in result.out
    assert result.out.endswith(b"\r\n\r\nhello")


def test_http2_is_printed_as_its_fields(antiphon):
    out = antiphon("send", "--dry-run", "https://nowhere.invalid/x").text
    assert out.splitlines()[:4] == [
        ":method: GET",
        ":authority: nowhere.invalid",
        ":scheme: https",
        ":path: /x",
    ]


@pytest.mark.parametrize(("flags", "shown"), [((), False), (("--show-secrets",), True)])
def test_credentials_are_dots_unless_asked_for(antiphon, flags, shown):
    out = antiphon("send", "--dry-run", *flags, "-u", "ann:s3cret-word", URL).text
    assert ("YW5uOnMzY3JldC13b3Jk" in out) is shown
    assert ("Authorization: Basic ••••••••" in out) is not shown


def test_what_breaks_the_protocol_is_said(antiphon):
    result = antiphon("send", "--dry-run", "-H", "Content-Length: 99", "-d", "x", URL)
    assert b"Content-Length: 99" in result.out
    assert "Content-Length" in result.err


def test_a_request_that_cannot_be_sent_says_why(antiphon):
    result = antiphon("send", "--dry-run", "-d", "@/no/such/file", URL)
    assert result.code == 2


@pytest.mark.parametrize("flags", [("--json",), ("-i",), ("-o", "x")])
def test_there_is_no_answer_to_print(antiphon, flags):
    result = antiphon("send", "--dry-run", *flags, URL)
    assert (result.code, result.out) == (2, b"")


def test_secrets_are_shown_by_a_dry_run_only(antiphon):
    assert antiphon("send", "--show-secrets", URL).code == 2
