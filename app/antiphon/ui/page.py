"""What a tab holds: a request, a run, an environment or settings, and what they have in common."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from antiphon.ui.compare.tab import CompareTab
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.request_page import RequestPage
from antiphon.ui.run.view import RunView
from antiphon.ui.settings.defaults_page import DefaultsPage
from antiphon.ui.tabs import TabText
from antiphon.ui.widgets.focus import Entered
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument

Page = RequestPage | RunView | EnvironmentPage | DefaultsPage | CompareTab


def is_dirty(page: Page) -> bool:
    match page:
        case RequestPage(document=document):
            return document.is_dirty
        case EnvironmentPage() | DefaultsPage():
            return page.is_dirty
        case RunView(run=run):
            return not run.is_saved
        case CompareTab():
            return False


def collection_of(page: Page) -> OpenCollection | None:
    match page:
        case RequestPage(document=document):
            return document.collection
        case RunView(run=run):
            return run.collection
        case EnvironmentPage() | DefaultsPage() | CompareTab():
            return page.collection


def name_of(document: OpenDocument) -> str:
    """Return the request's name; one that was never saved goes by its URL."""
    url = document.draft.url.partition("?")[0].partition("://")[-1] or document.draft.url
    return document.draft.name if document.path or not url else url


def tab_text(page: Page) -> TabText:
    """Return how the tab of *page* reads."""
    match page:
        case RequestPage(document=document):
            saved = document.collection is not None and document.path
            tip = f"{document.collection.name} / {document.path}" if saved else "Not saved yet"
            return TabText(
                document.draft.method.upper(),
                name_of(document),
                document.is_dirty,
                document.is_preview,
                tip,
                is_url=not document.path,
            )
        case RunView(run=run):
            return TabText("RUN", run.name, is_dirty(page), tip=f"Run of {run.name}")
        case EnvironmentPage():
            return TabText("ENV", page.name, page.is_dirty, tip=f"Environment {page.name}")
        case DefaultsPage():
            return TabText("SET", page.name, page.is_dirty, tip=f"Settings of {page.name}")
        case CompareTab():
            name = name_of(page.document)
            return TabText("DIFF", name, tip=f"Answers of {name} compared", is_url=not page.document.path)


def enter(pane: QWidget) -> None:
    """Put the focus into *pane*: where it says it belongs, else on the first thing in it that takes it."""
    reason = Qt.FocusReason.TabFocusReason
    said = pane.read_in if isinstance(pane, Entered) else pane.focusProxy()
    if said is not None and said.isVisible():
        said.setFocus(reason)
        return
    widget = pane.nextInFocusChain()
    while widget is not pane:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        if takes and pane.isAncestorOf(widget):
            widget.setFocus(reason)
            return
        widget = widget.nextInFocusChain()
