"""What each remedy changes, and that one which would change nothing is not offered."""

from dataclasses import replace
from typing import get_args

import pytest

from antiphon.core.certificate import CertificateFacts
from antiphon.core.document import Header, RequestDocument, RequestOptions, Timeouts
from antiphon.core.events import Failure, Remedy
from antiphon.core.remedy import PLACES, certificate_to_trust, is_possible, remedied

DOCUMENT = RequestDocument("Get", url="https://example.org/a?b=1")
TLS = Failure("tls", "s", "h")


def certificate(subject: str, issuer: str, der: bytes = b"der") -> CertificateFacts:
    return CertificateFacts(
        subject, issuer, subject, (), 0.0, 1.0, "01", "AA", "BB", "RSA 2048", "sha256", is_authority=False, der=der
    )  # fmt: skip


@pytest.mark.parametrize(
    ("remedy", "options"),
    [
        ("turn_off_verification", RequestOptions(verify=False)),
        ("use_certifi", RequestOptions(trust_store="certifi")),
        ("use_http1", RequestOptions(http_version="1.1")),
        ("use_http2_prior_knowledge", RequestOptions(http_version="2-prior-knowledge")),
        ("stop_following", RequestOptions(follow_redirects=False)),
    ],
)
def test_an_option_is_changed_and_nothing_else(remedy, options):
    assert remedied(DOCUMENT, remedy, TLS) == replace(DOCUMENT, options=options)
    assert is_possible(DOCUMENT, remedy, TLS)
    assert not is_possible(replace(DOCUMENT, options=options), remedy, TLS)


@pytest.mark.parametrize("remedy", ["choose_ca_file", "trust_shown"])
def test_a_file_of_certificates_is_trusted_and_verified_with(remedy):
    unverified = replace(DOCUMENT, options=RequestOptions(verify=False))
    assert remedied(unverified, remedy, TLS, "/ca.pem").options == RequestOptions(ca_file="/ca.pem")
    assert remedied(unverified, remedy, TLS) == unverified


@pytest.mark.parametrize(
    ("remedy", "url", "changed"),
    [
        ("use_http", "https://h/a", "http://h/a"),
        ("use_http", "HTTPS://h/a", "http://h/a"),
        ("use_https", "http://h:80/", "https://h:80/"),
        ("use_https", "h/a", "https://h/a"),
        ("use_https", "https://{{host}}/", "https://{{host}}/"),
        ("use_https", "{{baseUrl}}/a", "{{baseUrl}}/a"),
        ("use_http", "ftp://h/", "ftp://h/"),
        ("use_http", "", ""),
    ],
)
def test_the_scheme_that_is_typed_is_changed(remedy, url, changed):
    document = replace(DOCUMENT, url=url)
    assert remedied(document, remedy, TLS).url == changed
    assert is_possible(document, remedy, TLS) == (url != changed)


@pytest.mark.parametrize("name", ["connect", "read", "write", "pool", "total"])
def test_the_timeout_that_ran_out_is_doubled(name):
    document = replace(DOCUMENT, options=RequestOptions(timeouts=Timeouts(1.0, 2.0, 3.0, 4.0, 5.0)))
    failure = Failure(f"{name}_timeout", "s", "h")
    before, after = document.options.timeouts, remedied(document, "raise_timeout", failure).options.timeouts
    assert getattr(after, f"{name}_s") == 2 * getattr(before, f"{name}_s")
    assert replace(after, **{f"{name}_s": getattr(before, f"{name}_s")}) == before


def test_no_timeout_ran_out_so_none_is_raised():
    assert not is_possible(DOCUMENT, "raise_timeout", Failure("dns", "s", "h"))


def test_an_uncompressed_answer_is_asked_for_in_place_of_what_was_asked_for():
    options = RequestOptions(omitted_headers=("accept-encoding", "user-agent"))
    headers = (
        Header("accept-encoding", "br"),
        Header("A", "1"),
        Header("Accept-Encoding", "x", enabled=False),
    )
    changed = remedied(replace(DOCUMENT, headers=headers, options=options), "ask_uncompressed", TLS)
    assert changed.headers == (*headers[1:], Header("Accept-Encoding", "identity"))
    assert changed.options.omitted_headers == ("user-agent",)
    assert not is_possible(changed, "ask_uncompressed", TLS)


def test_what_is_trusted_is_the_certificate_of_the_server_and_no_authority():
    leaf, authority = certificate("CN=a", "CN=ca"), certificate("CN=ca", "CN=ca")
    assert certificate_to_trust(replace(TLS, certificates=(leaf, authority))) is leaf
    assert certificate_to_trust(replace(TLS, certificates=(certificate("CN=a", "CN=ca", b""),))) is None
    assert not is_possible(DOCUMENT, "trust_shown", TLS)
    assert is_possible(DOCUMENT, "trust_shown", replace(TLS, certificates=(leaf,)))


def test_every_remedy_does_something_or_leads_somewhere():
    failure = Failure("read_timeout", "s", "h", certificates=(certificate("CN=s", "CN=s"),))
    document = replace(DOCUMENT, url="http://h/")
    for remedy in get_args(Remedy):
        done = [remedied(one, remedy, failure, "/ca.pem") != one for one in (DOCUMENT, document)]
        assert any(done) or remedy in {*PLACES, "send_again"}, remedy
