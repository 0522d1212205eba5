"""Content codings are undone whole, in bounded steps, and what is cut short or damaged says so."""

import gzip
import os
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from antiphon.engine.decode import STEP_BYTES, decoder_for
from antiphon.engine.failures import ExchangeBroken
from tests.engine.exchanges import request, send
from tests.servers import http_server, raw_server, reply


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


ENCODERS = {
    "gzip": gzip.compress,
    "x-gzip": lambda data: gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :]),
    "deflate": zlib.compress,
    "br": lambda data: brotli.compress(data, quality=5),
    "zstd": zstandard.ZstdCompressor().compress,
}
CODINGS = [*ENCODERS.items(), ("deflate", raw_deflate)]


def decoded(codings: list[str], wire: bytes, cuts: list[int] = ()) -> bytes:
    decoder = decoder_for(codings)
    at, out = 0, []
    for end in [*sorted(cuts), len(wire)]:
        out += decoder.feed(wire[at:end])
        at = end
    decoder.finish()
    assert all(len(piece) <= STEP_BYTES for piece in out)
    return b"".join(out)


@given(st.data(), st.sampled_from(CODINGS), st.binary(max_size=3000) | st.just(b"abc" * 100_000))
def test_every_coding_gives_back_what_went_in_however_it_is_cut(data, coding, body):
    name, encode = coding
    wire = encode(body)
    cuts = data.draw(st.lists(st.integers(0, len(wire)), max_size=6))
    assert decoded([name], wire, cuts) == body


@given(st.lists(st.sampled_from(list(ENCODERS)), min_size=2, max_size=3), st.binary(max_size=2000))
def test_stacked_codings_are_undone_in_reverse(names, body):
    wire = body
    for name in names:
        wire = ENCODERS[name](wire)
    assert decoded(names, wire, [1, 2, len(wire) // 2]) == body


@given(st.data(), st.sampled_from(CODINGS))
def test_a_body_cut_short_is_noticed_and_keeps_what_came(data, coding):
    name, encode = coding
    wire = encode(os.urandom(3000))
    cut = data.draw(st.integers(1, len(wire) - 9))
    decoder = decoder_for([name])
    list(decoder.feed(wire[:cut]))
    with pytest.raises(ExchangeBroken, match="ends in the middle"):
        decoder.finish()


@pytest.mark.parametrize(("name", "encode"), CODINGS)
def test_a_body_cut_short_within_its_first_bytes_is_noticed(name, encode):
    wire = encode(os.urandom(3000))
    for cut in range(1, 40):
        decoder = decoder_for([name])
        list(decoder.feed(wire[:cut]))
        with pytest.raises(ExchangeBroken, match="ends in the middle"):
            decoder.finish()


@pytest.mark.parametrize("name", ["gzip", "br", "zstd", "deflate"])
def test_what_is_not_encoded_as_it_says_is_a_decode_failure(name):
    decoder = decoder_for([name])
    with pytest.raises(ExchangeBroken) as caught:
        list(decoder.feed(b"\xff\xfe this is plain text, and long enough to be sure of it"))
        decoder.finish()
    assert caught.value.failure.kind == "decode"


@pytest.mark.parametrize("name", list(ENCODERS))
def test_an_empty_body_needs_no_frame(name):
    decoder_for([name]).finish()


def test_bytes_after_the_last_gzip_member_are_ignored():
    assert decoded(["gzip"], gzip.compress(b"one") + b"\0\0padding") == b"one"


@pytest.mark.parametrize("codings", [["foo"], ["gzip", "foo"], [], ["identity"]])
def test_unknown_and_identity_have_no_decoder(codings):
    assert decoder_for(codings) is None


@pytest.mark.parametrize("coding", CODINGS, ids=[f"{name}{n}" for n, (name, _) in enumerate(CODINGS)])
def test_a_decompression_bomb_comes_in_bounded_pieces(coding):
    name, encode = coding
    wire = encode(bytes(64 << 20))
    decoder = decoder_for([name])
    tracemalloc.start()
    total = largest = 0
    for piece in decoder.feed(wire):
        total += len(piece)
        largest = max(largest, len(piece))
    decoder.finish()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 64 << 20
    assert largest <= STEP_BYTES
    assert peak < 8 << 20


async def test_the_engine_counts_wire_and_decoded_bytes(engine):
    wire = gzip.compress(b"A" * 100_000)
    async with http_server(lambda _r: reply(wire, "200 OK", "Content-Encoding: GZIP")) as (address, _):
        outcome = await send(engine, request(address))
    assert outcome.body == b"A" * 100_000
    assert (outcome.exchange.last.wire_bytes, outcome.exchange.last.decoded_bytes) == (len(wire), 100_000)


async def test_the_engine_keeps_what_it_could_decode(engine):
    wire = gzip.compress(os.urandom(50_000))[:30_000]
    async with http_server(lambda _r: reply(wire, "200 OK", "Content-Encoding: gzip")) as (address, _):
        outcome = await send(engine, request(address))
    assert outcome.kind == "decode"
    assert 20_000 < len(outcome.data) < 50_000


async def test_a_body_in_an_unknown_coding_is_shown_as_it_came(engine):
    async with http_server(lambda _r: reply(b"body", "200 OK", "Content-Encoding: foo")) as (address, _):
        assert (await send(engine, request(address))).body == b"body"


async def test_transfer_codings_are_undone_too(engine):
    wire = gzip.compress(b"inside")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    async with raw_server(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(wire), wire)) as address:
        assert (await send(engine, request(address))).body == b"inside"


def test_a_zstd_window_beyond_what_servers_may_ask_for_is_refused():
    settings = zstandard.ZstdCompressionParameters(window_log=26)
    wire = zstandard.ZstdCompressor(compression_params=settings).compressobj().compress(bytes(1 << 20))
    wire = wire or zstandard.ZstdCompressor(compression_params=settings).compress(os.urandom(20 << 20))
    with pytest.raises(ExchangeBroken, match="8 MiB"):
        list(decoder_for(["zstd"]).feed(wire))
