"""OAuth 2.0 without a network: every grant, every way it is refused, and when a token is renewed."""

import base64
import hashlib
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from antiphon.core.document import OAuth2Auth
from antiphon.core.errors import UserError
from antiphon.engine.auth.grants import ANY_PORT
from antiphon.engine.auth.oauth2 import oauth2_flow
from antiphon.engine.auth.steps import Authorize, Hold, LetGo, Note, Send, ShowCode, Sleep
from antiphon.engine.failures import ExchangeBroken
from antiphon.engine.session import MemoryTokens, Token, token_key
from tests.engine.auth.flows import Told, answer, form, run
from tests.engine.exchanges import request

API = request("http://api.test/things?x=1")
ROBOT = OAuth2Auth(
    "client_credentials", token_url="http://id.test/token", client_id="me", client_secret="s3 cret"
)
PERSON = OAuth2Auth(
    "authorization_code", "http://id.test/authorize?tenant=1", "http://id.test/token", client_id="me", scope="a b"
)  # fmt: skip
DEVICE = OAuth2Auth(
    "device_code", token_url="http://id.test/token", device_url="http://id.test/device", client_id="tv"
)
REFUSED = answer(401, ("WWW-Authenticate", 'Bearer error="invalid_token"'))


def given(**fields):
    return answer(200, body=json.dumps(fields).encode())


def problem(error, status=400, **more):
    return answer(status, body=json.dumps({"error": error, **more}).encode())


def go(auth, answers, tokens=None, now=1000.0, told=None):
    return run(oauth2_flow(API, auth, tokens or MemoryTokens(), lambda: now), answers, told)


def failed(auth, answers, tokens=None):
    with pytest.raises(ExchangeBroken) as caught:
        go(auth, answers, tokens)
    assert caught.value.failure.kind == "auth"
    assert caught.value.failure.remedies == ("change_auth",)
    return f"{caught.value.failure.sentence} {caught.value.failure.hint}"


def holding(auth, token):
    tokens = MemoryTokens()
    tokens.put(token_key(auth), token)
    return tokens


# -- client credentials and passwords ------------------------------------------------------------------


def test_a_robot_fetches_a_token_and_sends_it_along():
    tokens = MemoryTokens()
    told = go(ROBOT, [given(access_token="T", expires_in=60), answer()], tokens)
    assert told.purposes == ["token", "request"]
    asked, sent = told.sent
    assert (asked.method, asked.url) == ("POST", "http://id.test/token")
    assert form(asked) == {"grant_type": "client_credentials"}
    assert asked.header("host") == "id.test"
    assert base64.b64decode(asked.header("authorization").removeprefix("Basic ")) == b"me:s3+cret"
    assert sent.header("authorization") == "Bearer T"
    assert tokens.get(token_key(ROBOT)) == Token("T", expires_at=1060.0)


def test_credentials_in_the_body_come_as_fields():
    told = go(replace(ROBOT, credentials_in="body", scope="x"), [given(access_token="T"), answer()])
    assert form(told.sent[0]) == {"grant_type": "client_credentials", "scope": "x", "client_id": "me", "client_secret": "s3 cret"}  # fmt: skip
    assert told.sent[0].header("authorization") is None


def test_a_password_is_traded_for_a_token():
    auth = replace(ROBOT, flow="password", username="ada", password="&=ü", extra=(("audience", "api"),))
    told = go(auth, [given(access_token="T"), answer()])
    assert form(told.sent[0]) == {
        "grant_type": "password",
        "username": "ada",
        "password": "&=ü",
        "audience": "api",
    }


def test_a_kept_token_is_used_without_asking():
    told = go(ROBOT, [answer()], holding(ROBOT, Token("kept")))
    assert told.purposes == ["request"]
    assert told.sent[0].header("authorization") == "Bearer kept"


def test_a_token_goes_into_the_query_where_that_is_wanted():
    auth = replace(ROBOT, token_in="query")
    told = go(auth, [answer()], holding(auth, Token("a/b")))
    assert told.sent[0].url == "http://api.test/things?x=1&access_token=a%2Fb"
    named = replace(auth, token_name="t")
    assert go(named, [answer()], holding(named, Token("x"))).sent[0].url.endswith("&t=x")


