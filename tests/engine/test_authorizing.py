"""Auth over real connections: hops of one exchange, cookies and redirects on the way, failures and cancels."""

import asyncio
import base64
import gzip
import hashlib
import json
import re
import subprocess
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from antiphon.core.document import AwsAuth, BasicAuth, DigestAuth, NtlmAuth, OAuth1Auth, OAuth2Auth
from antiphon.core.events import Answered, Failed, HopBegan
from antiphon.engine import Engine
from antiphon.engine.auth.challenges import parse_challenges
from antiphon.engine.session import MemoryTokens, Session, Token, token_key
from tests.engine.exchanges import Outcome, check_story, opened, request, send, started
from tests.servers import http_server, reply, scripted_server

ADA = DigestAuth("ada", "eng:ine")


def digest_server(algorithm="SHA-256", qop="auth", more=(), nonces=("n1",)):
    """A server that takes ada's password only, and each nonce in turn."""
    hashed = lambda data: hashlib.new(
        {"MD5": "md5", "SHA-256": "sha256"}[algorithm.removesuffix("-sess")], data
    ).hexdigest()
    left = list(nonces)

    def answer(received):
        given = next(iter(parse_challenges(received.get("authorization") or "")), None)
        if received.target == "/gate":
            return reply(b"", "302 Found", "Location: /in")
        given = given if given is not None and given.scheme == "digest" else None
        if given is not None and is_right(given.parameters, received):
            return reply(b"welcome", "200 OK", "Set-Cookie: seen=1")
        stale = ", stale=true" if given is not None and given.parameters["nonce"] != left[0] else ""
        challenge = f'WWW-Authenticate: Digest realm="r", nonce="{left[0]}", algorithm={algorithm}, qop="{qop}"{stale}'
        return reply(b"who?", "401 Unauthorized", challenge, "Set-Cookie: met=1", *more)

    def is_right(given, received):
        secret = hashed(b"ada:r:eng:ine")
        if algorithm.endswith("-sess"):
            secret = hashed(f"{secret}:{given['nonce']}:{given['cnonce']}".encode())
        asked = f"{received.method}:{received.target}"
        if given["qop"] == "auth-int":
            asked += f":{hashed(received.body)}"
        middle = f"{given['nonce']}:{given['nc']}:{given['cnonce']}:{given['qop']}"
        expected = hashed(f"{secret}:{middle}:{hashed(asked.encode())}".encode())
        return given["nonce"] == left[0] and given["uri"] == received.target and given["response"] == expected

    return http_server(answer), left


def with_auth(prepared, auth):
    return replace(prepared, auth=auth)


def purposes(outcome):
    return [hop.purpose for hop in outcome.exchange.hops]


# -- digest --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256", "MD5-sess", "SHA-256-sess"])
@pytest.mark.parametrize("qop", ["auth", "auth-int", "auth,auth-int"])
async def test_digest_takes_two_hops_on_one_connection(algorithm, qop):
    server, _ = digest_server(algorithm, qop)
    async with server as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/a?b=1", "POST", content=b"body"), ADA))
        assert (outcome.status, outcome.body) == (200, b"welcome")
        assert purposes(outcome) == ["request", "auth"]
        assert [hop.head.status for hop in outcome.exchange.hops] == [401, 200]
        assert [each.body for each in received] == [b"body", b"body"]
        assert len(address.connections) == 1
        assert sum(isinstance(event, Answered) for event in outcome.events) == 1


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_curl_is_let_in_by_the_same_server(algorithm):
    server, _ = digest_server(algorithm)
    async with server as (address, _received):
        command = ["curl", "-s", "--digest", "-u", "ada:eng:ine", "-d", "x=1", address.url("/a?b=1")]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=20)
        assert done.stdout == b"welcome"


