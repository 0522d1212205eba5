"""Many exchanges on one HTTP/2 connection, none of which harms another."""

import asyncio
import hashlib
from contextlib import asynccontextmanager

import h2.config
import h2.connection
import h2.events
import h2.settings
import pytest

from antiphon.core.document import Timeouts
from antiphon.core.events import (
    BodyAdvanced,
    Connected,
    Head,
    HeadReceived,
    InterimReceived,
    Phase,
    RequestSent,
    Uploaded,
)
from antiphon.engine.http2_faults import CALM_FRAMES
from antiphon.engine.recorder import TOLD_INTERIMS
from tests.engine.exchanges import cancelled_at, check_story, opened, request, send, started
from tests.servers import Address, answer, h2_server, raw_server, scripted_server
from tests.waiting import until

PRIOR = {"http_version": "2-prior-knowledge"}
BLOB = hashlib.sha256(b"blob").digest() * 40_000


async def app(scope, receive, send_):
    if scope["type"] != "http":
        raise NotImplementedError
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    path = scope["path"]
    if path.startswith("/blob/"):
        await answer(send_, BLOB[int(path[6:]) :])
    elif path == "/digest":
        await answer(send_, hashlib.sha256(body).hexdigest().encode())
    elif path == "/headers":
        lines = [f"{scope['method']} {scope['raw_path'].decode()} {scope['http_version']}"]
        lines += [f"{name.decode()}: {value.decode('utf-8')}" for name, value in scope["headers"]]
        await answer(send_, "\n".join(lines).encode())
    elif path == "/endless":
        await send_({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(300):
            await send_({"type": "http.response.body", "body": b"x" * 16_000, "more_body": True})
            await asyncio.sleep(0.001)
    elif path == "/silent":
        while (await receive())["type"] != "http.disconnect":
            pass
    else:
        await answer(send_)


async def test_alpn_chooses_the_version_that_the_request_asks_for(certificate):
    async with h2_server(app, certificate) as address, opened() as engine:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        versions, agreed = [], []
        for choice in ("auto", "2", "1.1", "2-prior-knowledge"):
            outcome = await send(engine, request(address, http_version=choice))
            versions.append(outcome.exchange.head.http_version)
            agreed.append(outcome.exchange.last.connection.tls.alpn)
    assert versions == ["HTTP/2", "HTTP/2", "HTTP/1.1", "HTTP/2"]
    assert agreed == ["h2", "h2", "http/1.1", "h2"]


async def test_the_facts_of_tls_are_told(certificate):
    async with h2_server(app, certificate) as address, opened() as engine:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        outcome = await send(engine, request(address))
    assert outcome.exchange.last.connection.tls.version == "TLSv1.3"
    assert outcome.exchange.last.connection.tls.cipher.startswith("TLS_")
    assert [span.phase.value for span in outcome.exchange.last.spans] == [
        "queue", "tcp", "tls", "send", "wait", "head", "download",
    ]  # fmt: skip


async def test_headers_of_one_connection_do_not_cross_to_http2():
    rows = (
        ("X-One", "a"),
        ("x-one", "b"),
        ("Connection", "close"),
        ("Keep-Alive", "1"),
        ("TE", "gzip"),
        ("X-Ü", "x")[:0] or ("X-U", "ü"),
    )
    async with h2_server(app) as address, opened() as engine:
        outcome = await send(engine, request(address, "/headers", "PATCH", headers=rows, **PRIOR))
    assert outcome.body.decode().split("\n") == [
        "PATCH /headers 2", f"host: 127.0.0.1:{address.port}", "x-one: a", "x-one: b", "x-u: ü",
    ]  # fmt: skip


async def test_parallel_downloads_on_one_connection_keep_every_byte(certificate):
    async with h2_server(app, certificate) as address, opened() as engine:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        await send(engine, request(address))
        outcomes = await asyncio.gather(*[send(engine, request(address, f"/blob/{n}")) for n in range(12)])
    for number, outcome in enumerate(outcomes):
        assert hashlib.sha256(outcome.body).digest() == hashlib.sha256(BLOB[number:]).digest()
        assert outcome.exchange.last.connection.reused
        assert outcome.exchange.last.wire_bytes == len(BLOB) - number
    assert len({outcome.exchange.last.connection.local_address for outcome in outcomes}) == 1


async def test_a_body_larger_than_every_window_arrives_whole():
    async def big(scope, receive, send_):
        await send_(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"41943040")]}
        )
        for number in range(40):
            await send_(
                {"type": "http.response.body", "body": bytes([number]) * (1 << 20), "more_body": number < 39}
            )

    async with h2_server(big) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert outcome.body == b"".join(bytes([number]) * (1 << 20) for number in range(40))


