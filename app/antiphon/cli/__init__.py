"""`antiphon COMMAND`: the same engine without a window. Nothing here or below imports Qt.

Each command loads what it needs when it runs, so that `--help` and `--version` answer at once.
"""

import os
import sys
from collections.abc import Sequence

from antiphon.cli.arguments import parsed
from antiphon.cli.speech import INTERRUPTED, MISTAKE, READER_GONE, say
from antiphon.core.errors import UserError


def main(arguments: Sequence[str]) -> int:
    """Run the command that *arguments* (without the program's name) ask for, and return the exit code."""
    _speak_utf8()
    try:
        code = _obeyed(arguments)
        sys.stdout.flush()
    except UserError as error:
        say(error.title, error.detail)
        return MISTAKE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return READER_GONE
    return code


def _obeyed(arguments: Sequence[str]) -> int:
    try:
        options = parsed(arguments)
    except SystemExit as asked:  # argparse: 0 after --help, 2 after a mistake
        return int(asked.code or 0)
    code: int = options.command(options)
    return code


def _speak_utf8() -> None:
    """Write UTF-8 also where Windows would take its old code page (a pipe, a file)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_stdout() -> None:
    """Let the interpreter's last flush go nowhere instead of into the closed pipe (Python's own advice)."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
