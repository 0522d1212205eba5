"""Faults of HTTP/2: frames that break the rules, streams and connections that end early, floods, stalls."""

import hpack

from antiphon.core.document import Timeouts
from tests.engine.faults import PRIOR, Fault, over_http2, secured, served
from tests.hostile import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    PADDED,
    PING,
    PRIORITY,
    PUSH_PROMISE,
    SETTINGS,
    WINDOW_UPDATE,
    Script,
    answers,
    data,
    fields,
    flooded,
    frame,
    framed,
    goaway,
    head,
    rst,
    stalls,
)

RULES = "broke the rules of HTTP/2"
AGAIN = ("send_again", "use_http1")
UPLOAD = {"method": "PUT", "content": b"z" * 200_000}
OKAY = fields((":status", "200"))


def is_reset(name: str, code: int, says: str, hint: str, **more) -> Fault:
    return over_http2(
        f"RST_STREAM {name}", lambda n: rst(n, code), ("reset the stream without an answer", says), kind="disconnected",
        hint=hint, remedies=AGAIN, keeps=True, **more,
    )  # fmt: skip


def is_ended(name: str, wire, says, hint="server's log", **more) -> Fault:
    more = {"remedies": AGAIN, "kind": "disconnected", "closes": True, **more}
    return over_http2(f"GOAWAY {name}", wire, says, hint=hint, **more)


def flood(
    name: str, wire, what: str, *, start=lambda _n: b"", phase: str = "wait", kept: bytes = b""
) -> Fault:
    return Fault(
        f"h2: {name}", served(flooded(wire, start)), "protocol", phase, ("1,000", what), "HTTP/1.1", ("use_http1",), kept, PRIOR
    )  # fmt: skip


def silent(
    name: str,
    script: Script,
    kind: str,
    phase: str,
    says,
    hint: str,
    kept: bytes = b"",
    *,
    keeps=True,
    **asks,
) -> Fault:
    return Fault(
        f"h2: {name}",
        served(script),
        kind,
        phase,
        says,
        hint,
        ("raise_timeout",),
        kept,
        {**PRIOR, **asks},
        keeps,
    )


RESETS = [
    is_reset("NO_ERROR", 0, "NO_ERROR", "Send again"),
    is_reset("PROTOCOL_ERROR", 1, "PROTOCOL_ERROR", "HTTP/1.1"),
    is_reset("INTERNAL_ERROR", 2, "INTERNAL_ERROR", "server's log"),
    is_reset("FLOW_CONTROL_ERROR", 3, "FLOW_CONTROL_ERROR", "HTTP/1.1"),
    is_reset("REFUSED_STREAM thrice", 7, "REFUSED_STREAM", "in a moment", times=3),
    is_reset("CANCEL", 8, "CANCEL", "Send again"),
    is_reset("ENHANCE_YOUR_CALM", 11, "ENHANCE_YOUR_CALM", "fewer requests"),
    is_reset("HTTP_1_1_REQUIRED", 13, "HTTP_1_1_REQUIRED", "HTTP/1.1"),
    is_reset("with an unknown code", 0xBAD, "0xbad", "Send again"),
    over_http2("RST_STREAM in the body", lambda n: head(n) + data(n, b"some") + rst(n, 2), ("middle of its answer", "INTERNAL_ERROR"), kind="disconnected", phase="download", hint="server's log", remedies=AGAIN, kept=b"some", keeps=True),
    over_http2("RST_STREAM in an upload", lambda n: rst(n, 8), ("without an answer", "CANCEL"), kind="disconnected", phase="upload", hint="Send again", remedies=AGAIN, keeps=True, whole=False, asks=UPLOAD),
]  # fmt: skip

