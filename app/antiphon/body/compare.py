"""Two bodies compared: JSON by its structure, text by its lines, everything else by its bytes; nothing is held twice.

What comes out are tables in files, of which a view reads the rows that it paints: for each side a text (the body, or
the body laid out) and an index of its rows, and the `Piece`s that set rows of both beside each other.
"""

import codecs
import sys
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from antiphon.body.alignment import WINDOW, LongAlignment
from antiphon.body.ignored_paths import Pattern
from antiphon.body.json_rows import JsonRowReader, JsonRows, Sameness
from antiphon.body.pieces import MOST_DIFFERENCES, EnoughError, Pieces, Sign
from antiphon.body.printers.languages import printer_of
from antiphon.body.spool import SpoolFile
from antiphon.body.spool_writer import SpoolWriter
from antiphon.body.structure import StructureComparison
from antiphon.body.text_rows import LineStarts, RowReader, TextRows
from antiphon.body.transcoded import is_ascii_compatible

MOST_VALUES = 3_000_000
"""Of one side, small objects and arrays counting once; 126 MB of tables. Above it JSON is compared by lines."""
FOLD_BYTES = 1 << 14
"""Containers of JSON up to this size are looked into only where they differ."""
MOST_TEXT_BYTES = 1 << 30
"""Of one side. Above it bodies are compared by bytes: lines would take minutes."""
STEP_BYTES = 1 << 18
_JSON = {"json", "jsonlines"}
_SIDES = ("left", "right")

Manner = Literal["structure", "lines"]


@dataclass(frozen=True, slots=True)
class CompareOptions:
    manner: Manner = "structure"
    """How JSON is compared; other text is always compared by lines."""
    ignored: tuple[Pattern, ...] = ()
    order_matters: bool = False
    numbers_by_value: bool = False


class Outputs(NamedTuple):
    """The files that a comparison fills."""

    left_text: SpoolFile
    right_text: SpoolFile
    left_index: SpoolFile
    right_index: SpoolFile
    pieces: SpoolFile
    paths: SpoolFile


@dataclass(slots=True)
class Outcome:
    """What was found."""

    manner: Literal["equal", "structure", "lines", "bytes"] = "equal"
    differences: int = 0
    is_limited: bool = False
    """There are more differences than these."""
    notes: list[str] = field(default_factory=list)
    """Sentences on what was done in another way than asked, and why."""
    uses_text: list[bool] = field(default_factory=lambda: [False, False])
    """Whether the rows of each side are those of its text file, in UTF-8; else those of the body itself."""
    first_difference: int | None = None
    """Offset of the first byte that differs, where only bytes were compared; None where one side is only longer."""


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """A whole body; *language* as `render.media` has it, `binary` for what is no text."""

    body: SpoolFile
    language: str
    charset: str

    @property
    def is_text(self) -> bool:
        return self.language not in {"image", "binary"}

    @property
    def is_ascii_compatible(self) -> bool:
        """Whether it is compared as it came; what is not, as UTF-8."""
        return is_ascii_compatible(self.charset)

    def chunks(self) -> Iterator[bytes]:
        """Give all bytes in order, as UTF-8 where newlines would be wider than a byte."""
        if self.is_ascii_compatible:
            yield from _chunks(self.body)
            return
        decoder = codecs.getincrementaldecoder(self.charset)("replace")
        for chunk in _chunks(self.body):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        yield decoder.decode(b"", final=True).encode("utf-8", "replace")


