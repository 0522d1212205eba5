"""The request's own headers as rows, and below them, dimmed, what others add and who does."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from antiphon.core.document import Header, RequestDocument
from antiphon.core.prepared import PreparedHeader
from antiphon.core.redaction import shown_value
from antiphon.core.template import Scope
from antiphon.ui.request.header_words import NAMES, values_of
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.rows import Cell, Row
from antiphon.ui.widgets.table import RowsTable

_OWN = "this request"
_WORDS = {
    "automatic": "Added automatically",
    "auth": "Added by Auth",
    "body": "Added by Body",
    "cookie jar": "Added by the cookie jar",
}


class HeadersPanel(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.table = RowsTable(theme, "Header", completions=_completions, parent=self)
        self.table.edited.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.setFocusProxy(self.table)

    @staticmethod
    def count(draft: RequestDocument) -> int:
        """Return how many of the request's own headers are sent."""
        return sum(header.enabled for header in draft.headers)

    def show_draft(self) -> None:
        rows = [
            Row(header.name, header.value, header.enabled, header.description)
            for header in self.draft.headers
        ]
        self.table.show_rows(rows)

    def show_automatic(self, headers: Sequence[PreparedHeader]) -> None:
        """Show those of the prepared *headers* that are not the request's own, secrets as dots."""
        added = [header for header in headers if header.origin != _OWN]
        self.table.show_added(
            [Row(header.name, shown_value(header), True, who(header.origin)) for header in added]
        )

    def set_scope(self, scope: Scope) -> None:
        self.table.set_scope(scope)

    def _take(self, rows: tuple[Row, ...]) -> None:
        headers = tuple(Header(row.name, row.value, row.enabled, row.description) for row in rows)
        self.tell(replace(self.draft, headers=headers))


def who(origin: str) -> str:
    """Return who adds a header, as a sentence's beginning."""
    return _WORDS.get(origin, f"From {origin}")


def _completions(row: Row, cell: Cell) -> Sequence[str]:
    if cell == "name":
        return NAMES
    return values_of(row.name) if cell == "value" else ()
