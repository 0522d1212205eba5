"""A comparison of two bodies as the window has it: done by a helper process, and read from files row by row."""

import json
import subprocess
import sys
import threading
from array import array
from bisect import bisect_left
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from antiphon.body.compare import (
    ComparedSide,
    CompareOptions,
    Outcome,
    Outputs,
)
from antiphon.body.compareprocess import compare_command
from antiphon.body.helper_process import started
from antiphon.body.pieces import FIELDS, Piece, Sign
from antiphon.body.spool import SpoolFile
from antiphon.body.text_rows import INDEX_ENTRY

CONTEXT = 3
"""Equal rows that stay beside a difference where the rest is folded."""
BETWEEN = frozenset({Sign.EQUAL, Sign.IGNORED})
"""Signs of what is no difference."""
ROW_BYTES = 4096
"""Of a row, so much is read at most."""


class TextRow(NamedTuple):
    text: bytes
    """Its first `ROW_BYTES`."""
    size_bytes: int
    line: int
    """The number of the line that begins here, from 1; 0 where one goes on."""


class ComparedText:
    """The rows of one side."""

    def __init__(self, text: SpoolFile, index: SpoolFile, charset: str) -> None:
        self.charset = charset
        self._text = text
        self._index = index

    def __len__(self) -> int:
        return max(0, self._index.size() // INDEX_ENTRY.size - 1)

    def row(self, number: int, start: int = 0) -> TextRow:
        """Return row *number*, from its byte *start* on."""
        size = INDEX_ENTRY.size
        entries = self._index.read(number * size, 2 * size)
        if len(entries) < 2 * size:
            return TextRow(b"", 0, 0)
        (begin, line), (end, _line) = INDEX_ENTRY.unpack_from(entries), INDEX_ENTRY.unpack_from(entries, size)
        end -= end > begin and self._text.read(end - 1, 1) == b"\n"
        text = self._text.read(begin + start, max(0, min(end - begin - start, ROW_BYTES)))
        return TextRow(text, end - begin, line)


class PairedRow(NamedTuple):
    """A row of the comparison: the numbers of the rows of both sides, None where one has none."""

    sign: Sign
    left: int | None
    right: int | None


class ComparedPieces:
    """The pieces of a comparison, and which rows of both sides stand beside each other.

    Attributes:
        counts: Rows of each piece.
        starts: The first row of each piece among all; one more for the end.
        differences: The pieces that are differences.
        stretches: The first piece of each stretch; one more for the end. A stretch is a difference, or all pieces
            between two of them: equal and ignored ones.
        stretch_starts: The first row of each stretch among all; one more for the end.
        folded_starts: The same where what is long between differences is folded into a row.
    """

    def __init__(self, numbers: "array[int]", paths: SpoolFile) -> None:
        self._numbers = numbers
        self._paths = paths
        rows = map(max, numbers[2::FIELDS], numbers[4::FIELDS])
        self.counts = array("Q", rows)
        self.starts = array("Q", accumulate(self.counts, initial=0))
        self.differences = array("I", (n for n, sign in enumerate(numbers[::FIELDS]) if sign not in BETWEEN))
        self.stretches, self._ignoring = _stretches(numbers[::FIELDS])
        self.stretch_starts = array("Q", (self.starts[piece] for piece in self.stretches))
        shown = map(self.parts, range(len(self.stretches) - 1))
        self.folded_starts = array(
            "Q", accumulate((lead + bool(hidden) + trail for lead, hidden, trail in shown), initial=0)
        )

    def __len__(self) -> int:
        return len(self.counts)

    def piece(self, number: int) -> Piece:
        values = self._numbers[number * FIELDS : (number + 1) * FIELDS]
        return Piece(Sign(values[0]), *values[1:])

    def sign(self, number: int) -> Sign:
        return Sign(self._numbers[number * FIELDS])

    def parts(self, stretch: int) -> tuple[int, int, int]:
        """Return of a folded stretch how many rows are seen, are hidden, and are seen after them."""
        count = self.stretch_starts[stretch + 1] - self.stretch_starts[stretch]
        if self.sign(self.stretches[stretch]) not in BETWEEN:
            return count, 0, 0
        lead = CONTEXT if stretch else 0
        trail = CONTEXT if stretch < len(self.stretches) - 2 else 0
        return (lead, count - lead - trail, trail) if count > lead + trail + 1 else (count, 0, 0)

    def difference_near(self, left: int) -> int:
        """Return the number of the first difference from row *left* of the left side on, else of the last one."""
        piece = bisect_left(range(len(self)), left, key=lambda number: self._numbers[number * FIELDS + 1])
        return max(0, min(bisect_left(self.differences, piece), len(self.differences) - 1))

    def has_ignored(self, stretch: int) -> bool:
        """Tell whether something in the stretch is ignored."""
        return bool(self._ignoring[stretch])

    def path(self, number: int) -> str:
        """Return the JSON path of piece *number*; empty where it has none."""
        piece = self.piece(number)
        return self._paths.read(piece.path_start, piece.path_length).decode("utf-8", "replace")

    def row(self, number: int, place: int) -> PairedRow:
        """Return row *place* of piece *number*."""
        piece = self.piece(number)
        left = piece.left + place if place < piece.left_count else None
        right = piece.right + place if place < piece.right_count else None
        sign = piece.sign
        if sign == Sign.CHANGED:
            sign = Sign.ADDED if left is None else Sign.REMOVED if right is None else sign
        return PairedRow(sign, left, right)


def _stretches(signs: "array[int]") -> "tuple[array[int], bytearray]":
    """Return where stretches begin, and which of them have something ignored."""
    stretches, ignoring, is_open = array("I"), bytearray(), False
    for number, sign in enumerate(signs):
        if not is_open or sign not in BETWEEN:
            stretches.append(number)
            ignoring.append(0)
        is_open = sign in BETWEEN
        ignoring[-1] |= sign == Sign.IGNORED
    stretches.append(len(signs))
    return stretches, ignoring


class Comparison:
    """Compares at once; ask `poll` now and then, and `close` in the end: that kills the helper, too.

    The bodies stay the caller's, and open until `close`, which waits for a helper that is being started.
    """

    def __init__(
        self, left: ComparedSide, right: ComparedSide, options: CompareOptions, folder: Path | None = None
    ) -> None:
        """Start.

        Raises:
            OSError: the disk is full.
        """
        self.progress = 0.0
        self.error = ""
        self.outcome: Outcome | None = None
        self._sides = (left, right)
        self._options = options
        self._answer: dict[str, object] | None = None
        self._pieces: ComparedPieces | None = None
        self._outputs = _outputs(folder)
        self._helper: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="comparison", daemon=True)
        self._thread.start()

    @property
    def is_done(self) -> bool:
        """Whether `outcome` or `error` says how it ended."""
        return self.outcome is not None or bool(self.error)

    @property
    def process_id(self) -> int | None:
        """The helper process at work; None if there is none."""
        helper = self._helper
        return helper.pid if helper is not None and helper.returncode is None else None

    def poll(self) -> bool:
        """Look how far the helper is; tell whether it is done."""
        if self.is_done or self._thread.is_alive():
            return self.is_done
        answer = self._answer or {"error": "the helper process ended early"}
        self.error = str(answer.get("error", ""))
        if not self.error:
            self.outcome = Outcome(**answer)  # type: ignore[arg-type]
        return True

    def text(self, side: int) -> ComparedText:
        """Return the rows of the left (0) or right (1) side, once it is done."""
        body, outcome = self._sides[side], self.outcome
        is_own = outcome is not None and outcome.uses_text[side]
        index = self._outputs[2 + side]
        return (
            ComparedText(self._outputs[side], index, "utf-8")
            if is_own
            else ComparedText(body.body, index, body.charset)
        )

    def pieces(self) -> ComparedPieces:
        """Return what was found, once it is done."""
        assert self._pieces is not None
        return self._pieces

    def close(self) -> None:
        """Kill the helper process and give back the disk; the thread waits for its end, which may take a while."""
        with self._lock:
            self._is_closed = True
            if self._helper is not None:
                self._helper.kill()
        self._close_outputs()

    def _work(self) -> None:
        """Start the helper, take what it says, and see it end: in a thread, as each of these may wait."""
        try:
            helper = self._started()
        except (OSError, ValueError) as error:  # closed before it began: its files are no files any more
            self._answer = {"error": str(error)}
            return
        assert helper.stdin is not None
        assert helper.stdout is not None
        with helper.stdout, helper.stdin:
            for line in helper.stdout:
                said = json.loads(line) if line.endswith(b"\n") else None  # cut off where it was killed
                if isinstance(said, dict):
                    self._answer = said
                elif said is not None:
                    self.progress = said
            helper.wait()
        self._pieces = self._read_pieces()

    def _started(self) -> "subprocess.Popen[bytes]":
        left, right = self._sides
        command = compare_command(left, right, self._options, self._outputs)
        with self._lock:
            if self._is_closed:
                raise ValueError("closed")
            self._helper = started(command, left.body, right.body, *self._outputs)
            return self._helper

    def _read_pieces(self) -> ComparedPieces:
        numbers = array("I", self._outputs.pieces.read(0, self._outputs.pieces.size()))
        if sys.byteorder == "big":
            numbers.byteswap()
        return ComparedPieces(numbers, self._outputs.paths)

    def _close_outputs(self) -> None:
        for file in self._outputs:
            file.close()


def _outputs(folder: Path | None) -> Outputs:
    made: list[SpoolFile] = []
    try:
        made.extend(SpoolFile.create(folder) for _field in Outputs._fields)
    except OSError:
        for file in made:
            file.close()
        raise
    return Outputs(*made)
