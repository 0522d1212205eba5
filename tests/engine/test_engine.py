"""One exchange, from `send` to its end, against real servers."""

import asyncio
import hashlib
import ssl
import sys

import pytest

from antiphon.core.cookies import CookieJar
from antiphon.core.document import Timeouts
from antiphon.core.events import BodyAdvanced, Connected, Finished, HeadReceived, HopBegan, Phase, Redirected
from antiphon.core.prepared import FileContent
from antiphon.engine import Engine
from antiphon.engine.session import Session
from tests.engine.exchanges import Outcome, check_story, opened, request, send, started
from tests.servers import OK, http_server, in_thread, raw_server, read_request, reply, scripted_server
from tests.waiting import until


def phases(outcome: Outcome) -> list[str]:
    return [span.phase.value for span in outcome.exchange.last.spans]


# -- what goes out ---------------------------------------------------------------------------------------


async def test_headers_go_out_in_order_as_written_with_nothing_added(engine):
    async with http_server() as (address, received):
        rows = (("X-b", "2"), ("x-A", "1"), ("X-b", "3"), ("Accept", "*/*"), ("X-Umlaut", "ü"))
        await send(engine, request(address, "/x", headers=rows))
    lines = received[0].head.decode().split("\r\n")[:-2]
    assert lines == [
        "GET /x HTTP/1.1",
        f"Host: {address.host}:{address.port}",
        *(f"{name}: {value}" for name, value in rows),
    ]


@pytest.mark.parametrize(
    "path", ["/a/../b/./c", "/%2F[]%zz;'~//\\?q=a+b&&=", "/ü", "/?", "/a?b?c#", "/a//b", "/{x}|y"]
)
async def test_the_target_goes_out_as_given(engine, path):
    async with http_server() as (address, received):
        await send(engine, request(address, path))
    assert received[0].head.split(b" ")[1].decode() == path.partition("#")[0]


@pytest.mark.parametrize("method", ["GET", "get", "PURGE", "M-SEARCH", "X_y"])
async def test_the_method_goes_out_as_is(engine, method):
    async with http_server() as (address, received):
        await send(engine, request(address, method=method))
    assert received[0].method == method


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"headers": (("X", "a\r\nY: b"),)}, "line break"),
        ({"headers": (("X:y", "a"),)}, "header name"),
        ({"headers": (("", "a"),)}, "header name"),
        ({"method": "GE T"}, "method"),
        ({"path": "/a b"}, "%20"),
    ],
)
async def test_what_would_break_the_request_apart_is_not_sent(engine, change, word):
    async with http_server() as (address, received):
        outcome = await send(engine, request(address, **change))
    assert (outcome.kind, received) == ("request", [])
    assert word in outcome.told


