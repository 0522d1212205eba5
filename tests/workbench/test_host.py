"""The program as the engine's host, with a browser of its own."""

import asyncio
import urllib.request
from urllib.parse import parse_qsl, urlsplit

import pytest

from antiphon.body.store import BodyStore
from antiphon.core.document import OAuth2Auth, RequestDocument
from antiphon.core.events import Finished
from antiphon.core.prepare import prepare
from antiphon.engine.session import Token
from antiphon.store.secrets import SecretStore
from antiphon.store.tokens import TokenStore
from antiphon.workbench.host import KeptTokens, ProgramHost
from antiphon.workbench.sending import Sending
from antiphon.workbench.tasks import Tasks
from tests.servers import http_server, reply

ANY = "http://127.0.0.1:0/callback"
URL = "http://id.test/?redirect_uri=http%3A%2F%2F127.0.0.1%3A0%2Fcallback&state=S"


def agreeing(url):
    asked = dict(parse_qsl(urlsplit(url).query))
    urllib.request.urlopen(f"{asked['redirect_uri']}?code=C&state={asked['state']}").read()
    return True


def host(browse, notices, copied=None):
    return ProgramHost(
        Tasks(lambda _error, _name: None),
        notices.append,
        (copied if copied is not None else []).append,
        browse,
    )


async def test_the_browser_is_opened_in_a_thread_and_its_answer_awaited():
    notices = []
    assert (await host(agreeing, notices).authorize(URL, ANY)).endswith("/callback?code=C&state=S")
    assert "Sign in in your browser" in notices[0].title


async def test_without_a_browser_the_address_is_offered():
    notices, copied = [], []
    waiting = asyncio.get_running_loop().create_task(
        host(lambda _url: False, notices, copied).authorize(URL, ANY)
    )
    while not notices:
        await asyncio.sleep(0.01)
    notices[0].actions[0].run()
    await asyncio.to_thread(agreeing, copied[0])
    assert "code=C" in await waiting


async def test_a_wait_that_is_cancelled_lets_the_port_go():
    seen = []
    waiting = asyncio.get_running_loop().create_task(
        host(lambda url: not seen.append(url), []).authorize(URL, ANY)
    )
    while not seen:
        await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(OSError):
        await asyncio.to_thread(agreeing, seen[0])


async def test_a_code_is_shown_to_be_copied_and_its_page_to_be_opened():
    notices, copied, opened = [], [], asyncio.Event()
    loop = asyncio.get_running_loop()
    visited = []

    def browse(url):
        visited.append(url)
        loop.call_soon_threadsafe(opened.set)
        return True

    program = host(browse, notices, copied)
    program.show_device_code("WDJB", "http://id.test/go")
    assert "WDJB" in notices[0].title
    for action in notices[0].actions:
        action.run()
    await opened.wait()
    await program._tasks.close()
    assert (copied, visited) == (["WDJB"], ["http://id.test/go"])


async def test_the_window_signs_in_through_the_browser_and_keeps_the_token(qtloop):
    def answer(received):
        if received.target == "/token":
            return reply(b'{"access_token": "T", "expires_in": 60}')
        return reply(b"in" if received.get("authorization") == "Bearer T" else b"out")

    tasks, notices, secrets = Tasks(lambda _error, _name: None), [], SecretStore()
    program = ProgramHost(tasks, notices.append, print, agreeing)
    async with http_server(answer) as (address, received):
        auth = OAuth2Auth(
            authorization_url="http://id.test/",
            token_url=address.url("/token"),
            client_id="me",
            client_secret="s3cret",
        )
        prepared = prepare(RequestDocument(url=address.url("/mine"), auth=auth))
        for asked in (1, 1):
            sending = Sending(tasks, notices.append, secrets, program)
            body, events = BodyStore(), []
            await (await sending.ready(None))(prepared, body, events.append)
            assert isinstance(events[-1], Finished), events[-1]
            assert bytes(body.read(0, 10)) == b"in"
            assert len(notices) == asked, "the second time the token is there"
            await sending.close()
            body.close()
        assert [each.target for each in received] == ["/token", "/mine", "/mine"]
    await tasks.close()


async def test_decoding_is_asked_of_whom_is_given():
    async def yes(wire, decoded):
        return (wire, decoded) == (1, 2)

    tasks = Tasks(lambda _error, _name: None)
    assert await ProgramHost(tasks, print, print, agreeing, yes).allows_decoding(1, 2)
    assert not await ProgramHost(tasks, print, print, agreeing).allows_decoding(1, 2)


def test_tokens_are_kept_field_by_field():
    token = Token("A", "R", "Bearer", "s", 5.0)
    tokens = KeptTokens(TokenStore(SecretStore()))
    tokens.put("key", token)
    assert KeptTokens(TokenStore(SecretStore())).get("key") == token
    tokens.put("key", None)
    assert tokens.get("key") is None


def test_what_a_later_version_kept_is_read_as_far_as_known():
    store = TokenStore(SecretStore())
    store.put("key", {"access": "A", "invented": 1})
    assert KeptTokens(store).get("key") == Token("A")
