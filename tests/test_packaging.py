"""The wheel holds the program and its resources and nothing else; the desktop files agree with it."""

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from antiphon.core.version import VERSION

ROOT = Path(__file__).parents[1]
RESOURCES = ROOT / "resources"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.iterdir()
    return path


def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def files_below(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in files}


def test_wheel_installs_one_package_and_no_module_called_app(wheel):
    assert {name.split("/")[0] for name in names(wheel)} == {"antiphon", f"antiphon-{VERSION}.dist-info"}


def test_wheel_holds_every_module_and_every_resource(wheel):
    expected = {f"antiphon/{path}" for path in files_below(ROOT / "app/antiphon")}
    expected |= {f"antiphon/resources/{path}" for path in files_below(RESOURCES)}
    assert expected - names(wheel) == set()
    assert not [name for name in names(wheel) if name.endswith((".pyc", ".orig"))]


def test_wheel_brings_the_command_the_licence_and_the_version(wheel):
    with zipfile.ZipFile(wheel) as archive:
        info = f"antiphon-{VERSION}.dist-info"
        assert b"antiphon = antiphon.__main__:main" in archive.read(f"{info}/entry_points.txt")
        assert b"Permission is hereby granted" in archive.read(f"{info}/licenses/LICENSE")
        assert f"Version: {VERSION}\n".encode() in archive.read(f"{info}/METADATA")


def test_wheel_starts_from_its_own_files_and_finds_its_resources(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    told = "import antiphon.core.launch as launch; print(launch.__file__); print(launch.resources())"
    search = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    done = subprocess.run([sys.executable, "-c", search + told], capture_output=True, text=True, check=True)
    module, resources = done.stdout.splitlines()
    assert module == str(tmp_path / "antiphon/core/launch.py")
    assert resources == str(tmp_path / "antiphon/resources")
    assert (tmp_path / "antiphon/resources/icons/antiphon.svg").is_file()


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_icon_is_there_in_each_size(size, qapp):
    from PySide6.QtGui import QImage

    image = QImage(str(RESOURCES / f"icons/antiphon-{size}.png"))
    assert (image.width(), image.height()) == (size, size)
    assert image.pixelColor(0, 0).alpha() < 255


def test_desktop_entry_starts_the_command_of_the_wheel():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(ROOT / "packaging/antiphon.desktop", encoding="utf-8")
    section = entry["Desktop Entry"]
    assert (section["Type"], section["Exec"].split()[0], section["Icon"]) == (
        "Application",
        "antiphon",
        "antiphon",
    )


def test_metainfo_names_the_desktop_entry_and_this_version():
    (path,) = (ROOT / "packaging").glob("*.metainfo.xml")
    component = ET.parse(path).getroot()
    assert component.findtext("launchable") == "antiphon.desktop"
    assert component.find("releases/release").get("version") == VERSION
    assert path.name == f"{component.findtext('id')}.metainfo.xml"
