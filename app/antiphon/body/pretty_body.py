"""The laid out text of a body as a body of its own, made while the original arrives."""

import json
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from antiphon.body.helper_process import close_pipes, end, started, tell_finish
from antiphon.body.printers.languages import printer_of
from antiphon.body.printers.laying import Laying
from antiphon.body.printers.printer import Fault
from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodyStore, SpooledSource
from antiphon.core.launch import module_command

LOCAL_BYTES = 1 << 20
"""Up to this size a body is laid out in the program's own process, a slice at a time."""
SLICE_BYTES = 1 << 13
CODE_SLICE_BYTES = 1 << 11
"""For what is slower than JSON: about 1 ms of work, as the other."""


class PrettyBody:
    """A `BodySource` that grows by `step`; `close` ends the helper process and gives back the disk.

    A body of more than 1 MiB is laid out by one helper process. What was made here before stays in use until the
    helper's text is longer: it is the same text. From a `fault` on it is the body as it came.

    Args:
        language: One of `printers.languages.LAID_OUT`.
    """

    def __init__(self, source: SpooledSource, language: str = "json", *, folder: Path | None = None) -> None:
        self.fault: Fault | None = None
        self.place: tuple[int, int] | None = None
        """Line and column of the fault in this text, from 1."""
        self.error = ""
        self._source = source
        self._folder = folder
        self._language = language
        self._laying = Laying(printer_of(language))
        self._slice_bytes = SLICE_BYTES if language in {"json", "jsonlines"} else CODE_SLICE_BYTES
        self._taken = 0
        self._local = BodyStore(folder)
        self._helper: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._answers: list[dict[str, Any]] = []
        self._target: SpoolFile | None = None
        self._size_bytes = 0
        self._is_finished = False
        self._is_told = False

    @property
    def language(self) -> str:
        return self._language

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    @property
    def is_finished(self) -> bool:
        """Whether the text is whole, or its end is known to be never reached (`error`)."""
        return self._is_finished

    @property
    def process_id(self) -> int | None:
        """The helper process at work; None if there is none."""
        return None if self._helper is None else self._helper.pid

    @property
    def spool(self) -> SpoolFile | None:
        """The file that the helper process writes; None while the text is made here."""
        return self._target

    def read(self, offset: int, count: int) -> bytes:
        """Return up to *count* bytes from *offset*: fewer at the end, none after close."""
        count = max(0, min(count, self._size_bytes - offset))
        if self._target is not None and offset + count > self._local.size_bytes:
            return self._target.read(offset, count)
        return self._local.read(offset, count)

    def step(self, budget_s: float = 0.005) -> None:
        """Work for at most *budget_s* seconds, or look how far the helper is.

        A full disk or a process that cannot start ends it with `error`, and gives back what it had taken of the disk.
        """
        if self._is_finished:
            return
        try:
            if self._helper is not None:
                self._watch()
            elif self._source.size_bytes > LOCAL_BYTES and self._source.spool is not None:
                if self._taken == 0:
                    self._print_slices(budget_s)  # the first rows are there before the process is
                if not self._is_finished:
                    self._start_helper(self._source.spool)
            else:
                self._print_slices(budget_s)
        except OSError as error:
            self._end(error=error.strerror or str(error))

    def close(self) -> None:
        """Kill the helper process, wait for it, and give back memory and disk."""
        self._is_finished = True
        self._size_bytes = 0
        self._stop_helper()
        self._local.close()
        if self._target is not None:
            self._target.close()

    def _print_slices(self, budget_s: float) -> None:
        end = time.perf_counter() + budget_s
        while time.perf_counter() < end:
            was_over = self._source.is_finished
            chunk = self._source.read(self._taken, self._slice_bytes)
            self._taken += len(chunk)
            self._local.append(
                self._laying.feed(chunk) if chunk else self._laying.finish() if was_over else b""
            )
            self._size_bytes = self._local.size_bytes
            self.fault, self.place = self._laying.fault, self._laying.place
            if was_over and not chunk:
                self._end()
            if not chunk:
                return

    def _start_helper(self, spool: SpoolFile) -> None:
        self._target = target = SpoolFile.create(self._folder)
        command = module_command(
            "antiphon.body.prettyprocess",
            spool.shared_argument,
            target.shared_argument,
            self._language,
        )
        self._helper = started(command, spool, target)
        self._listener = threading.Thread(
            target=self._listen, args=(self._helper,), name="pretty", daemon=True
        )
        self._listener.start()

    def _watch(self) -> None:
        assert self._helper is not None
        assert self._target is not None
        if self._source.is_finished and not self._is_told:
            self._is_told = True
            tell_finish(self._helper)
        is_over = self._helper.poll() is not None
        self._size_bytes = max(self._local.size_bytes, self._target.size())
        if is_over and self._listener is not None:
            self._listener.join()
        self._take_answers(is_over=is_over)

    def _listen(self, helper: "subprocess.Popen[bytes]") -> None:
        assert helper.stdout is not None
        for line in helper.stdout:
            self._answers.append(json.loads(line))

    def _take_answers(self, *, is_over: bool) -> None:
        """Take note of what the helper has told; once it is over, of its last word."""
        while self._answers and "fault" in self._answers[0]:
            answer = self._answers.pop(0)
            self.fault, self.place = Fault(*answer["fault"]), tuple(answer["place"])
        if is_over:
            answer = self._answers.pop(0) if self._answers else {"error": "the helper process ended early"}
            self._end(error=answer.get("error", ""))

    def _end(self, error: str = "") -> None:
        self.error = error
        self._is_finished = True
        self._stop_helper()
        if error:
            self.close()

    def _stop_helper(self) -> None:
        helper, self._helper = self._helper, None
        if helper is None:
            return
        end(helper)
        if self._listener is not None:
            self._listener.join()
        close_pipes(helper)
