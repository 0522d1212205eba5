"""A filter over one body: questions to its helper process, and what came back."""

import json
import queue
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from antiphon.body.helper_process import started
from antiphon.body.spool import SpoolFile
from antiphon.body.store import COPY_STEP_BYTES, SpooledSource
from antiphon.core.launch import module_command
from antiphon.core.quantities import size_text
from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.filter_sheet import CsvAsk
from antiphon.render.media import Language

Form = Literal["values", "paths", "table"]

BODY_LIMIT_BYTES = 256 << 20
"""A longer body is not filtered: the helper process takes up to ten times its size."""
COPY_LIMIT_BYTES = 16 << 20
TIME_LIMIT_S = 120.0
OVERDUE_S = 1.5
"""How long a question that has taken another's place waits for the other's end."""
_ASIDE = 2
"""The target of what is copied; the results shown and those to come have the first two by turns."""


class ResultBody:
    """The text of results as a `BodySource`; what the table reads its rows from, too."""

    def __init__(self, spool: SpoolFile) -> None:
        self._spool = spool
        self.size_bytes = 0
        self.is_finished = False

    @property
    def spool(self) -> SpoolFile | None:
        """Nothing: the file may hold more than this text, so whoever needs a file copies it."""
        return None

    def is_in(self, spool: SpoolFile) -> bool:
        return self._spool is spool

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none after close."""
        return self._spool.read(offset, max(0, min(count, self.size_bytes - offset)))


@dataclass(slots=True)
class Results:
    """What one question found, so far or for good."""

    expression: str
    form: Form
    body: ResultBody
    count: int = 0
    is_json: bool = True
    note: str = ""
    columns: Sequence[str] = ()
    has_more_columns: bool = False
    blocks: Sequence[tuple[int, int]] = field(default=(), repr=False)
    """Row and offset at which each block of rows begins in `body`."""


class Filter:
    """Ask with `look_for`, then `step` until `is_busy` is over; the newest question wins.

    Attributes:
        results: The newest that are there; those of the question before stay until then.
        fault: What is wrong with the expression asked for last.
        error: Why the body cannot be filtered, or the process could not; a sentence.
        read_bytes: How much of the body has been read, None before and after reading.
        copied: What the last `copy_csv` gave, at most a byte more than `COPY_LIMIT_BYTES`; None until it is there.
        saved_bytes: Size of what the last `save_csv` wrote, None until it is written.
    """

    def __init__(
        self, source: SpooledSource, language: Language, charset: str, folder: Path | None = None
    ) -> None:
        self.results: Results | None = None
        self.fault: FilterFaultError | None = None
        self.error = ""
        self.read_bytes: int | None = None
        self.copied: bytes | None = None
        self.saved_bytes: int | None = None
        self._source = source
        self._language = language
        self._charset = charset
        self._folder = folder
        self._helper: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._mirror: SpoolFile | None = None
        self._targets: list[SpoolFile] = []
        self._number = 0
        self._question = 0
        """The number of `_asked`."""
        self._asked: dict[str, Any] | None = None
        self._csv: set[int] = set()
        self._coming: Results | None = None
        self._turn = 0
        self._began_s = 0.0
        self._overdue_s: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._asked is not None or bool(self._csv)

    @property
    def is_looking(self) -> bool:
        """Whether results are awaited, or more of them."""
        return self._asked is not None

    @property
    def count(self) -> int:
        """Results found so far by the newest question."""
        results = self._coming or self.results
        return results.count if results is not None else 0

    @property
    def process_id(self) -> int | None:
        """The helper process; None if there is none."""
        return None if self._helper is None else self._helper.pid

    def look_for(self, expression: str, form: Form) -> None:
        """Ask for what *expression* finds; a question before that is not answered any more."""
        self.fault, self.error = None, ""
        if self._source.size_bytes > BODY_LIMIT_BYTES:
            self.error = (
                f"The body has {size_text(self._source.size_bytes)}, and up to {size_text(BODY_LIMIT_BYTES)} "
                "are filtered. Ask the server for less at a time, or save the body and use a tool that streams."
            )
            return
        if self.results is not None:
            self.results.body.is_finished = True  # what there is of it
        was_looking = self._asked is not None
        self._asked = {"expression": expression, "form": form}
        self._send_question()
        self._overdue_s = time.monotonic() + OVERDUE_S if was_looking else None

    def copy_csv(self, ask: CsvAsk) -> None:
        """Ask for the results in `results` as CSV; they come into `copied`."""
        self.copied = None
        self._send_csv({"csv": asdict(ask), "target": _ASIDE})

    def save_csv(self, ask: CsvAsk, path: Path) -> None:
        """Ask to write the results in `results` to *path*; `saved_bytes` says when that is done."""
        self.saved_bytes = None
        self._send_csv({"csv": asdict(ask), "path": str(path)})

    def step(self) -> None:
        """Take the answers that have come; a full disk or a process that cannot start is an `error`."""
        while not self._answers.empty():
            self._take(self._answers.get())
        helper = self._helper
        if helper is None or not self.is_busy:
            return
        now_s = time.monotonic()
        if helper.poll() is not None and self._answers.empty() and not self._is_reading_answers():
            self._fail("The process that filters ended early; the system may be short of memory.")
        elif self._overdue_s is not None and now_s > self._overdue_s and self.read_bytes is None:
            self._stop_helper()  # it is deep in a question that nobody asks any more
            self._send_question()
            self._overdue_s = None
        elif now_s - self._began_s > TIME_LIMIT_S:
            self._fail(f"Filtering took longer than {TIME_LIMIT_S:.0f} seconds and was stopped.")

    def cancel(self) -> None:
        """Kill the helper process; the results that are there stay readable."""
        self._stop_helper()
        self._asked = self._coming = None
        self._csv.clear()
        self.read_bytes = None
        if self.results is not None:
            self.results.body.is_finished = True

    def close(self) -> None:
        """End the helper process, which is gone a moment later, and give back the disk."""
        self.cancel()
        self.results = None
        for spool in (*self._targets, self._mirror):
            if spool is not None:
                spool.close()
        self._targets, self._mirror = [], None

    # Questions

    def _send_question(self) -> None:
        assert self._asked is not None
        self._coming = None
        self._question = self._number = self._number + 1
        self._began_s = time.monotonic()
        self._turn = 1 - self._turn if self._is_shown(self._turn) else self._turn
        self._send({"id": self._number, "target": self._turn, **self._asked})

    def _is_shown(self, turn: int) -> bool:
        results = self.results
        return bool(self._targets) and results is not None and results.body.is_in(self._targets[turn])

    def _send_csv(self, question: dict[str, Any]) -> None:
        self._number += 1
        self._began_s = time.monotonic()
        self._csv.add(self._number)
        assert self.results is not None
        self._send({"id": self._number, "expression": self.results.expression, **question})

    def _send(self, question: dict[str, Any]) -> None:
        try:
            if self._helper is None:
                self._start()
            assert self._helper is not None
            assert self._helper.stdin is not None
            self._helper.stdin.write(json.dumps(question).encode() + b"\n")
            self._helper.stdin.flush()
        except BrokenPipeError:
            pass  # it ended, and `step` says so
        except OSError as error:
            self._fail(f"The body could not be filtered: {error.strerror or error}.")

    def _start(self) -> None:
        source = self._source.spool or self._mirrored()
        while len(self._targets) <= _ASIDE:
            self._targets.append(SpoolFile.create(self._folder))
        command = module_command(
            "antiphon.render.filterprocess",
            source.shared_argument,
            str(self._source.size_bytes),
            self._language,
            self._charset,
            *(target.shared_argument for target in self._targets),
        )
        self._helper = started(command, source, *self._targets)
        self._answers = queue.SimpleQueue()
        self._reader = threading.Thread(
            target=_read_answers, args=(self._helper, self._answers), name="filter answers", daemon=True
        )
        self._reader.start()

    def _mirrored(self) -> SpoolFile:
        """Return a file with the bytes of a body that is in memory: a megabyte at most."""
        if self._mirror is None:
            self._mirror = SpoolFile.create(self._folder)
            size = self._source.size_bytes
            written = 0
            while written < size:
                chunk = self._source.read(written, min(COPY_STEP_BYTES, size - written))
                written += self._mirror.write(chunk, written)
        return self._mirror

    # Answers

    def _take(self, answer: dict[str, Any]) -> None:
        number = answer.get("id", self._question)
        if number in self._csv:
            self._take_csv(number, answer)
        elif number == self._question and self._asked is not None:
            self._overdue_s = None
            self._take_results(answer, self._asked)

    def _take_csv(self, number: int, answer: dict[str, Any]) -> None:
        match answer:
            case {"read": _}:
                return
            case {"written": written, "is_file": True}:
                self.saved_bytes = written
            case {"written": written}:
                self.copied = self._targets[_ASIDE].read(0, min(written, COPY_LIMIT_BYTES + 1))
            case _:
                self.error = _sentence(answer.get("error") or answer["fault"])
        self._csv.discard(number)

    def _take_results(self, answer: dict[str, Any], asked: dict[str, Any]) -> None:
        match answer:
            case {"fault": sentence, "place": place}:
                self.fault = FilterFaultError(sentence, place)
                self._asked = self._coming = None
            case {"error": sentence}:
                self._fail(_sentence(sentence))
            case {"read": count}:
                self.read_bytes = count
                self._began_s = time.monotonic()
            case {"count": count, "size": size}:
                self.read_bytes = None
                self._grow(asked, count, size)
                if answer.get("done"):
                    self._finish(answer)

    def _grow(self, asked: dict[str, Any], count: int, size: int) -> None:
        if self._coming is None:
            body = ResultBody(self._targets[self._turn])
            self._coming = Results(asked["expression"], asked["form"], body)
        self._coming.count = count
        self._coming.body.size_bytes = size
        if asked["form"] != "table":
            self.results = self._coming

    def _finish(self, answer: dict[str, Any]) -> None:
        assert self._coming is not None
        results, self._coming, self._asked = self._coming, None, None
        results.is_json, results.note = answer["is_json"], answer["note"]
        if results.form == "table":
            results.columns = answer["columns"]
            results.blocks = [tuple(block) for block in answer["blocks"]]
            results.has_more_columns = answer["has_more_columns"]
        results.body.is_finished = True
        self.results = results

    def _fail(self, sentence: str) -> None:
        self.cancel()
        self.error = sentence

    def _is_reading_answers(self) -> bool:
        return self._reader is not None and self._reader.is_alive()

    def _stop_helper(self) -> None:
        helper, self._helper = self._helper, None
        self._reader = None
        if helper is None:
            return
        helper.kill()  # its reader waits for the end: giving back a gigabyte takes a tenth of a second
        assert helper.stdin is not None
        try:
            helper.stdin.close()
        except BrokenPipeError:
            pass  # a question was still in the buffer


def _read_answers(helper: "subprocess.Popen[bytes]", answers: "queue.SimpleQueue[dict[str, Any]]") -> None:
    assert helper.stdout is not None
    for line in helper.stdout:
        if line.endswith(b"\n"):
            answers.put(json.loads(line))
    helper.stdout.close()
    helper.wait()


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