def test_the_word_before_the_token_can_be_another():
    auth = replace(ROBOT, token_name="token")
    assert go(auth, [answer()], holding(auth, Token("x"))).sent[0].header("authorization") == "token x"


def test_tokens_of_other_clients_scopes_and_users_are_others():
    keys = {token_key(ROBOT)} | {
        token_key(replace(ROBOT, **{name: "other"}))
        for name in ("client_id", "scope", "username", "token_url", "flow")
    }
    assert len(keys) == 6
    assert token_key(replace(ROBOT, client_secret="other", password="x")) == token_key(ROBOT)
    assert "s3cret-extra" not in token_key(replace(ROBOT, extra=(("assertion", "s3cret-extra"),)))


def test_what_was_meant_for_the_api_alone_does_not_go_to_the_token_server():
    mine = replace(
        API.options, http_version="2-prior-knowledge", server_name="x", unix_socket="/s", verify=False, request_target="*",
    )  # fmt: skip
    flow = oauth2_flow(replace(API, options=mine), ROBOT, MemoryTokens(), lambda: 0.0)
    asked = run(flow, [given(access_token="T"), answer()]).sent[0].options
    assert (asked.http_version, asked.server_name, asked.unix_socket) == ("auto", "", "")
    assert asked.request_target == ""
    assert not asked.verify
    assert not asked.use_cookies


# -- renewal -------------------------------------------------------------------------------------------


def test_an_old_token_is_refreshed_first_and_the_new_refresh_token_kept():
    tokens = holding(PERSON, Token("old", "R1", expires_at=1005.0))
    told = go(PERSON, [given(access_token="new", refresh_token="R2", expires_in=60), answer()], tokens)
    assert told.purposes == ["token", "request"]
    assert form(told.sent[0]) == {"grant_type": "refresh_token", "refresh_token": "R1", "client_id": "me"}
    assert tokens.get(token_key(PERSON)) == Token("new", "R2", expires_at=1060.0)


def test_a_server_that_does_not_rotate_leaves_the_refresh_token():
    tokens = holding(PERSON, Token("old", "R1", scope="a", expires_at=0.0))
    go(PERSON, [given(access_token="new"), answer()], tokens)
    assert tokens.get(token_key(PERSON)) == Token("new", "R1", scope="a")


def test_a_refused_token_is_renewed_once():
    tokens = holding(PERSON, Token("old", "R1"))
    told = go(PERSON, [REFUSED, given(access_token="new"), REFUSED], tokens)
    assert told.purposes == ["request", "token", "auth"]
    assert told.sent[2].header("authorization") == "Bearer new"


def test_a_fresh_token_that_is_refused_is_not_asked_for_again():
    assert go(ROBOT, [given(access_token="T"), REFUSED]).purposes == ["token", "request"]


def test_a_missing_scope_is_no_reason_to_renew():
    lacking = answer(401, ("WWW-Authenticate", 'Bearer error="insufficient_scope"'))
    assert go(ROBOT, [lacking], holding(ROBOT, Token("kept", "R"))).purposes == ["request"]


def test_a_dead_refresh_token_leads_to_a_new_grant():
    tokens = holding(ROBOT, Token("old", "R1", expires_at=0.0))
    told = go(ROBOT, [problem("invalid_grant"), given(access_token="new"), answer()], tokens)
    assert [form(each).get("grant_type") for each in told.sent[:2]] == ["refresh_token", "client_credentials"]
    assert tokens.get(token_key(ROBOT)) == Token("new")


def test_the_refresh_url_is_used_where_there_is_one():
    auth = replace(ROBOT, refresh_url="http://id.test/refresh")
    told = go(auth, [given(access_token="n"), answer()], holding(auth, Token("old", "R", expires_at=0.0)))
    assert told.sent[0].url == "http://id.test/refresh"