async def test_the_next_request_is_let_in_at_once_until_the_nonce_is_stale():
    server, nonces = digest_server(nonces=("n1", "n2"))
    async with server as (address, received), opened() as engine:
        prepared = with_auth(request(address, "/"), ADA)
        assert purposes(await send(engine, prepared)) == ["request", "auth"]
        assert purposes(await send(engine, prepared)) == ["request"]
        nonces.pop(0)
        assert purposes(await send(engine, prepared)) == ["request", "auth"]
        counts = re.findall(
            r"nonce=\"(\w+)\".*nc=(\d+)", "\n".join(each.get("authorization") or "" for each in received)
        )
        assert counts == [("n1", "00000001"), ("n1", "00000002"), ("n1", "00000003"), ("n2", "00000001")]


async def test_cookies_of_the_challenge_go_along_with_its_answer():
    server, _ = digest_server()
    async with server as (address, received), opened() as engine:
        await send(engine, with_auth(request(address, "/"), ADA))
        assert [each.get("cookie") for each in received] == [None, "met=1"]


async def test_a_wrong_password_shows_the_servers_answer():
    server, _ = digest_server()
    async with server as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), replace(ADA, password="no")))
        assert (outcome.status, outcome.body) == (401, b"who?")
        assert len(received) == 2


async def test_a_server_that_wants_the_password_itself_does_not_get_it():
    challenge = reply(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="r"')
    async with http_server(lambda _: challenge) as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), ADA))
        assert outcome.kind == "auth"
        assert outcome.exchange.failure.remedies == ("change_auth",)
        assert len(received) == 1
        assert "eng:ine" not in outcome.told


async def test_the_users_own_header_wins():
    own = (("Authorization", "Mine abc"),)
    server, _ = digest_server()
    async with server as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/", headers=own), ADA))
        assert outcome.status == 401
        assert [each.get("authorization") for each in received] == ["Mine abc"]


async def test_kinds_that_are_in_the_headers_already_need_no_hop_more():
    async with http_server() as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), BasicAuth("a", "b")))
        assert purposes(outcome) == ["request"]
        assert len(received) == 1


# -- redirects -----------------------------------------------------------------------------------------


async def test_a_redirect_within_the_origin_is_signed_anew_and_one_beyond_gets_nothing():
    async with http_server() as (elsewhere, there):

        def answer(received):
            if received.target == "/1":
                return reply(b"", "302 Found", "Location: /2")
            return reply(b"", "307 Temporary Redirect", f"Location: {elsewhere.url('/3')}")

        async with http_server(answer) as (address, received), opened() as engine:
            outcome = await send(engine, with_auth(request(address, "/1"), OAuth1Auth("k", "s")))
            assert purposes(outcome) == ["request", "redirect", "redirect"]
            first, second = (each.get("authorization") for each in received)
            assert first != second
            assert first.startswith("OAuth ")
            assert second.startswith("OAuth ")
            assert there[0].get("authorization") is None


async def test_a_digest_behind_a_redirect_is_answered():
    server, _ = digest_server()
    async with server as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/gate"), ADA))
        assert outcome.status == 200
        assert purposes(outcome) == ["request", "redirect", "auth"]
        assert [each.target for each in received] == ["/gate", "/in", "/in"]


# -- signatures ----------------------------------------------------------------------------------------


async def test_aws_signs_what_is_sent():
    auth = AwsAuth("AKID", "secret", service="s3", region="x-y-1")
    async with http_server() as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/b/k", "PUT", content=b"abc"), auth))
        assert outcome.status == 200
        assert received[0].get("x-amz-content-sha256") == hashlib.sha256(b"abc").hexdigest()
        assert received[0].get("authorization").startswith("AWS4-HMAC-SHA256 Credential=AKID/")
        assert received[0].body == b"abc"


async def test_an_oauth_1_key_that_cannot_be_read_fails_before_anything_is_sent():
    auth = OAuth1Auth("k", signature_method="RSA-SHA1", private_key="/nowhere")
    async with http_server() as (address, received), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), auth))
        assert outcome.kind == "request"
        assert "private key" in outcome.told
        assert received == []


# -- OAuth 2 -------------------------------------------------------------------------------------------


