"""How one of our own modules is started as a process of its own, from a checkout, a wheel or a frozen bundle."""

import sys
from pathlib import Path

RUN_MODULE = "--run-module"
"""First argument of a frozen program that asks it to be one of its modules; `__main__` obeys it."""


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command line that runs *module* (`antiphon.practice`) with *arguments*."""
    if getattr(sys, "frozen", False):
        return [sys.executable, RUN_MODULE, module, *arguments]
    return [sys.executable, "-P", "-m", module, *arguments]  # -P: never a module of the working directory


def resources() -> Path:
    """Return the folder of icons and samples: beside `app/` in a checkout, inside the package elsewhere."""
    packaged = Path(__file__).parents[1] / "resources"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "resources"
