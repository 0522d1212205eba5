"""The bars above a body, to find and to go to a place: who opens them, and what Esc closes."""

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.filtering import Filtering
from antiphon.ui.viewer.find_bar import FindBar
from antiphon.ui.viewer.finder import Finder
from antiphon.ui.viewer.go_bar import GoBar
from antiphon.ui.viewer.modes import RAW
from antiphon.ui.widgets.notice import NoticeBar


class Barred(Protocol):
    """The panel that the bars stand in."""

    view: BodyView
    notice: NoticeBar
    filtering: Filtering

    @property
    def page(self) -> BodyPage | None: ...
    @property
    def shows_rows(self) -> bool: ...
    def choose_mode(self, key: str) -> None: ...


class Bars:
    """Those of the rows of text; a page that shows the body otherwise has bars of its own, or none."""

    def __init__(self, theme: Theme, panel: Barred, owner: QWidget) -> None:
        self._panel = panel
        self.finder = Finder(panel.view, owner)
        self.find_bar = FindBar(theme, self.finder)
        self.go_bar = GoBar(theme, panel.view)
        self.find_bar.closed.connect(self.close_find)
        self.go_bar.closed.connect(self._close_go)
        self.find_bar.hide()
        self.go_bar.hide()

    def open_find(self) -> None:
        """Open the find bar, with the selected text if it is a short one; what finds in the page where there is one."""
        page, view = self._panel.page, self._panel.view
        if page is not None:
            if page.find():
                return
            self._panel.choose_mode(RAW)
        start, end = view.selection
        text = view.selected_text() if 0 < end - start <= 200 else ""
        self.find_bar.open("" if "\n" in text else text)

    def open_go(self) -> None:
        """Ask for a line, a byte or a share of the text, and go there; a page asks for what it has."""
        page = self._panel.page
        if page is not None:
            if page.go():
                return
            self._panel.choose_mode(RAW)
        if self._panel.shows_rows:
            self.go_bar.open()

    def find_next(self, step: int) -> None:
        """Go to the next match (1) or the one before (-1); ask for what to find where nothing was looked for."""
        page = self._panel.page
        if page is not None and page.find_next(step):
            return
        if page is None and self.finder.query is not None:
            self.finder.go(step)
        else:
            self.open_find()

    def take_key(self, event: QKeyEvent) -> bool:
        """Let an open find bar, of the page or the text, have its keys; tell whether it took them."""
        page = self._panel.page
        bar = self.find_bar if page is None else getattr(page, "find_bar", None)
        return isinstance(bar, FindBar) and bar.isVisible() and bar.toggle_by_key(event)

    @property
    def are_open(self) -> bool:
        """Whether something is open that Esc closes."""
        panel = self._panel
        is_pages_own = panel.page is not None and panel.page.has_bar
        bars = (self.go_bar, self.find_bar, panel.notice)
        return is_pages_own or panel.filtering.is_on or any(bar.isVisible() for bar in bars)

    def close_one(self) -> bool:
        """Close the bar that is open, else the notice, else the filter; tell whether one was."""
        panel = self._panel
        if panel.page is not None and panel.page.has_bar:
            panel.page.close_bar()
        elif self.go_bar.isVisible():
            self._close_go()
        elif self.find_bar.isVisible():
            self.close_find()
        elif panel.notice.isVisible():
            panel.notice.dismiss()
        else:
            return panel.filtering.close()
        return True

    def close_find(self) -> None:
        """Close the find bar, and end what it looks for."""
        self.find_bar.hide()
        self.finder.close()
        self._panel.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Close both: a page has the body now."""
        self.find_bar.hide()
        self.go_bar.hide()
        self.finder.close()

    def _close_go(self) -> None:
        self.go_bar.hide()
        self._panel.view.setFocus(Qt.FocusReason.OtherFocusReason)
