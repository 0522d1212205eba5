from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.template import Piece, text_of
from antiphon.snippets.names import SecretNames, coalesced, described, masked, safe_for_quote


def secret(variable: str, text: str = "s") -> Piece:
    return Piece(text, variable, is_secret=True)


@pytest.mark.parametrize(
    "variable, expected",
    [
        ("token", "TOKEN"),
        ("api-token", "API_TOKEN"),
        ("github.token 2", "GITHUB_TOKEN_2"),
        ("2fa", "SECRET_2FA"),
        ("path", "SECRET_PATH"),
        ("http_proxy", "SECRET_HTTP_PROXY"),
        ("ld-preload", "SECRET_LD_PRELOAD"),
        ("漢", "SECRET"),
    ],
)
def test_name_is_an_identifier_that_means_nothing_else(variable, expected):
    assert SecretNames().name(secret(variable)) == expected


def test_same_secret_keeps_its_name_and_alike_names_are_told_apart():
    names = SecretNames()
    assert names.name(secret("a-b")) == names.name(secret("a-b")) == "A_B"
    assert names.name(secret("a_b")) == "A_B_2"
    assert names.name(secret("a-b", "other")) == "A_B_3"


def test_what_must_be_set_is_said_once():
    names = SecretNames()
    names.name(secret("a"))
    names.name(secret("b", "x%20y"), "url")
    assert described(names.needed) == [
        "Set in the environment first: A",
        "Set in the environment first: B_ENCODED, the value of b percent-encoded",
    ]


@given(st.text(max_size=20), st.sampled_from(["", "/?:@", "!$&'()*+,;=:@"]))
def test_safe_for_quote_gives_the_encoded_text_again(value, safe):
    encoded = quote(value, safe=safe, errors="replace")
    found = safe_for_quote(encoded)
    assert found is None or quote(value.encode(errors="replace").decode(), safe=found) == encoded


@given(st.text("abc"), st.lists(st.text("abc", min_size=1), max_size=3))
def test_masked_text_shows_no_secret_and_loses_nothing(text, secrets):
    pieces = masked(text, [secret(f"s{index}", value) for index, value in enumerate(secrets)])
    assert text_of(pieces) == text
    assert not any(value in piece.text for piece in pieces if not piece.is_secret for value in secrets)


def test_coalesced_joins_plain_neighbours_only():
    assert coalesced([Piece("a"), Piece(""), Piece("b", "v"), secret("s"), secret("s"), Piece("c")]) == (
        Piece("ab"), secret("s"), secret("s"), Piece("c"),
    )  # fmt: skip
