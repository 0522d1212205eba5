"""Laid out rows near what is seen; bounded, whatever the size of the body."""

from collections import OrderedDict
from functools import partial

from antiphon.body.rows import CELL_BYTES, Row, RowIndex
from antiphon.ui.viewer.colouring import Colouring
from antiphon.ui.viewer.row_layout import RowLayout, Style
from antiphon.ui.viewer.row_text import RowText

KEPT_ROWS = 400
READ_ROWS = 16
"""Rows read from the body at once."""
FLOW_BYTES = 4 * CELL_BYTES
"""Rows of one line flow together up to each multiple of this, so that none needs more than a few of those before it."""


class RowCache:
    """Layouts of one body's rows in one style."""

    def __init__(self, index: RowIndex, colouring: Colouring, charset: str, style: Style) -> None:
        self._index = index
        self._colouring = colouring
        self._charset = charset
        self._style = style
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._layouts: OrderedDict[int, RowLayout] = OrderedDict()

    def layout(self, number: int) -> RowLayout:
        """Return the layout of a row that exists."""
        layout = self._layouts.get(number)
        if layout is None:
            row = self.row(number)
            text = RowText(row.content, self._charset, shows_invisible=self._style.shows_invisible)
            spans = partial(self._colouring.spans, number, row, text)
            layout = RowLayout(row, text, spans, self._style, self._lead(number, row))
            self._layouts[number] = layout
            _trim(self._layouts)
        return layout

    def restyle(self, style: Style) -> None:
        self._style = style
        self._layouts.clear()

    def recolour(self) -> None:
        """Lay rows out anew with the colours that are known now."""
        self._layouts.clear()

    def forget_from(self, number: int) -> None:
        """Drop what is kept of row *number* and of all after it: more bytes came."""
        for kept in (self._rows, self._layouts):
            for key in [key for key in kept if key >= number]:
                del kept[key]

    def _lead(self, number: int, row: Row) -> float:
        """Return where *row* begins beside the end of the row before it, 0 where it begins a line of its own."""
        if self._style.wrap_width is None or row.begins_line:
            return 0.0
        before = self.row(number - 1)
        is_next = before.start // FLOW_BYTES == row.start // FLOW_BYTES
        return self.layout(number - 1).next_lead if is_next else 0.0

    def row(self, number: int) -> Row:
        """Return a row that exists; an empty one beyond the last."""
        row = self._rows.get(number)
        if row is None:
            first = number - number % READ_ROWS
            for place, found in enumerate(self._index.rows(first, READ_ROWS), first):
                self._rows[place] = found
            _trim(self._rows)
            row = self._rows.get(number) or Row(self._index.known_bytes, self._index.known_bytes, b"", False)
        return row


def _trim(kept: OrderedDict) -> None:
    while len(kept) > KEPT_ROWS:
        kept.popitem(last=False)