ENDS = [
    is_ended("before the request, each time", lambda _n: goaway(0), "before it took the request", "Send again"),
    is_ended("at the request, with an error", lambda n: goaway(n, 2, b"out of memory"), ("INTERNAL_ERROR", "out of memory")),
    is_ended("for too many requests", lambda n: goaway(n, 11, b"too_many_pings"), ("ENHANCE_YOUR_CALM", "too_many_pings"), "fewer requests"),
    is_ended("in the body, with an error", lambda n: head(n) + data(n, b"some") + goaway(n, 1), ("middle of its answer", "PROTOCOL_ERROR"), "HTTP/1.1", phase="download", kept=b"some"),
    is_ended("without an error, then closed", lambda n: goaway(n), "without an answer", "Send again"),
    is_ended("before the request, with an error", lambda _n: goaway(0, 1, b"bad preface"), ("PROTOCOL_ERROR", "bad preface"), "HTTP/1.1"),
    is_ended("of two bytes", lambda _n: frame(7, 0, 0, b"xx"), RULES, "HTTP/1.1", remedies=("use_http1",), kind="protocol"),
    over_http2("closed after the request", lambda _n: b"", "closed the connection without an answer", kind="disconnected", hint="HTTP/1.1", remedies=AGAIN, closes=True),
    over_http2("closed in the body", lambda n: head(n) + data(n, b"some"), "middle of its answer", kind="disconnected", phase="download", hint="is kept", remedies=("send_again",), kept=b"some", closes=True),
    over_http2("closed in the header section", lambda n: frame(HEADERS, 0, n, OKAY), "middle of its answer", kind="disconnected", phase="head", hint="Send again", remedies=("send_again",), closes=True),
]  # fmt: skip

FRAMES = [
    over_http2("DATA on stream 0", lambda _n: data(0, b"x"), (RULES, "DATA on stream 0")),
    over_http2("DATA on a stream never opened", lambda n: data(n + 2, b"x"), (RULES, "never opened")),
    over_http2("DATA on an even stream", lambda _n: data(2, b"x"), (RULES, "never opened")),
    over_http2("DATA before the head", lambda n: data(n, b"x"), ("body", "before", "head"), keeps=True),
    over_http2("end before the head", lambda n: data(n, b"", ends=True), ("before", "head"), keeps=True),
    over_http2("HEADERS on an even stream", lambda _n: head(2), (RULES, "HEADERS on stream 2")),
    over_http2("HEADERS on stream 0", lambda _n: head(0), RULES),
    over_http2("frame too large", lambda n: frame(DATA, 0, n, bytes(20_000)), (RULES, "20,000 bytes")),
    over_http2("padding longer than its frame", lambda n: frame(DATA, PADDED, n, b"\x09x"), (RULES, "padding")),
    over_http2("bad padding of HEADERS", lambda n: frame(HEADERS, PADDED | END_HEADERS, n, b"\xff" + OKAY), RULES),
    over_http2("RST_STREAM on a stream never opened", lambda n: rst(n + 2, 8), RULES),
    over_http2("WINDOW_UPDATE of 0", lambda _n: frame(WINDOW_UPDATE, 0, 0, bytes(4)), RULES),
    over_http2("window overflow", lambda _n: frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2, RULES),
    over_http2("PRIORITY on itself", lambda n: frame(PRIORITY, 0, n, n.to_bytes(4, "big") + b"\0"), RULES),
    over_http2("SETTINGS on a stream", lambda n: frame(SETTINGS, 0, n), RULES),
    over_http2("SETTINGS of five bytes", lambda _n: frame(SETTINGS, 0, 0, bytes(5)), RULES),
    over_http2("SETTINGS with a window too large", lambda _n: frame(SETTINGS, 0, 0, b"\0\4\xff\xff\xff\xff"), RULES),
    over_http2("PING of two bytes", lambda _n: frame(PING, 0, 0, b"xx"), RULES),
    over_http2("push promise", lambda n: frame(PUSH_PROMISE, END_HEADERS, n, b"\0\0\0\2" + OKAY), RULES),
    over_http2("CONTINUATION without a beginning", lambda n: frame(CONTINUATION, END_HEADERS, n, OKAY), RULES),
    over_http2("header section interrupted", lambda n: frame(HEADERS, 0, n, OKAY) + frame(PING, 0, 0, bytes(8)), RULES, phase="head"),
    over_http2("broken header compression", lambda n: frame(HEADERS, END_HEADERS, n, b"\xff\xff\xff\xff\xff\xff"), RULES),
    over_http2("no SETTINGS first", lambda n: head(n, ends=True), (RULES, "SETTINGS"), first=b""),
    over_http2("an answer that is no HTTP/2", lambda _n: b"garbage all the way down", "not HTTP/2", first=b"", kept=b"garbage all the way down"),
    Fault("h2: answer in HTTP/1.1", served(answers(b"HTTP/1.1 400 Bad Request\r\n\r\nno")), "protocol", "wait", "answered in HTTP/1.1", "HTTP/1.1 or automatic", ("use_http1",), b"HTTP/1.1 400 Bad Request\r\n\r\nno", PRIOR),
]  # fmt: skip