def test_what_another_request_fetched_meanwhile_is_taken():
    tokens = MemoryTokens()

    def reply(step):
        if isinstance(step, Hold):
            tokens.put(token_key(ROBOT), Token("theirs"))
        return answer() if isinstance(step, Send) else None

    told = go(ROBOT, reply, tokens)
    assert [type(step) for step in told.steps] == [Hold, LetGo, Send]
    assert told.sent[0].header("authorization") == "Bearer theirs"


def test_a_keyring_that_refuses_is_noted_and_no_obstacle():
    class Locked(MemoryTokens):
        def put(self, key, token):
            raise UserError("The system's keyring did not answer.")

    told = go(ROBOT, [given(access_token="T"), answer()], Locked())
    assert "keyring did not answer" in told.of(Note)[0].text
    assert told.purposes == ["token", "request"]


# -- in the browser ------------------------------------------------------------------------------------


class Browser:
    """Answers the steps of the code flow like a person who agrees."""

    def __init__(self, **instead):
        self.instead = instead
        self.asked = {}

    def __call__(self, step):
        if isinstance(step, Authorize):
            self.asked = dict(parse_qsl(urlsplit(step.url).query))
            back = {"code": "C0DE", "state": self.asked["state"], **self.instead}
            query = "&".join(f"{name}={text}" for name, text in back.items() if text is not None)
            base = step.redirect_url.replace(":0/", ":4711/")
            return f"{base}{'&' if '?' in base else '?'}{query}"
        if isinstance(step, Send):
            return given(access_token="T") if step.purpose == "token" else answer()
        return None


def test_a_person_agrees_and_the_code_is_traded_with_the_proof_of_pkce():
    browser = Browser()
    told = go(PERSON, browser)
    (authorize,) = told.of(Authorize)
    assert authorize.url.startswith("http://id.test/authorize?tenant=1&response_type=code&client_id=me&")
    assert authorize.redirect_url == ANY_PORT
    assert browser.asked["scope"] == "a b"
    assert browser.asked["code_challenge_method"] == "S256"
    fields = form(told.sent[0])
    assert fields["grant_type"] == "authorization_code"
    assert fields["code"] == "C0DE"
    assert fields["redirect_uri"] == "http://127.0.0.1:4711/callback"
    hashed = hashlib.sha256(fields["code_verifier"].encode()).digest()
    assert base64.urlsafe_b64encode(hashed).rstrip(b"=").decode() == browser.asked["code_challenge"]
    assert len(fields["code_verifier"]) >= 43
    assert told.sent[1].header("authorization") == "Bearer T"


def test_state_and_proof_differ_each_time():
    one, two = Browser(), Browser()
    go(PERSON, one), go(PERSON, two)
    assert one.asked["state"] != two.asked["state"]
    assert one.asked["code_challenge"] != two.asked["code_challenge"]


def test_a_redirect_of_the_users_own_goes_out_as_written():
    auth = replace(
        PERSON,
        redirect_url="http://localhost:9/cb?x=1",
        uses_pkce=False,
        state="fixed",
        extra=(("prompt", "login"),),
    )
    browser = Browser()
    told = go(auth, browser)
    assert browser.asked["redirect_uri"] == "http://localhost:9/cb?x=1" == form(told.sent[0])["redirect_uri"]
    assert browser.asked["state"] == "fixed"
    assert browser.asked["prompt"] == "login"
    assert "code_challenge" not in browser.asked
    assert "code_verifier" not in form(told.sent[0])


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        ({"state": "another"}, "its state is not the one sent"),
        ({"state": None}, "its state is not the one sent"),
        ({"code": None, "error": "access_denied", "error_description": "No"}, "access_denied (No)"),
        ({"code": None}, "without a code"),
    ],
)
def test_a_browser_that_comes_back_with_something_else_is_refused(instead, words):
    assert words in failed(PERSON, Browser(**instead))


# -- on another device ---------------------------------------------------------------------------------

CODE = given(
    device_code="D", user_code="WDJB-MJHT", verification_uri="http://id.test/go", interval=2, expires_in=9
)


