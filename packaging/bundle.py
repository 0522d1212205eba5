"""Build dist/antiphon, a folder that runs without Python: `python3 packaging/bundle.py`."""

import shutil
import subprocess
import sys
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "app"))

import bootstrap  # noqa: E402 - the line above finds it

BUNDLE = ROOT / "dist/antiphon"
LICENCES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


def main() -> None:
    if find_spec("PyInstaller") is None or Path(sys.prefix).resolve() != Path(bootstrap.VENV).resolve():
        bootstrap.enter([str(Path(__file__).resolve())], extra="bundle", window=True)
    _freeze()
    _strip()
    _add_licences()
    size_bytes = sum(
        path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink()
    )
    print(f"{BUNDLE}: {size_bytes / 1e6:.0f} MB")


def _freeze() -> None:
    from PyInstaller.__main__ import run

    spec = str(ROOT / "packaging/antiphon.spec")
    run(
        [
            spec,
            "--noconfirm",
            "--log-level=WARN",
            "--distpath",
            str(BUNDLE.parent),
            "--workpath",
            str(ROOT / "build"),
        ]
    )


def _strip() -> None:
    """Drop the debugging symbols of Python and its extensions; Qt comes without, and is left alone."""
    if sys.platform != "linux" or not shutil.which("strip"):
        return
    libraries = [
        path
        for path in BUNDLE.rglob("*.so*")
        if path.is_file() and not path.is_symlink() and "PySide6" not in path.parts
    ]
    subprocess.run(["strip", "--strip-unneeded", *libraries], check=True)


def _add_licences() -> None:
    """Lay the licence texts of every package of the environment beside the program."""
    for distribution in distributions():
        for path in distribution.files or []:
            if ".dist-info" in str(path) and path.name.upper().startswith(LICENCES):
                folder = BUNDLE / "licences" / distribution.metadata["Name"]
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(path.locate()), folder)


if __name__ == "__main__":
    main()
