import os
import subprocess
import sys

import pytest

from antiphon.__main__ import _wants_window
from antiphon.core.version import VERSION
from tests.cli.commands import ran


@pytest.fixture
def here(tmp_path, monkeypatch):
    (tmp_path / "api").mkdir()
    (tmp_path / "api/opencollection.yml").touch()
    (tmp_path / "api/one.yml").touch()
    (tmp_path / "send").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], True),
        (["api"], True),
        (["api/opencollection.yml"], True),
        (["./send"], True),
        (["send"], False),
        (["api/one.yml"], False),
        (["missing"], False),
        (["--version"], False),
        (["send", "api"], False),
        (["run", "api"], False),
    ],
)
@pytest.mark.usefixtures("here")
def test_the_window_opens_without_arguments_and_for_a_collection(arguments, expected):
    assert _wants_window(arguments) is expected


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_a_window_without_a_screen_is_one_sentence_and_no_core_dump(tmp_path):
    screens = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environ = {name: value for name, value in os.environ.items() if name not in screens}
    command = [sys.executable, "-m", "antiphon", str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("antiphon: There is no screen here")
    assert done.stderr.count("\n") == 1


def test_version_and_mistakes_as_a_program():
    version = ran("--version")
    assert (version.code, version.text) == (0, f"antiphon {VERSION}\n")
    mistake = ran("sned")
    assert (mistake.code, mistake.out) == (2, b"")
    assert "sned" in mistake.err


def test_version_needs_neither_the_network_nor_qt():
    code = (
        "import sys; sys.argv[1:] = ['--version']; from antiphon.__main__ import main; main(); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"httpx", "httpcore", "h2", "asyncio", "ssl", "yaml", "PySide6", "qasync", "jsonpath"}


def test_a_module_of_ours_is_run_by_name_and_no_other():
    refused = ran("--run-module", "os")
    assert (refused.code, refused.out) == (2, b"")
    result = ran("--run-module", "antiphon.practice", "--help")
    assert (result.code, "practice" in result.text) == (0, True)
