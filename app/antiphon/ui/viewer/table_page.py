"""A CSV or form body as a table: its delimiter and titles recognised and changeable, rows found while one looks."""

import time

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from antiphon.body.store import SpooledSource
from antiphon.render.cells import DELIMITERS, TableForm, shown, sniffed
from antiphon.render.media import Media
from antiphon.render.table_rows import CsvRows, FormRows
from antiphon.ui.theme import CONTROL, SPACE, Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.find_bar import FindBar
from antiphon.ui.viewer.finder import Finder
from antiphon.ui.viewer.found_cells import FoundCells
from antiphon.ui.viewer.row_bar import RowBar
from antiphon.ui.viewer.table_view import TableView
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.keys import native
from antiphon.ui.widgets.words import Words

STEP_MS = 8
_BUDGET_S = 0.004
"""Half of the window's time while rows are found, in pieces that nobody feels."""
_TELL_S = 0.1
_SAMPLE_BYTES = 1 << 13
_TOLD_CHARS = 400


class TablePage(BodyPage):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._body: SpooledSource | None = None
        self._media = Media("csv", "utf-8")
        self._form = TableForm()
        self._is_formed_by_hand = False
        self._rows: CsvRows | FormRows | None = None
        self._is_over = False
        self._told_s = 0.0
        self.view = TableView(theme)
        self.go_bar = RowBar(theme, self.view)
        self._cells = FoundCells(self.view)
        self.finder = Finder(self._cells, self)
        self.find_bar = FindBar(theme, self.finder)
        self.delimiter = QuietButton(theme, "Comma ▾", tip="What stands between cells (Alt+D)")
        self.header = QuietButton(theme, "Titles", tip="The first row names the columns (Alt+T)")
        self.header.setCheckable(True)
        self.words = Words(theme, is_short=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._timer = QTimer(self, interval=STEP_MS)
        self._timer.timeout.connect(self._step)
        self._lay_out()
        self._connect()

    def show_body(self, body: SpooledSource, media: Media, *, is_over: bool) -> None:
        self._is_over = is_over
        if body is not self._body or media.charset != self._media.charset:
            self._body, self._media = body, media
            self._form_for(body)
            self._begin()
        elif not self._is_formed_by_hand and not self._timer.isActive() and body.size_bytes < _SAMPLE_BYTES:
            self._form_again(body)
        if self._rows is not None and not self._rows.index.is_current:
            self._timer.start()

    def clear(self) -> None:
        self._timer.stop()
        self.finder.close()
        self._cells.follow(None, None, "utf-8")
        self._body = self._rows = None
        self.view.set_rows(None)
        self._is_formed_by_hand = False

    def find(self) -> bool:
        """Open the bar that finds text in cells."""
        self.go_bar.hide()
        self.find_bar.open()
        return True

    def find_next(self, step: int) -> bool:
        """Go to the next cell in which something was found (1), or the one before (-1)."""
        if self.finder.query is None:
            return False
        self.finder.go(step)
        return True

    @property
    def has_bar(self) -> bool:
        return self.find_bar.isVisible() or self.go_bar.isVisible()

    def close_bar(self) -> None:
        self.go_bar.hide()
        self.find_bar.hide()
        self.finder.close()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def go(self) -> bool:
        """Open the bar that asks for a row's number."""
        self.close_bar()
        self.go_bar.open()
        return True

    def copy(self) -> bool:
        """Copy the selected cells, a tab between them."""
        self.view.copy()
        return True

    def set_form(self, form: TableForm) -> None:
        """Read the table in another form, as chosen by hand."""
        if form != self._form and self._body is not None:
            self._form, self._is_formed_by_hand = form, True
            self._begin()

    @property
    def form(self) -> TableForm:
        return self._form

    def delimiter_menu(self) -> QMenu:
        """Return the menu of what may stand between cells."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for sign, title in DELIMITERS:
            form = TableForm(sign, self._form.separator, self._form.has_header)
            action = menu.addAction(title, lambda form=form: self.set_form(form))
            action.setCheckable(True)
            action.setChecked(sign == self._form.delimiter)
            group.addAction(action)
        return menu

    def keyPressEvent(self, event) -> None:
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if is_alt and event.key() == Qt.Key.Key_D and self.delimiter.isVisible():
            self._open_delimiters()
        elif is_alt and event.key() == Qt.Key.Key_T and self.header.isVisible():
            self.header.click()
        elif event.key() == Qt.Key.Key_F3 and self.find_bar.isVisible():
            self.find_next(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape and self.has_bar:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    # Reading

    def _form_for(self, body: SpooledSource) -> None:
        if not self._is_formed_by_hand and self._media.language != "form":
            sample = body.read(0, _SAMPLE_BYTES)
            self._form = sniffed(self._media.content_type, sample, self._media.charset)

    def _form_again(self, body: SpooledSource) -> None:
        """Look at the form again while so little is there that it may change."""
        before = self._form
        self._form_for(body)
        if self._form != before:
            self._begin()

    def _begin(self) -> None:
        body, charset = self._body, self._media.charset
        assert body is not None
        is_form = self._media.language == "form"
        self._rows = FormRows(body, charset) if is_form else CsvRows(body, self._form, charset)
        for widget in (self.delimiter, self.header):
            widget.setVisible(not is_form)
        self.delimiter.setText(f"{dict(DELIMITERS)[self._form.delimiter]} ▾")
        self.delimiter.updateGeometry()
        self.header.setChecked(self._form.has_header)
        self._rows.advance()
        self.view.set_rows(self._rows)
        self._cells.follow(body, self._rows, charset)
        self.find_bar.look_again()
        self._tell()
        self._timer.start()

    def _step(self) -> None:
        """Look for more rows for a quarter of a frame."""
        rows = self._rows
        if rows is None:
            return
        end = time.perf_counter() + _BUDGET_S
        while rows.advance() and time.perf_counter() < end:
            pass
        self.view.grow()
        self._cells.step()
        if rows.index.is_current:
            self._timer.stop()
        if rows.index.is_current or time.perf_counter() - self._told_s > _TELL_S:
            self._tell()

    # Words

    def _tell(self) -> None:
        self._told_s = time.perf_counter()
        rows = self._rows
        if rows is None or self._body is None:
            return
        row, column = self.view.cell
        text = self.view.text_at(row, column)
        words = [f"{rows.count:,} rows{'' if rows.index.is_current and self._is_over else ' so far'}"]
        if rows.count:
            words += [f"row {row + 1:,}, {self._title(column)}", self._fault(row)]
            words.append("no such cell" if text is None else shown(text[:_TOLD_CHARS]))
        self.words.setText("   ".join(word for word in words if word))

    def _title(self, column: int) -> str:
        titles = self.view.rows.titles
        return titles[column] if column < len(titles) else f"column {column + 1}"

    def _fault(self, number: int) -> str:
        """Return what is odd about a row, in words."""
        row = self.view.rows.row(number)
        if row.is_cut:
            return "too long to show whole"
        titles = self.view.rows.titles
        if self._media.language != "form" and titles and len(row.cells) != len(titles):
            return f"{len(row.cells)} of {len(titles)} cells"
        return ""

    def _reveal(self) -> None:
        rows = self._rows
        if rows is not None and rows.count:
            row = rows.row(self.view.cell[0])
            self.reveal_asked.emit(row.start, row.length)

    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for title, keys, run in (
            ("Copy", "Ctrl+C", self.view.copy),
            ("Select all", "Ctrl+A", self.view.select_all),
            ("Go to row…", "Ctrl+G", self.go),
            ("Show the row in the text", "Return", self._reveal),
        ):
            menu.addAction(f"{title}\t{native(keys)}", run)
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _open_delimiters(self) -> None:
        self.delimiter_menu().popup(self.delimiter.mapToGlobal(QPoint(0, 0)))

    def _take_header(self, has_header: bool) -> None:
        self.set_form(TableForm(self._form.delimiter, self._form.separator, has_header))

    def _connect(self) -> None:
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.moved.connect(self._tell)
        self.view.opened.connect(self._reveal)
        self.view.notice.connect(self.notice)
        self.find_bar.closed.connect(self.close_bar)
        self.delimiter.clicked.connect(lambda _checked: self._open_delimiters())
        self.header.clicked.connect(self._take_header)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(4 * SPACE, 0, 2 * SPACE, 0)
        foot.setSpacing(SPACE)
        self.words.setMinimumWidth(1)
        foot.addStrut(self._theme.px(CONTROL))
        foot.addWidget(self.words, 1)
        foot.addWidget(self.header)
        foot.addWidget(self.delimiter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for bar in (self.find_bar, self.go_bar):
            column.addWidget(bar)
        self.find_bar.hide()
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self.read_in = self.view