async def test_uploads_larger_than_the_window_arrive_whole():
    async with h2_server(app) as address, opened() as engine:
        uploads = [request(address, "/digest", "POST", content=BLOB[n:], **PRIOR) for n in range(4)]
        outcomes = await asyncio.gather(*[send(engine, upload) for upload in uploads])
    assert [outcome.body.decode() for outcome in outcomes] == [
        hashlib.sha256(BLOB[n:]).hexdigest() for n in range(4)
    ]


async def test_more_requests_than_the_server_allows_at_once_all_come_through():
    async with h2_server(app) as address, opened() as engine:
        outcomes = await asyncio.gather(*[send(engine, request(address, **PRIOR)) for _ in range(250)])
    assert {outcome.body for outcome in outcomes} == {b"ok"}


async def test_a_cancel_does_not_disturb_its_neighbours():
    async with h2_server(app) as address, opened() as engine:
        reader, endless = started(engine, request(address, "/endless", **PRIOR))
        await until(lambda: endless.data)  # it reads for all
        others = [started(engine, request(address, "/blob/0", **PRIOR)) for _ in range(5)]
        reader.cancel()
        await asyncio.gather(reader, *[task for task, _ in others], return_exceptions=True)
    assert [bytes(outcome.data) == BLOB for _, outcome in others] == [True] * 5


# -- a server that does just what it is told, frame by frame ------------------------------------------------


class Peer:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.h2.initiate_connection()
        self.events = []

    async def flush(self):
        self.writer.write(self.h2.data_to_send())
        await self.writer.drain()

    async def until(self, kind):
        """Return the next event of *kind*, having answered what h2 answers by itself."""
        while True:
            for number, event in enumerate(self.events):
                if isinstance(event, kind):
                    del self.events[: number + 1]
                    return event
            await self.flush()
            data = await self.reader.read(65536)
            if not data:
                raise ConnectionError
            self.events += self.h2.receive_data(data)


@asynccontextmanager
async def peer_server(script):
    async def handler(reader, writer):
        await script(Peer(reader, writer), len(address.connections))

    async with scripted_server(handler) as where:
        address: Address = where
        yield where


OKAY = [(":status", "200")]


async def test_an_upload_answered_early_ends_at_once():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, [(":status", "405")])
        peer.h2.send_data(asked.stream_id, b"no", end_stream=True)
        await peer.until(h2.events.StreamReset)
        peer.h2.send_headers((await peer.until(h2.events.RequestReceived)).stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        async with asyncio.timeout(3):
            outcome = await send(engine, request(address, method="PUT", content=b"z" * 3_000_000, **PRIOR))
            after = await send(engine, request(address, **PRIOR))
    assert (outcome.status, outcome.body) == (405, b"no")
    assert after.exchange.last.connection.reused


async def test_a_cancelled_stream_is_reset():
    codes = []

    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY)
        peer.h2.send_data(asked.stream_id, b"some")
        codes.append((await peer.until(h2.events.StreamReset)).error_code)
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        task, outcome = started(engine, request(address, **PRIOR))
        await until(lambda: outcome.data)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: codes)
    assert codes == [8]


