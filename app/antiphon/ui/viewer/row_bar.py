"""The bar that goes to a row of a table."""

from antiphon.render.hexadecimal import place_of
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.page_bar import PageBar
from antiphon.ui.viewer.table_view import TableView
from antiphon.ui.widgets.buttons import QuietButton


class RowBar(PageBar):
    """Goes to a row by its number, a share of all, or so many on."""

    def __init__(self, theme: Theme, view: TableView) -> None:
        super().__init__(theme, view, "Go to row", "Row: 4096, 50%, +100")
        self._table = view
        self.go = QuietButton(theme, "Go", tip="Go to the row (Return)")
        for widget in (self.field, self.go, self.close_button):
            self.row.addWidget(widget, int(widget is self.field))
        self.go.clicked.connect(lambda _checked: self.enter(1))
        self.field.textChanged.connect(lambda _text: self.field.set_invalid(""))

    def enter(self, step: int) -> None:
        """Go where the field says."""
        row, column = self._table.cell
        place = place_of(self.field.text(), self._table.rows.count, row + 1)
        if place is None:
            self.field.set_invalid("not a row: 4096, 50%, +100")
            return
        self._table.go_to(max(0, place - 1), column)
        self.shut()
