"""Redirects are followed hop by hop; what is lost on the way is told, and a circle is named."""

import pytest

from antiphon.core.prepared import BytesContent
from tests.engine.exchanges import request, send
from tests.servers import OK, http_server, reply


async def test_what_a_redirect_drops_is_told_with_its_hop(engine):
    async with http_server() as (stranger, came):
        moved = reply(b"", "303 See Other", f"Location: {stranger.url('/x')}")
        async with http_server(lambda _asked: moved) as (address, _received):
            headers = (("Authorization", "Bearer t"), ("Cookie", "a=1"), ("Content-Type", "text/plain"))
            outcome = await send(engine, request(address, "/", "POST", headers, b"data"))
    first, last = outcome.exchange.hops
    assert first.dropped == (
        "body (303 becomes GET)", "Authorization (another origin)", "Cookie (another origin)",
        "Content-Type (no body)", "Content-Length (no body)",
    )  # fmt: skip
    assert last.dropped == ()
    assert [name for name, _ in came[0].headers] == ["Host"]
    assert came[0].get("host") == f"{stranger.host}:{stranger.port}"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other"])
async def test_method_and_body_are_kept_where_that_is_asked_for(engine, status):
    def answer(asked):
        return OK if asked.target == "/end" else reply(b"", status, "Location: /end")

    async with http_server(answer) as (address, received):
        outcome = await send(engine, request(address, method="POST", content=b"data", keep_method=True))
    assert outcome.body == b"ok"
    assert [(asked.method, asked.body) for asked in received] == [("POST", b"data")] * 2
    assert outcome.exchange.last.request.content == BytesContent(b"data")


async def test_a_circle_is_named_at_the_limit(engine):
    ways = {"/start": "/a", "/a": "/b?secret=1", "/b?secret=1": "/a"}

    async with http_server(lambda asked: reply(b"x", "302 Found", f"Location: {ways[asked.target]}")) as (
        address,
        received,
    ):
        outcome = await send(engine, request(address, "/start", max_redirects=4))
    assert [asked.target for asked in received] == ["/start", "/a", "/b?secret=1", "/a", "/b?secret=1"]
    base = address.url("")
    assert f"in a circle: {base}/a -> {base}/b?… -> {base}/a." in outcome.told
    assert (outcome.kind, bytes(outcome.data)) == ("redirect", b"x")


async def test_a_redirect_to_itself_that_sets_a_cookie_is_no_circle(engine):
    def answer(asked):
        return OK if asked.get("cookie") else reply(b"", "302 Found", "Location: /", "Set-Cookie: a=1")

    async with http_server(answer) as (address, received):
        assert (await send(engine, request(address))).body == b"ok"
        outcome = await send(engine, request(address, use_cookies=False, max_redirects=1))
    assert len(received) == 4
    assert f"{address.url('/')} -> {address.url('/')}" in outcome.told


async def test_a_place_that_sends_on_to_itself_until_it_is_ready_is_reached(engine):
    async with http_server(
        lambda _asked: OK if len(received) > 3 else reply(b"", "302 Found", "Location: /")
    ) as (
        address,
        received,
    ):
        assert (await send(engine, request(address))).body == b"ok"


async def test_a_post_that_becomes_a_get_of_the_same_url_is_no_circle(engine):
    def answer(asked):
        return OK if asked.method == "GET" else reply(b"", "303 See Other", "Location: /")

    async with http_server(answer) as (address, _received):
        assert (await send(engine, request(address, method="POST", content=b"x"))).body == b"ok"


async def test_the_way_from_https_to_http_is_noted(engine, certificate):
    async with http_server() as (plain, _came):
        moved = reply(b"", "302 Found", f"Location: {plain.url('/x')}")
        async with http_server(lambda _asked: moved, certificate.server_context()) as (address, _received):
            outcome = await send(engine, request(address, verify=False))
            await engine.aclose()
    assert outcome.body == b"ok"
    assert [note for note in outcome.exchange.hops[0].notes if "unencrypted" in note]
    assert outcome.exchange.hops[1].notes == ()


@pytest.mark.parametrize(
    ("location", "asked_for"),
    [
        ("/ü b".encode(), "/%C3%BC%20b"), (b"/\xfc", "/%C3%BC"), (b"c?d#e", "/a/c?d"), (b"../c", "/c"),
        (b"?q", "/a/b?q"), (b"//127.0.0.1:PORT/x", "/x"), (b"\thttp://127.0.0.1:PORT/%2F/", "/%2F/"),
    ],
)  # fmt: skip
async def test_any_location_is_followed_as_browsers_do(engine, location, asked_for):
    def answer(asked):
        port = asked.get("host").partition(":")[2].encode()
        place = location.replace(b"PORT", port)
        return (
            OK
            if asked.target != "/a/b"
            else b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % place
        )

    async with http_server(answer) as (address, received):
        assert (await send(engine, request(address, "/a/b"))).body == b"ok"
    assert received[-1].target == asked_for