def told(outcome, kind):
    return [event for event in outcome.events if isinstance(event, kind)]


def phases(outcome):
    return [span.phase.value for span in outcome.exchange.last.spans]


# -- what left -----------------------------------------------------------------------------------------------


async def test_the_request_that_opens_the_connection_tells_its_greeting_the_next_only_its_own():
    async with h2_server(app) as address, opened() as engine:
        first = await send(engine, request(address, headers=(("X-A", "b"), ("Connection", "close")), **PRIOR))
        second = await send(engine, request(address, **PRIOR))
    sent = first.exchange.last.sent
    assert [frame.kind for frame in sent.frames] == ["PREFACE", "SETTINGS", "WINDOW_UPDATE", "HEADERS"]
    assert "ENABLE_PUSH 0, INITIAL_WINDOW_SIZE 16,777,216" in sent.frames[1].detail
    assert (sent.frames[3].stream_id, sent.frames[3].flags) == (1, "END_STREAM END_HEADERS")
    assert sent.fields == (
        (":method", "GET"), (":authority", f"127.0.0.1:{address.port}"), (":scheme", "http"), (":path", "/"), ("x-a", "b"),
    )  # fmt: skip
    assert [(frame.kind, frame.stream_id) for frame in second.exchange.last.sent.frames] == [("HEADERS", 3)]
    facts = [outcome.exchange.last.connection for outcome in (first, second)]
    assert [(item.request_number, item.reused) for item in facts] == [(1, False), (2, True)]
    assert facts[0].opened_at == facts[1].opened_at


async def test_what_is_told_of_a_stream_is_what_the_server_got():
    got = []

    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        got.extend((name.decode(), value.decode()) for name, value in asked.headers)
        while True:
            event = await peer.until((h2.events.DataReceived, h2.events.StreamEnded))
            if isinstance(event, h2.events.StreamEnded):
                break
            got.append(event.data)
            if event.flow_controlled_length:
                peer.h2.acknowledge_received_data(event.flow_controlled_length, asked.stream_id)
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    body = bytes(range(256)) * 2000
    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, method="PUT", content=body, **PRIOR))
    sent = outcome.exchange.last.sent
    count = len(sent.fields)
    assert (list(sent.fields), b"".join(got[count:])) == (got[:count], body)
    assert (sent.body, sent.body_bytes, sent.is_complete) == (body, len(body), True)
    frames = [frame for frame in sent.frames if frame.kind == "DATA"]
    assert [frame.length for frame in frames] == [len(data) for data in got[count:]]
    assert frames[-1].flags == "END_STREAM"
    assert len(told(outcome, RequestSent)) == 1


async def test_a_small_body_leaves_with_its_head_and_a_large_one_after_it():
    async with h2_server(app) as address, opened() as engine:
        small = await send(engine, request(address, "/digest", "POST", content=b"x" * 1000, **PRIOR))
        large = await send(engine, request(address, "/digest", "POST", content=BLOB, **PRIOR))
    assert phases(small) == ["queue", "tcp", "send", "wait", "head", "download"]
    assert phases(large) == ["queue", "send", "upload", "wait", "head", "download"]
    assert [item.exchange.last.uploaded_bytes for item in (small, large)] == [1000, len(BLOB)]
    assert [frame.flags for frame in small.exchange.last.sent.frames][-2:] == ["END_HEADERS", "END_STREAM"]


async def test_a_cancel_is_told_with_the_reset_that_left():
    async with h2_server(app) as address, opened() as engine:
        outcome = await cancelled_at(engine, request(address, "/endless", **PRIOR), BodyAdvanced)
    assert [event.sent.is_complete for event in told(outcome, RequestSent)] == [True, True]
    last = outcome.exchange.last.sent.frames[-1]
    assert (last.kind, last.detail) == ("RST_STREAM", "CANCEL")


