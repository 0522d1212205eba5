"""Where a server breaks a rule and is read all the same, a note says so; curl reads the same where it reads on."""

import asyncio
import gzip
import subprocess

import pytest

from antiphon.engine import http1_notes
from antiphon.engine.http1_notes import CLOSE_ENDS, EXCESS
from tests.engine.exchanges import request, send
from tests.servers import raw_server
from tests.tools import require_tool

OK = b"HTTP/1.1 200 OK\r\n"
TWO = b"Content-Length: 2\r\n\r\nok"
CHUNKS = b"\r\n2\r\nok\r\n0\r\n\r\n"
LENGTH = ("Content-Length", "2")
CHUNKED = ("Transfer-Encoding", "chunked")

# the bytes, the headers, the body, what each note says; whether curl 7.88 reads the same body
READ = {
    "nothing odd": (OK + b"X-A: a\r\n" + TWO, [("X-A", "a"), LENGTH], b"ok", [], True),
    "order, case, repetition": (OK + b"b: 1\r\nB: \r\nb: 2\r\n" + TWO, [("b", "1"), ("B", ""), ("b", "2"), LENGTH], b"ok", [], True),
    "blank before the colon": (OK + b"X : a\r\n" + TWO, [("X", "a"), LENGTH], b"ok", ["blank between the header name 'X'"], True),
    "blank before the length's colon": (OK + b"Content-Length : 2\r\n\r\nok", [LENGTH], b"ok", ["blank between"], True),
    "no colon": (OK + b"no colon\r\n" + TWO, [("no colon", ""), LENGTH], b"ok", ["without a colon: 'no colon'"], False),
    "no name": (OK + b": v\r\n" + TWO, [("", "v"), LENGTH], b"ok", ["without a name, its value is 'v'"], True),
    "a name that is none": (OK + b"A b: c\r\n" + TWO, [("A b", "c"), LENGTH], b"ok", ["'A b' has characters"], True),
    "folded": (OK + b"X: a\r\n  b\r\n" + TWO, [("X", "a b"), LENGTH], b"ok", ["folded over several lines ('b')"], True),
    "folded length": (OK + b"Content-Length:\r\n 2\r\n\r\nok", [LENGTH], b"ok", ["folded"], False),
    "folded coding": (OK + b"Transfer-Encoding: chunked\r\n  abc\r\n" + CHUNKS, [("Transfer-Encoding", "chunked abc")], b"ok", ["folded"], True),
    "folded from the start": (OK + b" X: v\r\n" + TWO, [("X", "v"), LENGTH], b"ok", ["folded"], False),
    "bare LF": (b"HTTP/1.1 200 OK\nX: a\nContent-Length: 2\n\nok", [("X", "a"), LENGTH], b"ok", ["bare LF"], True),
    "one bare LF": (OK + b"X: a\n" + TWO, [("X", "a"), LENGTH], b"ok", ["bare LF"], True),
    "bytes beyond ASCII": (OK + b"X: caf\xe9\r\n" + TWO, [("X", "caf\xe9"), LENGTH], b"ok", ["'X' holds bytes beyond ASCII"], True),
    "UTF-8 stays raw": (OK + "X: ü\r\n".encode() + TWO, [("X", "\xc3\xbc"), LENGTH], b"ok", ["beyond ASCII"], True),
    "NUL": (OK + b"X: a\0b\r\n" + TWO, [("X", "a\0b"), LENGTH], b"ok", ["'X' holds a control character"], False),
    "lone CR": (OK + b"X: a\rY: b\r\n" + TWO, [("X", "a\rY: b"), LENGTH], b"ok", ["control character"], True),
    "two equal lengths": (OK + b"Content-Length: 2\r\n" + TWO, [LENGTH, LENGTH], b"ok", ["said twice, each time 2"], True),
    "a list of equal lengths": (OK + b"Content-Length: 2, 2, 2\r\n\r\nok", [("Content-Length", "2, 2, 2")], b"ok", ["said 3 times"], True),
    "length and chunks": (OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n" + CHUNKS, [("Content-Length", "9"), CHUNKED], b"ok", ["smuggling"], True),
    "a length beyond all numbers": (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nok", [("Content-Length", "9" * 5000)], b"ok", [CLOSE_ENDS], True),
    "no reason": (b"HTTP/1.1 200\r\n" + TWO, [LENGTH], b"ok", ["ends with the code"], True),
    "an empty reason": (b"HTTP/1.1 200 \r\n" + TWO, [LENGTH], b"ok", [], True),
    "no blank before the reason": (b"HTTP/1.1 200OK\r\n" + TWO, [LENGTH], b"ok", ["set apart"], True),
    "many blanks": (b"HTTP/1.1   200   OK\r\n" + TWO, [LENGTH], b"ok", ["set apart"], True),
    "a reason beyond ASCII": (b"HTTP/1.1 200 Ori\xebnt\r\n" + TWO, [LENGTH], b"ok", ["reason in the status line"], True),
    "an odd status": (b"HTTP/1.1 700 Odd\r\n" + TWO, [LENGTH], b"ok", ["700 is no status code"], True),
    "a small name": (b"http/1.1 200 OK\r\n" + TWO, [LENGTH], b"ok", ["written 'http/1.1'"], True),
    "a version that is none": (b"HTTP/1.7 200 OK\r\n" + TWO, [LENGTH], b"ok", ["HTTP/1.7, a version"], False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n" + TWO, [LENGTH], b"ok", [], True),
    "HTTP/1.0 with chunks": (b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n" + CHUNKS, [CHUNKED], b"ok", ["HTTP/1.0 knows no"], True),
    "keep-alive without a length": (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nok", [("Connection", "keep-alive")], b"ok", ["kept alive, yet", CLOSE_ENDS], True),
    "both close and keep-alive": (OK + b"Connection: keep-alive, close\r\n" + TWO, [("Connection", "keep-alive, close"), LENGTH], b"ok", ["both"], True),
    "ended by close": (OK + b"\r\nok", [], b"ok", [CLOSE_ENDS], True),
    "a body on 204": (b"HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\nok", [LENGTH], b"", ["A 204 has no body", EXCESS], True),
    "a body on 304": (b"HTTP/1.1 304 Same\r\nContent-Length: 2\r\n\r\nok", [LENGTH], b"", [EXCESS], True),
    "a 304 says its length": (b"HTTP/1.1 304 Same\r\nContent-Length: 2\r\n\r\n", [LENGTH], b"", [], True),
    "too many bytes": (OK + TWO + b"more", [LENGTH], b"ok", [EXCESS], True),
    "bytes after the chunks": (OK + b"Transfer-Encoding: chunked\r\n" + CHUNKS + b"more", [CHUNKED], b"ok", [EXCESS], True),
    "identity": (OK + b"Transfer-Encoding: identity\r\n\r\nok", [("Transfer-Encoding", "identity")], b"ok", ["abolished", CLOSE_ENDS], True),
    "chunked, twice": (OK + b"Transfer-Encoding: chunked, chunked\r\n" + CHUNKS, [("Transfer-Encoding", "chunked, chunked")], b"ok", ["more than once"], True),
    "chunked, not last": (OK + b"Transfer-Encoding: chunked, identity\r\n" + CHUNKS, [("Transfer-Encoding", "chunked, identity")], b"ok", ["abolished", "not the last"], True),
    "blanks around a size": (OK + b"Transfer-Encoding: chunked\r\n\r\n2  \r\nok\r\n0\r\n\r\n", [CHUNKED], b"ok", [http1_notes.CHUNK_BLANK], True),
    "a blank before a size": (OK + b"Transfer-Encoding: chunked\r\n\r\n 2\r\nok\r\n0\r\n\r\n", [CHUNKED], b"ok", [http1_notes.CHUNK_BLANK], False),
    "text after a size": (OK + b"Transfer-Encoding: chunked\r\n\r\n2 x\r\nok\r\n0\r\n\r\n", [CHUNKED], b"ok", [http1_notes.CHUNK_BLANK, http1_notes.CHUNK_TEXT], True),
    "extensions": (OK + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n1;c\r\nk\r\n0\r\n\r\n", [CHUNKED], b"ok", [http1_notes.CHUNK_EXTENSION], True),
    "chunks with bare LF": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n", [CHUNKED], b"ok", [http1_notes.CHUNK_LINE, http1_notes.CHUNK_END], True),
    "odd trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX : y\r\n\r\n", [CHUNKED], b"ok", ["blank between"], True),
}  # fmt: skip


@pytest.mark.parametrize("claim", READ)
async def test_a_leniency_is_read_and_noted(engine, claim):
    raw, headers, body, notes, _is_curls = READ[claim]
    async with raw_server(raw) as address:
        outcome = await send(engine, request(address))
    assert outcome.body == body
    hop = outcome.exchange.hops[-1]
    assert list(hop.head.headers) == headers
    assert len(hop.notes) == len(notes), hop.notes
    for note, told in zip(notes, hop.notes, strict=True):
        assert note in told


@pytest.mark.parametrize("claim", [claim for claim, row in READ.items() if row[-1]])
async def test_curl_reads_the_same(claim):
    curl = require_tool("curl")
    raw, _, body, _, _ = READ[claim]
    async with raw_server(raw) as address:
        command = [curl, "-q", "-s", "--noproxy", "*", "--max-time", "10", address.url()]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, body)


async def test_a_transfer_coding_that_nobody_asked_for_is_undone_and_noted(engine):
    packed = gzip.compress(b"ok")
    raw = OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    async with raw_server(raw) as address:
        outcome = await send(engine, request(address))
    assert outcome.body == b"ok"
    assert [note for note in outcome.exchange.hops[-1].notes if "gzip was not asked for" in note]


@pytest.mark.parametrize("coding", ["compress", "gzip, Foo", "br;q=1, foo"])
async def test_a_content_coding_that_is_not_known_is_noted_and_shown_as_it_came(engine, coding):
    async with raw_server(OK + b"Content-Encoding: " + coding.encode() + b"\r\n" + TWO) as address:
        outcome = await send(engine, request(address))
    assert outcome.body == b"ok"
    [note] = outcome.exchange.hops[-1].notes
    assert "is not known" in note
    assert coding.lower().rpartition(", ")[2] in note


@pytest.mark.parametrize(
    "coding", [b"GZIP", b"x-gzip", b"identity, gzip", b", gzip ,", b"gzip\r\nContent-Encoding: identity"]
)
async def test_a_content_codings_name_is_read_generously(engine, coding):
    packed = gzip.compress(b"ok")
    raw = OK + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n%b" % (coding, len(packed), packed)
    async with raw_server(raw) as address:
        outcome = await send(engine, request(address))
    assert (outcome.body, outcome.exchange.hops[-1].notes) == (b"ok", ())


def test_names_are_listed_and_counted():
    [note] = http1_notes.field_notes([b"X%d: \xff\r" % number for number in (0, 1, 1, 2, 3, 4)])
    assert "'X0', 'X1', 'X2' and 2 more" in note
