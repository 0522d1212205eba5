import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from antiphon.practice.process import PracticeProcess, PracticeServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeServer]:
    process = PracticeProcess(["--port", "0", "--tls-port", "0"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "ANTIPHON_HOME", str(tmp_path_factory.mktemp("practice")))
        addresses = process.start()
    yield addresses
    process.stop()


def _client(server: PracticeServer, kind: str) -> httpx.Client:
    import ssl

    trust = ssl.create_default_context(cafile=str(server.ca))
    common = {"timeout": 20, "trust_env": False, "verify": trust}
    match kind:
        case "http/1.1":
            return httpx.Client(base_url=server.http, **common)
        case "http/2 over tls":
            return httpx.Client(base_url=server.https, http2=True, **common)
        case "http/2 by prior knowledge":
            return httpx.Client(base_url=server.http, http1=False, http2=True, **common)
    raise AssertionError(kind)


KINDS = ["http/1.1", "http/2 over tls", "http/2 by prior knowledge"]


@pytest.fixture(params=KINDS)
def make_client(
    request: pytest.FixtureRequest, server: PracticeServer
) -> Iterator[Callable[[], httpx.Client]]:
    """Makes clients of one kind, each with connections of its own, which are closed at the end."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(_client(server, request.param))


@pytest.fixture(scope="module", params=KINDS)
def client(request: pytest.FixtureRequest, server: PracticeServer) -> Iterator[httpx.Client]:
    """A client of each kind in turn."""
    with _client(server, request.param) as client:
        yield client


@pytest.fixture(scope="module")
def client_1(server: PracticeServer) -> Iterator[httpx.Client]:
    with _client(server, "http/1.1") as client:
        yield client
