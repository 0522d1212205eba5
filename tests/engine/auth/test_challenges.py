import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.events import Head
from antiphon.engine.auth.challenges import (
    Challenge,
    challenges_of,
    parse_challenges,
    parse_parameters,
    quoted,
)

tokens = st.from_regex(r"\A[A-Za-z][A-Za-z0-9-]{0,8}\Z")
texts = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
challenges = st.builds(
    Challenge, tokens.map(str.lower), st.dictionaries(tokens.map(str.lower), texts, min_size=1, max_size=4)
)


def written(challenge):
    pairs = ", ".join(f"{name}={quoted(text)}" for name, text in challenge.parameters.items())
    return f"{challenge.scheme} {pairs}"


@given(st.lists(challenges, max_size=4))
def test_what_is_written_is_read_again(several):
    assert list(parse_challenges(", ".join(map(written, several)))) == several


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    list(parse_challenges(text))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Basic", [Challenge("basic")]),
        ('Basic realm="a, b"', [Challenge("basic", {"realm": "a, b"})]),
        ("Negotiate, NTLM", [Challenge("negotiate"), Challenge("ntlm")]),
        ("NTLM TlRMTVNTUAAC==", [Challenge("ntlm", {}, "TlRMTVNTUAAC==")]),
        ("Negotiate abc=, Basic realm=x", [Challenge("negotiate", {}, "abc="), Challenge("basic", {"realm": "x"})]),
        ('Digest realm="r",nonce="n", , Basic realm="s"', [Challenge("digest", {"realm": "r", "nonce": "n"}), Challenge("basic", {"realm": "s"})]),
        ('Digest realm = "r" , NONCE = n', [Challenge("digest", {"realm": "r", "nonce": "n"})]),
        ('Digest realm="a \\"b\\" \\\\c"', [Challenge("digest", {"realm": 'a "b" \\c'})]),
        ('Digest realm="never closed', [Challenge("digest", {"realm": "never closed"})]),
        ("Digest realm=two words, nonce=n", [Challenge("digest", {"nonce": "n"})]),
        ("", []),
        (",,", []),
    ],
)  # fmt: skip
def test_challenges_as_servers_write_them(value, expected):
    assert list(parse_challenges(value)) == expected


def test_challenges_of_several_headers_come_in_order():
    head = Head(401, "", "HTTP/1.1", (("WWW-Authenticate", "NTLM"), ("www-authenticate", "Basic, Bearer")))
    assert [challenge.scheme for challenge in challenges_of(head)] == ["ntlm", "basic", "bearer"]


def test_a_list_of_pairs_needs_no_scheme():
    assert parse_parameters('nextnonce="n2", qop=auth') == {"nextnonce": "n2", "qop": "auth"}