class Provider:
    """Gives tokens T1, T2 ... and takes the newest only."""

    def __init__(self, life=3600, packed=False):
        self.count, self.life, self.packed = 0, life, packed
        self.forms = []

    def __call__(self, received):
        if received.target == "/token":
            self.forms.append(dict(parse_qsl(received.body.decode())))
            self.count += 1
            fields = {
                "access_token": f"T{self.count}",
                "refresh_token": f"R{self.count}",
                "expires_in": self.life,
            }
            body = json.dumps(fields).encode()
            return (
                reply(gzip.compress(body), "200 OK", "Content-Encoding: gzip") if self.packed else reply(body)
            )
        if received.target == "/refuse":
            return reply(b'{"error": "invalid_client"}', "401 Unauthorized")
        if received.get("authorization") == f"Bearer T{self.count}":
            return reply(b"yours")
        return reply(b"no", "401 Unauthorized", 'WWW-Authenticate: Bearer error="invalid_token"')


def robot(address, **more):
    return OAuth2Auth(**{"flow": "client_credentials", "token_url": address.url("/token"), "client_id": "me", "client_secret": "s3cret", **more})  # fmt: skip


class AskedHost:
    """A person who agrees at once, or never."""

    def __init__(self, agrees=True):
        self.agrees, self.codes, self.asked = agrees, [], asyncio.Event()

    async def allows_decoding(self, _wire, _decoded):
        return False

    async def authorize(self, url, redirect_url):
        self.asked.set()
        if not self.agrees:
            await asyncio.Event().wait()
        state = dict(parse_qsl(urlsplit(url).query))["state"]
        return f"{redirect_url.replace(':0/', ':4711/')}?code=C&state={state}"

    def show_device_code(self, code, url):
        self.codes.append((code, url))


async def send_in(session, prepared):
    engine, outcome = Engine(session), Outcome()
    try:
        await engine.send(prepared, outcome, outcome.events.append)
    finally:
        await engine.aclose()
    check_story(outcome)
    return outcome


@pytest.mark.parametrize("packed", [False, True])
async def test_a_token_is_fetched_in_a_hop_of_its_own_and_kept(packed):
    async with http_server(Provider(packed=packed)) as (address, _), opened() as engine:
        prepared = with_auth(request(address, "/mine"), robot(address))
        outcome = await send(engine, prepared)
        assert purposes(outcome) == ["token", "request"]
        assert outcome.body == b"yours"
        assert purposes(await send(engine, prepared)) == ["request"]


async def test_a_token_alone_is_fetched_then_renewed_and_nothing_else_is_sent():
    provider = Provider()
    async with http_server(provider) as (address, received), opened() as engine:
        prepared = with_auth(request(address, "/mine"), robot(address))
        events = []
        await engine.fetch_token(prepared, events.append)
        await engine.fetch_token(prepared, events.append)
        assert [event.purpose for event in events if isinstance(event, HopBegan)] == ["token", "token"]
        assert [each.target for each in received] == ["/token", "/token"]
        assert provider.forms[1]["refresh_token"] == "R1"
        assert engine.session.tokens.get(token_key(prepared.auth)).access == "T2"
        assert purposes(await send(engine, prepared)) == ["request"]


async def test_a_token_that_is_refused_ends_in_a_failure_and_none_is_kept():
    async with http_server(Provider()) as (address, _), opened() as engine:
        prepared = with_auth(request(address, "/mine"), robot(address, token_url=address.url("/refuse")))
        events = []
        await engine.fetch_token(prepared, events.append)
        assert isinstance(events[-1], Failed) and "s3cret" not in repr(events[-1])
        assert engine.session.tokens.get(token_key(prepared.auth)) is None


async def test_many_requests_at_once_fetch_one_token():
    provider = Provider()
    async with http_server(provider) as (address, _), opened() as engine:
        prepared = with_auth(request(address, "/mine"), robot(address))
        outcomes = await asyncio.gather(*(send(engine, prepared) for _ in range(8)))
        assert [outcome.body for outcome in outcomes] == [b"yours"] * 8
        assert provider.count == 1