async def test_a_cancelled_upload_tells_how_far_it_got():
    async def script(peer, _number):
        await peer.until(h2.events.RequestReceived)
        while await peer.reader.read(65536):
            pass

    async with peer_server(script) as address, opened() as engine:
        task, outcome = started(engine, request(address, method="PUT", content=b"z" * 200_000, **PRIOR))
        await until(lambda: told(outcome, Uploaded))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    check_story(outcome)
    sent = outcome.exchange.last.sent
    assert (sent.body_bytes, sent.is_complete, sent.frames[-1].kind) == (65_535, False, "RST_STREAM")
    assert outcome.exchange.failure.phase == Phase.UPLOAD


# -- phases and interim answers --------------------------------------------------------------------------------


async def test_the_head_lasts_from_its_first_byte_to_its_last():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        await asyncio.sleep(0.06)
        peer.h2.send_headers(asked.stream_id, [*OKAY, *((f"x-{n}", "v" * 700) for n in range(40))])
        wire = peer.h2.data_to_send()
        for piece in (wire[:50], wire[50:17_000], wire[17_000:]):
            peer.writer.write(piece)
            await peer.writer.drain()
            await asyncio.sleep(0.06)
        peer.h2.send_data(asked.stream_id, b"x", end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        hop = (await send(engine, request(address, **PRIOR))).exchange.last
    assert hop.duration_s(Phase.WAIT) >= 0.055
    assert hop.duration_s(Phase.HEAD) >= 0.115
    assert hop.duration_s(Phase.DOWNLOAD) >= 0.055


@pytest.mark.parametrize(("cut", "phase"), [(0, Phase.WAIT), (20, Phase.HEAD), (17_000, Phase.HEAD)])
async def test_a_server_that_falls_silent_does_so_in_the_right_phase(cut, phase):
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        peer.h2.send_headers(asked.stream_id, [*OKAY, *((f"x-{n}", "v" * 700) for n in range(40))])
        peer.writer.write(peer.h2.data_to_send()[:cut])
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, timeouts=Timeouts(read_s=0.15), **PRIOR))
    assert (outcome.kind, outcome.exchange.failure.phase) == ("read_timeout", phase)


async def test_interim_answers_without_end_are_a_failure_and_few_of_them_are_told():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, [(":status", "103"), ("link", "</a>")])
        await peer.flush()
        peer.h2.send_headers(asked.stream_id, [(":status", "103"), ("link", "</a>")])
        peer.writer.write(peer.h2.data_to_send() * CALM_FRAMES)
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert outcome.kind == "protocol"
    assert f"more than {CALM_FRAMES:,} frames" in outcome.told
    assert len(told(outcome, InterimReceived)) == TOLD_INTERIMS


# -- uploads -----------------------------------------------------------------------------------------------------

EXPECTING = (("Expect", "100-continue"),)


async def test_a_body_waits_for_continue(monkeypatch):
    monkeypatch.setattr("antiphon.engine.http2.CONTINUE_WAIT_S", 20)
    got = []

    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.until(h2.events.DataReceived), 0.05)
        peer.h2.send_headers(asked.stream_id, [(":status", "103")])
        await peer.flush()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(peer.until(h2.events.DataReceived), 0.05)
        peer.h2.send_headers(asked.stream_id, [(":status", "100")])
        got.append((await peer.until(h2.events.DataReceived)).data)
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(
            engine, request(address, method="PUT", content=b"body", headers=EXPECTING, **PRIOR)
        )
    assert (outcome.status, got) == (200, [b"body"])
    assert [head.status for head, _ in outcome.exchange.last.interims] == [103, 100]
    assert phases(outcome)[2:] == ["send", "wait", "upload", "wait", "head", "download"]


