"""The program itself on a real X server, with real keys: started, used, killed, started again."""

import contextlib
import os
import subprocess
import sys
import time

import pytest

from tests.recording import RecordingServer
from tests.tools import require_tool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives an X server")
LIMIT_S = 30


def until(predicate, what):
    end = time.monotonic() + LIMIT_S
    while not (found := predicate()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return found


@contextlib.contextmanager
def display():
    """An X server of our own on a free display, as the value of DISPLAY."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [require_tool("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


class Program:
    def __init__(self, home, display):
        self._environment = {
            **os.environ,
            "DISPLAY": display,
            "ANTIPHON_HOME": str(home),
            "QT_QPA_PLATFORM": "xcb",
        }
        self._xdotool = require_tool("xdotool")
        self.process = subprocess.Popen([sys.executable, "-m", "antiphon"], env=self._environment)
        self.window = until(self._find, "the window did not appear")
        self._do("windowfocus", "--sync", self.window)

    def _do(self, *words):
        done = subprocess.run([self._xdotool, *words], env=self._environment, capture_output=True, text=True)
        return done.stdout.split()

    def _find(self):
        assert self.process.poll() is None, "the program ended"
        return next(iter(self._do("search", "--onlyvisible", "--name", "Antiphon")), None)

    def press(self, *keys):
        self._do("key", "--delay", "40", *keys)

    def type(self, text):
        self._do("type", "--delay", "15", text)

    def kill(self):
        self.process.kill()
        self.process.wait()


def test_a_request_is_typed_sent_killed_and_there_again(tmp_path):
    with RecordingServer() as server, display() as screen:
        program = Program(tmp_path, screen)
        try:
            program.press("ctrl+t")
            program.type(f"{server.address}/typed?by=hand")
            program.press("Return")
            until(lambda: len(server.requests) == 1, "nothing was sent")
            assert server.requests[0].target == "/typed?by=hand"
            until(lambda: list((tmp_path / "data/drafts").glob("*.json")), "the draft was not kept")
        finally:
            program.kill()
        again = Program(tmp_path, screen)
        try:
            again.press("ctrl+Return")
            until(lambda: len(server.requests) == 2, "the draft did not come back")
            assert server.requests[1].target == "/typed?by=hand"
        finally:
            again.kill()


def test_an_untouched_window_closes_at_once(tmp_path):
    with display() as screen:
        program = Program(tmp_path, screen)
        program.press("ctrl+q")
        try:
            assert program.process.wait(LIMIT_S) == 0
        finally:
            program.kill()