async def test_bodies_of_bytes_and_files_arrive_whole(engine, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(bytes(range(256)) * 8000)
    async with http_server() as (address, received):
        await send(engine, request(address, method="POST", content=b"small"))
        await send(engine, request(address, method="PUT", content=FileContent(big, 256 * 8000)))
        chunked = (("Transfer-Encoding", "chunked"),)
        await send(engine, request(address, method="POST", content=b"z" * 100_000, headers=chunked))
    assert [item.body for item in received] == [b"small", big.read_bytes(), b"z" * 100_000]


async def test_a_file_that_is_gone_fails_the_request(engine, tmp_path):
    async with http_server() as (address, _received):
        outcome = await send(engine, request(address, method="PUT", content=FileContent(tmp_path / "no", 5)))
    assert outcome.kind == "request"
    assert "no" in outcome.told


@pytest.mark.parametrize(
    "url",
    ["", "x", "ftp://a/", "http://", "http://h:99999/", "http://h:x/", "http://a\udc80b/", "http://a b/"],
)
async def test_an_impossible_url_is_a_failure_with_a_hint(engine, url):
    outcome = await send(engine, request(url))
    assert outcome.kind in {"request", "dns"}
    assert outcome.exchange.hops
    assert outcome.exchange.failure.hint


# -- what is told -----------------------------------------------------------------------------------------


async def test_the_facts_of_an_exchange_come_in_order(engine):
    async with http_server(lambda _request: reply(b"x" * 1000)) as (address, _received):
        outcome = await send(engine, request(address))
    kinds = [type(event) for event in outcome.events]
    assert kinds[0] is HopBegan
    assert kinds[-1] is Finished
    assert kinds.index(Connected) < kinds.index(HeadReceived) < kinds.index(BodyAdvanced)
    assert phases(outcome) == ["queue", "tcp", "send", "wait", "head", "download"]
    times = [event.at for event in outcome.events]
    assert times == sorted(times)
    hop = outcome.exchange.last
    assert all(span.ended is not None for span in hop.spans)
    assert hop.connection.remote_address == f"127.0.0.1:{address.port}"
    assert hop.connection.local_address.startswith("127.0.0.1:")
    assert (hop.wire_bytes, hop.decoded_bytes, outcome.body) == (1000, 1000, b"x" * 1000)


async def test_a_name_is_looked_up_in_a_phase_of_its_own(engine):
    async with http_server() as (address, _received):
        outcome = await send(engine, request(f"http://localhost:{address.port}/"))
    assert phases(outcome) == ["queue", "dns", "tcp", "send", "wait", "head", "download"]


async def test_a_reused_connection_says_so_and_has_no_connect_phases(engine):
    async with http_server() as (address, _received):
        first = await send(engine, request(address))
        second = await send(engine, request(address))
        assert len(address.connections) == 1
    assert [item.exchange.last.connection.reused for item in (first, second)] == [False, True]
    assert phases(second) == ["queue", "send", "wait", "head", "download"]
    assert second.exchange.last.connection.remote_address == first.exchange.last.connection.remote_address


async def test_phases_measure_what_the_server_does(engine):
    async def slow(reader, writer):
        await read_request(reader)
        await asyncio.sleep(0.1)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await asyncio.sleep(0.05)
        writer.write(b"k")
        await writer.drain()
        await reader.read()

    async with scripted_server(slow) as address:
        hop = (await send(engine, request(address))).exchange.last
        await engine.aclose()
    assert hop.duration_s(Phase.WAIT) >= 0.095
    assert hop.duration_s(Phase.DOWNLOAD) >= 0.045
    assert hop.duration_s(Phase.DNS) is None


async def test_interim_replies_are_passed_over_and_trailers_kept(engine):
    wire = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n"
    )
    async with raw_server([wire[:30], wire[30:90], wire[90:]]) as address:
        outcome = await send(engine, request(address))
    assert outcome.body == b"hello"
    assert outcome.exchange.last.trailers == (("X-Sum", "42"),)


async def test_warm_up_in_a_thread_leaves_nothing_for_the_first_send():
    async with http_server() as (address, _received), opened() as engine:
        await asyncio.to_thread(engine.warm_up)
        outcome = await send(engine, request(address))
    assert outcome.status == 200


async def test_importing_the_engine_brings_in_no_network():
    code = "import sys, antiphon.engine; print([m for m in ('httpx', 'httpcore', 'h2', 'ssl') if m in sys.modules])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.strip() in {b"[]", b"['ssl']"}


# -- bodies -----------------------------------------------------------------------------------------------


async def test_parallel_downloads_keep_every_byte_in_its_place(engine):
    blob = hashlib.sha256(b"seed").digest() * 60_000

    def answer(request_):
        number = int(request_.target[1:])
        body = blob[number:]
        if number % 2:
            return reply(body)
        return (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(
                b"%x\r\n%b\r\n" % (len(part), part)
                for part in (body[i : i + 9_999] for i in range(0, len(body), 9_999))
            )
            + b"0\r\n\r\n"
        )

    async with http_server(answer) as (address, _received):
        outcomes = await asyncio.gather(*[send(engine, request(address, f"/{n}")) for n in range(12)])
        await engine.aclose()
    for number, outcome in enumerate(outcomes):
        assert hashlib.sha256(outcome.body).digest() == hashlib.sha256(blob[number:]).digest()
        assert outcome.exchange.last.wire_bytes == len(blob) - number


async def test_head_and_no_content_have_no_body_and_keep_the_connection(engine):
    def answer(request_):
        return reply(b"" if request_.method == "HEAD" else b"ok").replace(b"Length: 0", b"Length: 99")

    async with http_server(answer) as (address, _received):
        assert (await send(engine, request(address, method="HEAD"))).body == b""
        assert (await send(engine, request(address))).body == b"ok"
        assert len(address.connections) == 1


async def test_a_full_disk_ends_the_exchange(engine):
    class Full(Outcome):
        def append(self, chunk):
            raise OSError(28, "No space left on device")

    outcome = Full()
    async with http_server() as (address, _received):
        await engine.send(request(address), outcome, outcome.events.append)
    assert outcome.kind == "disk"
    assert "No space left" in outcome.told
    assert outcome.is_finished


