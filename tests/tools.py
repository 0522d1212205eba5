"""Programs of others that a test compares us with: a test without one is skipped here, and fails where CI promises all."""

import os
import shutil
from typing import NoReturn

import pytest


def tool(name: str) -> str | None:
    """Return the path of the program *name*; `ANTIPHON_BRU` and its like name one that is not on the path."""
    return os.environ.get(f"ANTIPHON_{name.upper()}") or shutil.which(name)


def require_tool(name: str) -> str:
    """Return the path of the program *name*; without it skip the test, or fail it if `ANTIPHON_ALL_TOOLS` is set."""
    if found := tool(name):
        return found
    absent(f"{name} is not installed")


def require_corpora() -> str:
    """Return the folder of other people's files that `ANTIPHON_CORPORA` names; skip the test where there is none."""
    folder = os.environ.get("ANTIPHON_CORPORA", "")
    if not os.path.isdir(folder):
        pytest.skip("ANTIPHON_CORPORA names no folder")
    return folder


def require_terminal() -> tuple[int, int]:
    """Return both ends of a new pseudo-terminal; skip the test where the system offers none."""
    import pty

    try:
        return pty.openpty()
    except OSError as error:
        return absent(f"no pseudo-terminal: {error}")


def absent(reason: str) -> NoReturn:
    """Skip the running test, or fail it where everything was promised."""
    if os.environ.get("ANTIPHON_ALL_TOOLS"):
        pytest.fail(f"{reason}, and ANTIPHON_ALL_TOOLS promises it")
    pytest.skip(reason)
