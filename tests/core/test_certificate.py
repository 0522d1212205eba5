"""A client certificate goes to the servers that its pattern names, and to no other."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.certificate import certificate_for, pem_of
from antiphon.core.document import ClientCertificate

CASES = [
    ("api.example.org", "api.example.org", 443, True),
    ("api.example.org", "api.example.org", 8443, True),
    ("api.example.org", "example.org", 443, False),
    ("example.org", "api.example.org", 443, False),
    ("API.Example.ORG", "api.example.org", 443, True),
    ("api.example.org", "API.example.org.", 443, True),
    ("api.example.org.", "api.example.org", 443, True),
    ("api.example.org:8443", "api.example.org", 8443, True),
    ("api.example.org:8443", "api.example.org", 443, False),
    ("api.example.org:", "api.example.org", 443, True),
    ("api.example.org:https", "api.example.org", 443, False),
    ("*.example.org", "api.example.org", 443, True),
    ("*.example.org", "a.b.example.org", 443, True),
    ("*.example.org", "example.org", 443, False),
    ("*.example.org", ".example.org", 443, False),
    ("*.example.org", "api.example.org.evil.test", 443, False),
    ("*.example.org", "apiXexample.org", 443, False),
    ("*.example.org:8443", "api.example.org", 8443, True),
    ("*.example.org:8443", "api.example.org", 443, False),
    ("api-*.example.org", "api-7.example.org", 443, True),
    ("*", "anything", 1, True),
    ("*:8443", "anything", 8443, True),
    ("*:8443", "anything", 443, False),
    ("", "anything", 443, False),
    (":443", "anything", 443, False),
    (" api.example.org ", "api.example.org", 443, True),
    ("bücher.example", "xn--bcher-kva.example", 443, True),
    ("xn--bcher-kva.example", "bücher.example", 443, True),
    ("*.bücher.example", "a.xn--bcher-kva.example", 443, True),
    ("192.0.2.1", "192.0.2.1", 443, True),
    ("[2001:db8::1]", "2001:db8::1", 443, True),
    ("[2001:db8::1]", "[2001:db8::1]", 443, True),
    ("[2001:DB8::1]:8443", "2001:db8::1", 8443, True),
    ("[2001:db8::1]:8443", "2001:db8::1", 443, False),
    ("2001:db8::1", "2001:db8::1", 443, True),
    ("a.b(c", "a.b(c", 443, True),
    ("\u2024\u2024ü", "x", 443, False),
]


@pytest.mark.parametrize(("pattern", "host", "port", "fits"), CASES)
def test_a_pattern_names_hosts(pattern, host, port, fits):
    one = ClientCertificate(pattern)
    assert (certificate_for(host, port, [one]) is one) is fits


def test_the_first_enabled_one_is_taken():
    off, wide, exact = (
        ClientCertificate("api.example.org", enabled=False),
        ClientCertificate("*.example.org"),
        ClientCertificate("api.example.org", certificate_file="b"),
    )
    assert certificate_for("api.example.org", 443, [off, wide, exact]) is wide
    assert certificate_for("api.example.org", 443, [off, exact, wide]) is exact
    assert certificate_for("api.example.org", 443, [off]) is None
    assert certificate_for("api.example.org", 443, []) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_text_breaks_the_choice(pattern, host):
    certificate_for(host, 443, [ClientCertificate(pattern)])


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=3))
def test_pem_is_what_the_standard_library_writes(chain):
    assert pem_of(chain) == "".join(ssl.DER_cert_to_PEM_cert(der) for der in chain).encode()
