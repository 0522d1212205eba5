"""A run's table as CSV (RFC 4180), to go on with in a spreadsheet or a script."""

import csv
import io
from collections.abc import Iterable, Iterator

from antiphon.core.collection import RunPlan
from antiphon.run.rows import Row, error_text

HEADINGS = ("request", "status", "version", "time ms", "size", "error")


def csv_text(rows: Iterable[Row], plan: RunPlan) -> str:
    """Return *rows* as CSV with a line of headings and CRLF line ends; the columns chosen in *plan*
    come last.

    Values stand as they are: one that begins with `=`, `+`, `-` or `@` gets no `'` before it, because that
    would change the data. Who opens the table of an untrusted server in a spreadsheet imports it as text.
    Save it with `newline=""` (or as bytes), else Windows doubles the CR.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*HEADINGS, *(column.title for column in plan.columns)])
    writer.writerows([*cells(row), *(value or "" for value in row.values)] for row in rows)
    return out.getvalue()


def cells(row: Row) -> Iterator[str]:
    """Yield the cells of *row* under `HEADINGS`: milliseconds and bytes as bare numbers, empty where unknown."""
    yield row.name
    yield "" if row.status is None else str(row.status)
    yield row.http_version
    yield "" if row.total_s is None else f"{row.total_s * 1000:.3f}"
    yield "" if row.status is None else str(row.decoded_bytes)
    yield error_text(row)
