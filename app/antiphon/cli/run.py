"""`antiphon run`: a folder's requests at once, and a table of what came back."""

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from antiphon.cli.document import as_asked, transfer
from antiphon.cli.progress import StatusLine
from antiphon.cli.saved import SavedRequests, place_of
from antiphon.cli.speech import EXCHANGE_FAILED, SENT, say, write_text
from antiphon.cli.targets import variables
from antiphon.core.collection import Column, RunPlan, requests_below
from antiphon.core.errors import UserError
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.core.quantities import duration_text, size_text
from antiphon.engine import Engine
from antiphon.run.csv import csv_text
from antiphon.run.rows import Row, RunItem, close_bodies, error_text, is_over
from antiphon.run.runner import run_requests
from antiphon.store.collections import load_run_plan

_HEADINGS = ("NAME", "STATUS", "VERSION", "TIME", "SIZE", "ERROR")


def run(options: argparse.Namespace) -> int:
    """Run the folder and return the exit code.

    Raises:
        UserError: something in the options or files is wrong.
    """
    root, path = place_of(Path(options.folder))
    saved = SavedRequests(root, options.env, variables(options.var))
    items = [
        RunItem(node.name, node.path, _prepared(saved, node.path, options))
        for node in requests_below(saved.folder(path))
    ]
    if not items:
        raise UserError(f"There is no request in {options.folder}.", "Name a folder that has some.")
    plan = _plan(load_run_plan(root, path), options)
    if options.csv and not Path(options.csv).absolute().parent.is_dir():
        raise UserError(f"Could not write {options.csv}.", "Its folder does not exist.")
    rows: list[Row] = []
    try:
        asyncio.run(_run(items, plan, rows))
    finally:
        _conclude(rows, plan, options)
    return EXCHANGE_FAILED if any(row.state == "failed" for row in rows) else SENT


async def _run(items: Sequence[RunItem], plan: RunPlan, rows: list[Row]) -> None:
    engine = Engine()
    line = StatusLine()

    def take(row: Row) -> None:
        rows[row.index : row.index + 1] = [row]
        if is_over(row):
            close_bodies([row])  # the table has its fields; a thousand open spool files would be too many
        if line.is_terminal:
            line.show(f"{sum(map(is_over, rows))} of {len(items)}")

    try:
        await run_requests(items, plan, engine.send, take)
    finally:
        line.clear()
        await engine.aclose()


def _conclude(rows: Sequence[Row], plan: RunPlan, options: argparse.Namespace) -> None:
    """Print the table, also after Ctrl+C, and save it."""
    if not rows:
        return
    write_text(table(rows, plan))
    for row in _first_of_each_hint(rows):
        say(f"{row.name}: {error_text(row)}", row.failure.hint if row.failure else "")
    if options.csv:
        _save(csv_text(rows, plan), Path(options.csv))


def _first_of_each_hint(rows: Sequence[Row]) -> list[Row]:
    """Return the failed rows that have something to say which no row before them said."""
    hints = {
        row.failure.hint: row for row in reversed(rows) if row.failure is not None and row.state == "failed"
    }
    return sorted(hints.values(), key=lambda row: row.index)


def table(rows: Sequence[Row], plan: RunPlan) -> str:
    """Return *rows* as text in columns, the chosen fields before the errors."""
    fields = [column.title for column in plan.columns]
    lines = [(*_HEADINGS[:-1], *fields, _HEADINGS[-1])]
    lines += [_cells(row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    texts = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"{text.rstrip()}\n" for text in texts)


def _cells(row: Row) -> tuple[str, ...]:
    status = "-" if row.status is None else f"{row.status} {row.reason}".rstrip()
    total = "-" if row.total_s is None else duration_text(row.total_s)
    size = "-" if row.status is None else size_text(row.decoded_bytes)
    values = (" ".join((value or "-").split()) for value in row.values)
    return (row.name, status, row.http_version or "-", total, size, *values, error_text(row))


def _prepared(saved: SavedRequests, path: str, options: argparse.Namespace) -> PreparedRequest | UserError:
    try:
        document, context = saved.load(path)
        changed = replace(document, options=transfer(document.options, options))
        return as_asked(prepare(changed, context), options)
    except UserError as error:
        return error


def _plan(plan: RunPlan, options: argparse.Namespace) -> RunPlan:
    columns = tuple(_column(text) for text in options.columns)
    return replace(
        plan,
        limit=options.limit or plan.limit,
        rate_per_s=options.rate or plan.rate_per_s,
        columns=columns or plan.columns,
    )


def _column(text: str) -> Column:
    title, equals, path = text.partition("=")
    if not equals or not title.strip() or title.startswith("$"):
        raise UserError(f"“{text}” is not a column.", "Write --column name=$.name.")
    return Column(title.strip(), path.strip())


def _save(text: str, path: Path) -> None:
    try:
        path.write_bytes(text.encode())
    except OSError as error:
        raise UserError(f"Could not write {path}.", f"{error.strerror}. Choose another file.") from error
