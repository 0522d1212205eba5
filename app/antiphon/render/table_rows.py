"""Tables of any size as rows of cells: CSV and form bodies, read where they are asked for."""

from dataclasses import dataclass
from functools import lru_cache

from antiphon.body.records import RecordForm, RecordIndex
from antiphon.body.store import BodySource
from antiphon.render.cells import TableForm, cells_of, decoded, form_text

ROW_LIMIT_BYTES = 1 << 16
"""More of one row is not shown."""
COLUMN_LIMIT = 500


@dataclass(frozen=True, slots=True)
class TableRow:
    """Attributes:
    start: Offset in bytes.
    is_cut: There is more in it than its cells.
    """

    start: int
    length: int
    cells: tuple[str, ...]
    is_cut: bool = False


class CsvRows:
    """The rows below the titles; `advance` looks at more of the body."""

    def __init__(self, body: BodySource, form: TableForm, charset: str) -> None:
        self.form = form
        self.index = RecordIndex(body, form.records)
        self._charset = charset
        self._kept = lru_cache(maxsize=512)(self._row)

    @property
    def count(self) -> int:
        return max(0, self.index.count - self.form.has_header)

    @property
    def titles(self) -> tuple[str, ...]:
        """The cells of the first record where that names the columns, else none."""
        if not self.form.has_header or not self.index.count:
            return ()
        return self._read(0).cells

    def advance(self) -> bool:
        return self.index.advance()

    def row(self, number: int) -> TableRow:
        return self._read(number + self.form.has_header)

    def place_of(self, offset: int) -> tuple[int, int] | None:
        """Return row and column of the byte at *offset*, row -1 for the titles; None where that is not known yet."""
        if offset >= self.index.known_bytes:
            return None
        number = self.index.number_at(offset)
        _start, content = self.index.record(number, offset - self.index.start_of(number))
        before = cells_of(decoded(content, self._charset), self.form.delimiter)
        return number - self.form.has_header, len(before) - 1

    def _read(self, record: int) -> TableRow:
        """Return a record, anew where it is the last one, which may be longer now."""
        return self._kept(record) if record < self.index.count - 1 else self._row(record)

    def _row(self, number: int) -> TableRow:
        start, content = self.index.record(number, ROW_LIMIT_BYTES)
        text = decoded(content, self._charset)
        cells = cells_of(text if number else text.removeprefix("\ufeff"), self.form.delimiter)
        length = self.index.start_of(number + 1) - start
        is_cut = len(content) >= ROW_LIMIT_BYTES or len(cells) > COLUMN_LIMIT
        return TableRow(start, length, tuple(cells[:COLUMN_LIMIT]), is_cut)


class FormRows:
    """Names and values as they were meant, and as they were sent where that is not the same."""

    titles = ("Name", "Value", "As sent")

    def __init__(self, body: BodySource, charset: str) -> None:
        self.index = RecordIndex(body, RecordForm(b"&", b"=", b""))
        self._charset = charset

    @property
    def count(self) -> int:
        return self.index.count

    def advance(self) -> bool:
        return self.index.advance()

    def place_of(self, offset: int) -> tuple[int, int] | None:
        """Return row and column of the byte at *offset*; None where that is not known yet."""
        if offset >= self.index.known_bytes:
            return None
        number = self.index.number_at(offset)
        _start, content = self.index.record(number, offset - self.index.start_of(number))
        return number, int(b"=" in content)

    def row(self, number: int) -> TableRow:
        start, content = self.index.record(number, ROW_LIMIT_BYTES)
        content = content.rstrip(b"\r\n") if number == self.count - 1 else content
        name, _equals, value = content.partition(b"=")
        cells = (form_text(name, self._charset), form_text(value, self._charset))
        sent = decoded(content, self._charset)
        as_sent = (sent,) if sent != "=".join(cells) else ("",)
        return TableRow(start, len(content), (*cells, *as_sent), len(content) >= ROW_LIMIT_BYTES)
