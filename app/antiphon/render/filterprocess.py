"""The helper process that reads a whole body and filters it, as often as it is asked, until its parent is gone.

Started as `python -m antiphon.render.filterprocess SOURCE SIZE LANGUAGE CHARSET TARGET...`, the places as
`SpoolFile.shared_argument` gives them. Questions come as lines of JSON on standard input, answers go out as such; each
has the `id` of its question. A question for results ends the work on the one before.

- `{"id", "expression", "form": "values" | "paths" | "table", "target": number}`: results go to that target from its
  beginning. Answers: `{"id", "read"}` bytes read so far, `{"id", "count", "size"}` again and again, at last with
  `"done"`, `"is_json"`, `"note"` and for a table `"columns"`, `"blocks"`, `"has_more_columns"`.
- `{"id", "csv": {...}, "expression", "target": number}` or `"path"` of a new file in place of the target: the results
  as CSV. Answer: `{"id", "written", "is_file"}`.
- Whatever goes wrong: `{"id", "fault", "place"}` for a wrong expression, `{"id", "error"}` for the body or the disk.
"""

import _thread
import gc
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from antiphon.body.spool import SpoolFile
from antiphon.core.quantities import size_text
from antiphon.render.filter_document import FilterDocument, Result, check_expression, read_document
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.filter_sheet import COLUMN_LIMIT, NAME_CHARS, CsvAsk, columns_of, csv_chunks, write_rows
from antiphon.render.filter_text import ResultText

MEMORY_LIMIT_BYTES = 6 << 30
"""What the process may take, where the system can limit that."""
LEAST_MEMORY_BYTES = 1 << 30
"""What it may take however little is free: addresses are limited, of which it has more than memory."""
TELL_S = 0.1
"""Between two words about how far it is."""
BUFFER_BYTES = 1 << 18
CHUNK_BYTES = 1 << 20
RECURSION_LIMIT = 3000
"""Nesting that the JSON reader's C stack bears on every system."""


class _Superseded(Exception):  # noqa: N818 - it is no error
    """A newer question came."""


class Worker:
    """Answers questions about one body, in the main thread, which a newer question interrupts."""

    def __init__(self, arguments: list[str]) -> None:
        source, size, language, charset, *targets = arguments
        self._source = SpoolFile.open_shared(source)
        self._size_bytes = int(size)
        self._language: Any = language
        self._charset = charset
        self._targets = [SpoolFile.open_shared(target) for target in targets]
        self._document: FilterDocument | None = None
        self._results: list[Result] = []
        self._complete = ""
        """The expression whose results are all here."""
        self._columns: list[str] = []
        self._questions: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._is_interruptible = False
        self._is_reading = False
        self._newest = 0
        """The question for results that came last; those before need no answer."""
        self._told_s = 0.0

    def run(self) -> None:
        """Answer until the parent is gone, which ends the process, or memory is."""
        signal.signal(signal.SIGINT, self._interrupt)
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            question = self._questions.get()
            try:
                self._answer(question)
            except _Superseded:
                pass
            finally:
                self._is_interruptible = False

    def _listen(self) -> None:
        for line in sys.stdin:
            question = json.loads(line)
            if "form" in question:
                self._newest = question["id"]
            self._questions.put(question)
            if "form" in question and self._is_interruptible:
                _thread.interrupt_main()
        os._exit(0)

    def _interrupt(self, _number: int, _frame: object) -> None:
        if self._is_interruptible:
            self._is_interruptible = False
            raise _Superseded

    def _answer(self, question: dict[str, Any]) -> None:
        number = question["id"]
        self._is_reading = False
        try:
            if "csv" in question:
                self._tell(id=number, written=self._write_csv(question), is_file="path" in question)
            elif number == self._newest:
                self._find(number, question)
        except FilterFaultError as fault:
            if self._is_reading:
                self._tell(id=number, error=fault.sentence)
            else:
                self._tell(id=number, fault=fault.sentence, place=fault.place)
        except OSError as error:
            self._tell(id=number, error=error.strerror or str(error))
        except RecursionError:
            self._tell(id=number, error="the expression or the body is nested too deeply")

    # Finding

    def _find(self, number: int, question: dict[str, Any]) -> None:
        expression, form = question["expression"], question["form"]
        check_expression(expression, self._language)
        document = self._read(number)
        self._is_interruptible = True
        if number != self._newest:
            raise _Superseded  # it came while the body was read
        sink = _Sink(self._targets[question["target"]])
        answer: dict[str, Any] = {}
        if form == "table":
            answer = self._table(number, document, expression, sink)
        else:
            self._text(number, document, expression, sink, has_paths=form == "paths")
        sink.flush()
        self._is_interruptible = False
        answer |= {"is_json": document.is_json or form == "paths", "note": document.note}
        self._tell(id=number, done=True, count=len(self._results), size=sink.size_bytes, **answer)

    def _read(self, number: int) -> FilterDocument:
        if self._document is None:
            self._is_reading = True
            self._tell(id=number, read=0)

            def told(done_bytes: int) -> None:
                if self._may_tell():
                    self._tell(id=number, read=done_bytes)

            self._document = read_document(self._chunks, self._language, self._charset, told)
            self._is_reading = False
            self._tell(id=number, read=self._size_bytes)
        return self._document

    def _chunks(self) -> Iterator[bytes]:
        for start in range(0, self._size_bytes, CHUNK_BYTES):
            yield self._source.read(start, min(CHUNK_BYTES, self._size_bytes - start))

    def _found(self, document: FilterDocument, expression: str) -> Iterator[Result]:
        """Yield the results of *expression*, and keep them."""
        if self._complete == expression:
            yield from self._results
            return
        self._complete, self._results, self._columns = "", [], []
        for result in document.results(expression):
            self._results.append(result)
            yield result
        self._complete = expression

    def _text(
        self, number: int, document: FilterDocument, expression: str, sink: "_Sink", *, has_paths: bool
    ) -> None:
        text = ResultText(document, sink.write, has_paths=has_paths)
        for count, result in enumerate(self._found(document, expression), 1):
            text.add(result)
            if self._may_tell():
                text.flush()
                sink.flush()
                self._tell(id=number, count=count, size=sink.size_bytes)
        text.close()

    def _table(self, number: int, document: FilterDocument, expression: str, sink: "_Sink") -> dict[str, Any]:
        def counted() -> Iterator[Result]:
            for count, result in enumerate(self._found(document, expression), 1):
                if self._may_tell():
                    self._tell(id=number, count=count, size=0)
                yield result

        sheet = write_rows(document, counted(), sink.write)
        self._columns = list(sheet.columns)
        shown = [name[:NAME_CHARS] for name in self._columns[:COLUMN_LIMIT]]
        return {
            "columns": shown,
            "blocks": sheet.blocks,
            "has_more_columns": len(self._columns) > COLUMN_LIMIT,
        }

    def _may_tell(self) -> bool:
        now_s = time.monotonic()
        if now_s - self._told_s < TELL_S:
            return False
        self._told_s = now_s
        return True

    # CSV

    def _write_csv(self, question: dict[str, Any]) -> int:
        document = self._read(question["id"])
        for _result in self._found(document, question["expression"]):
            pass  # they are here already, but for a process that was started anew
        self._columns = self._columns or columns_of(document, self._results)
        chunks = csv_chunks(document, self._results, self._columns, CsvAsk(**question["csv"]))
        if "path" in question:
            return _saved(Path(question["path"]), chunks)
        sink = _Sink(self._targets[question["target"]])
        for chunk in chunks:
            sink.write(chunk.encode("utf-8", "backslashreplace"))
        sink.flush()
        return sink.size_bytes

    def _tell(self, **answer: object) -> None:
        was_interruptible, self._is_interruptible = self._is_interruptible, False  # a line goes out whole
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        self._is_interruptible = was_interruptible
        if was_interruptible and answer["id"] != self._newest:
            raise _Superseded


