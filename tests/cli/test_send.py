import json
import os
import re
import signal
import subprocess
import sys
import zlib

import pytest

from tests.cli.commands import program
from tests.recording import RecordingServer
from tests.servers import answer, h2_server, in_thread, make_certificate, raw_server, reply, scripted_server
from tests.tools import require_terminal, require_tool

KEYS = ["status", "reason", "http_version", "url", "purpose", "addresses", "attempts", "remote_address", "reused",
        "connection_age_s", "request_number", "tls", "phases_ms", "interims", "notes", "wire_bytes", "decoded_bytes",
        "hops", "failure"]  # fmt: skip
PHASES = ["queue", "dns", "tcp", "proxy", "tls", "send", "upload", "wait", "head", "download", "total"]
NOBODY = "http://127.0.0.1:1/"


@pytest.fixture
def server():
    with RecordingServer() as running:
        yield running


def answering(*replies: bytes):
    """Return a server that gives *replies* one after another, then the last one again."""
    left = list(replies)
    return RecordingServer(answer=lambda _request: left.pop(0) if len(left) > 1 else left[0])


# -- what is printed ----------------------------------------------------------------------------------


def test_the_body_is_printed_byte_for_byte(antiphon):
    body = bytes(range(256)) * 9
    with answering(reply(body)) as server:
        result = antiphon("send", server.address)
    assert (result.code, result.out, result.err) == (0, body, "")


def test_an_error_status_is_an_answer_too(antiphon):
    with answering(reply(b"gone", "404 Not Found"), reply(b"oh", "500 Oh")) as server:
        assert [antiphon("send", server.address).code for _status in (404, 500)] == [0, 0]


def test_a_compressed_body_is_decoded(antiphon):
    with answering(reply(zlib.compress(b"hello"), "200 OK", "Content-Encoding: deflate")) as server:
        assert antiphon("send", server.address).out == b"hello"


def test_include_prints_the_head_of_every_hop(antiphon):
    redirect = reply(b"", "302 Found", "Location: /new", "X-Name: caf\xe9")
    with answering(redirect, reply(b"here", "200 OK", "X: 1")) as server:
        out = antiphon("send", "-i", server.address).out
    assert out == (
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /new\r\nX-Name: caf\xe9\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX: 1\r\n\r\nhere"
    )


def test_head_asks_for_and_prints_the_head_alone(antiphon):
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") as server:
        assert antiphon("send", "-I", server.address).out == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        assert server.requests[0].method == "HEAD"


def test_several_targets_are_printed_one_after_another_and_share_cookies(antiphon):
    with answering(reply(b"one", "200 OK", "Set-Cookie: a=1"), reply(b"two")) as server:
        result = antiphon("send", f"{server.address}/1", f"{server.address}/2")
        assert (result.code, result.out) == (0, b"onetwo")
        assert [request.values("cookie") for request in server.requests] == [[], ["a=1"]]


def test_no_follow_prints_the_redirect(antiphon):
    with answering(reply(b"moved", "302 Found", "Location: /new")) as server:
        assert antiphon("send", "--no-follow", server.address).out == b"moved"
        assert len(server.requests) == 1


# -- facts ----------------------------------------------------------------------------------------------


def test_json_has_exactly_the_stated_keys(antiphon):
    with answering(reply(b'{"a": 1}')) as server:
        result = antiphon("send", "--json", f"{server.address}/x?y=1")
    (line,) = result.text.splitlines()
    facts = json.loads(line)
    assert list(facts) == KEYS
    assert list(facts["phases_ms"]) == PHASES
    phases = facts.pop("phases_ms")
    for attempt in facts.pop("attempts"):
        assert attempt["address"] in server.address
    assert set(facts.pop("addresses")) <= {"127.0.0.1"}
    assert facts.pop("connection_age_s") in {None, 0.0}
    assert facts == {
        "status": 200,
        "reason": "OK",
        "http_version": "HTTP/1.1",
        "url": f"{server.address}/x?y=1",
        "remote_address": server.address.removeprefix("http://"),
        "reused": False,
        "request_number": 1,
        "purpose": "request",
        "interims": [],
        "notes": [],
        "tls": None,
        "wire_bytes": 8,
        "decoded_bytes": 8,
        "hops": [],
        "failure": None,
    }
    assert phases["tls"] is None
    assert all(phases[name] >= 0 for name in ("tcp", "send", "wait", "download", "total"))
    assert all(value is None or round(value, 3) == value for value in phases.values())


