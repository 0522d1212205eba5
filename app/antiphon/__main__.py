"""`antiphon`: the window without arguments or with a collection's folder, else a command."""

import gc
import os
import sys
from collections.abc import Sequence

from antiphon.core.launch import RUN_MODULE

_PACKAGE = "antiphon."
_COMMANDS = {"send", "run", "practice"}
"""They win over folders of the same name; those open as `./send`."""


def main() -> int:
    """Start what the command line asks for, and return the exit code."""
    arguments = sys.argv[1:]
    if arguments[:1] == [RUN_MODULE]:
        return _run_module(arguments[1:])
    if _wants_window(arguments):
        if not _has_screen():
            sys.stderr.write(
                "antiphon: There is no screen here to open a window on; `antiphon send URL` needs none.\n"
            )
            return 2
        gc.disable()  # nothing of what is loaded is garbage: a seventh of the start; `GarbageCollector` takes over
        from antiphon.ui.start import main as open_window

        return open_window(arguments)
    from antiphon.cli import main as obey

    return obey(arguments)


def _wants_window(arguments: Sequence[str]) -> bool:
    """Return whether *arguments* are none, or one path of a collection."""
    if not arguments:
        return True
    if len(arguments) > 1 or arguments[0] in _COMMANDS:
        return False
    from pathlib import Path

    path = Path(arguments[0])
    return path.is_dir() or (path.name == "opencollection.yml" and path.is_file())


def _has_screen() -> bool:
    """Return whether Qt will find a screen; without one it would end the process with a core dump (Linux only)."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def _run_module(arguments: Sequence[str]) -> int:
    """Be one of our own modules: how a frozen program starts a process of its own (`core.launch`)."""
    module = arguments[0] if arguments else ""
    if not module.startswith(_PACKAGE):
        sys.stderr.write(f"antiphon: {module or 'nothing'} is not one of Antiphon's modules.\n")
        return 2
    import runpy

    sys.argv = [module, *arguments[1:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
