"""What the engine's tests share: an engine that is closed, and certificates made once."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from antiphon.engine import Engine
from tests.servers import Certificate, make_certificate

if os.environ.get(
    "ANTIPHON_TEST_CARRIED"
):  # tests/engine/test_stacks.py: every engine in a thread of its own
    Engine.__init__.__kwdefaults__["is_carried"] = True


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine whose sockets are closed when the test is over, on whichever loop it ran."""
    made = Engine()
    yield made
    with asyncio.Runner() as runner:
        runner.run(made.aclose())


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))
