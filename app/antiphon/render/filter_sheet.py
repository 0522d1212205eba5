"""Results of a filter as a table: rows of cells that a window can read one by one, and CSV (RFC 4180)."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from antiphon.render.filter_document import FilterDocument, Result

COLUMN_LIMIT = 200
ROW_LIMIT = 1_000_000
"""Rows that are shown; CSV has all."""
CELL_CHARS = 200
"""How much of a cell is shown; a copy has all of it."""
NAME_CHARS = 100
PATH = "path"
BLOCK_ROWS = 64
BLOCK_BYTES = 1 << 16

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Write = Callable[[bytes], int]
"""Takes bytes and returns how many there are now."""


@dataclass(frozen=True, slots=True)
class CsvAsk:
    """What to write of a table.

    Attributes:
        columns: Numbers of columns, 0 is the path; None for all.
        spans: First and last number of rows that belong together; None for all.
        is_guarded: Put a `'` before what a spreadsheet would take for a formula.
    """

    columns: Sequence[int] | None = None
    spans: Sequence[tuple[int, int]] | None = None
    separator: str = ","
    has_titles: bool = True
    is_guarded: bool = False


def columns_of(document: FilterDocument, results: Iterable[Result]) -> tuple[list[str], bool]:
    """Return the names of all columns in the order of their first use, and whether there were more than fit."""
    names: dict[str, None] = {}
    for _where, value in results:
        for name in document.columns(value):
            if name not in names:
                if len(names) == COLUMN_LIMIT:
                    return list(names), True
                names[name] = None
    return list(names), False


def write_rows(
    document: FilterDocument, results: Sequence[Result], columns: Sequence[str], write: Write
) -> list[tuple[int, int]]:
    """Write a line of JSON for each of the first `ROW_LIMIT` results, its path and cells, and return rows and offsets at which blocks begin.

    A cell is null where there is none, and cut where it is longer than `CELL_CHARS`.
    """
    blocks: list[tuple[int, int]] = []
    size = start = 0
    for number, result in enumerate(islice(results, ROW_LIMIT)):
        if not blocks or number - blocks[-1][0] >= BLOCK_ROWS or size - start >= BLOCK_BYTES:
            blocks.append((number, size))
            start = size
        cells = document.cells(result[1])
        row = [_cut(document.path(result)), *(_cut(cells.get(name)) for name in columns)]
        size = write(json.dumps(row).encode() + b"\n")
    return blocks


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
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells] if ask.is_guarded else cells


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cut(cell: Any) -> Any:
    return cell if cell is None or len(cell) <= CELL_CHARS else cell[:CELL_CHARS] + "…"
