"""Query parameters and path variables as rows, in step with the URL."""

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from antiphon.core import url as url_text
from antiphon.core.document import Param, RequestDocument
from antiphon.core.template import Scope
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.rows import Row
from antiphon.ui.widgets.table import RowsTable


class ParamsPanel(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.table = RowsTable(theme, "Parameter", parent=self)
        self.table.edited.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        self.setFocusProxy(self.table)

    @staticmethod
    def count(draft: RequestDocument) -> int:
        """Return how many parameters are sent."""
        return sum(param.enabled for param in draft.params)

    def show_draft(self) -> None:
        self.table.show_rows([_row(param) for param in self.draft.params])

    def set_scope(self, scope: Scope) -> None:
        self.table.set_scope(scope)

    def _take(self, rows: tuple[Row, ...]) -> None:
        self.tell(url_text.with_params(self.draft, [_param(row) for row in rows]))


def _row(param: Param) -> Row:
    is_path = param.kind == "path"
    name = f":{param.name}" if is_path else param.name
    enabled = is_path or param.enabled
    return Row(name, param.value, enabled, param.description, is_fixed=is_path)


def _param(row: Row) -> Param:
    param = Param(row.name, row.value, "query", row.enabled, row.description)
    return replace(param, name=row.name[1:], kind="path") if row.is_fixed else param
