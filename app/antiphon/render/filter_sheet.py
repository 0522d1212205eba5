"""Results of a filter as a table: rows of cells that a window can read one by one, and CSV (RFC 4180)."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from antiphon.render.filter_document import FilterDocument, Result

COLUMN_LIMIT = 200
"""Columns that are shown; CSV has more."""
CSV_COLUMN_LIMIT = 16_384
"""As many as spreadsheets read; a document that has another name in each row would be written as its square."""
ROW_LIMIT = 1_000_000
"""Rows that are shown; CSV has all."""
CELL_CHARS = 200
"""How much of a cell is shown; a copy has all of it."""
NAME_CHARS = 100
PATH = "path"
BLOCK_ROWS = 64
BLOCK_BYTES = 1 << 16

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?")
Write = Callable[[bytes], int]
"""Takes bytes and returns how many there are now."""


@dataclass(frozen=True, slots=True)
class CsvAsk:
    """What to write of a table.

    Attributes:
        columns: Numbers of columns, 0 is the path; None for all.
        spans: First and last number of rows that belong together; None for all.
        is_guarded: Put a `'` before what a spreadsheet would take for a formula; a number such as -1 is none.
    """

    columns: Sequence[int] | None = None
    spans: Sequence[tuple[int, int]] | None = None
    separator: str = ","
    has_titles: bool = True
    is_guarded: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """What `write_rows` wrote.

    Attributes:
        columns: The names of all columns in the order of their first use; rows have cells of the first `COLUMN_LIMIT`.
        blocks: Row and offset at which each block of rows begins.
    """

    columns: Sequence[str]
    blocks: Sequence[tuple[int, int]]


def columns_of(document: FilterDocument, results: Iterable[Result]) -> list[str]:
    """Return the names of all columns in the order of their first use, no more than `CSV_COLUMN_LIMIT`."""
    names: dict[str, int] = {}
    for _where, value in results:
        for name in document.columns(value):
            _number_of(name, names)
    return list(names)


def write_rows(document: FilterDocument, results: Iterable[Result], write: Write) -> Sheet:
    """Write a line of JSON for each of the first `ROW_LIMIT` results: its path and cells.

    A cell is null where there is none, and cut where it is longer than `CELL_CHARS`; columns that are found later have
    no cells in the rows before.
    """
    blocks: list[tuple[int, int]] = []
    names: dict[str, int] = {}
    size = start = 0
    rest, encoded = iter(results), json.JSONEncoder().encode
    for number, result in enumerate(islice(rest, ROW_LIMIT)):
        if not blocks or number - blocks[-1][0] >= BLOCK_ROWS or size - start >= BLOCK_BYTES:
            blocks.append((number, size))
            start = size
        size = write((encoded(_row(document, result, names)) + "\n").encode())
    for _where, value in rest:
        for name in document.columns(value):
            _number_of(name, names)
    return Sheet(list(names), blocks)


def _row(document: FilterDocument, result: Result, names: dict[str, int]) -> list[str | None]:
    """Return path and cells of *result*; columns that are new go into *names*."""
    row: list[str | None] = [_cut(document.path(result)), *[None] * min(len(names), COLUMN_LIMIT)]
    for name, cell in document.cells(result[1]).items():
        number = names.get(name)
        if number is None:
            number = _number_of(name, names)
            if number < COLUMN_LIMIT:
                row.append(None)
        if number < COLUMN_LIMIT:
            row[number + 1] = cell if len(cell) <= CELL_CHARS else _cut(cell)
    return row


def _number_of(name: str, names: dict[str, int]) -> int:
    """Return the number of the column *name*, a new one where there is room for it."""
    number = names.get(name)
    if number is None:
        number = len(names)
        if number < CSV_COLUMN_LIMIT:
            names[name] = number
    return number


def csv_chunks(
    document: FilterDocument, results: Sequence[Result], columns: Sequence[str], ask: CsvAsk
) -> Iterator[str]:
    """Yield the lines of *results* as *ask* wants them, ends of lines as CRLF."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=ask.separator)
    names = [PATH, *columns]
    wanted = range(len(names)) if ask.columns is None else ask.columns
    if ask.has_titles:
        writer.writerow(_guarded([names[number] for number in wanted], ask))
    for result in _asked(results, ask):
        writer.writerow(_guarded(_cells(document, result, names, wanted), ask))
        if buffer.tell() > BLOCK_BYTES:
            yield _taken(buffer)
    yield _taken(buffer)


def _asked(results: Sequence[Result], ask: CsvAsk) -> Iterator[Result]:
    spans = [(0, len(results) - 1)] if ask.spans is None else ask.spans
    for first, last in spans:
        for number in range(first, min(last + 1, len(results))):
            yield results[number]


def _cells(
    document: FilterDocument, result: Result, names: Sequence[str], wanted: Sequence[int]
) -> list[str]:
    cells = document.cells(result[1]) if any(wanted) else {}
    return [cells.get(names[number], "") if number else document.path(result) for number in wanted]


def _guarded(cells: list[str], ask: CsvAsk) -> list[str]:
    if not ask.is_guarded:
        return cells
    return [
        f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell) else cell for cell in cells
    ]


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cut(cell: str) -> str:
    return cell if len(cell) <= CELL_CHARS else cell[:CELL_CHARS] + "…"
