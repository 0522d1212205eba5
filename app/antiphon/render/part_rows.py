"""The parts of a multipart body as rows of a table."""

import re
from urllib.parse import unquote

from antiphon.body.parts import Part, PartIndex
from antiphon.body.store import BodySource
from antiphon.core.quantities import size_text
from antiphon.render.table_rows import TableRow

_NAMED = re.compile(r"""\bfilename\*\s*=\s*[\w-]*'[^']*'([^;\s]+)""", re.IGNORECASE)
_FILE = re.compile(r'\bfilename\s*=\s*"?([^";]+)', re.IGNORECASE)
_NAME = re.compile(r'(?<![\w*])name\s*=\s*"?([^";]+)', re.IGNORECASE)


class PartRows:
    """Name, type, size and place of each part, read where it is asked for."""

    titles = ("Name", "Type", "Size", "At byte")

    def __init__(self, body: BodySource, index: PartIndex) -> None:
        self._body = body
        self._index = index

    @property
    def count(self) -> int:
        return self._index.count

    def row(self, number: int) -> TableRow:
        part = self._index.part(number)
        size = size_text(part.size_bytes) + ("" if part.is_whole else " …")
        cells = (_shown_name(part), part.header("content-type"), size, f"{part.content_start:,}")
        return TableRow(part.start, part.end - part.start, cells)


def part_name(part: Part) -> str:
    """Return the file name that a part gives itself, without any folder in it; "" where it gives none."""
    disposition = part.header("content-disposition")
    if found := _NAMED.search(disposition):
        name = unquote(found[1])
    else:
        found = _FILE.search(disposition)
        name = found[1] if found else ""
    return re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", name).strip(". ")[:120]


def _shown_name(part: Part) -> str:
    """Return what tells one part from the others: its field and file, its range, or its Content-ID."""
    field = _NAME.search(part.header("content-disposition"))
    names = (field[1] if field else "", part_name(part))
    return (
        ", ".join(name for name in names if name) or part.header("content-range") or part.header("content-id")
    )
