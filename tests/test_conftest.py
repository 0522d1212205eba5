"""The ground itself: a test that leaks, hangs or forgets a task must fail, or none of the others can be believed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import until

ROOT = Path(__file__).parents[1]


def outcome(tmp_path: Path, source: str) -> str:
    """Return what pytest says about a test file with *source* that stands on our conftest."""
    (tmp_path / "test_made_up.py").write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "tests.conftest",
        "-q",
        "-W",
        "error",
    ]
    command += ["-c", os.devnull, "--rootdir", str(tmp_path), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    return done.stdout + done.stderr


CASES = {
    "a task that outlives its test": (
        "import asyncio\nasync def test_it():\n    test_it.kept = asyncio.create_task(asyncio.sleep(60))\n",
        "tasks left running",
    ),
    "a thread that outlives its test": (
        "import threading\ndef test_it():\n    threading.Thread(target=threading.Event().wait, args=(6,), daemon=True, name='old').start()\n",
        "left running: thread 'old'",
    ),
    "a widget that outlives its test": (
        "kept = []\ndef test_it(qapp):\n    from PySide6.QtWidgets import QWidget\n    kept.append(QWidget())\n",
        "left running: top-level widget",
    ),
    "a timer that outlives its test": (
        "kept = []\ndef test_it(qapp):\n    from PySide6.QtCore import QTimer\n    kept.append(QTimer()); kept[0].start(1000)\n",
        "left running: timer",
    ),
    "an exception in a callback of the loop": (
        "import asyncio\nasync def test_it():\n    asyncio.get_running_loop().call_soon(lambda: 1 / 0)\n",
        "the event loop reported",
    ),
    "a false claim on the Qt loop": (
        "import asyncio\nasync def test_it(qtloop):\n    await asyncio.sleep(0)\n    assert 1 == 2\n",
        "assert 1 == 2",
    ),
}


@pytest.mark.parametrize(("source", "complaint"), CASES.values(), ids=CASES.keys())
def test_fails(tmp_path, source, complaint):
    said = outcome(tmp_path, source)
    assert complaint in said
    assert "1 passed" not in said or "1 error" in said


async def test_async_test_runs_on_a_selector_loop():
    assert isinstance(asyncio.get_running_loop(), asyncio.SelectorEventLoop)


async def test_async_test_runs_on_the_qt_loop_where_it_asks_for_it(qtloop):
    await asyncio.sleep(0.01)
    assert asyncio.get_running_loop() is qtloop
    assert await asyncio.to_thread(lambda: 7) == 7


async def test_until_gives_the_first_truthy_value():
    values = iter([0, "", 5])
    assert await until(lambda: next(values)) == 5


async def test_until_says_what_was_never_true():
    with pytest.raises(AssertionError, match=r"test_conftest\.py"):
        await until(lambda: 0, timeout=0.02)


def test_home_is_its_own_and_empty(home):
    assert os.environ["ANTIPHON_HOME"] == str(home)
    assert not home.exists()
