"""The open pages: their tabs, which one is in front, and in what order they were used."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from antiphon.ui.compare.tab import CompareTab
from antiphon.ui.page import Page, enter, tab_text
from antiphon.ui.recent import RecentTabs
from antiphon.ui.request_page import RequestPage
from antiphon.ui.tabs import TabStrip
from antiphon.ui.theme import Theme
from antiphon.workbench.document import OpenDocument


class Pages(QObject):
    """Keeps the strip of tabs and the stack of pages in step; whoever makes it lays both out."""

    fronted = Signal(bool)
    """A page came to the front, or there is none any more; True where another one stood there before."""
    changed = Signal(object)
    """The words of this page's tab are others; None: the order is."""

    def __init__(self, theme: Theme, empty: QWidget, owner: QWidget) -> None:
        """Show *empty* while nothing is open."""
        super().__init__(owner)
        self._theme = theme
        self._owner = owner
        self._empty = empty
        self._recent: RecentTabs[Page] = RecentTabs(owner)
        self._is_held = False
        self.all: list[Page] = []
        self.tabs = TabStrip(theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(empty)
        self.stack.setAutoFillBackground(True)
        self.tabs.selected.connect(self._selected)
        self.tabs.moved.connect(self._moved)
        self.tabs.pin_asked.connect(self._pin)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def current(self) -> Page | None:
        return self.all[self.tabs.current] if 0 <= self.tabs.current < len(self.all) else None

    @property
    def requests(self) -> list[RequestPage]:
        return [page for page in self.all if isinstance(page, RequestPage)]

    def of(self, document: OpenDocument) -> RequestPage:
        return next(page for page in self.requests if page.document is document)

    def hold(self, held: bool) -> None:
        """While *held*, pages are added without any coming to the front."""
        self._is_held = held

    def add(self, page: Page) -> None:
        """Append *page*; it comes to the front unless pages are held."""
        self.all.append(page)
        self.stack.addWidget(page)
        self.tabs.add(tab_text(page))
        if not self._is_held:
            self.front(page)

    def front(self, page: Page) -> None:
        self.tabs.select(self.all.index(page))
        self._selected(self.tabs.current)

    def forget(self, page: Page) -> None:
        """Take *page* away; the one used before it comes to the front."""
        self._recent.forget(page)
        if page is self.current and (last := self._recent.last()) is not None:
            self.front(last)
        if isinstance(page, RequestPage):
            page.close_page()
        elif isinstance(page, CompareTab):
            page.close_work()
        index = self.all.index(page)
        self.all.remove(page)
        self.stack.removeWidget(page)
        page.deleteLater()
        self.tabs.remove(index)
        self._selected(self.tabs.current)

    def refresh(self, page: Page) -> None:
        """Show the words of *page*'s tab as they are now."""
        if page in self.all:
            self.tabs.put(self.all.index(page), tab_text(page))
        self.changed.emit(page)

    def step(self, by: int) -> None:
        """Go to the tab used before this one (*by* 1), or after it (-1); with Ctrl held the walk goes on."""
        if (page := self._recent.step(by)) is not None:
            self.front(page)

    def neighbour(self, by: int) -> None:
        """Go to the tab right (*by* 1) or left (-1) of this one, round the end."""
        if self.all:
            self.tabs.select((self.tabs.current + by) % len(self.all))

    def select(self, number: int) -> None:
        """Go to the tab *number*, counted from 1, or to the last one."""
        if self.all:
            self.tabs.select(min(number, len(self.all)) - 1)

    def _selected(self, _index: int) -> None:
        if self._is_held:
            return
        page = self.current
        was_other = self._recent.last() not in {None, page}
        if page is None:
            self.stack.setCurrentWidget(self._empty)
        else:
            if isinstance(page, RequestPage):
                page.build()
            self._show(page)
            self._recent.used(page)
        self.fronted.emit(was_other)

    def _show(self, page: Page) -> None:
        """Show *page*; where the focus was in the page before, it goes where it was last in this one."""
        focus = self._owner.focusWidget()
        follows = focus is not None and self.stack.isAncestorOf(focus) and not page.isAncestorOf(focus)
        last = page.focusWidget()
        self.stack.setCurrentWidget(page)
        if not follows:
            return
        if last is not None and last.isVisibleTo(page):
            last.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            enter(page.editor if isinstance(page, RequestPage) else page)

    def _moved(self, origin: int, target: int) -> None:
        self.all.insert(target, self.all.pop(origin))
        self.changed.emit(None)

    def _pin(self, index: int) -> None:
        page = self.all[index]
        if isinstance(page, RequestPage):
            page.document.is_preview = False
            self.refresh(page)

    def _restyle(self) -> None:
        palette = self.stack.palette()
        palette.setColor(palette.ColorRole.Window, self._theme.color("bg"))
        self.stack.setPalette(palette)
