"""The server as a process: how it starts, whom it can vouch for, and that it never outlives its parent."""

import asyncio
import json
import re
import socket
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from antiphon.core.document import RequestOptions
from antiphon.core.errors import UserError
from antiphon.core.launch import module_command
from antiphon.core.prepared import PreparedRequest
from antiphon.practice.certificate import RENEWED_BEFORE_S, VALID_S, current_certificate
from antiphon.practice.process import PracticeProcess, PracticeServer, start_practice

FREE = ["--port", "0", "--tls-port", "0"]


def handshake(server: PracticeServer, trust: ssl.SSLContext, name: str) -> str | None:
    address = urlsplit(server.https)
    with socket.create_connection((address.hostname, address.port), timeout=5) as plain:
        with trust.wrap_socket(plain, server_hostname=name) as secure:
            return secure.selected_alpn_protocol()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize(("offered", "chosen"), [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1")])
def test_tls_is_trusted_by_who_has_the_authority(server, name, offered, chosen) -> None:
    trust = ssl.create_default_context(cafile=str(server.ca))
    trust.verify_flags |= ssl.VERIFY_X509_STRICT
    trust.set_alpn_protocols(offered)
    assert handshake(server, trust, name) == chosen


def test_tls_is_not_trusted_by_anybody_else(server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        handshake(server, ssl.create_default_context(), "127.0.0.1")


@pytest.mark.parametrize("name", ["example.org", "127.0.0.2", "sub.localhost"])
def test_the_certificate_is_for_no_other_host(server, name) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        handshake(server, ssl.create_default_context(cafile=str(server.ca)), name)


def test_the_authority_is_a_name_constrained_ca_whose_key_is_gone(server) -> None:
    from cryptography import x509

    authority = x509.load_pem_x509_certificate(server.ca.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert [str(tree.value) for tree in constraints.value.permitted_subtrees] == [
        "localhost",
        "127.0.0.1/32",
        "::1/128",
    ]
    kept = (server.ca.parent / "server.pem").read_bytes()
    assert kept.count(b"PRIVATE KEY-----") == 2  # the one key's first and last line
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    assert load_pem_private_key(kept, None).public_key() != authority.public_key()
    assert sorted(path.name for path in server.ca.parent.iterdir()) == ["ca.pem", "server.pem"]


@pytest.mark.skipif(sys.platform == "win32", reason="the user's profile folder is private there")
def test_the_key_is_readable_by_its_owner_only(tmp_path) -> None:
    certificate = current_certificate(tmp_path)
    assert stat.S_IMODE(certificate.server.stat().st_mode) == 0o600


def test_a_certificate_is_kept_until_thirty_days_before_it_expires(tmp_path) -> None:
    now_s = time.time()
    first = current_certificate(tmp_path, now_s)
    assert current_certificate(tmp_path, now_s + VALID_S - RENEWED_BEFORE_S - 60) == first
    second = current_certificate(tmp_path, now_s + VALID_S - RENEWED_BEFORE_S + 60)
    assert second != first
    assert first.ca.exists(), "a program that still runs trusts it"
    third = current_certificate(tmp_path, now_s + VALID_S + 60)
    assert third == second
    fourth = current_certificate(tmp_path, now_s + 2 * VALID_S)
    assert not first.ca.exists()
    assert [path.parent for path in (fourth.server,)] == list(tmp_path.iterdir())


def test_two_certificates_made_within_one_second_are_one(tmp_path, monkeypatch) -> None:
    from antiphon.practice import certificate

    first = current_certificate(tmp_path, 1e9)
    before = first.server.read_bytes()
    assert certificate._made(tmp_path, 10**9) == first.server.parent
    assert first.server.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_the_certificate_is_kept_between_two_starts(home) -> None:
    process = PracticeProcess(FREE)
    try:
        assert process.start().ca == process.start().ca
        assert process.start().ca.is_relative_to(home / "data" / "practice")
    finally:
        process.stop()


def spawned(*arguments: str) -> subprocess.Popen:
    command = module_command("antiphon.practice", *arguments)
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_one_line_comes_out_and_closing_the_input_ends_it() -> None:
    with spawned(*FREE) as process:
        line = json.loads(process.stdout.readline())
        assert list(line) == ["http", "https", "ca"]
        assert httpx.get(f"{line['http']}/get", trust_env=False).status_code == 200
        rest, errors = process.communicate(timeout=10)
    assert (rest, errors, process.returncode) == (b"", b"", 0)


def test_it_ends_at_once_while_a_request_waits_for_ever() -> None:
    with spawned(*FREE) as process:
        address = urlsplit(json.loads(process.stdout.readline())["http"])
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(b"GET /timeout HTTP/1.1\r\nHost: x\r\n\r\n")
            process.stdin.close()
            assert process.wait(10) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_it_does_not_outlive_a_parent_that_is_killed() -> None:
    story = (
        "from antiphon.practice.process import PracticeProcess\n"
        f"process = PracticeProcess({FREE!r})\n"
        "print(process.start().http, process._process.pid, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", story], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        url, pid = parent.stdout.readline().split()
        assert httpx.get(url, trust_env=False).status_code == 200
        parent.kill()
    end = time.monotonic() + 10
    while Path(f"/proc/{pid}/stat").exists() and " Z " not in Path(f"/proc/{pid}/stat").read_text():
        assert time.monotonic() < end, "the server is an orphan"
        time.sleep(0.02)


def test_garbage_on_the_wire_is_not_reported_on_the_terminal() -> None:
    with spawned(*FREE) as process:
        line = json.loads(process.stdout.readline())
        for key in ("http", "https"):
            address = urlsplit(line[key])
            for data in (
                b"\x00\xffgarbage\r\n\r\n",
                b"GET / HTTP/1.1\r\n",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nxxxxxxxxxxxx",
                b"",
            ):
                with socket.create_connection((address.hostname, address.port)) as client:
                    client.sendall(data)
        assert httpx.get(f"{line['http']}/get", trust_env=False).status_code == 200
        _rest, errors = process.communicate(timeout=10)
    assert errors == b""


@pytest.mark.parametrize("usual", [8765, 8766])
def test_a_usual_port_that_is_taken_is_replaced_by_a_free_one(usual, home) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", usual))
            taken.listen()
        except OSError:
            pass  # somebody else has it: taken all the same
        process = PracticeProcess()
        try:
            server = process.start()
            assert usual not in (urlsplit(server.http).port, urlsplit(server.https).port)
            assert httpx.get(f"{server.http}/get", trust_env=False).status_code == 200
        finally:
            process.stop()


def test_a_port_asked_for_that_is_taken_is_an_error_with_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(UserError, match=f"Could not listen on 127.0.0.1:{port}") as caught:
            PracticeProcess(["--port", port]).start()
    assert caught.value.title == "The practice server did not start."


def test_a_server_that_says_nothing_is_ended_and_reported(monkeypatch) -> None:
    process = PracticeProcess(start_limit_s=0.3)
    process._command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(UserError, match="no sign within 0.3 seconds"):
        process.start()
    assert not process.is_running


def test_files_in_the_current_folder_are_not_taken_for_modules(tmp_path, monkeypatch) -> None:
    for name in ("json.py", "ssl.py", "antiphon.py", "h11.py"):
        (tmp_path / name).write_text("raise SystemExit('a file of the user was run')")
    monkeypatch.chdir(tmp_path)
    process = PracticeProcess(FREE)
    try:
        assert process.start().http
    finally:
        process.stop()


def test_a_program_that_is_not_there_is_reported() -> None:
    process = PracticeProcess()
    process._command = [str(Path("/no/such/python"))]
    with pytest.raises(UserError, match="did not start"):
        process.start()
    process.stop()


async def test_it_starts_without_blocking_the_loop() -> None:
    process = PracticeProcess(FREE)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count())
        server = await start_practice(process)
        counting.cancel()
    try:
        assert turns > 3
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{server.http}/get")).status_code == 200
    finally:
        process.stop()
    assert not process.is_running


async def test_it_starts_on_the_windows_own_loop(qtloop) -> None:
    process = PracticeProcess(FREE)
    try:
        server = await start_practice(process)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.http)
    finally:
        process.stop()


async def test_a_cancelled_start_leaves_no_server() -> None:
    process = PracticeProcess(FREE)
    starting = asyncio.get_running_loop().create_task(start_practice(process))
    while process._process is None:
        await asyncio.sleep(0.001)
    child = process._process
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert child.poll() is not None
    assert not process.is_running


def request_to(url: str, **options) -> PreparedRequest:
    return PreparedRequest("GET", url, (), options=RequestOptions(**options))


def test_the_authority_is_trusted_for_this_server_only(tmp_path) -> None:
    server = PracticeServer("http://127.0.0.1:8765", "https://127.0.0.1:8766", tmp_path / "ca.pem")
    for url in ("https://127.0.0.1:8766/get", "https://localhost:8766/get?a=1"):
        assert server.trusted(request_to(url)).options.ca_file == str(server.ca)
    for url in (
        "https://127.0.0.1:8767/",
        "https://127.0.0.1/",
        "https://example.org:8766/",
        "http://127.0.0.1:8766/",
    ):
        assert server.trusted(request_to(url)).options.ca_file == ""
    assert (
        server.trusted(request_to("https://127.0.0.1:8766/", ca_file="/own.pem")).options.ca_file
        == "/own.pem"
    )


def test_the_samples_variables_have_the_real_addresses(server) -> None:
    assert server.variables() == {"baseUrl": server.http, "secureUrl": server.https}
