"""The command line as its tests run it: in this process, or as a program of its own."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from antiphon.cli import main


@dataclass(frozen=True)
class Result:
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


class Commands:
    """Runs `antiphon ARGUMENTS` in this process and gives what it wrote."""

    def __init__(self, capture) -> None:
        self._capture = capture

    def __call__(self, *arguments: object) -> Result:
        self._capture.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = self._capture.readouterr()
        return Result(code, out, err.decode())


def program(*arguments: object) -> list[str]:
    """Return the command line that is `antiphon ARGUMENTS` as a process of its own."""
    return [sys.executable, "-m", "antiphon", *map(str, arguments)]


def ran(*arguments: object, cwd: Path | None = None) -> Result:
    done = subprocess.run(program(*arguments), capture_output=True, cwd=cwd, timeout=60, check=False)
    return Result(done.returncode, done.stdout, done.stderr.decode())