def test_json_gives_one_line_per_request_and_says_what_was_reused(antiphon):
    with answering(reply()) as server:
        result = antiphon("send", "--json", f"{server.address}/1", f"{server.address}/2")
    first, second = map(json.loads, result.text.splitlines())
    assert (first["url"][-2:], second["url"][-2:]) == ("/1", "/2")
    assert (first["reused"], second["reused"]) == (False, True)
    assert [second["phases_ms"][name] for name in ("dns", "tcp", "tls")] == [None] * 3


def test_hops_are_the_earlier_answers(antiphon):
    steps = (reply(b"", "302 Found", "Location: /b"), reply(b"12", "307 Temporary Redirect", "Location: /c"))
    with answering(*steps, reply(b"end")) as server:
        facts = json.loads(antiphon("send", "--json", f"{server.address}/a").out)
    assert [(hop["status"], hop["url"][-2:]) for hop in facts["hops"]] == [(302, "/a"), (307, "/b")]
    assert (facts["status"], facts["url"][-2:], facts["decoded_bytes"]) == (200, "/c", 3)
    for hop in facts["hops"]:
        assert list(hop) == [key for key in KEYS if key != "hops"]
        assert hop["phases_ms"]["total"] <= facts["phases_ms"]["total"]


def test_http2_over_tls(antiphon, tmp_path):
    async def app(scope, _receive, send):
        if scope["type"] == "http":
            await answer(send, scope["http_version"].encode())

    certificate = make_certificate(tmp_path / "tls")
    with in_thread(h2_server(app, certificate)) as address:
        trust = ("--cacert", certificate.ca_file)
        facts = json.loads(antiphon("send", "--json", *trust, address.url()).out)
        assert (facts["http_version"], facts["tls"]["alpn"]) == ("HTTP/2", "h2")
        assert set(facts["tls"]) == {"version", "cipher", "alpn", "verified", "resumed", "certificates"}
        assert facts["tls"]["version"].startswith("TLSv1.")
        assert antiphon("send", "--http", "1.1", *trust, address.url()).out == b"1.1"
        assert antiphon("send", "-k", "-i", address.url()).out.startswith(b"HTTP/2 200 \r\n")
        refused = antiphon("send", address.url())
    assert (refused.code, refused.out) == (1, b"")
    assert "ertificate" in refused.err


def test_http2_by_prior_knowledge(antiphon):
    async def app(scope, _receive, send):
        if scope["type"] == "http":
            await answer(send, scope["http_version"].encode())

    with in_thread(h2_server(app)) as address:
        for version in ("2", "2-prior-knowledge"):
            assert antiphon("send", "--http", version, address.url()).out == b"2"


# -- files ----------------------------------------------------------------------------------------------


def test_output_holds_the_whole_body_and_progress_is_told(antiphon, tmp_path):
    body = os.urandom(8 << 20)
    file = tmp_path / "big.bin"
    file.write_bytes(b"old")
    with answering(reply(body)) as server:
        result = antiphon("send", server.address, "--output", file)
    assert (result.code, result.out) == (0, b"")
    assert file.read_bytes() == body
    assert re.search(r"^big\.bin: 8\.39 MB of 8\.39 MB \(100 %\)(, .*/s)?$", result.err.splitlines()[-1])
    assert list(tmp_path.iterdir()) == [file]


def test_silent_output_tells_nothing(antiphon, tmp_path):
    with answering(reply()) as server:
        assert antiphon("send", "-s", "-o", tmp_path / "f", server.address).err == ""


def test_facts_and_file_go_together(antiphon, tmp_path):
    with answering(reply(b"body")) as server:
        result = antiphon("send", "--json", "-o", tmp_path / "f", server.address)
    assert json.loads(result.out)["decoded_bytes"] == 4
    assert (tmp_path / "f").read_bytes() == b"body"