async def test_a_body_cut_short_is_a_failure_that_keeps_what_came(engine):
    async with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"y" * 50) as address:
        outcome = await send(engine, request(address))
    assert (outcome.kind, bytes(outcome.data)) == ("disconnected", b"y" * 50)
    assert outcome.exchange.failure.phase == Phase.DOWNLOAD
    assert "50 bytes are missing" in outcome.told


# -- connections ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "excess",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokEXTRA",
        b"HTTP/1.1 204 No Content\r\n\r\nEXTRA",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nEXTRA",
    ],
)
async def test_a_connection_with_bytes_after_the_body_is_not_used_again(engine, excess):
    async with http_server(lambda request_: excess if request_.target == "/1" else OK) as (
        address,
        _received,
    ):
        first = await send(engine, request(address, "/1"))
        second = await send(engine, request(address, "/2"))
        assert len(address.connections) == 2
    assert first.exchange.state == "finished"
    assert second.body == b"ok"


async def test_a_connection_that_died_in_the_pool_is_replaced_unseen(engine):
    async def once(reader, writer):
        await read_request(reader)
        writer.write(OK)
        await writer.drain()

    async with scripted_server(once) as address:
        await send(engine, request(address))
        await asyncio.sleep(0.05)
        second = await send(engine, request(address, method="POST", content=b"x"))
    assert second.body == b"ok"
    assert second.exchange.last.connection.reused is False


async def _dies_on_the_second(reader, writer):
    """Answer one request; hang up on the next of the same connection once it has come."""
    await read_request(reader)
    writer.write(OK)
    await writer.drain()
    await read_request(reader)


async def test_a_connection_that_dies_while_a_get_goes_out_is_tried_once_more(engine):
    async with scripted_server(_dies_on_the_second) as address:
        await send(engine, request(address))
        second = await send(engine, request(address))
        assert len(address.connections) == 2
    assert second.body == b"ok"
    reused = [event.connection.reused for event in second.events if isinstance(event, Connected)]
    assert reused == [True, False]


async def test_a_post_is_never_sent_twice(engine):
    async with scripted_server(_dies_on_the_second) as address:
        await send(engine, request(address))
        second = await send(engine, request(address, method="POST", content=b"x"))
        assert len(address.connections) == 1
    assert second.kind == "disconnected"


