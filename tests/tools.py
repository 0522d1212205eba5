"""Programs of others that a test compares us with: a test without one is skipped here, and fails where CI promises all."""

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """Return the path of the program *name*; `ANTIPHON_BRU` and its like name one that is not on the path.

    Where it is missing the test is skipped, or fails if `ANTIPHON_ALL_TOOLS` is set.
    """
    found = os.environ.get(f"ANTIPHON_{name.upper()}") or shutil.which(name)
    if found:
        return found
    absent(f"{name} is not installed")


def require_corpora() -> str:
    """Return the folder of other people's files that `ANTIPHON_CORPORA` names; skip the test where there is none."""
    folder = os.environ.get("ANTIPHON_CORPORA", "")
    if not os.path.isdir(folder):
        pytest.skip("ANTIPHON_CORPORA names no folder")
    return folder


def absent(reason: str) -> None:
    """Skip the running test, or fail it where everything was promised."""
    if os.environ.get("ANTIPHON_ALL_TOOLS"):
        pytest.fail(f"{reason}, and ANTIPHON_ALL_TOOLS promises it")
    pytest.skip(reason)
