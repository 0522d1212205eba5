"""The helper process that lays out large JSON, so that the window keeps its interpreter to itself.

Started as `python -m antiphon.body.prettyprocess SOURCE TARGET [lines]`, the places as `SpoolFile.shared_argument`
gives them. It reads the source while it grows, appends to the target, and ends after the word `finish` on standard
input, or at once when that closes without it (its parent is gone). Its answer is one line of JSON on standard output:
`{}`, `{"fault": [offset, sentence]}` or `{"error": sentence}`.
"""

import json
import os
import sys
import threading

from antiphon.body.pretty import JsonPrinter
from antiphon.body.spool import SpoolFile

STEP_BYTES = 1 << 18
WAIT_S = 0.02
"""Between two looks at a source that has not grown."""


def main() -> int:
    """Lay out until the source ends; return the exit code."""
    source, target = (SpoolFile.open_shared(place) for place in sys.argv[1:3])
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    is_over = threading.Event()
    threading.Thread(target=_listen, args=(is_over,), daemon=True).start()
    printer = JsonPrinter(is_lines="lines" in sys.argv[3:])
    try:
        _print(printer, source, target, is_over)
    except OSError as error:
        answer: dict[str, object] = {"error": error.strerror or str(error)}
    else:
        fault = printer.fault
        answer = {"fault": [fault.offset, fault.sentence]} if fault else {}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


def _print(printer: JsonPrinter, source: SpoolFile, target: SpoolFile, is_over: threading.Event) -> None:
    taken = written = 0
    while printer.fault is None:
        was_over = is_over.is_set()  # asked before reading: what was written before it is seen
        chunk = source.read(taken, STEP_BYTES)
        taken += len(chunk)
        text = printer.feed(chunk) if chunk else printer.finish() if was_over else b""
        written += _written(target, text, written)
        if not chunk:
            if was_over:
                return
            is_over.wait(WAIT_S)


def _written(target: SpoolFile, text: bytes, offset: int) -> int:
    done = 0
    while done < len(text):
        done += target.write(memoryview(text)[done:], offset + done)
    return done


def _listen(is_over: threading.Event) -> None:
    if sys.stdin.readline().strip() == "finish":
        is_over.set()
    else:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
