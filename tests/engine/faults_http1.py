"""Faults of HTTP/1.1: malformed heads, short bodies, broken codings, redirects that lead nowhere, resets, silence."""

import gzip
import zlib

import brotli
import zstandard

from antiphon.core.document import DigestAuth, OAuth2Auth, Timeouts
from tests.engine.faults import Fault, served
from tests.hostile import answers, deaf, goes_on, resets_after

HEAD = b"HTTP/1.1 200 OK\r\n"
NOISE = bytes(range(256)) * 40
UPLOAD = {"method": "PUT", "content": b"z" * 8_000_000}
SERVER_LOG = "server's log"
MALFORMED = "malformed HTTP"
LATER = ("send_again",)
NONE = ()


def broken(
    name, reply, says, hint=MALFORMED, *, phase="head", kept=None, remedies=NONE, stays=False
) -> Fault:
    return Fault(name, served(answers(reply, stays=stays)), "protocol", phase, says, hint, remedies, reply.removesuffix(b"\n\r\n") if kept is None else kept)  # fmt: skip


def coded(name, coding, body, says, kept) -> Fault:
    reply = HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    return Fault(
        name, served(answers(reply)), "decode", "", says, "identity", ("ask_uncompressed",), kept
    )  # fmt: skip


def redirected(name, location, says, hint="following redirects", **asks) -> Fault:
    reply = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 4\r\n\r\nmore"
    return Fault(
        name, served(answers(reply)), "redirect", "", says, hint, ("stop_following",), b"more", asks
    )  # fmt: skip


def chunks(tail: bytes) -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" + tail


def silent(name, script, kind, phase, says, hint, kept=b"", **asks) -> Fault:
    return Fault(name, served(script), kind, phase, says, hint, ("raise_timeout",), kept, asks)


CUT = [
    Fault("closed after the request", served(answers(b"")), "disconnected", "wait", "without an answer", SERVER_LOG, ("send_again", "use_https")),
    Fault("closed before the request", served(resets_after(1)), "disconnected", "wait", "without an answer", SERVER_LOG, ("send_again", "use_https")),
    Fault("reset after the request's head", served(answers(b"", resets=True)), "disconnected", "wait", ("without an answer", "reset"), SERVER_LOG, ("send_again", "use_https")),
    Fault("reset while it is sent to", served(resets_after(1_000_000)), "disconnected", "upload", ("without an answer", "reset"), SERVER_LOG, ("send_again", "use_https"), asks=UPLOAD),
    Fault("reset in the head", served(answers(HEAD + b"A: b", resets=True)), "disconnected", "head", ("middle of its answer", "reset"), SERVER_LOG, LATER, None),
    Fault("closed in the head", served(answers(HEAD + b"A: b")), "disconnected", "head", "middle of the head", SERVER_LOG, LATER, HEAD + b"A: b"),
    Fault("reset in the body", served(answers(HEAD + b"Content-Length: 10\r\n\r\nhello", resets=True)), "disconnected", "download", ("middle of its answer", "reset"), SERVER_LOG, LATER, b"hello"),
    Fault("body shorter than it says", served(answers(HEAD + b"Content-Length: 10\r\n\r\nhello")), "disconnected", "download", "5 bytes are missing", "is kept", LATER, b"hello"),
    Fault("chunks without their end", served(answers(chunks(b""))), "disconnected", "download", "middle of its answer", "is kept", LATER, b"hello"),
    Fault("chunk cut in two", served(answers(chunks(b"9\r\nwor"))), "disconnected", "download", "middle of its answer", "is kept", LATER, b"hellowor"),
    Fault("no last trailer line", served(answers(chunks(b"0\r\nX: y\r\n"))), "disconnected", "download", "middle of its answer", "is kept", LATER, b"hello"),
]  # fmt: skip

