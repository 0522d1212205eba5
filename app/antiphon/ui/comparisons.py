"""What the window does about comparing: opens, finds and closes the pages that set answers side by side."""

from collections.abc import Callable

from PySide6.QtCore import QPoint

from antiphon.ui.compare.tab import CompareTab
from antiphon.ui.menus import Menus
from antiphon.ui.page import enter
from antiphon.ui.pages import Pages
from antiphon.ui.request_page import RequestPage
from antiphon.ui.theme import Theme
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.elsewhere import answer_elsewhere, other_environments
from antiphon.workbench.notice import Notice
from antiphon.workbench.workbench import Workbench


class Comparisons:
    """Each document has one page of it at most, which closes with the document."""

    def __init__(self, theme: Theme, workbench: Workbench, pages: Pages, menus: Menus) -> None:
        self._theme = theme
        self._workbench = workbench
        self._pages = pages
        self._menus = menus

    @property
    def document(self) -> OpenDocument | None:
        """The document in front."""
        page = self._pages.current
        return page.document if isinstance(page, RequestPage | CompareTab) else None

    @property
    def has_answer(self) -> bool:
        """Whether the document in front has a whole answer."""
        feed = self.document.feed if self.document is not None else None
        return feed is not None and feed.exchange.is_over

    @property
    def has_other_environment(self) -> bool:
        return self.document is not None and bool(other_environments(self.document))

    def show(self) -> None:
        """Show the answer of the document in front beside the one before, or another."""
        if self.document is not None:
            self._front(self.document)

    def keep(self) -> None:
        """Keep the answer of the document in front for comparing, whatever is sent after it."""
        if self.document is not None:
            self.document.keep()
            self._workbench.notify(Notice("Kept for comparing. Send again, and compare (Ctrl+Shift+M)."))

    def ask_environment(self, at: QPoint) -> None:
        """Let the user choose at *at* in which other environment to send, too."""
        if (document := self.document) is None:
            return
        spawn = self._workbench.tasks.spawn
        send: Callable[[str], object] = lambda name: spawn(  # noqa: E731
            self._send_elsewhere(document, name), "send in another environment"
        )
        self._menus.show_elsewhere(other_environments(document), at, send)

    def page_of(self, document: OpenDocument) -> CompareTab | None:
        pages = (page for page in self._pages.all if isinstance(page, CompareTab))
        return next((page for page in pages if page.document is document), None)

    def close(self, document: OpenDocument) -> None:
        """Close the page that compares answers of *document*."""
        if (page := self.page_of(document)) is not None:
            self._pages.forget(page)

    async def _send_elsewhere(self, document: OpenDocument, environment: str) -> None:
        words = environment or "no environment"
        self._workbench.notify(Notice(f"Sending in {words}…"))
        feed = await answer_elsewhere(document, environment, self._workbench.sending)
        if document not in self._workbench.documents:
            feed.close()
            return
        self._front(document).comparing.take_elsewhere(feed, f"In {words}")

    def _front(self, document: OpenDocument) -> CompareTab:
        page = self.page_of(document) or self._added(document)
        self._pages.front(page)
        enter(page)
        return page

    def _added(self, document: OpenDocument) -> CompareTab:
        from antiphon.ui.compare.page import ComparePage
        from antiphon.workbench.comparing import Comparing

        page = ComparePage(self._theme, Comparing(document))
        page.notice.connect(lambda sentence: self._workbench.notify(Notice(sentence)))
        page.renamed.connect(lambda: self._pages.refresh(page))
        self._pages.add(page)
        return page