def test_a_body_cut_short_keeps_the_old_file_and_says_where_the_rest_is(antiphon, tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"old")
    with in_thread(raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")) as address:
        result = antiphon("send", "-o", file, address.url())
    assert result.code == 1
    assert file.read_bytes() == b"old"
    assert (tmp_path / "f.part").read_bytes() == b"12345"
    assert f"5 B, is in {tmp_path / 'f.part'}" in result.err


def test_a_failure_without_a_byte_leaves_no_file(antiphon, tmp_path):
    assert antiphon("send", "-o", tmp_path / "f", NOBODY).code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a device of Unix")
def test_a_device_is_written_directly(antiphon):
    with answering(reply()) as server:
        assert antiphon("send", "-o", "/dev/null", server.address).code == 0
    assert not os.path.exists("/dev/null.part")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
def test_a_full_disk_fails_the_exchange(antiphon):
    with answering(reply(b"x" * 100_000)) as server:
        result = antiphon("send", "--json", "-o", "/dev/full", server.address)
    assert result.code == 1
    assert json.loads(result.out)["failure"]["kind"] == "disk"


# -- exit codes -----------------------------------------------------------------------------------------


def test_a_failed_exchange_exits_with_1_and_a_sentence_and_a_hint(antiphon):
    result = antiphon("send", NOBODY)
    assert (result.code, result.out) == (1, b"")
    sentence, hint = result.err.splitlines()
    assert sentence.startswith("antiphon: ")
    assert "127.0.0.1:1" in sentence
    assert hint.startswith("  ")


def test_a_failed_exchange_is_an_object_too(antiphon):
    result = antiphon("send", "--json", NOBODY)
    facts = json.loads(result.out)
    assert (result.code, list(facts)) == (1, KEYS)
    assert list(facts["failure"]) == ["kind", "phase", "sentence", "hint"]
    assert (facts["failure"]["kind"], facts["failure"]["phase"], facts["status"]) == ("connect", "tcp", None)


def test_one_failure_among_several_exits_with_1_after_all_were_sent(antiphon):
    with answering(reply(b"one"), reply(b"three")) as server:
        result = antiphon("send", server.address, NOBODY, server.address)
    assert (result.code, result.out) == (1, b"onethree")


@pytest.mark.parametrize(
    "arguments",
    [
        ["http://127.0.0.1:1/{{missing}}"],
        ["ftp://127.0.0.1/"],
        ["http://127.0.0.1:99999/"],
        [""],
        [NOBODY, "--env", "Local"],
        [NOBODY, "--var", "novalue"],
        [NOBODY, "-H", "no colon"],
        [NOBODY, "--cacert", "/no/such.pem"],
        [NOBODY, "-o", "/no/such/folder/file"],
        [NOBODY, "-o", "/"],
        [NOBODY, "--json", "-i"],
        [NOBODY, "--json", "-o", "-"],
        [NOBODY, NOBODY, "-o", "file"],
        ["no-such.yml"],
        ["/"],
        [NOBODY, "--no-such-option"],
    ],
    ids=" ".join,
)
def test_a_mistake_exits_with_2_and_nothing_is_sent(antiphon, arguments):
    result = antiphon("send", *arguments)
    assert (result.code, result.out) == (2, b"")
    assert "antiphon" in result.err


def test_nothing_is_sent_when_a_later_target_is_wrong(antiphon, server):
    assert antiphon("send", server.address, "ftp://x").code == 2
    assert server.requests == []


def test_the_total_timeout_is_honoured(antiphon):
    async def silent(reader, _writer):
        await reader.read()

    with in_thread(scripted_server(silent)) as address:
        facts = json.loads(antiphon("send", "--json", "-m", "0.2", address.url()).out)
        assert facts["failure"]["kind"] == "total_timeout"
        facts = json.loads(antiphon("send", "--json", "--read-timeout", "0.2", address.url()).out)
        assert facts["failure"]["kind"] == "read_timeout"


# -- as curl spells it ------------------------------------------------------------------------------------


def wire(recorded, names) -> tuple:
    """Return what *recorded* has in common with an equal request of another program."""
    body = recorded.body
    kind = "".join(recorded.values("content-type"))
    if "boundary=" in kind:
        boundary = kind.partition("boundary=")[2]
        body, kind = body.replace(boundary.encode(), b"B"), kind.replace(boundary, "B")
    headers = {name: recorded.values(name) for name in names}
    return recorded.method, recorded.target, body, kind, headers


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-X", "PURGE"],
        ["-d", "a=1"],
        ["-d", "a=1", "-d", "b=2&c"],
        ["-X", "PUT", "-d", '{"a": "é"}', "-H", "Content-Type: application/json"],
        ["-X", "GET", "-d", "x"],
        ["-d", ""],
        ["-d", "@{file}"],
        ["--data-binary", "@{file}"],
        ["--data-binary", "@{file}", "--data-raw", "@x", "-d", "-y"],
        ["--data-raw", "@{file}"],
        ["-H", "X-One: 1", "-H", "X-One: 2", "-H", "X-Empty;"],
        ["-H", "Accept:", "-H", "User-Agent: me/1"],
        ["-u", "me:pa:ss"],
        ["-I"],
        ["-F", "a=1", "-F", "b=@{file};type=text/x", "-F", "c=<{file}"],
        ["-F", "b=@{file}"],
    ],
    ids=lambda arguments: " ".join(arguments) or "plain",
)
def test_a_request_is_what_curl_sends(antiphon, server, tmp_path, arguments):
    curl = require_tool("curl")
    file = tmp_path / "note.txt"
    file.write_bytes(b"line 1\r\nline 2\n")
    filled = [argument.format(file=file) if "{file}" in argument else argument for argument in arguments]
    url = f"{server.address}/path?q=1&r=%2F"
    subprocess.run([curl, "-sS", "-o", os.devnull, *filled, url], check=True, timeout=30)
    assert antiphon("send", *filled, url).code == 0
    named = [value.partition(":")[0].rstrip(";") for value in filled if value[:1].isupper()]
    named += ["Authorization"] if "-u" in arguments else []
    theirs, ours = server.requests
    assert wire(ours, named) == wire(theirs, named)