HEADS = [
    over_http2("no status", lambda n: frame(HEADERS, END_HEADERS, n, fields(("server", "x"))), "no status", keeps=True),
    over_http2("status of letters", lambda n: head(n, status="fine"), ("fine", "no status"), keeps=True),
    over_http2("status 99", lambda n: head(n, status="99"), ("99", "no status"), keeps=True),
    over_http2("trailers that do not end it", lambda n: head(n) + head(n), RULES, phase="download"),
    over_http2("trailers with a status", lambda n: head(n) + data(n, b"some") + head(n, ends=True), ("trailers", ":status"), phase="download", kept=b"some", keeps=True),
    over_http2("body shorter than it says", lambda n: head(n, ("content-length", "10")) + data(n, b"short", ends=True), "5 of 10 bytes", kind="disconnected", phase="download", hint="is kept", remedies=("send_again",), kept=b"short", keeps=True),
    over_http2("body longer than it says", lambda n: head(n, ("content-length", "2")) + data(n, b"short", ends=True), "5 of 2 bytes", kind="disconnected", phase="download", hint="is kept", remedies=("send_again",), kept=b"short", keeps=True),
    over_http2("header bomb", lambda n: frame(HEADERS, END_HEADERS, n, OKAY + hpack.Encoder().encode([("x", "y" * 4000)], huffman=False) + b"\xbe" * 9000), (RULES, "header")),
    over_http2("header section without end", lambda n: frame(HEADERS, 0, n, OKAY) + frame(CONTINUATION, 0, n, fields(("x", "y" * 16_000))) * 100, RULES, phase="head"),
    over_http2("empty CONTINUATION frames", lambda n: frame(HEADERS, 0, n, OKAY) + frame(CONTINUATION, 0, n) * 100_000, RULES, phase="head"),
]  # fmt: skip

FLOODS = [
    flood("interim answers without end", lambda n: head(n, status="102") * 500, "HEADERS"),
    flood("PING flood", lambda _n: frame(PING, 0, 0, b"12345678") * 500, "PING"),
    flood("SETTINGS flood", lambda _n: frame(SETTINGS, 0, 0) * 500, "SETTINGS"),
    flood("PRIORITY flood", lambda _n: frame(PRIORITY, 0, 7, bytes(5)) * 500, "PRIORITY"),
    flood("WINDOW_UPDATE flood", lambda _n: frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1") * 500, "WINDOW_UPDATE"),
    flood("flood of unknown frames", lambda _n: frame(0xBB, 0, 0, b"x") * 500, "unknown"),
    flood("flood of empty DATA", lambda n: data(n, b"") * 500, "DATA", start=head, phase="download"),
    flood("PING flood in the body", lambda _n: frame(PING, 0, 0, b"12345678") * 500, "PING", start=lambda n: head(n) + data(n, b"some"), phase="download", kept=b"some"),
]  # fmt: skip

SILENCE = [
    silent("no answer", framed(lambda _n: b""), "read_timeout", "wait", "did not answer for 200 ms", "read timeout", timeouts=Timeouts(read_s=0.2)),
    silent("silent in the header section", framed(lambda n: frame(HEADERS, 0, n, OKAY)), "read_timeout", "head", "middle of its answer for 200 ms", "read timeout", keeps=False, timeouts=Timeouts(read_s=0.2)),
    silent("silent in the body", framed(lambda n: head(n) + data(n, b"some")), "read_timeout", "download", "middle of its answer for 200 ms", "read timeout", b"some", timeouts=Timeouts(read_s=0.2)),
    silent("GOAWAY, then silence", framed(lambda n: goaway(n)), "read_timeout", "wait", "did not answer for 200 ms", "read timeout", keeps=False, timeouts=Timeouts(read_s=0.2)),
    silent("flow control leaves no room", stalls(), "write_timeout", "upload", ("took none of the request for 200 ms", "flow control"), "write timeout", timeouts=Timeouts(write_s=0.2), **UPLOAD),
]  # fmt: skip

OVER_TLS = [
    Fault("h2: HTTP_1_1_REQUIRED where only HTTP/2 is allowed", secured(framed(lambda n: rst(n, 13)), "h2", http_version="2"), "disconnected", "wait", "HTTP_1_1_REQUIRED", "HTTP/1.1", AGAIN, keeps=True),
    Fault("h2: not offered", secured(answers(b""), "http/1.1", can_be_good=False, http_version="2"), "protocol", "", "does not offer HTTP/2", "HTTP/1.1 or automatic", ("use_http1",)),
]  # fmt: skip

FAULTS = [*RESETS, *ENDS, *FRAMES, *HEADS, *FLOODS, *SILENCE, *OVER_TLS]
