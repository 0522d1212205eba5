"""Opens requests of collections, as previews or to stay, and does what takes more than the page in front."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication

from antiphon.core.collection import RequestNode
from antiphon.ui.pages import Pages
from antiphon.ui.request_page import RequestPage
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench


class RequestActions:
    """Each request has one page at most.

    Args:
        drop: Closes a page with all it holds.
    """

    def __init__(self, workbench: Workbench, pages: Pages, drop: Callable[[RequestPage], None]) -> None:
        self._workbench = workbench
        self._pages = pages
        self._drop = drop
        self._closed: list[tuple[OpenCollection, str]] = []

    def open(self, collection: OpenCollection, path: str, *, preview: bool = False) -> None:
        """Bring the request at *path* to the front; as a *preview* it takes the place of the last preview."""
        node = collection.node(path)
        if isinstance(node, RequestNode) and node.broken is not None:
            self._tell_broken(collection, node)
            return
        document = self._known(collection, path)
        if document is None:
            document = self._opened(collection, path, preview=preview)
        elif not preview:
            document.is_preview = False
        page = self._pages.of(document)
        self._pages.front(page)
        self._pages.refresh(page)

    def remember(self, document: OpenDocument) -> None:
        """Take note that *document* is closed: it can be opened again."""
        if document.collection is not None and document.path:
            self._closed.append((document.collection, document.path))

    @property
    def has_closed(self) -> bool:
        """Whether there is a closed request that can be opened again."""
        return any(self._is_there(*known) for known in self._closed)

    def reopen(self) -> None:
        """Open the request again that was closed last."""
        while self._closed:
            collection, path = self._closed.pop()
            if self._is_there(collection, path):
                self.open(collection, path)
                return

    def send_and_save(self) -> None:
        """Ask for a file, send the request in front, and write the body there while it arrives."""
        page = self._pages.current
        if isinstance(page, RequestPage) and not page.document.is_sending:
            page.files.send_and_save(page.send)

    def copy_as(self, language: str) -> None:
        """Put the request in front on the clipboard as code."""
        page = self._pages.current
        if isinstance(page, RequestPage):
            QGuiApplication.clipboard().setText(self._workbench.snippet(page.document, language))
            self._workbench.notify(Notice("Copied."))

    def _is_there(self, collection: OpenCollection, path: str) -> bool:
        return collection in self._workbench.collections and collection.node(path) is not None

    def _known(self, collection: OpenCollection, path: str) -> OpenDocument | None:
        documents = self._workbench.documents
        return next((d for d in documents if d.collection is collection and d.path == path), None)

    def _opened(self, collection: OpenCollection, path: str, *, preview: bool) -> OpenDocument:
        before = next((page for page in self._pages.requests if page.document.is_preview), None)
        document = self._workbench.open_document(collection, path)
        document.is_preview = preview
        if before is not None and not before.document.is_dirty and not before.document.is_sending:
            self._drop(before)
        return document

    def _tell_broken(self, collection: OpenCollection, node: RequestNode) -> None:
        line = node.broken.line if node.broken else 0
        where = f" (line {line})" if line else ""
        reason = node.broken.reason if node.broken else ""
        file = QUrl.fromLocalFile(str(collection.file_of(node.path)))
        self._workbench.notify(
            Notice(
                f"{node.path} cannot be read{where}: {reason}",
                "Mend it in an editor; here it is left as it is.",
                "error",
                (Action("Open the file", lambda: QDesktopServices.openUrl(file)),),
            )
        )
