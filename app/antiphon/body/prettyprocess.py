"""The helper process that lays out large text, so that the window keeps its interpreter to itself.

Started as `python -m antiphon.body.prettyprocess SOURCE TARGET LANGUAGE`, the places as `SpoolFile.shared_argument`
gives them. It reads the source while it grows, appends to the target, and ends after the word `finish` on standard
input, or at once when that closes without it (its parent is gone). It writes lines of JSON to standard output: as soon
as there is a fault `{"fault": [offset, sentence, shown offset], "place": [line, column]}`, and in the end `{}` or
`{"error": sentence}`.
"""

import json
import os
import sys
import threading

from antiphon.body.helper_process import finish_awaited, keep_freed_memory, write_all
from antiphon.body.printers.languages import printer_of
from antiphon.body.printers.laying import Laying
from antiphon.body.spool import SpoolFile

STEP_BYTES = 1 << 18
WAIT_S = 0.02
"""Between two looks at a source that has not grown."""


def main() -> int:
    """Lay out until the source ends; return the exit code."""
    source, target = (SpoolFile.open_shared(place) for place in sys.argv[1:3])
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    is_over = finish_awaited()
    keep_freed_memory()
    try:
        _print(Laying(printer_of(sys.argv[3], is_quick=True)), source, target, is_over)
    except OSError as error:
        _tell({"error": error.strerror or str(error)})
    else:
        _tell({})
    return 0


def _print(laying: Laying, source: SpoolFile, target: SpoolFile, is_over: threading.Event) -> None:
    taken = written = 0
    is_told = False
    while True:
        was_over = is_over.is_set()  # asked before reading: what was written before it is seen
        chunk = source.read(taken, STEP_BYTES)
        taken += len(chunk)
        text = laying.feed(chunk) if chunk else laying.finish() if was_over else b""
        written += write_all(target, text, written)
        if laying.fault is not None and not is_told:
            is_told = True
            fault = laying.fault
            _tell({"fault": [fault.offset, fault.sentence, fault.shown_offset], "place": laying.place})
        if not chunk:
            if was_over:
                return
            is_over.wait(WAIT_S)


def _tell(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
