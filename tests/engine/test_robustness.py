"""Whatever a server sends, an exchange ends: finished or failed, never with an exception, never for ever."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.core.document import Timeouts
from tests.engine.exchanges import opened, request, send
from tests.servers import raw_server

SHORT = Timeouts(connect_s=2, read_s=0.3, write_s=2, pool_s=2, total_s=5)

HEADERS = st.sampled_from(
    [
        b"Content-Length: 5", b"Content-Length: 99999999999999999999", b"Content-Length: \xb2", b"Transfer-Encoding: chunked",
        b"Content-Encoding: gzip", b"Content-Encoding: zstd, br", b"Set-Cookie: a=\xff\x00b; Expires=99:99:99 32 13 70",
        b"Location: \xff\xfe//", b"Location: /x", b"Connection: close", b": x", b"\x00: \x00", b" folded", b"A" * 300,
    ]
)  # fmt: skip
STATUS = st.sampled_from([b"100", b"101", b"200", b"204", b"302", b"304", b"404", b"999", b"000", b"20"])
BODY = st.sampled_from(
    [b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"0\r\n\xff: \r\n\r\n"]
) | st.binary(max_size=60)


@st.composite
def replies(draw) -> bytes:
    lines = [b"HTTP/1.%d " % draw(st.integers(0, 2)) + draw(STATUS), *draw(st.lists(HEADERS, max_size=4))]
    return b"\r\n".join([*lines, b"", b""]) + draw(BODY)


def ends(wire: list[bytes], **options) -> None:
    async def story() -> None:
        async with raw_server(wire) as address, opened() as engine:
            prepared = request(address, max_redirects=2, **options)
            prepared = replace(prepared, options=replace(prepared.options, timeouts=SHORT))
            outcome = await send(engine, prepared)
            assert outcome.exchange.state in {"finished", "failed"}
            assert outcome.exchange.state == "finished" or outcome.exchange.failure.hint

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(story())


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(replies() | st.binary(max_size=80), min_size=1, max_size=2))
def test_any_http1_answer_comes_to_an_end(wire):
    ends(wire)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


FRAMES = st.builds(
    frame,
    st.integers(0, 10),
    st.sampled_from([0, 1, 4, 5, 8, 9, 0x20, 255]),
    st.sampled_from([0, 1, 2, 3, 2**31 - 1]),
    st.sampled_from([b"", b"\x88", b"\x88\x88", b"\0" * 4, b"\0" * 5, b"\0" * 6, b"\0" * 8, b"\xff" * 8])
    | st.binary(max_size=20),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(FRAMES, max_size=6).map(b"".join))
def test_any_http2_answer_comes_to_an_end(wire):
    ends([frame(4, 0, 0, b"") + wire], http_version="2-prior-knowledge")


@pytest.mark.parametrize("size", [1 << 20, 3 << 20])
def test_a_huge_head_comes_to_an_end(size):
    ends([b"HTTP/1.1 200 OK\r\nX: " + b"x" * size + b"\r\n\r\n"])
