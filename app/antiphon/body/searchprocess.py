"""The helper process that matches: only a process can be stopped in the middle of an expression, and two are quicker.

Started as `python -m antiphon.body.searchprocess SOURCE`, the source as `SpoolFile.shared_argument` gives it, or "" if
the bytes come with each task. It reads a line of JSON for each query and each task, and answers a task with an `Answer`.
It ends when standard input does.
"""

import gc
import json
import mmap
import os
import signal
import struct
import sys
import time
from array import array
from dataclasses import asdict, dataclass
from typing import IO

from antiphon.body.helper_process import keep_freed_memory
from antiphon.body.query import Query
from antiphon.body.scan import Part, Scanner, Text, leaves_of
from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

LEAF_MATCHES = 2048
LEAF_BYTES = 1 << 16
_COUNTED_BYTES = 1 << 15
PLACES_LIMIT = 1 << 18
"""Of a part with more matches than this, no places are sent."""
_ORPHAN_CHECK_S = 1.0
_DENSE_BYTES = 256
"""With more than one match in so many bytes, counting is quicker than finding."""
_MAPPED_BYTES = 1 << 26
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


def answer_to(
    scanner: Scanner, part: Part, text: Text, *, wants_places: bool, is_dense: bool = False
) -> Answer:
    """Search one part, of which *text* is all from `low` to `high`.

    Args:
        is_dense: Many matches are expected: places that are not wanted need not be found.
    """
    began = time.perf_counter()
    counted = None if wants_places or not is_dense else scanner.counts(part, text, _COUNTED_BYTES)
    starts, lengths = (_NOTHING_8, _NOTHING_4) if counted is not None else scanner.places(part, text)
    leaves = list(leaves_of(part, starts, LEAF_MATCHES, LEAF_BYTES)) if counted is None else counted
    stop = starts[-1] + lengths[-1] if starts else 0
    is_sent = wants_places and len(starts) <= PLACES_LIMIT
    return Answer(
        starts[0] if starts else 0,
        stop,
        time.perf_counter() - began,
        bool(stop and stop >= part.high),
        starts if is_sent else _NOTHING_8,
        lengths if is_sent else _NOTHING_4,
        array("Q", [leaf[0] for leaf in leaves]),
        array("Q", [leaf[1] for leaf in leaves]),
        array("I", [leaf[2] for leaf in leaves]),
    )


_NOTHING_8, _NOTHING_4 = array("Q"), array("I")


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
    keep_freed_memory()
    watch = _Watch()
    source = _Source(SpoolFile.open_shared(sys.argv[1])) if sys.argv[1] else None
    scanner, is_dense = Scanner(Query("x")), False
    for line in iter(sys.stdin.buffer.readline, b""):
        words = json.loads(line)
        if isinstance(words, dict):
            scanner, is_dense = Scanner(Query(**words["query"]), words["charset"], is_sieved=True), False
            continue
        *numbers, wants_places, size = words
        part = Part(*numbers)
        text = sys.stdin.buffer.read(size) if size >= 0 or source is None else source.read(part)
        with watch:
            answer = answer_to(scanner, part, text, wants_places=bool(wants_places), is_dense=is_dense)
        is_dense = sum(answer.leaf_counts) * _DENSE_BYTES > part.end - part.start
        answer.write(sys.stdout.buffer)
    return 0


class _Source:
    """A spool file, mapped piece by piece: no copy is made of what holds no match.

    Only a helper process may map it: page faults hold the interpreter, and a fault of the disk ends the process.
    """

    def __init__(self, spool: SpoolFile) -> None:
        self._spool = spool
        self._start = 0
        self._map: mmap.mmap | None = None

    def read(self, part: Part) -> Text:
        if self._map is None or part.low < self._start or part.high > self._start + len(self._map):
            self._start = part.low - part.low % _MAPPED_BYTES
            size = min(self._spool.size() - self._start, max(_MAPPED_BYTES, part.high - self._start))
            self._map = self._spool.mapped(self._start, size)
        if self._map is None or part.high > self._start + len(self._map):
            return self._spool.read(part.low, part.high - part.low)
        return memoryview(self._map)[part.low - self._start : part.high - self._start]


class _Watch:
    """Ends the process within a task once the parent is gone: `re` handles signals while it matches.

    Only within: a signal in the middle of writing an answer was seen to lose a part of it.
    """

    def __init__(self) -> None:
        self._parent = os.getppid()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._check)

    def __enter__(self) -> None:
        self._set(_ORPHAN_CHECK_S)

    def __exit__(self, *_exception: object) -> None:
        self._set(0)

    def _set(self, interval_s: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, interval_s, interval_s)

    def _check(self, _signal: int, _frame: object) -> None:
        if os.getppid() != self._parent:
            os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
