"""The routes that want auth, asked by the engine's own flows and by curl."""

import asyncio
import subprocess
import urllib.parse
from dataclasses import replace

import httpx
import pytest

from antiphon.core.document import AwsAuth, DigestAuth, OAuth1Auth, OAuth2Auth, RequestDocument
from antiphon.core.prepare import prepare
from antiphon.engine import Engine
from antiphon.engine.session import Session
from antiphon.practice import digest
from antiphon.practice.process import PracticeServer
from tests.engine.exchanges import Outcome, check_story

ADA = DigestAuth("ada", "engine")
PERSON = OAuth2Auth("authorization_code", client_id="practice", scope="all")
SIGNER = OAuth1Auth("practice", "practice-secret", "token", "token-secret")
AWS = AwsAuth("AKIDPRACTICE", "practice-secret", service="execute-api", region="eu-west-1")


class Clicking:
    """A person whose browser follows links and presses the button."""

    def __init__(self, answer="yes"):
        self.answer = answer

    async def allows_decoding(self, _wire, _decoded):
        return False

    async def authorize(self, url, redirect_url):
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(url)
            assert "<button" in page.text
            back = await browser.get(f"{url}&answer={self.answer}")
        return back.headers["location"]

    def show_device_code(self, _code, url):
        assert "Agree" in httpx.get(url, trust_env=False).text
        httpx.get(f"{url}&answer=yes", trust_env=False)


async def sent(url, auth, method="GET", host=None, **more):
    engine, outcome = Engine(Session(host=host)), Outcome()
    try:
        await engine.send(
            prepare(RequestDocument(method=method, url=url, auth=auth, **more)),
            outcome,
            outcome.events.append,
        )
    finally:
        await engine.aclose()
    check_story(outcome)
    return outcome


@pytest.mark.parametrize("qop", digest.QOPS)
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "SHA-512-256", "MD5-sess", "SHA-256-sess"])
async def test_a_digest_of_every_kind_is_let_in(server: PracticeServer, qop, algorithm):
    if qop == "none" and algorithm.endswith("-sess"):
        pytest.skip("a session needs a nonce of the client's, which RFC 2069 has not")
    url = f"{server.http}/digest-auth/{qop}/ada/engine/{algorithm}?x=1"
    assert (await sent(url, ADA, "POST")).status == 200
    assert (await sent(url, replace(ADA, password="no"), "POST")).status == 401


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])  # curl before 8.11 takes SHA-256 for SHA-512-256
def test_curl_is_let_in_too(server: PracticeServer, algorithm):
    url = f"{server.http}/digest-auth/auth/ada/engine/{algorithm}"
    command = ["curl", "-s", "-o", "-", "-w", "%{http_code}", "--digest", "-u", "ada:engine", url]
    assert subprocess.run(command, capture_output=True, timeout=20, check=True).stdout.endswith(b"200")


@pytest.mark.parametrize("path", ["x/ada/engine", "auth/ada/engine/ROT13"])
def test_what_is_no_digest_is_said(server: PracticeServer, path):
    assert httpx.get(f"{server.http}/digest-auth/{path}", trust_env=False).status_code == 400


@pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "PLAINTEXT"])
@pytest.mark.parametrize("placement", ["header", "query", "body"])
async def test_an_oauth_1_signature_of_every_kind_is_taken(server: PracticeServer, method, placement):
    auth = replace(SIGNER, signature_method=method, placement=placement)
    url = f"{server.http}/oauth1?a=1&b=x+y&a=%2F"
    assert (await sent(url, auth, "POST")).status == 200
    wrong = await sent(url, replace(auth, consumer_secret="no"), "POST")
    assert wrong.status == 401
    assert b"base_string" in wrong.body


@pytest.mark.parametrize("url", ["/aws?b=2&a=1&a=", "/aws/a%20b?q=%2F", "/aws/a%2Fb", "/aws"])
@pytest.mark.parametrize("service", ["execute-api", "s3"])
async def test_an_aws_signature_is_taken(server: PracticeServer, url, service):
    auth = replace(AWS, service=service)
    assert (await sent(f"{server.http}{url}", auth, "PUT")).status == 200
    assert (await sent(f"{server.http}{url}", replace(auth, secret_access_key="no"), "PUT")).status == 401


