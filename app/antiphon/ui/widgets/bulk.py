"""Rows as text, one a line: `name: value`, with `# ` before a row that is switched off."""

from collections.abc import Sequence
from dataclasses import replace

from antiphon.ui.widgets.rows import Row

_OFF = "# "


def as_text(rows: Sequence[Row]) -> str:
    """Return *rows* as lines; fixed rows are left out, as their names are decided elsewhere."""
    return "\n".join(_line(row) for row in rows if not row.is_fixed)


def as_rows(text: str, before: Sequence[Row]) -> list[Row]:
    """Return the rows that *text* names, fixed rows of *before* first.

    A line that says what a row of *before* says gives that very row; a changed one keeps the description of
    the row with its name. Empty lines are nothing.
    """
    unused = [row for row in before if not row.is_fixed]
    rows = [row for row in before if row.is_fixed]
    rows.extend(_row(line, unused) for line in text.split("\n") if line.strip())
    return rows


def _line(row: Row) -> str:
    value = row.value.replace("\r", " ").replace("\n", " ")
    return f"{'' if row.enabled else _OFF}{row.name}: {value}"


def _row(line: str, unused: list[Row]) -> Row:
    same = next((row for row in unused if _line(row) == line), None)
    if same is None:
        typed = _typed(line)
        like = next((row for row in unused if row.name == typed.name), None)
        if like is None:
            return typed
        unused.remove(like)
        return replace(like, value=typed.value, enabled=typed.enabled)
    unused.remove(same)
    return same


def _typed(line: str) -> Row:
    bare = line.strip()
    enabled = not bare.startswith("#")
    if not enabled:
        bare = bare[1:].strip()
    start = 1 if bare.startswith(":") else 0  # HTTP/2 writes `:path`
    colon = bare.find(":", start)
    if colon < 0:
        return Row(bare, "", enabled)
    return Row(bare[:colon].strip(), bare[colon + 1 :].strip(), enabled)
