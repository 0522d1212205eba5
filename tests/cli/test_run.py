import asyncio
import csv
import json
import signal
import subprocess
import sys
import threading
from collections import Counter

import pytest

from antiphon.cli.run import table
from antiphon.core.collection import Column, RunPlan
from antiphon.core.events import Failure
from antiphon.run import Row
from antiphon.store.secrets import SecretStore
from tests.cli.commands import program
from tests.recording import RecordingServer
from tests.servers import answer, h2_server, in_thread, make_certificate, reply, scripted_server


@pytest.fixture
def server():
    def respond(request):
        name = request.target.rpartition("/")[2].partition("?")[0]
        if name == "missing":
            return reply(b"{}", "404 Not Found")
        return reply(json.dumps({"name": name.title(), "repos": 12345678901234567890}).encode())

    with RecordingServer(answer=respond) as running:
        yield running


@pytest.fixture
def collection(tmp_path):
    """A collection of five users; the fourth needs a variable that only the environment Local has."""
    root = tmp_path / "my api"
    users = root / "users"
    users.mkdir(parents=True)
    (root / "opencollection.yml").write_text(
        'opencollection: "1.0.0"\ninfo: {name: My API}\nrequest:\n  headers: [{name: X-From, value: "{{from}}"}]\n'
        "  variables: [{name: from, value: collection}]\n"
    )
    (users / "folder.yml").write_text("info: {name: Users, type: folder, seq: 1}\n")
    (root / "environments").mkdir()
    (root / "environments/Local.yml").write_text(
        'name: Local\nvariables:\n  - {name: who, value: "dora"}\n  - {name: from, value: "local"}\n'
    )
    for seq, name in enumerate(("ada", "bob", "missing", "{{who}}", "eve"), 1):
        (users / f"u{seq}.yml").write_text(
            f"info: {{name: User {seq}, type: http, seq: {seq}}}\n"
            f'http: {{method: GET, url: "{{{{base}}}}/users/{name}"}}\n'
        )
    return root


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


# -- saved requests, one at a time ----------------------------------------------------------------------


def test_a_saved_request_is_sent_with_what_it_inherits(antiphon, collection, server):
    result = antiphon(
        "send", collection / "users/u4.yml", "--env", "Local", "--var", f"base={server.address}"
    )
    assert (result.code, json.loads(result.out)["name"]) == (0, "Dora")
    (request,) = server.requests
    assert (request.target, request.values("X-From")) == ("/users/dora", ["local"])


def test_a_variable_of_the_command_line_wins_over_the_environment(antiphon, collection, server):
    variables = ("--var", f"base={server.address}", "--var", "who=zoe", "--var", "from=here")
    antiphon("send", collection / "users/u4.yml", "--env", "Local", *variables)
    assert (server.requests[0].target, server.requests[0].values("X-From")) == ("/users/zoe", ["here"])


def test_a_secret_comes_from_the_secret_store_and_is_not_in_the_facts(antiphon, collection, server):
    (collection / "environments/Secret.yml").write_text(
        "name: Secret\nvariables:\n  - {secret: true, name: from}\n"
    )
    arguments = (collection / "users/u1.yml", "--env", "Secret", "--json", "--var", f"base={server.address}")
    SecretStore().set(str(collection), "Secret", "from", "hush-hush")
    result = antiphon("send", *arguments)
    assert (result.code, server.requests[0].values("X-From")) == (0, ["hush-hush"])
    assert b"hush" not in result.out
    assert "hush" not in result.err


def test_options_change_a_saved_request_for_this_time_only(antiphon, collection, server):
    file = collection / "users/u1.yml"
    before = file.read_bytes()
    antiphon("send", file, "-X", "PUT", "-H", "X-From: me", "-d", "{{who}}", "--env", "Local", "--var", f"base={server.address}")  # fmt: skip
    (request,) = server.requests
    assert (request.method, request.values("X-From"), request.body) == ("PUT", ["me"], b"dora")
    assert file.read_bytes() == before


def test_a_saved_request_is_found_from_inside_its_folder(antiphon, collection, server, monkeypatch):
    monkeypatch.chdir(collection / "users")
    assert antiphon("send", "u1.yml", "--var", f"base={server.address}").code == 0
    assert server.requests[0].values("X-From") == ["collection"]


def test_saved_requests_and_urls_go_together(antiphon, collection, server):
    saved = (collection / "users/u1.yml", collection / "users/u2.yml")
    result = antiphon(
        "send", *saved, f"{server.address}/users/url", "--json", "--var", f"base={server.address}"
    )
    targets = [json.loads(line)["url"].rpartition("/")[2] for line in result.text.splitlines()]
    assert (result.code, targets) == (0, ["ada", "bob", "url"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["users/u4.yml"],
        ["users/u4.yml", "--env", "Nowhere"],
        ["users/none.yml"],
        ["users/folder.yml"],
        ["opencollection.yml"],
        ["users"],
    ],
    ids=" ".join,
)
def test_a_saved_request_that_cannot_be_sent_exits_with_2(antiphon, collection, server, arguments):
    path, *rest = arguments
    result = antiphon("send", collection / path, *rest, "--var", f"base={server.address}")
    assert (result.code, result.out, server.requests) == (2, b"", [])
    assert result.err.startswith("antiphon: ")


def test_a_file_outside_a_collection_exits_with_2(antiphon, tmp_path):
    (tmp_path / "lone.yml").write_text("info: {name: x, type: http}\n")
    result = antiphon("send", tmp_path / "lone.yml")
    assert result.code == 2
    assert "opencollection.yml" in result.err


def test_a_request_for_a_server_that_does_not_run_gets_a_hint(antiphon, collection):
    result = antiphon("send", collection / "users/u1.yml", "--var", "base=http://127.0.0.1:1")
    assert result.code == 1
    assert "\n  " in result.err