async def test_a_refusal_while_the_body_waits_keeps_it_here():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, [(":status", "417")], end_stream=True)
        await peer.until(h2.events.StreamReset)
        peer.h2.send_headers((await peer.until(h2.events.RequestReceived)).stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(
            engine, request(address, method="PUT", content=b"body", headers=EXPECTING, **PRIOR)
        )
        after = await send(engine, request(address, **PRIOR))
    sent = outcome.exchange.last.sent
    assert (outcome.status, sent.body_bytes, sent.is_complete) == (417, 0, False)
    assert (sent.frames[-1].kind, sent.frames[-1].detail) == ("RST_STREAM", "NO_ERROR")
    assert after.exchange.last.connection.reused


async def test_a_body_waits_a_second_at_most(monkeypatch):
    monkeypatch.setattr("antiphon.engine.http2.CONTINUE_WAIT_S", 0.1)
    async with h2_server(app) as address, opened() as engine:
        outcome = await send(
            engine, request(address, "/digest", "PUT", content=b"body", headers=EXPECTING, **PRIOR)
        )
    assert outcome.body.decode() == hashlib.sha256(b"body").hexdigest()


@pytest.mark.parametrize("pause_s", [0, 0.2])
@pytest.mark.parametrize("window", [65_535, (1 << 31) - 1])
async def test_a_refusal_of_an_upload_comes_at_once_though_its_answer_goes_on(window, pause_s):
    async def script(peer, _number):
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window})
        if window > 65_535:
            peer.h2.increment_flow_control_window(window - 65_535)
        asked = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        await asyncio.sleep(pause_s)
        peer.h2.send_headers(asked.stream_id, [(":status", "405")])
        peer.h2.send_data(asked.stream_id, b"n")
        await peer.flush()
        await asyncio.sleep(0.05)
        peer.h2.send_data(asked.stream_id, b"o", end_stream=True)
        await peer.flush()
        await stop.wait()  # takes nothing any more, and keeps the line open

    stop = asyncio.Event()
    async with peer_server(script) as address, opened() as engine:
        async with asyncio.timeout(3):
            outcome = await send(engine, request(address, method="PUT", content=b"z" * 50_000_000, **PRIOR))
        stop.set()
    assert (outcome.status, outcome.body) == (405, b"no")
    sent = outcome.exchange.last.sent
    assert not sent.is_complete
    assert sent.body_bytes < 50_000_000


async def test_a_server_that_answers_while_it_is_sent_to_is_heard_before_it_listens_again():
    async def script(peer, _number):
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: (1 << 31) - 1})
        peer.h2.increment_flow_control_window((1 << 31) - 1 - 65_535)
        asked = await peer.until(h2.events.RequestReceived)
        await peer.flush()
        await asyncio.sleep(0.2)  # by now the client is in the middle of a write
        peer.h2.send_headers(asked.stream_id, OKAY)
        for _ in range(900):
            peer.h2.send_data(asked.stream_id, b"x" * 16_000)
        await peer.flush()  # reads nothing before all of this is out
        while not isinstance(
            await peer.until((h2.events.DataReceived, h2.events.StreamEnded)), h2.events.StreamEnded
        ):
            pass
        peer.h2.end_stream(asked.stream_id)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, method="PUT", content=b"z" * 20_000_000, **PRIOR))
    assert outcome.body == b"x" * 16_000 * 900
    assert outcome.exchange.last.sent.is_complete


async def test_what_a_cancelled_write_left_over_goes_out_before_the_next_request():
    async def script(peer, _number):
        peer.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: (1 << 31) - 1})
        peer.h2.increment_flow_control_window((1 << 31) - 1 - 65_535)
        await peer.until(h2.events.RequestReceived)
        await peer.flush()
        await go_on.wait()
        while (asked := await peer.until(h2.events.RequestReceived)).headers[0][1] != b"GET":
            pass
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    go_on = asyncio.Event()
    async with peer_server(script) as address, opened() as engine:
        upload = request(address, method="PUT", content=b"z" * 50_000_000, **PRIOR)
        tasks, outcomes = zip(*[started(engine, upload) for _ in range(6)], strict=True)
        await until(lambda: all(told(outcome, Connected) for outcome in outcomes))
        second, waiting = started(engine, request(address, **PRIOR))
        await until(lambda: told(waiting, Connected))
        for task in tasks:  # each leaves the next one in the middle of a write that the server does not take
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        go_on.set()
        await second
    assert waiting.status == 200
    assert waiting.exchange.last.connection.reused
    assert not any(outcome.exchange.last.sent.is_complete for outcome in outcomes)


