"""HTTP versions, TLS and redirects: each snippet speaks as Antiphon does to the same server."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from antiphon.body.store import BodyStore
from antiphon.core.document import BasicAuth, Header, RequestDocument, RequestOptions, TextBody
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.engine import Engine
from antiphon.snippets import WRITERS
from tests.recording import Recorded, RecordingServer, plain_answer
from tests.servers import Certificate, answer, h2_server, in_thread, make_certificate
from tests.snippets.execution import Wire, asked_for, run_python, run_shell, wire
from tests.tools import require_tool

KEYS = [writer.key for writer in WRITERS]
HTTP2_KEYS = [key for key in KEYS if key != "requests"]
Seen = tuple[str, str, str, str | None, bytes]


def write(key: str, prepared: PreparedRequest) -> str:
    return next(writer for writer in WRITERS if writer.key == key).write([prepared])


def run(key: str, text: str, folder: Path) -> str:
    if key == "curl":
        require_tool("curl")
        return run_shell(text, {}, folder / "snippet.sh")
    return run_python([("snippet", text, {})], folder)["snippet"]


def send(prepared: PreparedRequest) -> None:
    async def once() -> None:
        engine = Engine()
        try:
            await engine.send(prepared, BodyStore(), lambda event: None)
        finally:
            await engine.aclose()

    asyncio.run(once())


@dataclass
class Witness:
    """An ASGI app that writes down what it is asked, and over which version."""

    seen: list[Seen]

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        target = scope["raw_path"].decode() + (
            f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        )
        header = dict(scope["headers"]).get(b"x-name")
        self.seen.append(
            (scope["http_version"], scope["method"], target, header.decode() if header else None, body)
        )
        await answer(send)

    def take(self) -> list[Seen]:
        taken, self.seen[:] = list(self.seen), []
        return taken


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def witness() -> Witness:
    return Witness([])


@pytest.fixture
def https(witness: Witness, certificate: Certificate) -> Iterator[str]:
    with in_thread(h2_server(witness, certificate)) as address:
        yield address.url("")


@pytest.fixture
def http(witness: Witness) -> Iterator[str]:
    with in_thread(h2_server(witness)) as address:
        yield address.url("")


def document(url: str, **options: object) -> RequestDocument:
    return RequestDocument(
        method="POST",
        url=f"{url}/a[1]?b=c",
        headers=(Header("X-Name", "Größe"),),
        body=TextBody("json", '{"a": 1.00}'),
        options=RequestOptions(**options),
    )


@pytest.mark.parametrize("version", ["auto", "1.1", "2"])
@pytest.mark.parametrize("key", KEYS)
def test_version_over_tls_is_antiphons(key, version, https, witness, certificate, tmp_path):
    prepared = prepare(document(https, http_version=version, ca_file=str(certificate.ca_file)))
    send(prepared)
    [sent] = witness.take()
    assert sent[0] == ("1.1" if version == "1.1" else "2")
    printed = run(key, write(key, prepared), tmp_path)
    expected = sent if key in HTTP2_KEYS else ("1.1", *sent[1:])
    assert witness.take() == [expected], printed


@pytest.mark.parametrize("key", KEYS)
def test_prior_knowledge_is_antiphons(key, http, witness, tmp_path):
    prepared = prepare(document(http, http_version="2-prior-knowledge"))
    send(prepared)
    [sent] = witness.take()
    assert sent[0] == "2"
    printed = run(key, write(key, prepared), tmp_path)
    assert witness.take() == [sent if key in HTTP2_KEYS else ("1.1", *sent[1:])], printed


@pytest.mark.parametrize("key", KEYS)
def test_unknown_certificate_is_refused_unless_verification_is_off(key, https, witness, tmp_path):
    run(key, write(key, prepare(document(https))), tmp_path)
    assert witness.take() == []
    run(key, write(key, prepare(document(https, verify=False))), tmp_path)
    assert len(witness.take()) == 1


# -- redirects -----------------------------------------------------------------------------------------


def redirecting(recorded: Recorded) -> bytes:
    """Send /STATUS/rest on to /rest, several times for a number of statuses."""
    status, _, rest = recorded.target.removeprefix("/").partition("/")
    if not status.isdigit():
        return plain_answer(recorded)
    return f"HTTP/1.1 {status} Go\r\nLocation: /{rest}\r\nContent-Length: 0\r\n\r\n".encode()


REDIRECTS = {
    "GET, twice": RequestDocument(url="/302/301/end?a=b"),
    "HEAD": RequestDocument(url="/302/end", method="HEAD"),
    "POST that becomes GET": RequestDocument(url="/303/end", method="POST", body=TextBody("json", "{}")),
    "POST that stays POST": RequestDocument(url="/307/308/end", method="POST", body=TextBody("text", "x")),
    "basic auth on the same host": RequestDocument(url="/302/end", auth=BasicAuth("a", "b")),
    "not followed": RequestDocument(url="/302/end", options=RequestOptions(follow_redirects=False)),
    "one too many": RequestDocument(url="/302/302/302/end", options=RequestOptions(max_redirects=2)),
}


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("claim", REDIRECTS)
def test_redirects_are_followed_as_antiphon_does(claim, key, tmp_path):
    with RecordingServer(redirecting) as server:
        plain = REDIRECTS[claim]
        prepared = prepare(
            RequestDocument(
                url=server.address + plain.url,
                method=plain.method,
                body=plain.body,
                auth=plain.auth,
                options=plain.options,
            )
        )
        send(prepared)
        asked = asked_for(prepared)
        sent = [_hop(recorded, asked) for recorded in server.take()]
        printed = run(key, write(key, prepared), tmp_path)
        assert [_hop(recorded, asked) for recorded in server.take()] == sent, printed


def _hop(recorded: Recorded, asked: frozenset[str]) -> Wire:
    """Return a hop for comparison; curl and httpx leave a Content-Type on the GET that a POST became."""
    hop = wire(recorded, asked)
    if hop.body:
        return hop
    return replace(hop, headers=tuple(row for row in hop.headers if row[0] != "Content-Type"))


@pytest.mark.parametrize("key", ["httpx-sync", "httpx-async"])
def test_httpx_says_that_an_exact_target_follows_no_redirect(key, tmp_path):
    with RecordingServer(redirecting) as server:
        text = write(key, prepare(RequestDocument(url=f"{server.address}/302/a/../end")))
        assert "# A redirect is not followed: " in text
        run(key, text, tmp_path)
        assert [recorded.target for recorded in server.take()] == ["/302/a/../end"]
