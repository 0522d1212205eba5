"""Opens runs of folders, and hands on what comes of them."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from antiphon.ui.page import enter
from antiphon.ui.pages import Pages
from antiphon.ui.request_actions import RequestActions
from antiphon.ui.run.view import RunView
from antiphon.ui.saver import Saver
from antiphon.ui.theme import Theme
from antiphon.workbench.notice import Notice
from antiphon.workbench.run import FolderRun
from antiphon.workbench.workbench import Workbench


class RunActions:
    """Each run has one page.

    Args:
        send: Starts the run in front.
        guarded: Runs what the user may have to put right.
    """

    def __init__(
        self,
        theme: Theme,
        workbench: Workbench,
        pages: Pages,
        saver: Saver,
        requests: RequestActions,
        *,
        send: Callable[[], None],
        guarded: Callable[[Callable[[], object]], None],
    ) -> None:
        self._theme = theme
        self._workbench = workbench
        self._pages = pages
        self._saver = saver
        self._requests = requests
        self._send = send
        self._guarded = guarded

    def open(self, folder: str) -> None:
        """Open the run of *folder* in the collection in front."""
        if (collection := self._workbench.current) is None:
            return
        run = self._workbench.run_folder(collection, folder)
        pages = (page for page in self._pages.all if isinstance(page, RunView))
        page = next((page for page in pages if page.run is run), None) or self._added(run)
        self._pages.front(page)
        enter(page)

    def _added(self, run: FolderRun) -> RunView:
        page = RunView(self._theme, run)
        spawn, guarded = self._workbench.tasks.spawn, self._guarded
        page.start_asked.connect(self._send)
        page.csv_asked.connect(lambda: spawn(self._saver.save_csv(page), "save as CSV"))
        page.code_asked.connect(lambda: guarded(lambda: self._copy(page)))
        page.open_asked.connect(lambda path: guarded(lambda: self._requests.open(run.collection, path)))
        run.changed.connect(lambda: self._pages.refresh(page))
        self._pages.add(page)
        return page

    def _copy(self, page: RunView) -> None:
        QGuiApplication.clipboard().setText(self._workbench.run_snippet(page.run))
        self._workbench.notify(Notice("Copied: the whole run as asynchronous httpx code."))
