"""The ground every test stands on: its own home, an event loop for `async def`, and nothing left running."""

import asyncio
import gc
import inspect
import itertools
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from antiphon.workbench.garbage import collect_due  # noqa: E402
from tests.leaks import leaks_since, running  # noqa: E402 - needs the path above

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script: what is ignored stays so in children, and their Ctrl+C is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)

gc.disable()  # as in the program: a Qt object that a worker's thread frees crashes now and then

LIMIT_S = 60
SLOW_LIMIT_S = 1800

hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    _freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is not None and nextitem.path.parent != item.path.parent:
        _freeze()  # a window that closed thawed everything


def _freeze() -> None:
    """Leave the thousands of tests themselves out of every later look for garbage and for timers."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_is_left_running() -> Iterator[None]:
    before = running()
    yield
    collect_due()
    left = leaks_since(before)
    assert not left, f"left running: {', '.join(left)}"


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("homes")
    return (root / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `ANTIPHON_HOME` of this test: a folder that does not exist yet."""
    folder = next(_homes)
    monkeypatch.setenv("ANTIPHON_HOME", str(folder))
    return folder


@pytest.fixture
def qtloop(qapp) -> Iterator[asyncio.AbstractEventLoop]:
    """The program's own kind of event loop; an async test that asks for it runs on it."""
    from qasync import QEventLoop

    qapp.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(qapp)
    with loop:
        yield loop
    del loop
    gc.collect()  # qasync's timers are Qt objects: collected later, in a worker's thread, Qt would complain


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test on a fresh selector loop, or on `qtloop` where it asks for that."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    limit_s = SLOW_LIMIT_S if pyfuncitem.get_closest_marker("slow") else LIMIT_S
    story = _told(pyfuncitem.obj(**arguments), limit_s)
    loop = pyfuncitem.funcargs.get("qtloop")
    if loop is None:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(story)
    else:
        _run_on_qt(loop, story)
    return True


def _run_on_qt(loop: asyncio.AbstractEventLoop, story: Coroutine) -> None:
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)
    try:
        loop.run_until_complete(story)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        sys.set_asyncgen_hooks(*hooks)


async def _told(test: Coroutine, limit_s: float) -> None:
    """Await *test* for at most *limit_s* seconds; tasks that outlive it fail it."""
    failures: list[dict] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context))
    async with asyncio.timeout(limit_s):
        await test
    leaked = await _cancelled_leftovers()
    assert not leaked, f"tasks left running: {', '.join(leaked)}"
    assert not failures, f"the event loop reported: {failures}"


async def _cancelled_leftovers() -> list[str]:
    """Return the names of tasks that a few turns of the loop did not end, having cancelled them."""
    for _turn in range(10):
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
    return [f"{task.get_name()} ({task.get_coro()})" for task in left]
