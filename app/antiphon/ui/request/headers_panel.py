"""The request's own headers as rows, and below them, dimmed, what others add and who does; above, what is wrong."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from antiphon.core.context import THIS_REQUEST
from antiphon.core.document import Header, RequestDocument
from antiphon.core.prepare import AUTOMATIC
from antiphon.core.prepared import PreparedHeader
from antiphon.core.redaction import shown_value
from antiphon.core.template import Scope
from antiphon.ui.request.header_words import NAMES, values_of
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.rows import Cell, Row
from antiphon.ui.widgets.table import RowsTable
from antiphon.ui.widgets.words import Words

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
        self.table.added_toggled.connect(self._leave_out)
        self.warning = Words(theme, ink="post", parent=self)
        self.warning.say("")
        self._added: tuple[PreparedHeader, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.warning.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE)
        column.addWidget(self.warning)
        column.addWidget(self.table, 1)
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
        self._show_added()

    def show_automatic(self, headers: Sequence[PreparedHeader]) -> None:
        """Show those of the prepared *headers* that are not the request's own, secrets as dots.

        Those that are left out are among them, in the order in which they would go out.
        """
        self._added = tuple(header for header in headers if header.origin != THIS_REQUEST)
        self._show_added()

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Say in which ways the request breaks the protocol, or may be misread."""
        self.warning.say("\n".join(warnings))

    def set_scope(self, scope: Scope) -> None:
        self.table.set_scope(scope)

    def _show_added(self) -> None:
        """Show what is added, and what is left out of that."""
        omitted = self.draft.options.omitted_headers
        rows = [_row(header, omitted) for header in self._added]
        known = {header.name.lower() for header in self._added if _can_be_omitted(header)}
        others = [
            Row(_titled(name), "", False, "Left out", is_optional=True)
            for name in omitted
            if name not in known
        ]
        self.table.show_added([*rows, *others])

    def _leave_out(self, name: str, is_wanted: bool) -> None:
        lower = name.lower()
        rest = tuple(each for each in self.draft.options.omitted_headers if each != lower)
        omitted = rest if is_wanted else (*rest, lower)
        self.tell(replace(self.draft, options=replace(self.draft.options, omitted_headers=omitted)))
        self._show_added()

    def _take(self, rows: tuple[Row, ...]) -> None:
        headers = tuple(Header(row.name, row.value, row.enabled, row.description) for row in rows)
        self.tell(replace(self.draft, headers=headers))


def who(origin: str) -> str:
    """Return who adds a header, as a sentence's beginning."""
    return _WORDS.get(origin, f"From {origin}")


def warning_mark(count: int) -> str:
    """Return what stands in the tab's title about *count* warnings."""
    return "" if not count else "1 warning" if count == 1 else f"{count} warnings"


def _can_be_omitted(header: PreparedHeader) -> bool:
    return header.origin in {AUTOMATIC, "body"}


def _row(header: PreparedHeader, omitted: Sequence[str]) -> Row:
    is_optional = _can_be_omitted(header)
    is_sent = not is_optional or header.name.lower() not in omitted
    words = who(header.origin) if is_sent else "Left out"
    return Row(header.name, shown_value(header), is_sent, words, is_optional=is_optional)


def _titled(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _completions(row: Row, cell: Cell) -> Sequence[str]:
    if cell == "name":
        return NAMES
    return values_of(row.name) if cell == "value" else ()
