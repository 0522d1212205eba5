"""A row of a comparison in words: as it is painted, spoken and copied."""

from collections.abc import Iterator
from typing import NamedTuple

from antiphon.body.comparison import ROW_BYTES, ComparedText
from antiphon.body.pieces import Sign
from antiphon.ui.compare.folds import SeenRow

SIGNS = {Sign.EQUAL: " ", Sign.CHANGED: "~", Sign.REMOVED: "−", Sign.ADDED: "+", Sign.IGNORED: "·"}
WORDS = {
    Sign.EQUAL: "equal",
    Sign.CHANGED: "changed",
    Sign.REMOVED: "removed",
    Sign.ADDED: "added",
    Sign.IGNORED: "ignored",
}
_CONTROLS = {code: 0x2400 + code for code in range(32)} | {9: "    ", 127: 0x2421}


class CellText(NamedTuple):
    text: str
    """As it is painted: control characters as signs, no more than is read of a row."""
    line: int


def cell_text(text: ComparedText, row: int) -> CellText:
    """Return row number *row* of *text*."""
    found = text.row(row)
    words = found.text.decode(text.charset, "replace").translate(_CONTROLS)
    if found.size_bytes > ROW_BYTES:
        words += f" … {found.size_bytes - ROW_BYTES:,} bytes more"
    return CellText(words, found.line)


def spoken(seen: SeenRow, texts: tuple[ComparedText, ComparedText]) -> str:
    """Return what a screen reader says of a row."""
    if seen.row is None:
        return f"{seen.hidden:,} equal lines, folded"
    row = seen.row
    words = [WORDS[row.sign]]
    for title, text, number in (("left", texts[0], row.left), ("right", texts[1], row.right)):
        if number is not None and (title == "right" or row.sign != Sign.EQUAL):
            cell = cell_text(text, number)
            words.append(f"{title} line {cell.line}: {cell.text.strip()[:200]}")
    return ", ".join(words)


def copied(seen: SeenRow, texts: tuple[ComparedText, ComparedText]) -> Iterator[str]:
    """Give the lines that a row is copied as: `- ` before what the left has, `+ ` before what the right has."""
    row = seen.row
    if row is None:
        yield f"  … {seen.hidden:,} equal lines"
    elif row.sign == Sign.EQUAL:
        number, text = (row.right, texts[1]) if row.right is not None else (row.left, texts[0])
        yield f"  {cell_text(text, number or 0).text}"
    else:
        if row.left is not None:
            yield f"- {cell_text(texts[0], row.left).text}"
        if row.right is not None:
            yield f"+ {cell_text(texts[1], row.right).text}"
