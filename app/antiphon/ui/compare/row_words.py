"""A row of a comparison in words: as it is painted, spoken and copied."""

from collections.abc import Iterator
from typing import NamedTuple

from antiphon.body.compare import common_bytes
from antiphon.body.comparison import ROW_BYTES, ComparedText, PairedRow
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
_CONTINUING = bytes(range(0x80, 0xC0))
_BEFORE_BYTES = 40
_FARTHEST_BYTES = 1 << 20
_CONTROLS = {code: 0x2400 + code for code in range(32)} | {9: "    ", 127: 0x2421}


class CellText(NamedTuple):
    text: str
    """As it is painted: control characters as signs, no more than is read of a row."""
    line: int


def cell_text(text: ComparedText, row: int, start: int = 0) -> CellText:
    """Return row number *row* of *text*, from its byte *start* on."""
    found = text.row(row, start)
    content = found.text.lstrip(_CONTINUING) if start and text.charset == "utf-8" else found.text
    words = content.decode(text.charset, "replace").translate(_CONTROLS)
    if start:
        words = f"… {start:,} equal bytes … {words}"
    if found.size_bytes > start + ROW_BYTES:
        words += f" … {found.size_bytes - start - ROW_BYTES:,} bytes more"
    return CellText(words, found.line)


def cells_of(row: PairedRow, texts: tuple[ComparedText, ComparedText]) -> list[CellText | None]:
    """Return both cells of *row*; where long texts differ far from their beginning, from shortly before that on."""
    start = 0
    if row.sign == Sign.CHANGED and row.left is not None and row.right is not None:
        start = max(0, _equal_bytes(texts, row.left, row.right) - _BEFORE_BYTES)
    numbers = zip(texts, (row.left, row.right), strict=True)
    return [None if number is None else cell_text(text, number, start) for text, number in numbers]


def _equal_bytes(texts: tuple[ComparedText, ComparedText], left: int, right: int) -> int:
    """Return how far two rows are equal, and 0 where what is read at once shows where they differ.

    A mebibyte is looked through at most: that takes 4 ms.
    """
    start = 0
    while start < _FARTHEST_BYTES:
        ours, theirs = texts[0].row(left, start).text, texts[1].row(right, start).text
        if ours != theirs or len(ours) < ROW_BYTES:
            return start and start + common_bytes(ours, theirs)
        start += ROW_BYTES
    return start


def spoken(seen: SeenRow, texts: tuple[ComparedText, ComparedText]) -> str:
    """Return what a screen reader says of a row."""
    if seen.row is None:
        return f"{seen.hidden_text}, folded"
    row = seen.row
    words = [WORDS[row.sign]]
    for title, cell in zip(("left", "right"), cells_of(row, texts), strict=True):
        if cell is not None and (title == "right" or row.sign != Sign.EQUAL):
            words.append(f"{title} line {cell.line}: {cell.text.strip()[:200]}")
    return ", ".join(words)


def copied(seen: SeenRow, texts: tuple[ComparedText, ComparedText]) -> Iterator[str]:
    """Give the lines that a row is copied as: `- ` before what the left has, `+ ` before what the right has."""
    row = seen.row
    if row is None:
        yield f"  … {seen.hidden_text}"
    elif row.sign == Sign.EQUAL:
        number, text = (row.right, texts[1]) if row.right is not None else (row.left, texts[0])
        yield f"  {cell_text(text, number or 0).text}"
    else:
        for sign, cell in zip("-+", cells_of(row, texts), strict=True):
            if cell is not None:
                yield f"{sign} {cell.text}"