class _Sink:
    """Writes to a spool file from its beginning, in large pieces."""

    def __init__(self, target: SpoolFile) -> None:
        self._target = target
        self._buffer = bytearray()
        self._written = 0

    @property
    def size_bytes(self) -> int:
        return self._written + len(self._buffer)

    def write(self, content: bytes) -> int:
        self._buffer += content
        if len(self._buffer) >= BUFFER_BYTES:
            self.flush()
        return self.size_bytes

    def flush(self) -> None:
        rest = memoryview(bytes(self._buffer))
        self._buffer.clear()
        while rest:
            taken = self._target.write(rest, self._written)
            rest = rest[taken:]
            self._written += taken


def _saved(path: Path, chunks: Iterator[str]) -> int:
    """Write *chunks* to *path*, which appears only when complete, and return its size."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            size = sum(file.write(chunk.encode("utf-8", "backslashreplace")) for chunk in chunks)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return size


def memory_limit_bytes(free_bytes: int | None, hard_bytes: int | None) -> int:
    """Return what the process may take: no more than nine tenths of what is free, so that the system never has to kill.

    Args:
        free_bytes: What the system could give now; None where it does not say.
        hard_bytes: What it allows at most; None for no limit.
    """
    limits = [MEMORY_LIMIT_BYTES]
    if free_bytes is not None:
        limits.append(max(LEAST_MEMORY_BYTES, free_bytes * 9 // 10))
    if hard_bytes is not None:
        limits.append(hard_bytes)
    return min(limits)


def _limit_memory() -> int | None:
    """Limit the memory of this process and return how much it may take; None where that cannot be done."""
    try:
        import resource
    except ImportError:
        return None  # Windows
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = memory_limit_bytes(_free_bytes(), None if hard == resource.RLIM_INFINITY else hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    return limit


def _free_bytes() -> int | None:
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as lines:
            found = next((line for line in lines if line.startswith("MemAvailable:")), "")
    except OSError:
        return None  # not Linux
    return int(found.split()[1]) * 1024 if found else None


def main() -> int:
    """Answer questions; return the exit code."""
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    limit_bytes = _limit_memory()
    sys.setrecursionlimit(RECURSION_LIMIT)
    gc.disable()  # millions of values, none of them in a ring: looking for rings takes half of the time
    try:
        Worker(sys.argv[1:]).run()
    except MemoryError:
        needs = (
            "more memory than there is"
            if limit_bytes is None
            else f"more than {size_text(limit_bytes)} of memory"
        )
        sentence = f"filtering needs {needs}; ask the server for less at a time, or close other programs"
        sys.stdout.write(json.dumps({"error": sentence}) + "\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
