"""A helper process: how it is started and ended, and how it follows a spool file while that grows.

The word `finish` on its standard input says that the source is whole; if that closes without it, its parent is gone.
"""

import os
import subprocess
import sys
import threading

from antiphon.body.spool import SpoolFile

_FINISH = b"finish\n"
_LARGE_BYTES = 16 << 20


def started(command: list[str], *files: SpoolFile) -> "subprocess.Popen[bytes]":
    """Start *command*, which may open *files* by their `shared_argument`; its input and output are pipes to us.

    Raises:
        OSError: It cannot be started.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[number for file in files for number in file.shared_descriptors],
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def finish_awaited() -> threading.Event:
    """Return, in the helper process, what is set once the source is whole; without a parent the process ends."""
    is_over = threading.Event()
    threading.Thread(target=_listen, args=(is_over,), daemon=True).start()
    return is_over


def keep_freed_memory() -> None:
    """Let glibc keep what a helper process frees, instead of asking the system for each piece anew: a third of the time.

    It keeps as much as the largest block that was ever freed, up to 32 MiB.
    """
    bytes(_LARGE_BYTES)


def write_all(target: SpoolFile, text: bytes, offset: int) -> int:
    """Write all of *text* at *offset* and return its size in bytes.

    Raises:
        OSError: The disk is full.
    """
    done = 0
    while done < len(text):
        done += target.write(memoryview(text)[done:], offset + done)
    return done


def tell_finish(helper: "subprocess.Popen[bytes]") -> None:
    """Tell *helper* that the source is whole."""
    assert helper.stdin is not None
    try:
        helper.stdin.write(_FINISH)
        helper.stdin.close()
    except BrokenPipeError:
        pass  # it has found a fault and ended before


def end(helper: "subprocess.Popen[bytes]") -> None:
    """Kill *helper* and wait until it is gone."""
    helper.kill()
    helper.wait()


def close_pipes(helper: "subprocess.Popen[bytes]") -> None:
    """Close our ends, once nobody reads them any more."""
    for pipe in (helper.stdin, helper.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # the word `finish` was still in the buffer


def _listen(is_over: threading.Event) -> None:
    if sys.stdin.buffer.readline() == _FINISH:
        is_over.set()
    else:
        os._exit(1)