def test_variables_of_the_command_line_fill_url_and_body(antiphon, server):
    antiphon(
        "send", f"{server.address}/{{{{path}}}}", "--var", "path=a b", "--var", "x=1", "-d", "{{x}}{{y}}"
    )
    (request,) = server.requests
    assert (request.target, request.body) == ("/a%20b", b"1{{y}}")


def test_a_name_without_a_value_in_the_body_is_told(antiphon, server):
    result = antiphon("send", server.address, "-d", "{{y}}")
    assert result.code == 0
    assert "{{y}} in the body has no value" in result.err


# -- as a program -------------------------------------------------------------------------------------------


def test_no_qt_is_imported_and_exit_codes_are_the_programs(server):
    code = (
        "import sys; from antiphon.__main__ import main; sys.argv[1:] = sys.argv[1:]; code = main(); "
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'qasync', 'antiphon.ui'))]; "
        "sys.exit(code)"
    )
    for url, expected in ((server.address, 0), (NOBODY, 1), ("ftp://x", 2)):
        done = subprocess.run(
            [sys.executable, "-c", code, "send", url], capture_output=True, timeout=60, check=False
        )
        assert (done.returncode, b"Assert" in done.stderr) == (expected, False), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(home, tmp_path):
    async def endless(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000)
        await writer.drain()
        await reader.read()

    with in_thread(scripted_server(endless)) as address:
        process = subprocess.Popen(
            program("send", address.url()), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout.read(300_000) == b"x" * 300_000
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest) == (130, b"")
    assert b"Traceback" not in errors
    assert not home.exists() or [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
def test_ctrl_c_while_saving_keeps_what_arrived_in_the_part_file(tmp_path):
    async def endless(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 300_000)
        await writer.drain()
        await reader.read()

    part = tmp_path / "f.part"
    with in_thread(scripted_server(endless)) as address:
        process = subprocess.Popen(
            program("send", address.url(), "-o", tmp_path / "f"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        while not part.exists() or part.stat().st_size < 300_000:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _rest, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert str(part).encode() in errors
    assert part.stat().st_size == 300_000


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's pipe")
def test_a_reader_that_goes_away_ends_it_quietly():
    with answering(reply(b"line\n" * 2_000_000)) as server:
        process = subprocess.Popen(
            program("send", server.address), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        errors = process.stderr.read()
        process.stderr.close()
        assert (process.wait(20), errors) == (141, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's pipe")
@pytest.mark.parametrize("arguments", [["send", "--help"], ["send", "--json", NOBODY]], ids=["help", "facts"])
def test_a_reader_that_never_reads_ends_it_quietly_too(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(program(*arguments), stdout=writer, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writer)
    assert done.returncode == 141 or (arguments[-1] == "--help" and done.returncode == 0)  # argparse forgives
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
def test_a_full_disk_behind_stdout_is_told_once(server):
    with open("/dev/full", "wb") as full:
        for arguments, code in ((["send", server.address], 1), (["send", "--json", server.address], 2)):
            done = subprocess.run(
                program(*arguments), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
            )
            assert (done.returncode, done.stderr.count(b"antiphon: ")) == (code, 1)
            assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
def test_a_terminal_gets_text_but_no_binary():
    def shown(body: bytes, *arguments: str) -> tuple[bytes, bytes]:
        ours, theirs = require_terminal()
        with answering(reply(body)) as server:
            process = subprocess.Popen(
                program("send", server.address, *arguments), stdout=theirs, stderr=subprocess.PIPE
            )
            os.close(theirs)
            seen = b""
            while chunk := _read_terminal(ours):
                seen += chunk
            os.close(ours)
            errors = process.stderr.read()
            process.stderr.close()
            assert process.wait(20) == 0
        return seen, errors

    assert shown(b"hello") == (b"hello", b"")
    seen, errors = shown(b"\x89PNG\0\0")
    assert seen == b""
    assert b"--output" in errors
    assert shown(b"\x89PNG\0\0", "-o", "-") == (b"\x89PNG\0\0", b"")


def _read_terminal(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # EIO: the other end is closed
        return b""
