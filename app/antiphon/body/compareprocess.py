"""The helper process that compares two bodies, so that the window keeps its interpreter to itself.

Started as `python -m antiphon.body.compareprocess JOB FILE...`: JOB as JSON, then the two bodies and the files to fill
(`Outputs`) as `SpoolFile.shared_argument` gives them. It writes how far it is as a number on a line, and at last its
`Outcome` as a line of JSON, or `{"error": sentence}`. It ends at once when its standard input closes.
"""

import json
import os
import sys
import time
from dataclasses import asdict

from antiphon.body.compare import BodyComparison, ComparedSide, CompareOptions, Outputs
from antiphon.body.helper_process import finish_awaited
from antiphon.body.ignored_paths import Step
from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

TELL_S = 0.1


def compare_command(
    left: ComparedSide, right: ComparedSide, options: CompareOptions, outputs: Outputs
) -> list[str]:
    """Return the command line that starts this process."""
    sides = [[side.language, side.charset] for side in (left, right)]
    files = (left.body, right.body, *outputs)
    return module_command(
        "antiphon.body.compareprocess",
        json.dumps({"sides": sides, "options": asdict(options)}),
        *(file.shared_argument for file in files),
    )


def main() -> int:
    """Compare; return the exit code."""
    job = json.loads(sys.argv[1])
    files = [SpoolFile.open_shared(place) for place in sys.argv[2:]]
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    finish_awaited()  # nothing is: it ends this process once its parent is gone
    sides = [
        ComparedSide(file, language, charset)
        for file, (language, charset) in zip(files[:2], job["sides"], strict=True)
    ]
    options = _options(job["options"])
    try:
        answer = asdict(BodyComparison(sides[0], sides[1], options, Outputs(*files[2:]), _Teller()).run())
    except OSError as error:
        answer = {"error": error.strerror or str(error)}
    except MemoryError:
        answer = {"error": "there is not enough memory"}
    _say(json.dumps(answer))
    return 0


def _options(said: dict[str, object]) -> CompareOptions:
    ignored = tuple(tuple(Step(**step) for step in pattern) for pattern in said.pop("ignored"))  # type: ignore[attr-defined]
    return CompareOptions(ignored=ignored, **said)  # type: ignore[arg-type]


class _Teller:
    """Says how far the work is, ten times a second at most."""

    def __init__(self) -> None:
        self._told = time.monotonic()

    def __call__(self, share: float) -> None:
        now = time.monotonic()
        if now - self._told >= TELL_S:
            self._told = now
            _say(f"{share:.3f}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
