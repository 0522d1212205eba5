"""A run as a program: executed, it sends every request and tells what became of each."""

import socket
import threading
import time
from dataclasses import dataclass, field

import pytest

from antiphon.core.collection import Column, RunPlan
from antiphon.core.document import Header, RequestDocument, RequestOptions, TextBody, Timeouts
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.snippets import RUNS, WRITERS, write_run
from tests.recording import Recorded, RecordingServer
from tests.snippets.execution import asked_for, run_python, run_shell, wire
from tests.tools import require_tool

NAMES = ("ada", "grace", "alan", "barbara", "edsger")


@dataclass
class Users:
    """A server's answers: a user's JSON, a 404, a slow one, no JSON; counts how many it holds at once."""

    delay_s: float = 0.0
    held: int = 0
    most: int = 0
    starts: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, recorded: Recorded) -> bytes:
        with self.lock:
            self.starts.append(time.monotonic())
            self.held += 1
            self.most = max(self.most, self.held)
        name = recorded.target.removeprefix("/")
        time.sleep(0.8 if name == "slow" else self.delay_s)
        with self.lock:
            self.held -= 1
        if name == "gone":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
        if name == "text":
            return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno"
        body = f'{{"name": "{name.title()}", "public_repos": {len(name)}, "langs": [{{"id": 1}}, {{"id": 2}}]}}'.encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def get(address: str, name: str, **options: object) -> PreparedRequest:
    return prepare(RequestDocument(name, url=f"{address}/{name}", options=RequestOptions(**options)))


def table(printed: str) -> dict[str, str]:
    """Return the rows by their first word."""
    return {line.split()[0]: " ".join(line.split()[1:]) for line in printed.splitlines() if line.strip()}


@pytest.mark.parametrize("language", RUNS)
def test_five_users_give_a_table_that_tells_failures_apart(language, tmp_path):
    plan = RunPlan(10, None, (Column("Name", "$.name"), Column("Repositories", "$.public_repos")))
    with RecordingServer(Users()) as server, socket.create_server(("127.0.0.1", 0)) as taken:
        unused = f"http://127.0.0.1:{taken.getsockname()[1]}"
        taken.close()
        address = server.address
        requests = [get(address, name) for name in NAMES]
        requests.append(get(address, "slow", timeouts=Timeouts(5, 0.3, 5, 5)))
        requests.append(get(address, "gone"))
        requests.append(get(address, "text"))
        requests.append(prepare(RequestDocument("nobody", url=f"{unused}/x")))
        printed = run_python([("run", write_run(requests, plan, language), {})], tmp_path)["run"]
    rows = table(printed)
    assert rows["Request"] == "Result Name Repositories", printed
    for name in NAMES:
        assert rows[name].startswith("200"), printed
        assert rows[name].endswith(f"{name.title()} {len(name)}"), printed
    assert rows["slow"].startswith("timeout: Read"), printed
    assert rows["gone"] == "status 404 Not Found"
    assert rows["text"] == "not JSON"
    assert rows["nobody"].startswith("connection failed: Connect"), printed


@pytest.mark.parametrize("language", RUNS)
def test_no_more_than_the_limit_are_sent_at_once(language, tmp_path):
    users = Users(delay_s=0.15)
    with RecordingServer(users) as server:
        requests = [get(server.address, name) for name in NAMES * 2]
        run_python([("run", write_run(requests, RunPlan(limit=3), language), {})], tmp_path)
    assert users.most == 3
    assert len(users.starts) == 10


@pytest.mark.parametrize("language", RUNS)
def test_no_more_than_the_rate_begin_in_a_second(language, tmp_path):
    users = Users()
    with RecordingServer(users) as server:
        requests = [get(server.address, name) for name in NAMES]
        run_python([("run", write_run(requests, RunPlan(10, 10), language), {})], tmp_path)
    assert len(users.starts) == 5
    assert users.starts[-1] - users.starts[0] >= 0.3  # four waits of 0.1 s, less what sending the first took


@pytest.mark.parametrize("language", RUNS)
def test_any_jsonpath_can_be_a_column(language, tmp_path):
    plan = RunPlan(columns=(Column("Ids", "$.langs[*].id"), Column("First", "$.langs[0].id")))
    with RecordingServer(Users()) as server:
        text = write_run([get(server.address, "ada")], plan, language)
        assert "# JSONPath needs: pip install python-jsonpath" in text
        assert table(run_python([("run", text, {})], tmp_path)["run"])["ada"].endswith("1, 2 1")


def test_total_time_ends_a_request_of_an_async_run(tmp_path):
    with RecordingServer(Users()) as server:
        slow = get(server.address, "slow", timeouts=Timeouts(total_s=0.2))
        text = write_run([slow, get(server.address, "ada")], RunPlan())
        rows = table(run_python([("run", text, {})], tmp_path)["run"])
    assert rows["slow"] == "timeout of the whole exchange"
    assert rows["ada"].startswith("200")


def varied(address: str) -> list[PreparedRequest]:
    """Requests that no single client can send: versions, verification, targets, spellings, repeated headers."""
    twice = (Header("X-A", "1"), Header("X-A", "2"))
    json = TextBody("json", '{\n  "a": 1.00\n}')
    documents = [
        RequestDocument("plain", url=f"{address}/plain"),
        RequestDocument("exact", url=f"{address}/a/../b?c[]=1"),
        RequestDocument("small", method="patch", url=f"{address}/small", body=json),
        RequestDocument("twice", url=f"{address}/twice", headers=twice),
        RequestDocument("off", url=f"{address}/off", options=RequestOptions(verify=False, max_redirects=2)),
        RequestDocument(
            "quick", url=f"{address}/quick", options=RequestOptions(timeouts=Timeouts(1, 2, 3, 4))
        ),
        RequestDocument("body", method="PUT", url=f"{address}/body", body=json),
    ]
    return [prepare(document) for document in documents]


@pytest.mark.parametrize("key", [writer.key for writer in WRITERS])
def test_several_requests_are_all_sent_as_alone(key, tmp_path):
    writer = next(writer for writer in WRITERS if writer.key == key)
    with RecordingServer() as server:
        requests = varied(server.address)

        def sent(*texts: str) -> set[object]:
            if key == "curl":
                require_tool("curl")
                printed = "".join(run_shell(text, {}, tmp_path / "s.sh") for text in texts)
            else:
                jobs = [(str(index), text, {}) for index, text in enumerate(texts)]
                printed = "".join(run_python(jobs, tmp_path).values())
            assert "FAILED" not in printed, printed
            return {wire(recorded, asked_for(requests[0])) for recorded in server.take()}

        alone = sent(*(writer.write([request]) for request in requests))
        assert len(alone) == len(requests)
        assert sent(writer.write(requests)) == alone


@pytest.mark.parametrize("language", RUNS)
def test_a_run_of_varied_requests_sends_each(language, tmp_path):
    with RecordingServer() as server:
        requests = varied(server.address)
        printed = run_python([("run", write_run(requests, RunPlan(), language), {})], tmp_path)["run"]
        targets = sorted(recorded.target for recorded in server.take())
    assert targets == sorted(request.url.removeprefix(server.address) for request in requests), printed
    assert all(row.startswith("200") for name, row in table(printed).items() if name != "Request"), printed