async def test_an_upload_answered_early_ends_at_once(engine):
    async def refuses(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        await asyncio.sleep(5)

    async with scripted_server(refuses) as address:
        async with asyncio.timeout(3):
            outcome = await send(engine, request(address, method="PUT", content=b"z" * 30_000_000))
        again = await send(engine, request(address, method="HEAD"))
    assert (outcome.status, outcome.body) == (405, b"no")
    assert again.exchange.last.connection.reused is False


async def test_expect_continue_holds_the_body_back(engine):
    order = []

    async def careful(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.05)
        order.append("asked")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        order.append(await reader.readexactly(4))
        writer.write(OK)
        await writer.drain()

    async with scripted_server(careful) as address:
        expecting = (("Expect", "100-continue"),)
        outcome = await send(engine, request(address, method="PUT", content=b"body", headers=expecting))
    assert (outcome.body, order) == (b"ok", ["asked", b"body"])


# -- timeouts ---------------------------------------------------------------------------------------------


async def _silent(reader, writer):
    await asyncio.sleep(10)


@pytest.mark.parametrize(
    ("limits", "kind", "phase"),
    [
        (Timeouts(read_s=0.05), "read_timeout", Phase.WAIT),
        (Timeouts(total_s=0.05), "total_timeout", Phase.WAIT),
    ],
)
async def test_a_silent_server_runs_into_each_timeout(engine, limits, kind, phase):
    async with scripted_server(_silent) as address:
        outcome = await send(engine, request(address, timeouts=limits))
    assert (outcome.kind, outcome.exchange.failure.phase) == (kind, phase)
    assert "50 ms" in outcome.told


async def test_a_server_that_takes_nothing_runs_into_the_write_timeout(engine):
    async with scripted_server(_silent) as address:
        content = b"z" * 50_000_000
        outcome = await send(
            engine, request(address, method="PUT", content=content, timeouts=Timeouts(write_s=0.1))
        )
    assert (outcome.kind, outcome.exchange.failure.phase) == ("write_timeout", Phase.UPLOAD)


async def test_silence_in_the_middle_of_a_body_is_a_read_timeout_that_keeps_what_came(engine):
    async def stalls(reader, writer):
        await read_request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
        await asyncio.sleep(10)

    async with scripted_server(stalls) as address:
        outcome = await send(engine, request(address, timeouts=Timeouts(read_s=0.05)))
    assert (outcome.kind, bytes(outcome.data)) == ("read_timeout", b"abc")
    assert "in the middle" in outcome.told


async def test_a_handshake_without_answer_is_a_connect_timeout(engine):
    async with scripted_server(_silent) as address:
        url = f"https://127.0.0.1:{address.port}/"
        outcome = await send(engine, request(url, timeouts=Timeouts(connect_s=0.05)))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("connect_timeout", Phase.TLS)


async def test_a_full_pool_is_a_pool_timeout(engine, monkeypatch):
    monkeypatch.setattr("antiphon.engine.pool.MAX_CONNECTIONS", 1)
    async with scripted_server(_silent) as address:
        task, _outcome = started(engine, request(address))
        await until(lambda: address.connections)
        outcome = await send(engine, request(address, timeouts=Timeouts(pool_s=0.05)))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert (outcome.kind, outcome.exchange.failure.phase) == ("pool_timeout", Phase.QUEUE)


# -- failures ---------------------------------------------------------------------------------------------


async def test_a_closed_port_and_an_unknown_name_are_told_apart(engine):
    async with http_server() as (address, _received):
        pass
    refused = await send(engine, request(address))
    assert refused.kind == "connect"
    assert f"Could not connect to 127.0.0.1:{address.port}: connection refused." in refused.told
    unknown = await send(engine, request("http://no-such-name.invalid/"))
    assert (unknown.kind, unknown.exchange.failure.phase) == ("dns", Phase.DNS)
    assert "no-such-name.invalid" in unknown.told


async def test_a_server_that_says_nothing_and_one_that_says_nonsense(engine):
    async with raw_server(b"") as address:
        silent = await send(engine, request(address))
    async with raw_server(b"220 ftp ready\r\n") as address:
        nonsense = await send(engine, request(address))
    assert (silent.kind, nonsense.kind) == ("disconnected", "protocol")
    assert "220 ftp ready" in nonsense.told


# -- cancelling -------------------------------------------------------------------------------------------


async def _answers_in_steps(reader, writer):
    await asyncio.sleep(0.03)
    await read_request(reader)
    await asyncio.sleep(0.03)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        writer.write(b"x" * 1000)
        await writer.drain()
        await asyncio.sleep(0.002)


@pytest.mark.parametrize("phase", [Phase.QUEUE, Phase.UPLOAD, Phase.WAIT, Phase.DOWNLOAD])
async def test_cancelling_in_each_phase_is_told_and_frees_everything(engine, phase):
    async with scripted_server(_answers_in_steps) as address:
        content = b"z" * 20_000_000 if phase is Phase.UPLOAD else b""
        task, outcome = started(engine, request(address, method="PUT", content=content))
        await until(lambda: outcome.events and phase.value in phases(outcome))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        check_story(outcome)
        assert outcome.kind == "cancelled"
        assert outcome.exchange.state == "cancelled"
        assert (await send(engine, request(address))).status == 200


async def test_cancelling_before_anything_began_is_told_too(engine):
    task, outcome = started(engine, request("http://127.0.0.1:1/"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert outcome.exchange.state == "cancelled"
    assert len(outcome.exchange.hops) == 1


async def test_cancelling_a_tls_handshake_frees_it(engine):
    async with scripted_server(_silent) as address:
        task, outcome = started(engine, request(f"https://127.0.0.1:{address.port}/"))
        await until(lambda: outcome.events and "tls" in phases(outcome))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert outcome.exchange.failure.phase == Phase.TLS


# -- cookies and redirects ----------------------------------------------------------------------------------


async def test_cookies_are_stored_and_sent_and_shown(engine):
    async with http_server(lambda _request: reply(b"", "200 OK", "Set-Cookie: a=1", "Set-Cookie: b=ü")) as (
        address,
        received,
    ):
        await send(engine, request(address))
        second = await send(engine, request(address))
        await send(engine, request(address, use_cookies=False))
        await send(engine, request(address, headers=(("cookie", "own=1"),)))
    assert received[1].head.count(b"Cookie: a=1; b=\xfc\r\n") == 1
    assert [item.get("cookie") for item in (received[0], *received[2:])] == [None, None, "own=1"]
    shown = [header for header in second.exchange.last.request.headers if header.name == "Cookie"]
    assert [header.origin for header in shown] == ["cookie jar"]


async def test_a_refused_cookie_is_noted_with_its_reason(engine):
    lines = ("Set-Cookie: a=1; Domain=other.org", "Set-Cookie: __Host-b=2", "Set-Cookie: c=3")
    async with http_server(lambda _request: reply(b"", "200 OK", *lines)) as (address, _received):
        outcome = await send(engine, request(address))
        silent = await send(engine, request(address, use_cookies=False))
    assert outcome.exchange.last.notes == (
        "The cookie a was refused: it is for another domain (other.org).",
        "The cookie __Host-b was refused: a name that begins with __Host- needs Secure.",
    )
    assert silent.exchange.last.notes == ()
    assert [cookie.name for cookie in engine.session.cookies.snapshot()] == ["c"]


async def test_two_engines_can_share_a_jar():
    jar = CookieJar()
    async with http_server(lambda _request: reply(b"", "200 OK", "Set-Cookie: a=1")) as (address, received):
        for _ in range(2):
            engine = Engine(Session(cookies=jar))
            await send(engine, request(address))
            await engine.aclose()
    assert received[1].get("cookie") == "a=1"


async def test_each_hop_of_a_redirect_is_told_and_keeps_the_connection(engine):
    def answer(request_):
        if request_.target == "/start":
            return reply(b"moved", "302 Found", "Location: /end?x=1", "Set-Cookie: hop=1")
        return reply(b"here")

    async with http_server(answer) as (address, received):
        outcome = await send(engine, request(address, "/start", method="POST", content=b"data"))
        assert len(address.connections) == 1
    assert [item.method + " " + item.target for item in received] == ["POST /start", "GET /end?x=1"]
    assert received[1].get("cookie") == "hop=1"
    assert received[1].get("content-length") is None
    assert [hop.head.status for hop in outcome.exchange.hops] == [302, 200]
    assert outcome.body == b"here"
    assert [event.location for event in outcome.events if isinstance(event, Redirected)] == ["/end?x=1"]
    assert outcome.exchange.hops[1].connection.reused


async def test_too_many_redirects_are_a_failure_that_shows_the_last_answer(engine):
    def further(asked):
        return reply(b"again", "302 Found", f"Location: {asked.target}x")

    async with http_server(further) as (address, received):
        outcome = await send(engine, request(address, max_redirects=3))
        assert len(received) == 4
    assert (outcome.kind, bytes(outcome.data)) == ("redirect", b"again")


async def test_redirects_are_not_followed_where_they_are_turned_off(engine):
    async with http_server(lambda _r: reply(b"there", "302 Found", "Location: http://h:99999/")) as (
        address,
        _received,
    ):
        assert (await send(engine, request(address, follow_redirects=False))).body == b"there"
        assert (await send(engine, request(address))).kind == "redirect"


async def test_a_redirect_whose_body_never_ends_is_followed_all_the_same(engine):
    async def endless(reader, writer):
        got = await read_request(reader)
        if got.target == "/end":
            writer.write(OK)
            return
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /end\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()

    async with scripted_server(endless) as address:
        assert (await send(engine, request(address))).body == b"ok"


# -- other loops --------------------------------------------------------------------------------------------


async def test_everything_works_on_the_programs_own_loop(qtloop, certificate):
    blob = bytes(range(256)) * 40_000

    def answer(request_):
        return reply(blob if request_.target == "/big" else request_.body)

    with (
        in_thread(http_server(answer)) as (address, _),
        in_thread(http_server(answer, _tls(certificate))) as (safe, _),
        in_thread(scripted_server(_answers_in_steps)) as slow,
    ):
        async with opened() as engine:
            engine.trust(f"{safe.host}:{safe.port}", certificate.ca_file)
            for where in (address, safe):
                both = await asyncio.gather(*[send(engine, request(where, "/big")) for _ in range(3)])
                assert all(outcome.body == blob for outcome in both)
                assert (await send(engine, request(where, method="POST", content=blob))).body == blob
            task, outcome = started(engine, request(slow))
            await until(lambda: outcome.data)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            named = f"http://localhost:{address.port}/"
            assert (await send(engine, request(named))).status == 200


def _tls(certificate) -> ssl.SSLContext:
    return certificate.server_context("http/1.1")
