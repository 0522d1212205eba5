"""The address that a browser comes back to."""

import asyncio
from urllib.parse import parse_qsl, urlsplit

import pytest

from antiphon.core.errors import UserError
from antiphon.engine.loopback import listening

ANY = "http://127.0.0.1:0/callback"
URL = "http://id.test/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A0%2Fcallback&state=S"


async def ask(port, line, host="127.0.0.1"):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(line.encode() + b"\r\nHost: x\r\n\r\n")
    reply = await reader.read()
    writer.close()
    await writer.wait_closed()
    return reply.decode()


def port_of(loopback):
    return urlsplit(loopback.redirect_url).port


async def test_the_browser_comes_back_and_is_told_so():
    async with listening(URL, ANY) as loopback:
        asked = dict(parse_qsl(urlsplit(loopback.url).query))
        assert (
            asked["redirect_uri"] == loopback.redirect_url == f"http://127.0.0.1:{port_of(loopback)}/callback"
        )
        page = await ask(port_of(loopback), "GET /callback?code=a%2Fb&state=S HTTP/1.1")
        assert page.startswith("HTTP/1.1 200 OK\r\n")
        assert "Signed in" in page
        assert await loopback.came_back() == f"{loopback.redirect_url}?code=a%2Fb&state=S"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /favicon.ico HTTP/1.1", 404),
        ("GET /callback?code=x&state=other HTTP/1.1", 400),
        ("GET /callback?code=x HTTP/1.1", 400),
        ("GET /callback HTTP/1.1", 400),
        ("POST /callback?code=x&state=S HTTP/1.1", 404),
        ("nonsense", 404),
    ],
)
async def test_other_visits_are_answered_and_do_not_end_the_wait(line, status):
    async with listening(URL, ANY) as loopback:
        assert (await ask(port_of(loopback), line)).startswith(f"HTTP/1.1 {status} ")
        await ask(port_of(loopback), "GET /callback?code=right&state=S HTTP/1.1")
        assert "code=right" in await loopback.came_back()


async def test_a_refusal_comes_back_too():
    async with listening(URL, ANY) as loopback:
        refusal = "GET /callback?error=access_denied&state=S HTTP/1.1"
        assert "Not signed in" in await ask(port_of(loopback), refusal)
        assert "error=access_denied" in await loopback.came_back()


async def test_a_page_that_does_not_know_our_state_cannot_end_the_wait():
    async with listening(URL, ANY) as loopback:
        assert "400" in await ask(port_of(loopback), "GET /callback?error=access_denied HTTP/1.1")
        await ask(port_of(loopback), "GET /callback?code=right&state=S HTTP/1.1")
        assert "code=right" in await loopback.came_back()


async def test_connections_that_say_nothing_are_no_obstacle():
    async with listening(URL, ANY) as loopback:
        _, idle = await asyncio.open_connection("127.0.0.1", port_of(loopback))
        await ask(port_of(loopback), "GET /callback?code=1&state=S HTTP/1.1")
        await loopback.came_back()
        idle.close()
        await idle.wait_closed()


async def test_an_own_address_with_a_query_is_kept_as_it_is():
    async with listening(URL, ANY) as first:
        free = port_of(first)
    own = f"http://localhost:{free}/cb?x=1"
    async with listening("http://id.test/?state=S", own) as loopback:
        assert loopback.redirect_url == own
        await ask(free, "GET /cb?x=1&code=c&state=S HTTP/1.1")
        assert await loopback.came_back() == f"http://localhost:{free}/cb?x=1&code=c&state=S"


async def test_a_port_that_is_taken_is_said():
    async with listening(URL, ANY) as first:
        with pytest.raises(UserError, match="Nothing can listen at"):
            async with listening(URL, first.redirect_url):
                pass


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1:1/", "http://example.org/cb", "myapp://cb", "http://0.0.0.0:1/"]
)
async def test_an_address_of_others_is_refused(url):
    with pytest.raises(UserError, match="cannot come back to"):
        async with listening(URL, url):
            pass


async def test_nobody_waits_for_ever():
    async with listening(URL, ANY) as loopback:
        with pytest.raises(UserError, match="Nobody came back"):
            await loopback.came_back(0.01)


async def test_it_works_on_the_windows_loop_too(qtloop):
    async with listening(URL, ANY) as loopback:
        await ask(port_of(loopback), "GET /callback?code=1&state=S HTTP/1.1")
        assert await loopback.came_back()
