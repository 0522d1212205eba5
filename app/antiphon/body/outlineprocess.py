"""The helper process that counts the structure of large JSON, so that the window keeps its interpreter to itself.

Started as `python -m antiphon.body.outlineprocess SOURCE HEADS FRAMES [lines]`, the places as
`SpoolFile.shared_argument` gives them. It reads the source while it grows, appends checkpoints to the other two, and
ends after the word `finish` on standard input, or at once when that closes without it (its parent is gone). Its answer
is one line of JSON on standard output: `{}`, `{"fault_cell": number}` or `{"error": sentence}`.
"""

import json
import os
import sys
import threading

from antiphon.body.checkpoints import CheckpointWriter
from antiphon.body.helper_process import finish_awaited, write_all
from antiphon.body.open_stack import CELL_BYTES
from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

READ_BYTES = 1 << 20
WAIT_S = 0.02
"""Between two looks at a source that has not grown."""


def outline_command(source: SpoolFile, heads: SpoolFile, frames: SpoolFile, *, is_lines: bool) -> list[str]:
    """Return the command line that starts this process."""
    places = [file.shared_argument for file in (source, heads, frames)]
    return module_command("antiphon.body.outlineprocess", *places, *(["lines"] if is_lines else []))


def main() -> int:
    """Count until the source ends; return the exit code."""
    source, heads, frames = (SpoolFile.open_shared(place) for place in sys.argv[1:4])
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    is_over = finish_awaited()
    writer = CheckpointWriter(is_lines="lines" in sys.argv[4:])
    try:
        _count(writer, source, (heads, frames), is_over)
    except OSError as error:
        answer: dict[str, object] = {"error": error.strerror or str(error)}
    else:
        answer = {} if writer.fault_cell is None else {"fault_cell": writer.fault_cell}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


def _count(
    writer: CheckpointWriter,
    source: SpoolFile,
    targets: tuple[SpoolFile, SpoolFile],
    is_over: threading.Event,
) -> None:
    heads_file, frames_file = targets
    taken = heads_bytes = frames_bytes = 0
    while writer.fault_cell is None:
        was_over = is_over.is_set()  # asked before reading: what was written before it is seen
        chunk = source.read(taken, READ_BYTES)
        chunk = chunk[: len(chunk) - len(chunk) % CELL_BYTES]
        taken += len(chunk)
        heads, frames = writer.take(chunk)
        frames_bytes += write_all(
            frames_file, frames, frames_bytes
        )  # first: a head is only read when they are there
        heads_bytes += write_all(heads_file, heads, heads_bytes)
        if not chunk:
            if was_over:
                return
            is_over.wait(WAIT_S)


if __name__ == "__main__":
    sys.exit(main())
