"""Which requests need a flow, and what can be told of it beforehand."""

from dataclasses import replace

import pytest

from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    RequestDocument,
)
from antiphon.core.prepare import prepare
from antiphon.core.redirect import origin_of
from antiphon.engine.auth.challenges import Challenge
from antiphon.engine.auth.flow import flow_of, rehearsed
from antiphon.engine.session import MemoryTokens, Session, Token, token_key
from tests.engine.exchanges import request

ROBOT = OAuth2Auth("client_credentials", token_url="http://id.test/token", client_id="me")
OWN = (("Authorization", "Mine x"),)


def flow(auth, headers=()):
    return flow_of(replace(request("http://h/", headers=headers), auth=auth), Session(), lambda: 0.0)


def test_only_kinds_that_happen_while_sending_have_a_flow():
    for auth in (NoAuth(), BasicAuth("a", "b"), BearerAuth("t"), ApiKeyAuth("k", "v"), DigestAuth()):
        assert flow(auth) is None
    for auth in (DigestAuth("a"), OAuth1Auth(), ROBOT, AwsAuth(), NtlmAuth()):
        assert flow(auth) is not None


@pytest.mark.parametrize(
    ("auth", "wins"),
    [
        (DigestAuth("a"), True),
        (ROBOT, True),
        (AwsAuth(), True),
        (NtlmAuth(), True),
        (OAuth1Auth(), True),
        (OAuth1Auth(placement="query"), False),
        (replace(ROBOT, token_in="query"), False),
    ],
)
def test_an_own_authorization_wins_where_the_auth_would_set_one(auth, wins):
    assert (flow(auth, OWN) is None) == wins


def rehearsal(auth, session=None):
    prepared = prepare(RequestDocument(url="http://h/p", auth=auth))
    return rehearsed(prepared, session or Session(), lambda: 1000.0), prepared


def test_a_rehearsal_shows_signatures_and_kept_tokens():
    assert rehearsal(OAuth1Auth("k", "s"))[0].header("authorization").startswith("OAuth oauth_consumer_key")
    assert rehearsal(AwsAuth("k", "s", service="s3"))[0].header("x-amz-date") == "19700101T001640Z"
    tokens = MemoryTokens()
    tokens.put(token_key(ROBOT), Token("kept"))
    assert rehearsal(ROBOT, Session(tokens=tokens))[0].header("authorization") == "Bearer kept"


def test_a_rehearsal_asks_nobody():
    for auth in (ROBOT, DigestAuth("a", "b")):
        shown, prepared = rehearsal(auth)
        assert shown == prepared


def test_a_rehearsal_answers_a_challenge_that_is_known():
    session = Session()
    challenge = Challenge("digest", {"realm": "r", "nonce": "n", "qop": "auth"})
    session.memory.remember(origin_of("http://h/"), challenge)
    assert 'nonce="n"' in rehearsal(DigestAuth("a", "b"), session)[0].header("authorization")
