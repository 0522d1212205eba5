"""Making the checkpoints of one body while it arrives: here while it is small, in a helper process once it is large."""

import json
import subprocess
import time
from pathlib import Path
from typing import Final

from antiphon.body.checkpoints import STEP_BYTES, Checkpoints, CheckpointWriter
from antiphon.body.helper_process import close_pipes, end, started, tell_finish
from antiphon.body.open_stack import CELL_BYTES, HEAD_BYTES
from antiphon.body.outlineprocess import outline_command
from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodyStore, SpooledSource

LOCAL_BYTES: Final = 4 << 20
"""Up to this size a body is counted in the program's own process: that takes 20 ms, a slice at a time."""
SLICE_BYTES: Final = 1 << 16
"""About 0.4 ms of work."""


class CheckpointWork:
    """Goes on by `step`; `close` ends the helper process and gives back the disk.

    Attributes:
        error: What kept it from going on; empty while all is well.
        fault_cell: The cell in which brackets do not match; None while none is known.
        is_finished: Whether the checkpoints reach as far as they ever will.
    """

    def __init__(self, source: SpooledSource, *, is_lines: bool, folder: Path | None) -> None:
        self.error = ""
        self.fault_cell: int | None = None
        self.is_finished = False
        self._source = source
        self._is_lines = is_lines
        self._folder = folder
        self._writer = CheckpointWriter(is_lines=is_lines)
        self._taken = 0
        self._heads, self._frames = BodyStore(folder), BodyStore(folder)
        self._files: tuple[SpoolFile, SpoolFile] | None = None
        self._helper: subprocess.Popen[bytes] | None = None
        self._is_told = False
        self._uses_files = False
        self.checkpoints = Checkpoints(self._heads, self._frames)

    @property
    def count(self) -> int:
        """Checkpoints that can be read."""
        local = self._heads.size_bytes // HEAD_BYTES
        if self._files is None:
            return local
        shared = self._files[0].size() // HEAD_BYTES
        if shared > local and not self._uses_files:
            self._uses_files = True
            self.checkpoints = Checkpoints(*self._files)
        return max(local, shared)

    @property
    def process_id(self) -> int | None:
        """The helper process at work; None if there is none."""
        return None if self._helper is None else self._helper.pid

    def step(self, budget_s: float) -> None:
        """Work for at most *budget_s* seconds, or look how far the helper is."""
        if self.is_finished:
            return
        try:
            if (
                self._helper is None
                and self._source.size_bytes > LOCAL_BYTES
                and self._source.spool is not None
            ):
                self._start_helper(self._source.spool)
            if self._helper is None:
                self._count_slices(budget_s)
            else:
                self._watch(self._helper)
        except OSError as error:
            self._end(error=error.strerror or str(error))

    def close(self) -> None:
        """Kill the helper process, wait for it, and give back memory and disk."""
        self.is_finished = True
        self._stop_helper()
        for file in (self._heads, self._frames, *(self._files or ())):
            file.close()

    def _count_slices(self, budget_s: float) -> None:
        end = time.perf_counter() + budget_s
        while self.fault_cell is None:
            was_over = self._source.is_finished
            chunk = self._source.read(self._taken, SLICE_BYTES)
            chunk = chunk[: len(chunk) - len(chunk) % CELL_BYTES]
            self._taken += len(chunk)
            heads, frames = self._writer.take(chunk)
            self._frames.append(frames)
            self._heads.append(heads)
            self.fault_cell = self._writer.fault_cell
            if self.fault_cell is not None or (was_over and not chunk):
                self._end()
            if not chunk or time.perf_counter() > end:
                return

    def _start_helper(self, spool: SpoolFile) -> None:
        heads, frames = SpoolFile.create(self._folder), SpoolFile.create(self._folder)
        self._files = (heads, frames)
        self._helper = started(
            outline_command(spool, heads, frames, is_lines=self._is_lines), spool, heads, frames
        )

    def _watch(self, helper: "subprocess.Popen[bytes]") -> None:
        if self._source.is_finished and not self._is_told:
            self._is_told = True
            tell_finish(helper)
        if helper.poll() is None:
            return
        assert helper.stdout is not None
        line = helper.stdout.read()
        answer = json.loads(line) if line else {"error": "the helper process ended early"}
        if "fault_cell" in answer:
            self.fault_cell = int(answer["fault_cell"])
        self._end(error=answer.get("error", ""))

    def _end(self, error: str = "") -> None:
        self.error = error
        self.is_finished = True
        self._stop_helper()

    def _stop_helper(self) -> None:
        helper, self._helper = self._helper, None
        if helper is None:
            return
        end(helper)
        close_pipes(helper)


def known_bytes(count: int, size_bytes: int) -> int:
    """Return how much of a body of *size_bytes* can be asked about when there are *count* checkpoints."""
    return min(size_bytes, max(count, 1) * STEP_BYTES)