async def test_a_thousand_cancels_on_one_connection_leave_it_healthy():
    async with h2_server(app) as address, opened() as engine:
        await send(engine, request(address, **PRIOR))
        waiting = request(address, "/silent", **PRIOR)
        streaming = request(address, "/endless", **PRIOR)
        uploading = request(address, "/silent", "POST", content=BLOB, **PRIOR)
        for number in range(1000):
            prepared, kind = (
                (waiting, RequestSent),
                (streaming, HeadReceived),
                (uploading, Connected),
                (streaming, BodyAdvanced),
            )[number % 4]
            await cancelled_at(engine, prepared, kind)
        last = await send(engine, request(address, "/blob/0", **PRIOR))
    assert last.body == BLOB
    assert last.exchange.last.connection.request_number > 900


async def test_trailers_and_interim_answers_and_padding_are_understood():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, [(":status", "103"), ("link", "</a>")])
        peer.h2.send_headers(asked.stream_id, [*OKAY, ("content-length", "5")])
        peer.h2.send_data(asked.stream_id, b"hel", pad_length=7)
        peer.h2.send_data(asked.stream_id, b"lo")
        peer.h2.send_headers(asked.stream_id, [("x-sum", "42")], end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert (outcome.status, outcome.body) == (200, b"hello")
    hop = outcome.exchange.last
    assert hop.trailers == (("x-sum", "42"),)
    assert [head for head, _ in hop.interims] == [Head(103, "", "HTTP/2", (("link", "</a>"),))]
    assert hop.began < hop.interims[0][1] <= hop.ended


async def test_a_graceful_goaway_lets_the_running_answer_end_and_retires_the_connection():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY)
        await peer.flush()
        peer.writer.write(b"\0\0\x08\x07\0\0\0\0\0" + asked.stream_id.to_bytes(4, "big") + b"\0\0\0\0")
        peer.h2.send_data(asked.stream_id, b"whole", end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        assert (await send(engine, request(address, **PRIOR))).body == b"whole"
        assert (await send(engine, request(address, **PRIOR))).body == b"whole"
        assert len(address.connections) == 2


async def test_a_request_that_the_server_refused_untouched_goes_out_again_even_a_post():
    async def script(peer, number):
        asked = await peer.until(h2.events.RequestReceived)
        if number == 1:
            peer.h2.reset_stream(asked.stream_id, 7)  # REFUSED_STREAM
            asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, method="POST", content=b"x", **PRIOR))
    assert outcome.status == 200


async def test_a_server_that_takes_one_request_per_connection_gets_all_of_them():
    async def script(peer, _number):
        first = await peer.until(h2.events.RequestReceived)
        goaway = b"\0\0\x08\x07\0\0\0\0\0" + first.stream_id.to_bytes(4, "big") + b"\0\0\0\0"
        await peer.flush()
        peer.writer.write(goaway)
        peer.h2.send_headers(first.stream_id, OKAY, end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        posts = [send(engine, request(address, method="POST", content=b"x", **PRIOR)) for _ in range(12)]
        assert {outcome.status for outcome in await asyncio.gather(*posts)} == {200}


async def test_a_server_that_takes_no_request_is_asked_three_times():
    async def script(peer, _number):
        await peer.until(h2.events.RequestReceived)
        await peer.flush()
        peer.writer.write(b"\0\0\x08\x07" + b"\0" * 13)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
        assert len(address.connections) == 3
    assert outcome.kind == "disconnected"


async def test_a_connection_that_dies_while_idle_is_replaced():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY, end_stream=True)
        await peer.flush()

    async with peer_server(script) as address, opened() as engine:
        await send(engine, request(address, **PRIOR))
        await asyncio.sleep(0.05)
        second = await send(engine, request(address, method="POST", content=b"x", **PRIOR))
    assert second.status == 200
    assert [event.connection.reused for event in second.events if isinstance(event, Connected)] == [False]


