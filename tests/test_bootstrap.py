"""The two commands on a made-up checkout whose only dependency is itself: no network, a real virtual environment."""

import ast
import os
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

APP = Path(__file__).parents[1] / "app"
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "antiphon"
version = "1"
"""
BACKEND = """\
import os, zipfile

def get_requires_for_build_editable(config_settings=None):
    return []

def build_editable(folder, config_settings=None, metadata_directory=None):
    if os.path.exists("broken"):
        raise SystemExit("the build is broken")
    with open("builds", "a") as builds:
        builds.write("x")
    info = "antiphon-1.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, "antiphon-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("antiphon.pth", os.path.abspath("app"))
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: antiphon\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return "antiphon-1-py3-none-any.whl"
"""
PROGRAM = "import sys; print(sys.argv[1:], sys.prefix); sys.exit(len(sys.argv))\n"

BOOKWORM = {"ID": "debian", "VERSION_ID": "12"}
TRIXIE = {"ID": "debian", "VERSION_ID": "13"}
SID = {"ID": "debian"}
JAMMY = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "22.04", "UBUNTU_CODENAME": "jammy"}
NOBLE = {"ID": "ubuntu", "ID_LIKE": "debian", "VERSION_ID": "24.04", "UBUNTU_CODENAME": "noble"}
MINT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian", "VERSION_ID": "22", "UBUNTU_CODENAME": "noble"}
ROCKY = {"ID": "rocky", "ID_LIKE": "rhel centos fedora", "VERSION_ID": "9"}
ARCH = {"ID": "arch"}
SLACKWARE = {"ID": "slackware"}


@pytest.fixture(scope="module")
def bootstrap():
    spec = spec_from_file_location("bootstrap_in_test", APP / "bootstrap.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checkout_at(root: Path) -> Path:
    package = root / "app/antiphon"
    package.mkdir(parents=True)
    for name in ("__main__.py", "bootstrap.py"):
        shutil.copy(APP / name, root / "app")
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "backend.py").write_text(BACKEND)
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(PROGRAM)
    return root


def begin(checkout: Path, *arguments: str, cwd: Path) -> subprocess.Popen:
    command = [sys.executable, str(checkout / "app"), *arguments]
    return subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def start(checkout: Path, *arguments: str, cwd: Path) -> tuple[int, str, str]:
    with begin(checkout, *arguments, cwd=cwd) as process:
        out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def builds(checkout: Path) -> int:
    return len((checkout / "builds").read_text())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout that two simultaneous first starts, from another folder, have made ready."""
    root = checkout_at(tmp_path_factory.mktemp("first") / "with spaces & ü")
    with begin(root, "a", cwd=root.parent) as one, begin(root, "b c", cwd=root.parent) as two:
        said = [process.communicate(timeout=120) for process in (one, two)]
    root.joinpath("first").write_text(repr([(one.returncode, *said[0]), (two.returncode, *said[1])]))
    return root


def test_simultaneous_first_starts_install_once_and_both_run(checkout):
    one, two = ast.literal_eval(checkout.joinpath("first").read_text())
    assert (one[:2], two[:2]) == (
        (2, f"['a'] {checkout}/.venv\n"),
        (2, f"['b c'] {checkout}/.venv\n"),
    )
    assert sorted("(about 150 MB" in err for err in (one[2], two[2])) == [False, True]
    assert "one to three minutes" in one[2] + two[2]


def test_later_start_says_nothing_and_passes_arguments_and_exit_code_on(checkout, tmp_path):
    before = builds(checkout)
    assert start(checkout, "x", "--y=ä b", cwd=tmp_path) == (3, f"['x', '--y=ä b'] {checkout}/.venv\n", "")
    assert builds(checkout) == before


def test_first_start_compiles_the_package(checkout):
    assert list((checkout / "app/antiphon/__pycache__").glob("__main__.*.pyc"))


def test_changed_project_file_installs_again(checkout, tmp_path):
    before = builds(checkout)
    with open(checkout / "pyproject.toml", "a") as project:
        project.write("# another\n")
    status, _, err = start(checkout, "x", cwd=tmp_path)
    assert (status, builds(checkout)) == (2, before + 1)
    assert "updating" in err


def test_interrupted_first_start_is_repaired(checkout, tmp_path):
    before = builds(checkout)
    (checkout / ".venv/antiphon-begun").touch()
    stranger = checkout / ".venv/left-over"
    stranger.touch()
    assert start(checkout, "x", cwd=tmp_path)[0] == 2
    assert builds(checkout) == before + 1
    assert not stranger.exists()