async def test_a_refused_token_is_refreshed_once_and_the_request_sent_again():
    provider = Provider()
    async with http_server(provider) as (address, _):
        auth = robot(address, flow="authorization_code")
        tokens = MemoryTokens()
        tokens.put(token_key(auth), Token("old", "R0"))
        outcome = await send_in(Session(tokens=tokens), with_auth(request(address, "/mine"), auth))
        assert purposes(outcome) == ["request", "token", "auth"]
        assert outcome.body == b"yours"
        assert provider.forms[0]["refresh_token"] == "R0"
        assert tokens.get(token_key(auth)).refresh == "R1"


async def test_a_person_is_asked_and_the_code_traded():
    async with http_server(Provider()) as (address, _):
        auth = robot(address, flow="authorization_code", authorization_url=address.url("/authorize"))
        outcome = await send_in(Session(host=AskedHost()), with_auth(request(address, "/mine"), auth))
        assert outcome.body == b"yours"
        assert purposes(outcome) == ["token", "request"]


async def test_nobody_to_ask_is_said():
    async with http_server(Provider()) as (address, _), opened() as engine:
        auth = robot(address, flow="authorization_code", authorization_url=address.url("/authorize"))
        outcome = await send(engine, with_auth(request(address, "/mine"), auth))
        assert "nobody can be asked" in outcome.told
        assert isinstance(outcome.events[0], HopBegan)


async def test_a_wait_for_a_person_can_be_cancelled_and_leaves_the_next_one_free():
    async with http_server(Provider()) as (address, received):
        host = AskedHost(agrees=False)
        engine = Engine(Session(host=host))
        auth = robot(address, flow="authorization_code", authorization_url=address.url("/authorize"))
        prepared = with_auth(request(address, "/mine"), auth)
        task, outcome = started(engine, prepared)
        await host.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        check_story(outcome)
        assert outcome.exchange.state == "cancelled"
        assert received == []
        host.agrees = True
        assert (await send(engine, prepared)).body == b"yours"
        await engine.aclose()


async def test_the_total_timeout_runs_while_a_person_thinks():
    async with http_server(Provider()) as (address, _):
        auth = robot(address, flow="authorization_code", authorization_url=address.url("/authorize"))
        prepared = with_auth(request(address, "/mine"), auth)
        limits = replace(prepared.options.timeouts, total_s=0.05)
        prepared = replace(prepared, options=replace(prepared.options, timeouts=limits))
        outcome = await send_in(Session(host=AskedHost(agrees=False)), prepared)
        assert outcome.kind == "total_timeout"


async def test_a_refusal_of_the_token_server_is_told_without_the_secret():
    async with http_server(Provider()) as (address, received), opened() as engine:
        auth = robot(address, token_url=address.url("/refuse"))
        outcome = await send(engine, with_auth(request(address, "/mine"), auth))
        assert outcome.kind == "auth"
        assert "does not know the client or its secret (invalid_client)" in outcome.told
        assert "s3cret" not in outcome.told
        assert [each.target for each in received] == ["/refuse"]
        assert purposes(outcome) == ["token"]


async def test_a_token_server_that_is_away_fails_as_any_server_does():
    async with http_server(Provider()) as (address, _), opened() as engine:
        auth = robot(address, token_url="http://127.0.0.1:1/token")
        outcome = await send(engine, with_auth(request(address, "/mine"), auth))
        assert outcome.kind == "connect"
        assert "127.0.0.1:1" in outcome.told