MALFORMED_ANSWERS = [
    broken("garbage", b"\x00\x01\x02garbage\r\n", ("not HTTP", "garbage"), "Check the port"),
    broken("an SSH server", b"SSH-2.0-OpenSSH_9.2p1\r\n", ("not HTTP", "SSH-2.0"), "Check the port"),
    broken("no status", b"HTTP/1.1\r\n\r\n", "no status line"),
    broken("status 99", b"HTTP/1.1 99 Low\r\n\r\n", ("HTTP/1.1 99 Low", "no status line")),
    broken("status of letters", b"HTTP/1.1 OK\r\n\r\n", "no status line"),
    broken("two lengths", HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", ("3, 4", "no length"), kept=HEAD[:-2] + b"\r\nContent-Length: 3\r\nContent-Length: 4\r"),
    broken("negative length", HEAD + b"Content-Length: -1\r\n\r\n", "-1, which is no length", kept=HEAD + b"Content-Length: -1\r"),
    broken("unknown transfer coding", HEAD + b"Transfer-Encoding: rot13\r\n\r\n", ("transfer coding", "rot13"), kept=HEAD + b"Transfer-Encoding: rot13\r"),
    broken("chunk size broken", chunks(b"xyz\r\n"), ("xyz", "no chunk size"), phase="download", kept=b"hello", stays=True),
    broken("negative chunk size", chunks(b"-5\r\n"), ("-5", "no chunk size"), phase="download", kept=b"hello", stays=True),
    broken("chunk too long", chunks(b"3\r\nworld\r\n"), "longer than its size", phase="download", kept=b"hellowor", stays=True),
    broken("chunk size without end", chunks(b"1;" + b"x" * 100_000), "has no end", phase="download", kept=b"hello", stays=True),
    broken("HTTP/2 on the HTTP/1.1 port", b"\0\0\0\x04\0\0\0\0\0", "HTTP/2 only", "prior knowledge", remedies=("use_http2_prior_knowledge",)),
    broken("TLS on the plain port", b"\x15\x03\x01\x00\x02\x02\x46", "speaks TLS", "https://", remedies=("use_https",)),
    Fault("endless header line", served(goes_on(HEAD + b"X: ", b"x" * 65_536)), "protocol", "head", "larger than 1 MiB", MALFORMED, NONE, None),
    Fault("header bomb", served(goes_on(HEAD, b"X: y\r\n" * 10_000)), "protocol", "head", "larger than 1 MiB", MALFORMED, NONE, None),
    Fault("endless status line", served(goes_on(b"HTTP/1.1 200 ", b"x" * 65_536)), "protocol", "head", "larger than 1 MiB", MALFORMED, NONE, None),
    Fault("NULs without end", served(goes_on(b"", bytes(65_536))), "protocol", "head", "not HTTP", "Check the port", NONE, None),
    Fault("trailers without end", served(goes_on(chunks(b"0\r\n"), b"X: y\r\n" * 10_000)), "protocol", "download", "larger than 1 MiB", MALFORMED, NONE, b"hello"),
    Fault("interim answers without end", served(goes_on(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 2000)), "protocol", "wait", ("more than 1,000", "102"), "final one", NONE),
]  # fmt: skip

CODINGS = [
    coded("gzip that is none", "gzip", b"\x1f\x8bhello world", "not valid gzip", b""),
    coded("gzip cut short", "gzip", gzip.compress(NOISE)[:-20], ("middle of its gzip", "received"), None),
    coded("deflate that is none", "deflate", b"\xff\xff\xff\xff", "not valid deflate", b""),
    coded("br that is none", "br", b"\xff\xff\xff\xff", "not valid br", b""),
    coded("br cut short", "br", brotli.compress(NOISE)[:-4], "middle of its br", None),
    coded("zstd that is none", "zstd", b"hello world", "not valid zstd", b""),
    coded("zstd cut short", "zstd", zstandard.compress(NOISE)[:-3], "middle of its zstd", None),
    coded("zstd with a huge window", "zstd", b"\x28\xb5\x2f\xfd\x00\xa0" + b"\x01\x00\x00", "window", b""),
    coded("the inner of two is broken", "br, gzip", gzip.compress(b"\xff\xff\xff\xff"), "not valid br", b""),
    Fault(
        "decompression bomb",
        served(answers(HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(bytes(20_000_000)))),
        "decode", "", "Stopped unpacking", "raise the limit", ("ask_uncompressed",), None, {"decoded_limit_bytes": 1 << 20},
    ),
]  # fmt: skip

REDIRECTS = [
    redirected("redirect to itself", b"/", "goes in a circle"),
    redirected("redirect to no address", b"http://[::1", "no http address"),
    redirected("redirect to another scheme", b"ftp://example.org/", "no http address"),
    Fault(
        "redirects without end",
        served(answers(b"HTTP/1.1 302 Found\r\nLocation: ./x/\r\nContent-Length: 0\r\n\r\n")),
        "redirect", "", "more than 3 times", "number of redirects", ("stop_following",), b"", {"max_redirects": 3},
    ),
]  # fmt: skip

SILENCE = [
    silent("no answer", answers(b"", stays=True), "read_timeout", "wait", "did not answer for 200 ms", "read timeout", timeouts=Timeouts(read_s=0.2)),
    silent("silent in the head", answers(HEAD, stays=True), "read_timeout", "head", "middle of its answer for 200 ms", "read timeout", None, timeouts=Timeouts(read_s=0.2)),
    silent("silent in the body", answers(HEAD + b"Content-Length: 9\r\n\r\nhello", stays=True), "read_timeout", "download", "middle of its answer for 200 ms", "read timeout", b"hello", timeouts=Timeouts(read_s=0.2)),
    silent("takes none of the request", deaf(), "write_timeout", "upload", "took none of the request for 200 ms", "write timeout", timeouts=Timeouts(write_s=0.2), method="PUT", content=b"z" * 30_000_000),
    silent("too slow in all, no answer", answers(b"", stays=True), "total_timeout", "wait", "longer than 200 ms in all", "total timeout", timeouts=Timeouts(total_s=0.2)),
    silent("too slow in all, in the body", goes_on(HEAD + b"\r\n", b"x", 0.02), "total_timeout", "download", "longer than 300 ms in all", "total timeout", None, timeouts=Timeouts(total_s=0.3)),
]  # fmt: skip

DIGEST = lambda _url: DigestAuth("ada", "eng:ine")
TOKEN = lambda url: OAuth2Auth("client_credentials", token_url=url, client_id="me", client_secret="s3cret")


def refused(name, status: bytes, reply: bytes, says, hint, auth) -> Fault:
    head = b"HTTP/1.1 %b\r\nContent-Length: %d\r\nConnection: close\r\n" % (status, len(reply))
    extra = b'WWW-Authenticate: Basic realm="r"\r\n' if status.startswith(b"401") else b""
    script = answers(head + extra + b"\r\n" + reply)
    return Fault(name, served(script), "auth", "", says, hint, ("change_auth",), auth=auth)


AUTH = [
    refused("password wanted as plain text", b"401 Unauthorized", b"", ("plain text", "not as a digest"), "Basic", DIGEST),
    refused("client not known to the token server", b"400 Bad Request", b'{"error": "invalid_client"}', "invalid_client", "secret", TOKEN),
    refused("no token in the token server's answer", b"200 OK", b"{}", "without an access token", "token URL", TOKEN),
    refused("token server broken", b"500 Oops", b"<html>", ("gave no token", "500 Oops"), "answer of the token", TOKEN),
]  # fmt: skip

FAULTS = [*AUTH, *CUT, *MALFORMED_ANSWERS, *CODINGS, *REDIRECTS, *SILENCE]