# -- folders ----------------------------------------------------------------------------------------------


def test_a_folder_runs_into_a_table(antiphon, collection, server):
    columns = ("--column", "name=$.name", "--column", "repos=$.repos")
    result = antiphon(
        "run", collection / "users", "--env", "Local", "--var", f"base={server.address}", *columns
    )
    head, *rows = lines(result.text)
    assert head == ["NAME", "STATUS", "VERSION", "TIME", "SIZE", "name", "repos", "ERROR"]
    assert rows[2][-5:] == ["-", "-", "error", "status", "404"]
    assert [(row[:2], row[2], row[-2:]) for row in rows if row[2] == "200"] == [
        (["User", "1"], "200", ["Ada", "12345678901234567890"]),
        (["User", "2"], "200", ["Bob", "12345678901234567890"]),
        (["User", "4"], "200", ["Dora", "12345678901234567890"]),
        (["User", "5"], "200", ["Eve", "12345678901234567890"]),
    ]
    assert (result.code, result.err) == (0, "")


def test_a_row_that_cannot_be_prepared_fails_and_the_others_are_sent(antiphon, collection, server):
    result = antiphon("run", collection, "--var", f"base={server.address}")
    assert result.code == 1
    assert "No value for {{who}}" in result.text
    assert "User 4" in result.err
    assert len(server.requests) == 4


def test_the_table_is_saved_as_csv(antiphon, collection, server, tmp_path):
    file = tmp_path / "table.csv"
    antiphon("run", collection, "--env", "Local", "--var", f"base={server.address}", "--column", "Name=$.name", "--csv", file)  # fmt: skip
    with file.open(newline="") as stream:
        head, *rows = csv.reader(stream)
    assert head == ["request", "status", "version", "time ms", "size", "error", "Name"]
    assert [(row[0], row[1], row[6]) for row in rows][2:4] == [
        ("User 3", "404", ""),
        ("User 4", "200", "Dora"),
    ]
    assert all(float(row[3]) > 0 for row in rows)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["environments"],
        ["users", "--column", "name"],
        ["users", "--column", "name=$.["],
        ["users", "--env", "Nowhere"],
        ["users", "--csv", "/no/such/folder/file.csv"],
    ],
    ids=" ".join,
)
def test_a_mistake_exits_with_2(antiphon, collection, server, arguments):
    folder, *rest = arguments
    result = antiphon("run", collection / folder, *rest, "--var", f"base={server.address}")
    assert result.code == 2
    assert result.err.startswith("antiphon: ")


def test_no_more_than_the_limit_are_at_the_server_at_once(antiphon, collection):
    at_once = Counter()
    everyone = threading.Barrier(2, timeout=20)

    def respond(_request):
        at_once["now"] += 1
        at_once["most"] = max(at_once["most"], at_once["now"])
        everyone.wait()
        at_once["now"] -= 1
        return reply(b"{}")

    (collection / "users/u5.yml").unlink()
    with RecordingServer(answer=respond) as server:
        result = antiphon(
            "run", collection, "--env", "Local", "--limit", "2", "--var", f"base={server.address}"
        )
    assert (result.code, at_once["most"]) == (0, 2)


def test_over_http2_all_requests_share_one_connection(antiphon, collection, tmp_path):
    clients, versions = set(), []

    async def app(scope, _receive, send):
        if scope["type"] == "http":
            clients.add(scope["client"])
            versions.append(scope["http_version"])
            await asyncio.sleep(0.05)
            await answer(send, b"{}")

    certificate = make_certificate(tmp_path / "tls")
    with in_thread(h2_server(app, certificate)) as address:
        arguments = ("--env", "Local", "--cacert", certificate.ca_file, "--var", f"base={address.url('')}")
        result = antiphon("run", collection, *arguments)
    assert result.code == 0
    assert versions == ["2"] * 5
    assert len(clients) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="limits of Unix")
def test_more_large_answers_than_open_files_are_no_trouble(collection):
    users = collection / "users"
    for number in range(60):
        (users / f"more{number}.yml").write_text((users / "u1.yml").read_text())
    with RecordingServer(answer=lambda _request: reply(b"x" * 100_000)) as server:
        arguments = ("--env", "Local", "--limit", "5", "--var", f"base={server.address}")
        done = subprocess.run(
            ["sh", "-c", 'ulimit -n 50; exec "$@"', "sh", *program("run", collection, *arguments)],
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout.count(b" 200 ")) == (0, 65), done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C goes to a whole console there")
def test_ctrl_c_prints_the_table_of_what_is_known(collection):
    async def silent(reader, _writer):
        waiting.set()
        await reader.read()

    waiting = threading.Event()
    with in_thread(scripted_server(silent)) as address:
        arguments = ("run", collection, "--env", "Local", "--limit", "1", "--var", f"base={address.url('')}")
        process = subprocess.Popen(program(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert waiting.wait(20)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert len(out.splitlines()) == 6
    assert out.count(b"ancelled") == 5


def test_the_table_keeps_every_line_of_an_answer_in_its_row():
    failure = Failure("connect", "Refused.", "Start it.")
    rows = [
        Row(0, "a", "a.yml", "done", 200, "OK", "HTTP/2", 0.0123, 1500, None, ("two\nlines",)),
        Row(1, "longer", "b.yml", "failed", failure=failure, values=(None,)),
    ]
    assert table(rows, RunPlan(columns=(Column("x", "$.x"),))).splitlines() == [
        "NAME    STATUS  VERSION  TIME     SIZE     x          ERROR",
        "a       200 OK  HTTP/2   12.3 ms  1.50 KB  two lines",
        "longer  -       -        -        -        -          connect: Refused.",
    ]