async def test_an_endless_answer_of_a_token_server_is_cut_off():
    async def endless(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()

    async with scripted_server(endless) as address, opened() as engine:
        auth = robot(address)
        outcome = await send(engine, with_auth(request(address, "/mine"), auth))
        assert "without an access token" in outcome.told


async def test_a_code_for_another_device_is_shown():
    def answer(received):
        if received.target == "/device":
            return reply(
                json.dumps(
                    {
                        "device_code": "D",
                        "user_code": "AB-CD",
                        "verification_uri": "http://go/",
                        "interval": 1,
                    }
                ).encode()
            )
        return provider(received)

    provider = Provider()
    async with http_server(answer) as (address, _):
        host = AskedHost()
        auth = robot(address, flow="device_code", device_url=address.url("/device"))
        outcome = await send_in(Session(host=host), with_auth(request(address, "/mine"), auth))
        assert outcome.body == b"yours"
        assert host.codes == [("AB-CD", "http://go/")]
        assert purposes(outcome) == ["token", "token", "request"]


# -- NTLM ----------------------------------------------------------------------------------------------


@pytest.fixture
def accounts(tmp_path, monkeypatch):
    file = tmp_path / "accounts"
    file.write_text("HOUSE:ada:engine\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(file))


def ntlm_server(scheme="NTLM"):
    """A server that knows who is there by the connection, with pyspnego's own side of the handshake."""
    import spnego

    async def serve(reader, writer):
        from tests.servers import read_request

        context, is_known = None, False
        while (received := await read_request(reader)) is not None:
            seen.append(received)
            given = received.get("authorization") or ""
            challenge = f"WWW-Authenticate: {scheme}"
            if not is_known and given.startswith(scheme):
                context = context or spnego.server(protocol="ntlm" if scheme == "NTLM" else "negotiate")
                try:
                    token = context.step(base64.b64decode(given.partition(" ")[2]))
                except spnego.exceptions.SpnegoError:
                    token = context = None
                is_known = context is not None and context.complete
                if token:
                    challenge += f" {base64.b64encode(token).decode()}"
            writer.write(
                reply(b"in " + received.body) if is_known else reply(b"who?", "401 Unauthorized", challenge)
            )
            await writer.drain()

    seen = []
    return scripted_server(serve), seen


@pytest.mark.parametrize(("scheme", "is_negotiate"), [("NTLM", False), ("Negotiate", True)])
async def test_a_handshake_stays_on_its_connection(accounts, scheme, is_negotiate):
    server, seen = ntlm_server(scheme)
    auth = NtlmAuth("ada", "engine", "HOUSE", is_negotiate)
    async with server as address, opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/", "POST", content=b"body"), auth))
        assert outcome.body == b"in body"
        assert purposes(outcome) == ["request", "auth", "auth"]
        assert len(address.connections) == 1
        assert {hop.head.http_version for hop in outcome.exchange.hops} == {"HTTP/1.1"}
        again = await send(engine, with_auth(request(address, "/"), auth))
        assert purposes(again) == ["request"], "the connection knows who is there"
        assert seen[-1].get("authorization") is None


async def test_a_connection_that_knows_somebody_is_nobody_elses(accounts):
    server, _ = ntlm_server()
    async with server as address, opened() as engine:
        mine = with_auth(request(address, "/"), NtlmAuth("ada", "engine", "HOUSE"))
        assert (await send(engine, mine)).status == 200
        assert (await send(engine, request(address, "/"))).status == 401
        other = with_auth(request(address, "/"), NtlmAuth("ada", "wrong", "HOUSE"))
        assert (await send(engine, other)).status == 401


async def test_handshakes_side_by_side_do_not_meet(accounts):
    server, _ = ntlm_server()
    async with server as address, opened() as engine:
        mine = with_auth(request(address, "/"), NtlmAuth("ada", "engine", "HOUSE"))
        outcomes = await asyncio.gather(*(send(engine, mine) for _ in range(5)))
        assert [outcome.status for outcome in outcomes] == [200] * 5
        assert len(address.connections) <= 5


async def test_http_2_is_refused_with_the_reason():
    async with opened() as engine:
        prepared = with_auth(request("https://127.0.0.1:1/", http_version="2"), NtlmAuth("a", "b"))
        outcome = await send(engine, prepared)
        assert "do not work over HTTP/2" in outcome.told


async def test_a_missing_package_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "spnego", None)
    challenge = reply(b"", "401 Unauthorized", "WWW-Authenticate: NTLM")
    async with http_server(lambda _: challenge) as (address, _), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), NtlmAuth("a", "b")))
        assert "pyspnego" in outcome.told


async def test_a_server_that_wants_something_else_is_noted():
    challenge = reply(b"", "401 Unauthorized", "WWW-Authenticate: Bearer")
    async with http_server(lambda _: challenge) as (address, _), opened() as engine:
        outcome = await send(engine, with_auth(request(address, "/"), NtlmAuth("a", "b")))
        assert outcome.status == 401
        assert "it offers bearer" in outcome.exchange.last.notes[0]