async def test_curls_aws_signature_is_taken_too(server: PracticeServer):
    command = [
        "curl",
        "-s",
        "-w",
        "%{http_code}",
        "--aws-sigv4",
        "aws:amz:eu-west-1:execute-api",
        "-u",
        "AKIDPRACTICE:practice-secret",
        f"{server.http}/aws?a=1",
    ]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=20)
    assert done.stdout.endswith(b"200"), done.stdout


def provider(server: PracticeServer, auth: OAuth2Auth) -> OAuth2Auth:
    return replace(
        auth,
        authorization_url=f"{server.http}/oauth2/authorize",
        token_url=f"{server.http}/oauth2/token",
        device_url=f"{server.http}/oauth2/device",
    )


@pytest.mark.parametrize("flow", ["authorization_code", "device_code", "client_credentials", "password"])
@pytest.mark.parametrize("credentials_in", ["header", "body"])
async def test_every_grant_leads_to_a_token(server: PracticeServer, flow, credentials_in):
    auth = replace(
        PERSON,
        flow=flow,
        client_secret="practice-secret",
        username="ada",
        password="engine",
        credentials_in=credentials_in,
    )
    outcome = await sent(f"{server.http}/oauth2/me", provider(server, auth), host=Clicking())
    assert outcome.status == 200, outcome.exchange.failure
    assert b'"scope": "all"' in outcome.body
    assert {hop.purpose for hop in outcome.exchange.hops} == {"token", "request"}


@pytest.mark.parametrize("flow", ["authorization_code", "device_code"])
async def test_a_client_without_a_secret_is_enough_where_a_person_agrees(server: PracticeServer, flow):
    outcome = await sent(
        f"{server.http}/oauth2/me", provider(server, replace(PERSON, flow=flow)), host=Clicking()
    )
    assert outcome.status == 200, outcome.exchange.failure


async def test_a_person_may_refuse(server: PracticeServer):
    outcome = await sent(f"{server.http}/oauth2/me", provider(server, PERSON), host=Clicking("no"))
    assert "access_denied" in outcome.told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "other"}, "does not know the client"),
        ({"username": "bob"}, "refuses the code, the password"),
    ],
)
async def test_what_is_wrong_is_said(server: PracticeServer, change, words):
    auth = OAuth2Auth(
        "password", client_id="practice", client_secret="practice-secret", username="ada", password="engine"
    )
    outcome = await sent(f"{server.http}/oauth2/me", provider(server, replace(auth, **change)))
    assert words in outcome.told


def test_a_refresh_token_brings_new_ones(server: PracticeServer):
    grant = {"grant_type": "password", "username": "ada", "password": "engine", "scope": "s"}
    with httpx.Client(base_url=server.http, auth=("practice", "practice-secret"), trust_env=False) as client:
        first = client.post("/oauth2/token", data=grant).json()
        again = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        second = client.post("/oauth2/token", data=again).json()
        assert second["access_token"] != first["access_token"]
        assert second["refresh_token"] != first["refresh_token"]
        again["refresh_token"] = first["access_token"]
        assert client.post("/oauth2/token", data=again).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("back", ["https://example.org/", "http://127.0.0.1.evil.test/", ""])
def test_no_code_leaves_this_computer(server: PracticeServer, back):
    query = urllib.parse.urlencode(
        {"response_type": "code", "client_id": "practice", "redirect_uri": back, "answer": "yes"}
    )
    assert httpx.get(f"{server.http}/oauth2/authorize?{query}", trust_env=False).status_code == 400


def test_a_stolen_code_is_worth_nothing_without_its_proof(server: PracticeServer):
    back = "http://127.0.0.1:1/cb"
    query = urllib.parse.urlencode(
        {
            "response_type": "code",
            "client_id": "practice",
            "redirect_uri": back,
            "answer": "yes",
            "code_challenge": "x" * 43,
        }
    )
    location = httpx.get(f"{server.http}/oauth2/authorize?{query}", trust_env=False).headers["location"]
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))["code"]
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": "practice",
        "code_verifier": "y",
    }
    assert (
        httpx.post(f"{server.http}/oauth2/token", data=grant, trust_env=False).json()["error"]
        == "invalid_grant"
    )


def test_a_page_shows_no_markup_of_a_visitor(server: PracticeServer):
    page = httpx.get(f"{server.http}/oauth2/activate?user_code=<script>", trust_env=False).text
    assert "<script>" not in page