def test_a_code_is_shown_and_asked_after_until_it_was_typed_in():
    told = go(DEVICE, [CODE, problem("authorization_pending"), problem("slow_down"), given(access_token="T"), answer()])  # fmt: skip
    assert told.of(ShowCode) == [ShowCode("WDJB-MJHT", "http://id.test/go")]
    assert [step.seconds for step in told.of(Sleep)] == [2, 2, 7]
    assert form(told.sent[1]) == {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "D", "client_id": "tv"}  # fmt: skip
    assert told.purposes == ["token"] * 4 + ["request"]


def test_a_code_that_nobody_types_in_runs_out():
    times = iter(range(1000, 1100, 3))
    flow = oauth2_flow(API, DEVICE, MemoryTokens(), lambda: float(next(times)))
    answers = lambda step: CODE if isinstance(step, Send) and "device" in step.request.url else problem("authorization_pending")  # fmt: skip
    with pytest.raises(ExchangeBroken, match="Nobody typed in the code of id.test in time"):
        run(flow, answers)


@pytest.mark.parametrize(
    ("error", "words"), [("expired_token", "code has run out"), ("access_denied", "told no")]
)
def test_a_code_that_is_refused_is_said(error, words):
    assert words in failed(DEVICE, [CODE, problem(error)])


# -- answers of token servers --------------------------------------------------------------------------


def test_an_answer_written_as_a_form_is_understood():
    tokens = MemoryTokens()
    form_answer = answer(200, body=b"access_token=gho_1&scope=repo%2Cgist&token_type=bearer")
    go(ROBOT, [form_answer, answer()], tokens)
    assert tokens.get(token_key(ROBOT)) == Token("gho_1", kind="bearer", scope="repo,gist")


@pytest.mark.parametrize("life", ["3600", 3600, "nonsense", None, True])
def test_a_life_is_read_where_it_is_one(life):
    tokens = MemoryTokens()
    go(ROBOT, [given(access_token="T", expires_in=life), answer()], tokens)
    expected = 4600.0 if life in ("3600", 3600) and life is not True else None
    assert tokens.get(token_key(ROBOT)).expires_at == expected


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (problem("invalid_client", 401), "does not know the client or its secret (invalid_client)"),
        (problem("invalid_scope", error_description="no such"), "does not give this scope (invalid_scope: no such)"),
        (problem("odd_thing"), "gave no token (odd_thing)"),
        (answer(200, body=b"error=bad_verification_code&error_description=x"), "gave no token (bad_verification_code: x)"),
        (answer(502, body=b"<html>"), "gave no token (status 502 Bad Gateway)"),
        (answer(302, ("Location", "/login")), "gave no token (status 302 Found)"),
        (answer(200, body=b"<html>"), "answered without an access token"),
        (answer(200, body=b"[1]"), "answered without an access token"),
        (answer(200, body=b"[" * 5000), "answered without an access token"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_words(reply, words):
    told = failed(ROBOT, [reply])
    assert f"id.test {words}" in told
    assert "s3 cret" not in told


def test_no_secret_of_a_failed_grant_is_kept():
    tokens = MemoryTokens()
    failed(ROBOT, [problem("invalid_client")], tokens)
    assert tokens.get(token_key(ROBOT)) is None


@pytest.mark.parametrize(
    ("auth", "words"),
    [(replace(ROBOT, token_url=" "), "no token URL"), (replace(PERSON, authorization_url=""), "no authorization URL"),
     (replace(DEVICE, device_url=""), "no device authorization URL")],
)  # fmt: skip
def test_a_missing_address_is_named(auth, words):
    assert words in failed(auth, [])


def test_an_address_that_is_none_is_said():
    with pytest.raises(UserError, match="cannot send to"):
        go(replace(ROBOT, token_url="ftp://x"), [])


def test_the_flow_lets_go_of_the_token_it_held():
    told = Told()
    go(ROBOT, [given(access_token="T"), answer()], told=told)
    assert [type(step) for step in told.steps] == [Hold, Send, LetGo, Send]


def test_a_redirect_of_the_users_own_with_any_port_is_named_alike_both_times():
    told = go(replace(PERSON, redirect_url="http://127.0.0.1:0/callback"), Browser())
    assert form(told.sent[0])["redirect_uri"] == "http://127.0.0.1:4711/callback"
