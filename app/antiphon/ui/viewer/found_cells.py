"""Finding in a table: what is found in its bytes, as rows and columns for a `TableView`."""

from itertools import islice

from antiphon.body.store import BodySource, BodyStore
from antiphon.render.table_rows import CsvRows, FormRows, TableRow
from antiphon.ui.viewer.marks import Found
from antiphon.ui.viewer.table_view import TableView

_MARKED_IN_ROW = 100


class FoundCells:
    """Stands between a `Finder`, which knows bytes, and a `TableView`, which knows cells."""

    def __init__(self, view: TableView) -> None:
        self._view = view
        self._rows: CsvRows | FormRows | None = None
        self._found: Found | None = None
        self._last: tuple[tuple[int, int], tuple[int, int]] | None = None
        """The cell that was gone to, and the bytes that were found there."""
        self._awaited: tuple[int, int] | None = None
        self.source: BodySource = BodyStore()
        self.charset = "utf-8"

    def follow(self, body: BodySource | None, rows: CsvRows | FormRows | None, charset: str) -> None:
        """Find in *body*, whose rows the view shows; None lets go of it."""
        self.source = BodyStore() if body is None else body
        self._rows, self.charset = rows, charset
        self._last = self._awaited = None

    @property
    def selection(self) -> tuple[int, int]:
        """The bytes that were found last, where their cell is the current one still; else the beginning of its row."""
        if self._last is not None and self._last[0] == self._view.cell:
            return self._last[1]
        if self._rows is None or not self._rows.count:
            return 0, 0
        start = (
            self._rows.row(self._view.cell[0]).start if self._view.cell[0] else 0
        )  # titles are looked through, too
        return start, start

    def set_found(self, found: Found | None, current: tuple[int, int] | None = None) -> None:
        """Let the view mark the cells that have a match in them."""
        self._found = found
        self._view.set_marks(None if found is None else self._columns_in)

    def reveal(self, offset: int, length: int = 0) -> None:
        """Go to the cell at *offset*, as soon as its row is known; in the titles to the column below."""
        place = None if self._rows is None else self._rows.place_of(offset)
        self._awaited = None if place is not None else (offset, length)
        if place is not None:
            self._view.go_to(max(0, place[0]), place[1])
            self._last = (self._view.cell, (offset, offset + length))

    def step(self) -> None:
        """Take note that more rows are known."""
        if self._awaited is not None:
            self.reveal(*self._awaited)

    def _columns_in(self, row: TableRow) -> set[int]:
        """Return the columns of *row* in which something was found."""
        if self._found is None or self._rows is None:
            return set()
        matches = self._found.between(row.start, row.start + row.length)
        places = (self._rows.place_of(max(at, row.start)) for at, _size in islice(matches, _MARKED_IN_ROW))
        return {place[1] for place in places if place is not None}
