"""The parts of a multipart body as rows of a table."""

import re

from antiphon.body.parts import Part, PartIndex
from antiphon.body.store import BodySource
from antiphon.core.parameters import charset_or_utf8, parameters
from antiphon.core.quantities import size_text
from antiphon.render.table_rows import TableRow


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
    name = parameters(part.header("content-disposition")).get("filename")
    name = name or parameters(part.header("content-type")).get("name", "")  # as mail did before RFC 2183
    return re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", _words(name)).strip(". ")[:120]


def _shown_name(part: Part) -> str:
    """Return what tells one part from the others: its field and file, its range, or its Content-ID."""
    field = _words(parameters(part.header("content-disposition")).get("name", ""))
    names = ", ".join(name for name in (field, part_name(part)) if name)
    return names or part.header("content-range") or part.header("content-id")


def _words(text: str) -> str:
    """Return *text* with encoded words (RFC 2047) and what browsers escape in names as it was meant."""
    if "=?" in text:
        from email.errors import HeaderParseError
        from email.header import decode_header

        try:
            pieces = decode_header(text)
        except HeaderParseError:
            return text
        text = "".join(
            piece if isinstance(piece, str) else piece.decode(charset_or_utf8(charset or ""), "replace")
            for piece, charset in pieces
        )
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
