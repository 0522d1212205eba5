"""How a token stands is said without the token."""

import pytest

from antiphon.engine.session import Token
from antiphon.workbench.tokens import TokenState, state_of


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (None, "No token is kept; one is fetched when the request is sent."),
        (Token("t"), "A token is kept; the server did not say for how long it is good."),
        (Token("t", scope="read", expires_at=1720), "A token is kept; it expires in 12 min. Scope: read."),
        (Token("t", expires_at=1030), "A token is kept; it expires in 30 s."),
        (Token("t", expires_at=1000 + 5 * 3600), "A token is kept; it expires in 5 h."),
        (Token("t", expires_at=1000 + 9 * 86400), "A token is kept; it expires in 9 days."),
        (Token("t", expires_at=999), "The token has run out; it is fetched anew when the request is sent."),
        (Token("t", "r", expires_at=999), "The token has run out; it is renewed when the request is sent."),
    ],
)
def test_words(token, words):
    assert state_of(token).words(1000) == words


def test_nothing_of_the_token_is_in_its_state():
    assert "geheim" not in repr(state_of(Token("geheim", "geheim2")))
    assert not TokenState().is_kept
