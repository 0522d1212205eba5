"""All of the engine's tests once more: on httpx2 and httpcore2, and with the sockets carried by a thread of their own.

The latter is the only way on Windows, where no loop of the program's can watch a socket.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.engine.stack import VARIABLE

ROOT = Path(__file__).parents[2]
AGAIN = "ANTIPHON_TEST_AGAIN"


@pytest.mark.skipif(AGAIN in os.environ, reason="this is the other run")
@pytest.mark.parametrize(
    "changes",
    [{VARIABLE: "2"}, {"ANTIPHON_TEST_CARRIED": "1"}],
    ids=["httpx2", "carried by a thread"],
)
def test_the_engine_passes_its_tests(changes):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/engine", "-q", "--no-header", "--tb=short"],
        cwd=ROOT,
        env={**os.environ, **changes, AGAIN: "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_switch_takes_the_other_family():
    code = "from antiphon.engine.stack import httpcore, httpx; print(httpx.__name__, httpcore.__name__)"
    for value, names in (("", "httpx httpcore"), ("2", "httpx2 httpcore2")):
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, VARIABLE: value}, capture_output=True, text=True
        )
        assert done.stdout.strip() == names, done.stderr
