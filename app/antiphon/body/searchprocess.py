"""The helper process that matches: only a process can be stopped in the middle of an expression, and two are quicker.

Started as `python -m antiphon.body.searchprocess SOURCE`, the source as `SpoolFile.shared_argument` gives it, or "" if
the bytes come with each task. It reads a line of JSON for each query and each task, and answers a task with an `Answer`.
It ends when standard input does.
"""

import gc
import json
import os
import signal
import struct
import sys
import time
from array import array
from dataclasses import asdict, dataclass
from typing import IO

from antiphon.body.query import Match, Query
from antiphon.body.scan import Part, Scanner, leaves_of
from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

LEAF_MATCHES = 2048
LEAF_BYTES = 1 << 16
_COUNTED_BYTES = 1 << 14
PLACES_LIMIT = 1 << 18
"""Of a part with more matches than this, no places are sent."""
_ORPHAN_CHECK_S = 1.0
_HEAD = struct.Struct("<QQdII?")


@dataclass(frozen=True, slots=True)
class Task:
    """A part to search."""

    part: Part
    wants_places: bool
    payload: bytes | None = None
    """The bytes of the part, where the process cannot read them itself."""

    def line(self) -> bytes:
        part = self.part
        size = -1 if self.payload is None else len(self.payload)
        numbers = [part.low, part.start, part.end, part.high, part.place, int(self.wants_places), size]
        return json.dumps(numbers).encode() + b"\n" + (self.payload or b"")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found in a part."""

    first: int
    """Where the first match begins; 0 without one, as is `stop`."""
    stop: int
    """Where the last match ends."""
    took_s: float
    touches_high: bool
    """Whether it ends where no more was read: it may be longer."""
    starts: "array[int]"
    lengths: "array[int]"
    """Places, empty where they were not wanted."""
    leaf_starts: "array[int]"
    leaf_ends: "array[int]"
    leaf_counts: "array[int]"

    def write(self, out: IO[bytes]) -> None:
        counts = len(self.lengths), len(self.leaf_counts)
        head = _HEAD.pack(self.first, self.stop, self.took_s, *counts, self.touches_high)
        parts = (self.starts, self.lengths, self.leaf_starts, self.leaf_ends, self.leaf_counts)
        out.write(b"".join([head, *(part.tobytes() for part in parts)]))
        out.flush()

    @classmethod
    def read(cls, source: IO[bytes]) -> "Answer":
        """Return the next answer.

        Raises:
            EOFError: The process is gone.
        """
        first, stop, took_s, places, leaves, touches_high = _HEAD.unpack(_exactly(source, _HEAD.size))
        sizes = (("Q", places), ("I", places), ("Q", leaves), ("Q", leaves), ("I", leaves))
        arrays = [array(code, _exactly(source, count * array(code).itemsize)) for code, count in sizes]
        return cls(first, stop, took_s, touches_high, *arrays)


def search_command(source: SpoolFile | None) -> list[str]:
    """Return the command line that starts this process."""
    return module_command("antiphon.body.searchprocess", "" if source is None else source.shared_argument)


def query_line(query: Query, charset: str) -> bytes:
    """Return the line by which the process is told what to look for from now on."""
    return json.dumps({"query": asdict(query), "charset": charset}).encode() + b"\n"


def answer_to(scanner: Scanner, part: Part, text: bytes, *, wants_places: bool) -> Answer:
    """Search one part, of which *text* is all from `low` to `high`."""
    began = time.perf_counter()
    if not wants_places:
        counted = _counted(scanner, part, text)
        if counted is not None:
            return counted
    matches = scanner.spans(part, text)
    leaves = list(leaves_of(part, matches, LEAF_MATCHES, LEAF_BYTES))
    kept = matches if wants_places and len(matches) <= PLACES_LIMIT else []
    stop = sum(matches[-1]) if matches else 0
    return Answer(
        matches[0][0] if matches else 0,
        stop,
        time.perf_counter() - began,
        bool(stop and stop >= part.high),
        *_columns("QI", kept, 2),
        *_columns("QQI", leaves, 3),
    )


def _counted(scanner: Scanner, part: Part, text: bytes) -> Answer | None:
    """Count without places, where that is quicker."""
    began = time.perf_counter()
    leaves = scanner.counts(part, text, _COUNTED_BYTES)
    if leaves is None:
        return None
    took_s = time.perf_counter() - began
    return Answer(0, 0, took_s, False, *_columns("QI", [], 2), *_columns("QQI", leaves, 3))


def _columns(codes: str, rows: "list[Match] | list[tuple[int, int, int]]", count: int) -> "list[array[int]]":
    return [array(codes[column], [row[column] for row in rows]) for column in range(count)]


def _exactly(source: IO[bytes], size: int) -> bytes:
    taken = source.read(size) if size else b""
    if len(taken) < size:
        raise EOFError
    return taken


def main() -> int:
    """Answer tasks until there are no more; return the exit code."""
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    gc.disable()  # it makes no rings, but many small things
    _end_with_parent()
    source = SpoolFile.open_shared(sys.argv[1]) if sys.argv[1] else None
    scanner = Scanner(Query("x"))
    for line in iter(sys.stdin.buffer.readline, b""):
        words = json.loads(line)
        if isinstance(words, dict):
            scanner = Scanner(Query(**words["query"]), words["charset"], is_sieved=True)
            continue
        *numbers, wants_places, size = words
        part = Part(*numbers)
        text = sys.stdin.buffer.read(size) if size >= 0 or source is None else _read(source, part)
        answer_to(scanner, part, text, wants_places=bool(wants_places)).write(sys.stdout.buffer)
    return 0


def _read(source: SpoolFile, part: Part) -> bytes:
    text = source.read(part.low, part.high - part.low)
    while len(text) < part.high - part.low:
        more = source.read(part.low + len(text), part.high - part.low - len(text))
        if not more:
            break
        text += more
    return text


def _end_with_parent() -> None:
    """End even in the middle of an expression once the parent is gone: `re` handles signals while it matches."""
    parent = os.getppid()
    if not hasattr(signal, "setitimer"):
        return

    def check(_signal: int, _frame: object) -> None:
        if os.getppid() != parent:
            os._exit(1)

    signal.signal(signal.SIGALRM, check)
    signal.setitimer(signal.ITIMER_REAL, _ORPHAN_CHECK_S, _ORPHAN_CHECK_S)


if __name__ == "__main__":
    sys.exit(main())
