"""Style and types as tests, so that one command and one closing line speak for everything."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UI = ROOT / "app/antiphon/ui"
COLOR = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']|Qt\.GlobalColor\.(?!transparent)|\bQColor\(\s*\d""")


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "--quiet", "--output-format=concise", "."],
        ["ruff", "format", "--no-cache", "--check", "--quiet", "."],
        ["mypy", "--no-error-summary"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_tree_is_clean(command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_only_the_theme_names_a_color():
    named = [
        f"{path}:{number}: {line.strip()}"
        for path in UI.rglob("*.py")
        if path.name != "theme.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if COLOR.search(line)
    ]
    assert not named, "\n" + "\n".join(named)