def test_moved_checkout_is_made_again(checkout, tmp_path):
    before = builds(checkout)
    moved = tmp_path / "elsewhere"
    shutil.copytree(checkout, moved, symlinks=True)
    assert start(moved, "x", cwd=tmp_path)[:2] == (2, f"['x'] {moved}/.venv\n")
    assert builds(moved) == before + 1


def test_failed_installation_shows_all_words_once_and_the_next_start_tries_again(tmp_path):
    root = checkout_at(tmp_path / "checkout")
    (root / "broken").touch()
    status, out, err = start(root, "x", cwd=tmp_path)
    assert (status, out) == (2, "")
    assert err.count("the build is broken") >= 1
    assert "Installing the packages failed" in err
    (root / "broken").unlink()
    assert start(root, "x", cwd=tmp_path)[0] == 2


@pytest.mark.parametrize("path", ["app/__main__.py", "app/bootstrap.py", "tests/__main__.py"])
def test_old_python_can_read_it(path):
    ast.parse((APP.parent / path).read_text(), feature_version=(3, 6))


def test_old_python_gets_one_sentence_with_a_command(bootstrap, capsys, monkeypatch):
    monkeypatch.setattr(bootstrap, "_newer_python", lambda: "python3.12")
    monkeypatch.setattr(sys, "argv", ["my app", "send"])
    with pytest.raises(SystemExit) as ended:
        bootstrap.check_version((3, 9, 2))
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("Antiphon needs Python 3.11 or newer, and this is 3.9.2.")
    assert told.endswith("\n    python3.12 'my app' send\n")


@pytest.mark.parametrize(
    ("release", "x11", "has_venv", "missing", "command"),
    [
        (BOOKWORM, False, True, set(), ""),
        (BOOKWORM, False, False, set(), "apt-get install -y VENV"),
        (BOOKWORM, False, False, None, "apt-get install -y VENV"),
        (BOOKWORM, False, True, {"libGL.so.1"}, "apt-get install -y libgl1"),
        (BOOKWORM, False, True, {"libxcb-cursor.so.0"}, ""),
        (BOOKWORM, True, True, {"libxcb-cursor.so.0"}, "apt-get install -y libxcb-cursor0"),
        (
            BOOKWORM,
            False,
            True,
            {"libGL.so.1", "libxcb-cursor.so.0"},
            "apt-get install -y libgl1 libxcb-cursor0",
        ),
        (BOOKWORM, False, False, {"libxcb-shape.so.0"}, "apt-get install -y VENV libxcb-shape0"),
        (BOOKWORM, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0"),
        (TRIXIE, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0t64"),
        (SID, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0t64"),
        (JAMMY, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0"),
        (NOBLE, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0t64"),
        (MINT, False, True, {"libglib-2.0.so.0"}, "apt-get install -y libglib2.0-0t64"),
        (ROCKY, True, True, {"libxcb-icccm.so.4", "libEGL.so.1"}, "dnf install -y libglvnd-egl xcb-util-wm"),
        (ARCH, False, True, {"libGL.so.1", "libEGL.so.1"}, "pacman -S --needed --noconfirm libglvnd"),
        (SLACKWARE, False, True, {"libdbus-1.so.3"}, "your package manager's install command: libdbus-1-3"),
    ],
)
def test_one_command_names_all_that_is_missing(
    bootstrap, monkeypatch, release, x11, has_venv, missing, command
):
    monkeypatch.setattr(bootstrap, "_venv_package", lambda: "VENV")
    is_missing = None if missing is None else missing.__contains__
    assert bootstrap.missing_packages(release, has_venv, is_missing, x11) == command


def test_os_release_is_read_with_and_without_quotes(bootstrap, tmp_path):
    path = tmp_path / "os-release"
    path.write_text("# comment\nID=ubuntu\nVERSION_ID=\"24.04\"\n\nNAME='A = B'\n")
    assert bootstrap.os_release(str(path)) == {"ID": "ubuntu", "VERSION_ID": "24.04", "NAME": "A = B"}
    assert bootstrap.os_release(str(tmp_path / "none")) == {}


def test_a_library_that_is_not_there_is_missing(bootstrap):
    assert bootstrap._cannot_load("libantiphon-no-such.so.1")


@pytest.mark.skipif(os.name == "nt", reason="root and sudo are not Windows' words")
def test_line_has_sudo_only_for_others_than_root_and_an_update_where_apt_is_empty(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap, "_listed", lambda folder: ["deb.debian.org_main_binary-amd64_Packages"])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert bootstrap._as_root("apt-get install -y x") == "sudo apt-get install -y x"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert bootstrap._as_root("apt-get install -y x") == "apt-get install -y x"
    monkeypatch.setattr(bootstrap, "_listed", lambda folder: [])
    assert bootstrap._as_root("apt-get install -y x") == "apt-get update && apt-get install -y x"
