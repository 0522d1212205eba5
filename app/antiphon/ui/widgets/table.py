"""A table of rows to type into, and the same rows as text."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedLayout, QWidget

from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, TABLE_ROW, Theme
from antiphon.ui.widgets import bulk
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.cells import Completions
from antiphon.ui.widgets.rows import COLUMNS, Column, Row, RowsModel
from antiphon.ui.widgets.rows_view import RowsView


class RowsTable(QWidget):
    """Rows with a check box, name, value and description; `Bulk edit` shows them as text.

    Args:
        noun: What a row is, in words: `Parameter`, `Header`.
        completions: Gives what to offer while a cell of a row is typed.
        bulk_edit: Offer the rows as text; off where text cannot say all (files).
    """

    edited = Signal(tuple)
    """The rows (`tuple[Row, ...]`) after the user changed them."""
    added_toggled = Signal(str, bool)
    """The row of this name that others add is wanted, or not."""
    file_wanted = Signal(int)
    """The number of a row whose files the user wants to choose."""

    def __init__(
        self,
        theme: Theme,
        noun: str,
        *,
        columns: Sequence[Column] = COLUMNS,
        completions: Completions | None = None,
        bulk_edit: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = RowsModel(noun, columns, self)
        self.view = RowsView(theme, self.model, completions, self)
        self.model.edited.connect(lambda: self.edited.emit(self.model.rows()))
        self.model.added_toggled.connect(self.added_toggled)
        self.view.file_wanted.connect(self.file_wanted)
        self._text: QPlainTextEdit | None = None
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.view)
        self._toggle = QuietButton(theme, "Bulk edit", tip="Edit all rows as text", parent=self)
        self._toggle.clicked.connect(self._switch)
        self._toggle.setVisible(bulk_edit)
        self.setFocusProxy(self.view)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show *rows*; equal ones change nothing, so that the cursor stays."""
        self.model.set_rows(rows)
        if self.is_bulk and tuple(bulk.as_rows(self._text.toPlainText(), rows)) != tuple(rows):
            self._fill_text()

    def show_added(self, rows: Sequence[Row]) -> None:
        """Show *rows* dimmed below the own ones; their description says who adds them."""
        self.model.set_added(rows)

    def set_scope(self, scope: Scope) -> None:
        self.model.set_scope(scope)

    @property
    def is_bulk(self) -> bool:
        return self._text is not None and self._pages.currentWidget() is self._text

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._place_toggle()

    def _switch(self) -> None:
        if self.is_bulk:
            self._pages.setCurrentWidget(self.view)
        else:
            self._make_text()
            self._fill_text()
            self._pages.setCurrentWidget(self._text)
        self._toggle.setText("Table" if self.is_bulk else "Bulk edit")
        self.setFocusProxy(self._pages.currentWidget())
        self._pages.currentWidget().setFocus()
        self._place_toggle()

    def _make_text(self) -> None:
        if self._text is not None:
            return
        self._text = QPlainTextEdit(self)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.setAccessibleName(f"{self.model.noun}s as text")
        self._text.setPlaceholderText("name: value\n# name: value   (not sent)")
        self._text.setTabChangesFocus(True)
        self._text.document().setDocumentMargin(3 * SPACE)
        self._text.textChanged.connect(self._take_text)
        self._pages.addWidget(self._text)
        self._restyle()

    def _fill_text(self) -> None:
        text = bulk.as_text(self.model.rows())
        if text != self._text.toPlainText():
            self._text.setPlainText(text)

    def _take_text(self) -> None:
        rows = tuple(bulk.as_rows(self._text.toPlainText(), self.model.rows()))
        if rows != self.model.rows():
            self.model.set_rows(rows)
            self.edited.emit(self.model.rows())

    def _place_toggle(self) -> None:
        size = self._toggle.sizeHint()
        height = min(size.height(), self._theme.px(TABLE_ROW) - 4)
        self._toggle.setGeometry(self.width() - size.width() - SPACE, 2, size.width(), height)
        self._toggle.raise_()

    def _restyle(self) -> None:
        if self._text is not None:
            self._text.setFont(self._theme.mono_font())
        self._place_toggle()
