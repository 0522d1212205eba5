"""What a filter found, in place of the body: text with a find bar of its own, or a table."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from antiphon.render.filter import Results
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.filter_table import ResultTable
from antiphon.ui.viewer.find_bar import FindBar
from antiphon.ui.viewer.finder import Finder
from antiphon.ui.widgets.empty import EmptyState


class FilterPage(BodyPage):
    """Shows `Results`; `text_asked` says that what the user wants is done in text only."""

    text_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = BodyView(theme)
        self.view.setAccessibleName("Results of the filter")
        self.table = ResultTable(theme)
        self.finder = Finder(self.view, self)
        self.find_bar = FindBar(theme, self.finder)
        self._message = EmptyState(theme, "", "")
        self._shown: Results | None = None
        self._finds_next = False
        self._pages = QStackedWidget()
        self._lay_out()
        self.find_bar.closed.connect(self.close_bar)
        self.view.notice.connect(self.notice)

    def show_results(self, results: Results, language: Language) -> None:
        """Show *results*, or take note that there are more; *language* is that of pieces of the body."""
        if results.body.is_finished and results.count == 0:
            self._forget()
            self._message.tell("Nothing found", "The expression is valid, and nothing in this body fits it.")
            self._show(self._message)
        elif results.form == "table":
            self._show_table(results)
        else:
            self._show_text(results, "json" if results.is_json else language)

    def clear(self) -> None:
        self._close_find()
        self._forget()
        self._message.tell("", "")
        self._show(self._message)

    def close_work(self) -> None:
        """End all background work for good."""
        self.clear()
        self.finder.close()
        self.view.close_source()

    @property
    def shows_text(self) -> bool:
        return self._pages.currentWidget() is self.view

    def find(self) -> bool:
        if self.shows_text:
            self.find_bar.open()
        elif self._pages.currentWidget() is self.table:
            self._finds_next = True
            self.text_asked.emit()
        else:
            self.notice.emit("There are no results to find in.")
        return True

    def find_next(self, step: int) -> bool:
        is_finding = self.shows_text and self.finder.query is not None
        if is_finding:
            self.finder.go(step)
        return is_finding

    @property
    def has_bar(self) -> bool:
        return self.find_bar.isVisible()

    def close_bar(self) -> None:
        self._close_find()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_find(self) -> None:
        self.finder.close()
        self.find_bar.hide()

    def copy(self) -> bool:
        """Copy what is selected, all of it where nothing is."""
        if self._pages.currentWidget() is self.table:
            if not self.table.copy():
                self.table.copy_asked.emit(self.table.whole())
        elif self.shows_text:
            start, end = self.view.selection
            if start == end:
                self.view.select_all()
            self.view.copy()
        return True

    def _show_table(self, results: Results) -> None:
        if results is not self._shown:
            self._forget()
            self._shown = results
            self.table.show_results(results)
        self._show(self.table)

    def _show_text(self, results: Results, language: Language) -> None:
        if results is not self._shown:
            self._forget()
            self._shown = results
            self.view.set_source(results.body, language)
            self.find_bar.look_again()
        elif results.body.is_finished:
            self.view.set_language(language)
        self._show(self.view)
        if self._finds_next:
            self._finds_next = False
            self.find_bar.open()

    def _forget(self) -> None:
        self._shown = None
        if self.find_bar.isVisible():
            self.finder.close()
        self.view.set_source(None)
        self.table.show_results(None)

    def _show(self, page: QWidget) -> None:
        """Show *page*; where the focus was on the one before, it goes along."""
        had_focus = self.isAncestorOf(self.window().focusWidget() or self) and not self.find_bar.isVisible()
        if page is not self._pages.currentWidget():
            if page is not self.view:
                self.find_bar.hide()
            self._pages.setCurrentWidget(page)
            self.setFocusProxy(page if page is not self._message else None)
            if had_focus:
                page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.find_bar)
        column.addWidget(self._pages, 1)
        for page in (self._message, self.view, self.table):
            self._pages.addWidget(page)
        self.find_bar.hide()
