"""A screen reader's view of the window, over the real accessibility bus of a desktop."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.test_real_window import display
from tests.recording import RecordingServer
from tests.servers import reply
from tests.tools import require_tool

READER = Path(__file__).with_name("screen_reader.py")
SESSION = Path(__file__).with_name("screen_reader_session.sh")
LINES = "".join(f"line {number} of the answer\n" for number in range(1, 200))
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="drives AT-SPI")


def reading_python() -> str:
    """Return a Python that knows AT-SPI: the system's."""
    found = shutil.which("python3", path="/usr/bin") or ""
    wanted = "import gi; gi.require_version('Atspi', '2.0')"
    if not found or subprocess.run([found, "-c", wanted], capture_output=True, check=False).returncode:
        require_tool("python3-with-gir1.2-atspi-2.0")
    return found


def test_a_screen_reader_reads_a_response_line_by_line_and_moves_the_caret(tmp_path):
    reader, session = reading_python(), require_tool("dbus-run-session")
    with RecordingServer(
        lambda _asked: reply(LINES.encode(), "200 OK", "Content-Type: text/plain")
    ) as server:
        with display() as screen:
            command = [session, "--", "bash", str(SESSION), screen, str(tmp_path), server.address]
            done = subprocess.run(
                [*command, sys.executable, reader, str(READER)],
                capture_output=True,
                text=True,
                timeout=90,
                check=False,
            )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert "Text" in told["interfaces"]
    assert told["description"] == "Line 1: line 1 of the answer"
    assert told["line"].rstrip("\n") == "line 1 of the answer"
    assert told["whole"].startswith("line 1 of the answer\nline 2 of the answer\n")
    assert told["selected"] == "line"
    assert told["caret"] in {0, 1}
    assert told["after"] == "Line 2: line 2 of the answer"