class BodyComparison:
    """Compares *left* with *right* by `run` and fills *outputs*; *tell* hears how much is done, from 0 to 1."""

    def __init__(
        self,
        left: ComparedSide,
        right: ComparedSide,
        options: CompareOptions,
        outputs: Outputs,
        tell: Callable[[float], None] = lambda _share: None,
    ) -> None:
        self._sides = (left, right)
        self._options = options
        self._outputs = outputs
        self._texts = (SpoolWriter(outputs.left_text), SpoolWriter(outputs.right_text))
        self._pieces = Pieces()
        self._outcome = Outcome()
        self._tell = tell
        self._total = sum(max(1, side.body.size()) for side in self._sides) * 2
        self._done = 0

    def run(self) -> Outcome:
        """Compare.

        Raises:
            OSError: the disk is full, or a body cannot be read.
        """
        place = first_difference(self._sides[0].body, self._sides[1].body)
        outcome = self._outcome
        if place is None:
            return outcome
        if not self._compare_text():
            outcome.manner, outcome.differences = "bytes", 1
            ends = min(side.body.size() for side in self._sides)
            outcome.first_difference = place if place < ends else None
        return outcome

    def _compare_text(self) -> bool:
        """Compare as text, in the finest manner that is possible; tell whether one was."""
        left, right = self._sides
        if not (left.is_text and right.is_text):
            return False
        if max(left.body.size(), right.body.size()) > MOST_TEXT_BYTES:
            self._note("More than 1 GiB: compared byte by byte.")
            return False
        if left.language in _JSON and right.language in _JSON:
            documents = self._laid_out("jsonlines" in {left.language, right.language})
            if documents is not None:
                return self._compare_json(*documents)
        elif left.language in _JSON or right.language in _JSON:
            self._note("Only one side is JSON: compared line by line.")
        return self._compare_lines()

    # JSON

    def _laid_out(self, is_lines: bool) -> "tuple[_Rows, _Rows] | None":
        """Lay both sides out into their text files and return their rows; None where one is not JSON."""
        found = [self._lay_out(number, is_lines) for number in (0, 1)]
        faults = [
            f"The {_SIDES[number]} side is not valid JSON" for number in (0, 1) if found[number] is None
        ]
        if faults:
            self._note(f"{' and '.join(faults)}: compared line by line, as it came.")
            return None
        self._outcome.uses_text = [True, True]
        left, right = found
        return (left, right) if left is not None and right is not None else None

    def _lay_out(self, number: int, is_lines: bool) -> "_Rows | None":
        side, writer = self._sides[number], self._texts[number]
        rows = _Rows(self._options, is_lines, writer, self._outputs[2 + number])
        printer = printer_of("jsonlines" if is_lines else "json", is_quick=True)
        for chunk in side.chunks():
            rows.feed(printer.feed(chunk))
            self._advance(len(chunk))
            if printer.fault:
                return None
        rows.feed(printer.finish())
        rows.finish()
        return None if printer.fault else rows

    def _compare_json(self, left: "_Rows", right: "_Rows") -> bool:
        if left.structure is None or right.structure is None:
            if self._options.manner == "structure":
                self._note(
                    f"More than {MOST_VALUES:,} values on one side: compared line by line as laid out."
                )
            return self._compare_rows([self._laid_out_chunks(number) for number in (0, 1)])
        self._outcome.manner = "structure"
        row_bytes = [
            side.body.size() / max(1, rows.find_starts(lambda: self._advance(STEP_BYTES // 8)))
            for side, rows in zip(self._sides, (left, right), strict=True)
        ]
        comparison = StructureComparison(
            left.structure,
            right.structure,
            (left.read, right.read),
            self._pieces,
            order_matters=self._options.order_matters,
            is_list=left.is_lines,
            tell=lambda number, rows: self._advance(round(rows * row_bytes[number] / 2)),  # twice at most
        )
        self._collect(comparison.run)
        if comparison.rows_left <= 0:
            self._note(
                "So many elements are the same but written differently that the last are shown without marks."
            )
        if not comparison.is_exact:
            self._note_blocks("elements")
        return self._write_pieces()

    # Lines

    def _compare_lines(self) -> bool:
        self._outcome.uses_text = [not side.is_ascii_compatible for side in self._sides]
        return self._compare_rows([self._text_chunks(number) for number in (0, 1)])

    def _text_chunks(self, number: int) -> Iterator[bytes]:
        """Give the text of a side; one that is not shown as it came goes to its text file on the way."""
        side, text = self._sides[number], self._texts[number]
        text.restart()
        for chunk in side.chunks():
            self._advance(2 * len(chunk))
            if not side.is_ascii_compatible:
                text.append(chunk)
            yield chunk

    def _laid_out_chunks(self, number: int) -> Iterator[bytes]:
        file = self._texts[number].file
        share = self._sides[number].body.size() / max(1, file.size())
        for chunk in _chunks(file):
            self._advance(round(len(chunk) * share))
            yield chunk

    def _compare_rows(self, chunks: list[Iterator[bytes]]) -> bool:
        self._outcome.manner = "lines"
        left, right = (TextRows(chunks[number], SpoolWriter(self._outputs[2 + number])) for number in (0, 1))
        alignment = LongAlignment(left, right)
        self._collect(lambda: self._pair_lines(alignment))
        for rows in (left, right):
            while rows.window(WINDOW):  # to the end, where differences were too many
                rows.skip(WINDOW)
        if not alignment.is_exact:
            self._note_blocks("lines")
        if left.is_cut or right.is_cut:
            self._note("Very long lines are cut after >, ; and }.")
        if left.ends_open != right.ends_open and not left.is_empty and not right.is_empty:
            self._note(f"Only the {'right' if left.ends_open else 'left'} side ends with a newline.")
            self._outcome.differences += 1
        return self._write_pieces()

    def _pair_lines(self, alignment: LongAlignment) -> None:
        a = b = 0
        for i, j, count in alignment.runs():
            self._lines_between(a, i, b, j)
            self._pieces.equal(i, count, j, count)
            a, b = i + count, j + count
        self._lines_between(a, alignment.counts[0], b, alignment.counts[1])

    def _lines_between(self, a: int, end: int, b: int, right_end: int) -> None:
        """Note the lines from *a* and *b* on that have nothing in common."""
        if a < end or b < right_end:
            sign = Sign.ADDED if a == end else Sign.REMOVED if b == right_end else Sign.CHANGED
            self._pieces.different(sign, a, end - a, b, right_end - b)

    # What comes out

    def _collect(self, compare: Callable[[], None]) -> None:
        try:
            compare()
        except EnoughError:
            self._outcome.is_limited = True
            self._note(f"More than {MOST_DIFFERENCES:,} differences: what comes after them is not shown.")
        self._outcome.differences += self._pieces.differences

    def _write_pieces(self) -> bool:
        numbers = array("I", self._pieces.numbers)
        if sys.byteorder == "big":
            numbers.byteswap()
        writers = SpoolWriter(self._outputs.paths), SpoolWriter(self._outputs.pieces)
        for writer, content in zip(writers, (bytes(self._pieces.paths), numbers.tobytes()), strict=True):
            writer.append(content)
        for writer in (*self._texts, *writers):
            writer.flush()
        return True

    def _note(self, sentence: str) -> None:
        self._outcome.notes.append(sentence)

    def _note_blocks(self, what: str) -> None:
        self._note(f"Some {what} differ so much that they are compared as blocks.")

    def _advance(self, size_bytes: int) -> None:
        self._done += size_bytes
        self._tell(min(1.0, self._done / self._total))


class _Rows:
    """The rows of laid out JSON: as a structure while its values are few enough, and where that is wanted."""

    def __init__(self, options: CompareOptions, is_lines: bool, text: SpoolWriter, index: SpoolFile) -> None:
        sameness = Sameness(options.ignored, options.order_matters, options.numbers_by_value)
        self.is_lines = is_lines
        self._text = text
        self._index = index
        self.read = RowReader(text.file, index).read
        self._reader: JsonRowReader | None = None
        if options.manner == "structure":
            self._reader = JsonRowReader(sameness, self.read, is_lines=is_lines, fold_bytes=FOLD_BYTES)

    @property
    def structure(self) -> JsonRows | None:
        return self._reader.rows if self._reader is not None else None

    def feed(self, text: bytes) -> None:
        self._text.append(text)
        if self._reader is not None:
            self._reader.feed(text)
            self._bound()

    def finish(self) -> None:
        self._text.flush()
        if self._reader is not None:
            self._reader.finish()
            self._bound()

    def _bound(self) -> None:
        if self._reader is not None and len(self._reader.rows) > MOST_VALUES:
            self._reader = None

    def find_starts(self, tell: Callable[[], None]) -> int:
        """Write where the rows begin, by which `read` finds them; return how many they are.

        Args:
            tell: Is called after every `STEP_BYTES`.
        """
        starts = LineStarts(SpoolWriter(self._index))
        for chunk in _chunks(self._text.file):
            starts.feed(chunk)
            tell()
        return starts.finish()


def first_difference(left: SpoolFile, right: SpoolFile) -> int | None:
    """Return the offset of the first byte in which the files differ, or where one of them ends; None if they are equal."""
    offset = 0
    while True:
        ours, theirs = left.read(offset, STEP_BYTES), right.read(offset, STEP_BYTES)
        if ours != theirs:
            return offset + common_bytes(ours, theirs)
        if not ours:
            return None
        offset += len(ours)


def common_bytes(left: bytes, right: bytes) -> int:
    """Return how many bytes both begin with."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _chunks(file: SpoolFile) -> Iterator[bytes]:
    offset = 0
    while chunk := file.read(offset, STEP_BYTES):
        yield chunk
        offset += len(chunk)