async def test_a_body_shorter_than_it_says_is_a_failure():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, [*OKAY, ("content-length", "10")])
        peer.h2.send_data(asked.stream_id, b"short", end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert (outcome.kind, bytes(outcome.data)) == ("disconnected", b"short")
    assert "5 of 10 bytes" in outcome.told


async def test_a_reset_in_the_middle_keeps_what_came():
    async def script(peer, _number):
        asked = await peer.until(h2.events.RequestReceived)
        peer.h2.send_headers(asked.stream_id, OKAY)
        peer.h2.send_data(asked.stream_id, b"some")
        peer.h2.reset_stream(asked.stream_id, 2)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert (outcome.kind, bytes(outcome.data)) == ("disconnected", b"some")
    assert "INTERNAL_ERROR" in outcome.told


async def test_one_silent_stream_times_out_alone():
    async def script(peer, _number):
        silent = await peer.until(h2.events.RequestReceived)
        busy = await peer.until(h2.events.RequestReceived)
        assert silent.stream_id < busy.stream_id
        peer.h2.send_headers(busy.stream_id, OKAY)
        for _ in range(30):
            peer.h2.send_data(busy.stream_id, b"x")
            await peer.flush()
            await asyncio.sleep(0.01)
        peer.h2.send_data(busy.stream_id, b"y", end_stream=True)
        await peer.flush()
        await peer.reader.read()

    async with peer_server(script) as address, opened() as engine:
        first, silent = started(engine, request(address, timeouts=Timeouts(read_s=0.1), **PRIOR))
        await until(lambda: silent.exchange.last and silent.exchange.last.connection)
        busy = await send(engine, request(address, **PRIOR))
        await first
    assert (silent.kind, silent.exchange.failure.phase) == ("read_timeout", Phase.WAIT)
    assert busy.body == b"x" * 30 + b"y"


async def test_a_server_that_gives_no_window_runs_into_the_write_timeout():
    async def script(peer, _number):
        await peer.until(h2.events.RequestReceived)
        while await peer.reader.read(65536):
            pass

    async with peer_server(script) as address, opened() as engine:
        limits = Timeouts(write_s=0.1)
        outcome = await send(
            engine, request(address, method="PUT", content=b"z" * 200_000, timeouts=limits, **PRIOR)
        )
    assert outcome.kind == "write_timeout"


@pytest.mark.parametrize(
    "wire", [b"\xff\xff\xff\0\0\0\0\0\1", b"\0\0\x04\x03\0\0\0\0\x00\0\0\0\0", b"\0\0\1\0\x08\0\0\0\1\x05"]
)
async def test_broken_frames_are_a_protocol_failure(wire):
    async with raw_server(b"\0\0\0\x04\0\0\0\0\0" + wire) as address, opened() as engine:
        assert (await send(engine, request(address, **PRIOR))).kind == "protocol"


async def test_a_server_that_speaks_only_http1_is_named():
    async with raw_server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address, opened() as engine:
        outcome = await send(engine, request(address, **PRIOR))
    assert outcome.kind == "protocol"
    assert "HTTP/1.1" in outcome.told


async def test_http2_without_tls_needs_prior_knowledge(engine):
    outcome = await send(engine, request("http://127.0.0.1:1/", http_version="2"))
    assert outcome.kind == "request"
    assert "prior knowledge" in outcome.told


async def test_a_server_without_http2_says_so(engine, certificate):
    async with raw_server(b"", certificate.server_context()) as address:
        engine.trust(f"127.0.0.1:{address.port}", certificate.ca_file)
        outcome = await send(engine, request(address, http_version="2"))
    assert outcome.kind == "protocol"
    assert "does not offer HTTP/2" in outcome.told
