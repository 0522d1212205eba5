"""What keys do in the panel of a body, wherever the focus is in it, and the bars that Esc closes."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QStackedWidget, QWidget

from antiphon.ui.viewer.body_actions import action_of
from antiphon.ui.viewer.body_page import BodyPage
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.filtering import Filtering
from antiphon.ui.viewer.find_bar import FindBar
from antiphon.ui.viewer.finder import Finder
from antiphon.ui.viewer.go_bar import GoBar
from antiphon.ui.viewer.modes import RAW
from antiphon.ui.viewer.structure_line import StructureLine
from antiphon.ui.widgets.notice import NoticeBar


class KeyedPanel(QWidget):
    """A subclass makes what is named here, and shows one of `_pages`."""

    view: BodyView
    finder: Finder
    find_bar: FindBar
    go_bar: GoBar
    notice: NoticeBar
    filtering: Filtering
    structure: StructureLine
    _pages: QStackedWidget

    def choose_mode(self, key: str) -> None:
        """Show the body in the mode *key*."""
        raise NotImplementedError

    def copy(self) -> None:
        """Copy what is selected, or all of what is shown."""
        raise NotImplementedError

    @property
    def page(self) -> BodyPage | None:
        """What shows the body; None where its rows of text do, or words about its state."""
        shown = self._pages.currentWidget()
        return shown if isinstance(shown, BodyPage) else None

    def open_find(self) -> None:
        """Open the find bar, with the selected text if it is a short one; what finds in the page where there is one."""
        if self.page is not None:
            if self.page.find():
                return
            self.choose_mode(RAW)
        start, end = self.view.selection
        text = self.view.selected_text() if 0 < end - start <= 200 else ""
        self.find_bar.open("" if "\n" in text else text)

    def open_go(self) -> None:
        """Ask for a line, a byte or a share of the text, and go there; a page asks for what it has."""
        if self.page is not None:
            if self.page.go():
                return
            self.choose_mode(RAW)
        if self._pages.currentWidget() is self.view:
            self.go_bar.open()

    def _close_go(self) -> None:
        self.go_bar.hide()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_find(self) -> None:
        self.find_bar.hide()
        self.finder.close()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def find_next(self, step: int) -> None:
        """Go to the next match (1) or the one before (-1); ask for what to find where nothing was looked for."""
        if self.page is not None and self.page.find_next(step):
            return
        if self.page is None and self.finder.query is not None:
            self.finder.go(step)
        else:
            self.open_find()

    def press(self, event: QKeyEvent) -> None:
        """Take keys that were pressed elsewhere: the page that is shown first."""
        if self.page is not None:
            self.page.keyPressEvent(event)
            if event.isAccepted():
                return
            event.accept()
        self.keyPressEvent(event)

    def enter(self) -> None:
        """Put the focus on what shows the body."""
        self._pages.currentWidget().setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def has_bar(self) -> bool:
        """Whether something is open that Esc closes."""
        is_pages_own = self.page is not None and self.page.has_bar
        bars = (self.go_bar, self.find_bar, self.notice)
        return is_pages_own or self.filtering.is_on or any(bar.isVisible() for bar in bars)

    def close_bar(self) -> bool:
        """Close the bar that is open, else the notice, else the filter; tell whether one was."""
        if self.page is not None and self.page.has_bar:
            self.page.close_bar()
        elif self.go_bar.isVisible():
            self._close_go()
        elif self.find_bar.isVisible():
            self.close_find()
        elif self.notice.isVisible():
            self.notice.dismiss()
        else:
            return self.filtering.close()
        return True

    # Keys

    def event(self, event: QEvent) -> bool:
        """Have Esc before the window while a bar is open: it would end what arrives."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and event.key() == Qt.Key.Key_Escape and self.has_bar:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if event.matches(QKeySequence.StandardKey.Find):
            self.open_find()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() == Qt.Key.Key_Escape and self.has_bar:
            self.close_bar()
        elif is_alt and event.key() == Qt.Key.Key_P:
            self.structure.copy_path()
        elif self._is_for_find_bar(event):
            pass
        elif (action := action_of(event)) is not None:
            action.run(self)
        else:
            super().keyPressEvent(event)

    def _is_for_find_bar(self, event: QKeyEvent) -> bool:
        """Let an open find bar, of the page or the text, have its keys; tell whether it took them."""
        bar = getattr(self.page, "find_bar", None) if self.page is not None else self.find_bar
        return isinstance(bar, FindBar) and bar.isVisible() and bar.toggle_by_key(event)
