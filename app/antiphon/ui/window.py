"""The main window: arranges the parts and joins commands to them; it decides nothing itself."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow, QSplitter, QVBoxLayout, QWidget

from antiphon.core.errors import UserError
from antiphon.ui.collection_actions import CollectionActions
from antiphon.ui.compare.tab import CompareTab
from antiphon.ui.comparisons import Comparisons
from antiphon.ui.cookie_actions import CookieActions
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.menus import Menus
from antiphon.ui.page import Page, collection_of, enter, tab_text
from antiphon.ui.pages import Pages
from antiphon.ui.request_actions import RequestActions
from antiphon.ui.request_page import RequestPage
from antiphon.ui.run.view import RunView
from antiphon.ui.run_actions import RunActions
from antiphon.ui.saver import Saver
from antiphon.ui.settings.defaults_page import DefaultsPage
from antiphon.ui.settings_actions import SettingsActions
from antiphon.ui.sidebar import Sidebar
from antiphon.ui.theme import Theme
from antiphon.ui.topbar import TopBar
from antiphon.ui.tree_actions import TreeActions
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.notice import NoticeBar
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.commands import Command
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench

if TYPE_CHECKING:
    from antiphon.ui.settings.program_page import Looks

_SESSION_MS = 500


class MainWindow(QMainWindow):
    """One window over one `Workbench`."""

    closed = Signal()
    """The user has said that it may close, and it has."""
    front_changed = Signal()
    """Another request, collection or environment is in front, or what is there reads otherwise."""

    def __init__(self, theme: Theme, workbench: Workbench) -> None:
        super().__init__()
        self.theme = theme
        self.workbench = workbench
        self.may_close = False
        self._asking = False
        self._inherited = (workbench.settings.proxy, workbench.settings.trust_store)
        self.top = TopBar(theme)
        self.sidebar = Sidebar(theme)
        self.notices = NoticeBar(theme)
        self._notice: Notice | None = None
        self._empty = EmptyState(
            theme,
            "Nothing is open",
            "Choose a request on the left, or press Ctrl+T for a new one.",
            [("New request", self.new_request)],
        )
        self.pages = Pages(theme, self._empty, self)
        self.notices.way_back.otherwise = lambda: enter(self._panes()[-1])
        self.menus = Menus(self, workbench, self._guarded)
        self.comparisons = Comparisons(theme, workbench, self.pages, self.menus)
        self.entries = TreeActions(self, theme, workbench, self.sidebar.tree, self._path_in_front)
        self.collections = CollectionActions(self, theme, workbench)
        self.requests = RequestActions(workbench, self.pages, self._drop)
        self.cookies = CookieActions(self, theme, workbench, self._in_front, self.front_changed)
        self.settings = SettingsActions(
            self, theme, workbench, self.pages, folder=lambda: self.entries.folder, looks=self._looks
        )
        self.saver = Saver(self, theme, workbench, self.pages, self.entries)
        self.saver.ways_to_a_collection = (
            Action("New collection…", self.new_collection),
            Action("Open folder…", self.open_folder),
        )
        self.runs = RunActions(
            theme, workbench, self.pages, self.saver, self.requests, send=self.send, guarded=self._guarded
        )
        self.commands: list[Command] = []
        self._page_actions: list[QAction] = []
        self._session = QTimer(self, interval=_SESSION_MS, singleShot=True)
        self._session.timeout.connect(self._keep_session)
        self._lay_out()
        self._connect()
        self._show_collection()
        self.sidebar.setFocus()

    # -- what commands do --------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        return self.pages.current

    @property
    def request_page(self) -> RequestPage | None:
        page = self.page
        return page if isinstance(page, RequestPage) else None

    def take_commands(self, commands: list[Command]) -> None:
        """Make *commands* what menus and keys of this window do."""
        self.commands = commands
        for command in commands:
            action = QAction(command.title, self)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.triggered.connect(lambda _checked=False, chosen=command.id: self.run_command(chosen))
            if command.in_page:
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                self._page_actions.append(action)
            elif command.in_tree:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                self.sidebar.tree.addAction(action)
            else:
                self.addAction(action)
            self.menus.take(command, action)

    def run_command(self, command_id: str) -> None:
        """Do what the command *command_id* does, where it may be done now."""
        command = next(row for row in self.commands if row.id == command_id)
        if command.enabled():
            self._guarded(command.run)

    def send(self) -> None:
        page = self.page
        self.notices.hide()
        if isinstance(page, RequestPage):
            page.send()
        elif isinstance(page, CompareTab):
            self.pages.of(page.document).send()
        elif isinstance(page, RunView) and not page.run.is_running:
            page.run.start(self.workbench.tasks, self.workbench.sending)

    def cancel(self) -> None:
        """Stop what runs in front; else close the find bar, else the notice."""
        page = self.page
        if isinstance(page, RequestPage | CompareTab) and page.document.is_sending:
            page.document.cancel()
        elif isinstance(page, RunView) and page.run.is_running:
            page.run.cancel()
        elif isinstance(page, RequestPage) and (page.response.close_find() or page.response.end_rehearsal()):
            return
        else:
            self.notices.dismiss()

    def rehearse(self, http_version: Literal["1.1", "2"] | None = None) -> None:
        """Show what would be sent for the request in front, without sending it."""
        if (page := self.request_page) is not None:
            self._spawn(page.rehearse(http_version), "show what would be sent")

    @property
    def runs_something(self) -> bool:
        page = self.page
        return (isinstance(page, RequestPage | CompareTab) and page.document.is_sending) or (
            isinstance(page, RunView) and page.run.is_running
        )

    def new_request(self) -> None:
        self.workbench.new_document()
        if (page := self.request_page) is not None:
            page.editor.focus_url()

    def save(self) -> None:
        self.notices.dismiss()
        if self.page is not None:
            self._spawn(self.saver.save(self.page), "save")

    def save_all(self) -> None:
        self._spawn(self.saver.save_all(list(self.pages.all)), "save all")

    def close_tab(self, index: int | None = None) -> None:
        at = self.pages.tabs.current if index is None else index
        if 0 <= at < len(self.pages.all):
            self._spawn(self._close_pages([self.pages.all[at]]), "close the tab")

    def move_tab(self, step: int) -> None:
        """Put the tab in front one place to the right (*step* 1) or left (-1)."""
        self.pages.tabs.move(self.pages.tabs.current, self.pages.tabs.current + step)

    def focus_url(self) -> None:
        if (page := self.request_page) is not None:
            page.editor.focus_url()

    def find(self) -> None:
        if (page := self.request_page) is not None:
            page.response.find()

    def next_pane(self, step: int = 1) -> None:
        """Move the focus on (*step* 1) or back (-1): tree, editor, response; or tree and the page of another kind."""
        panes = self._panes()
        focus = self.focusWidget()
        here = next((at for at, pane in enumerate(panes) if focus and pane.isAncestorOf(focus)), -1)
        enter(panes[(here + step) % len(panes) if here >= 0 else 0])

    def _panes(self) -> list[QWidget]:
        page = self.page
        side: list[QWidget] = [self.sidebar] if self.sidebar.isVisible() else []
        if isinstance(page, RequestPage):
            answer = [page.response] if page.document.feed is not None or page.response.is_rehearsing else []
            return [*side, page.editor, *answer]
        return [*side, page or self._empty]

    def toggle_sidebar(self) -> None:
        if self.sidebar.isAncestorOf(self.focusWidget() or self):
            enter(self._panes()[1])
        self.sidebar.setVisible(not self.sidebar.isVisible())

    def toggle_layout(self) -> None:
        beside = not self.workbench.settings.side_by_side
        self.workbench.change_settings(side_by_side=beside)
        for page in self.pages.requests:
            page.set_side_by_side(beside)

    def choose_theme(self, choice: str) -> None:
        self.theme.choose(choice)
        self.workbench.change_settings(theme=choice)

    def zoom(self, steps: int) -> None:
        self.theme.zoom_by(steps)

    def _keep_zoom(self) -> None:
        """Remember the size, also where Ctrl and the wheel changed it."""
        if self.workbench.settings.zoom != self.theme.zoom:
            self.workbench.change_settings(zoom=self.theme.zoom)

    def _looks(self) -> "Looks":
        from antiphon.ui.settings.program_page import Looks

        return Looks(self.choose_theme, self.zoom, self.toggle_layout)

    def _in_front(self) -> tuple[OpenCollection | None, OpenDocument | None]:
        """Return the collection whose cookies are used in front, and the request."""
        page = self.request_page
        return (page.document.collection, page.document) if page else (self.workbench.current, None)

    def focus_filter(self) -> None:
        self.sidebar.show()
        self.sidebar.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sidebar.filter.selectAll()

    def open_sample(self) -> None:
        collection = self.workbench.open_sample()
        first = collection.first_request()
        if first is not None:
            self.requests.open(collection, first.path)
        self.sidebar.tree.setFocus()
        self._spawn(self.workbench.sending.start_practice(collection), "start the practice server")

    def open_folder(self, folder: Path | None = None) -> None:
        """Open the collection in *folder*, or in one that the user chooses."""
        self._spawn(self.collections.open(folder), "open a collection")

    def new_collection(self) -> None:
        self._spawn(self.collections.create(), "make a collection")

    def close_collection(self) -> None:
        self._spawn(self._close_collection(), "close the collection")

    def new_folder(self) -> None:
        self._spawn(self.entries.create_folder(), "make a folder")

    def delete_entries(self) -> None:
        self._spawn(self.entries.delete(), "delete")

    def move_entries(self) -> None:
        self._spawn(self.entries.move_elsewhere(), "move")

    def run_folder(self, folder: str | None = None) -> None:
        """Open the run of *folder*, or of the one the tree's cursor stands in."""
        self.runs.open(self.entries.folder if folder is None else folder)

    def compare_elsewhere(self) -> None:
        """Send the request in front in another environment, too, and compare the answers."""
        self.comparisons.ask_environment(_below(self.top.environment))

    def switch_environment(self) -> None:
        self._environment_menu(_below(self.top.environment))

    def show_menu(self) -> None:
        self.menus.show_all(_below(self.top.menu))

    def switch_collection(self) -> None:
        self.menus.show_collections(_below(self.top.collection))

    def show_shortcuts(self) -> None:
        from antiphon.ui.shortcuts import ShortcutsDialog

        ShortcutsDialog(self.theme, self.commands, self).open()

    # -- start and end -----------------------------------------------------------------------------

    def restore(self) -> None:
        """Open what was open last time; at the very first start there is nothing, and the window says how to begin."""
        self.pages.hold(True)
        in_front = self.workbench.restore()
        self.pages.hold(False)
        if self.pages.all:
            self.pages.front(self.pages.of(in_front) if in_front is not None else self.pages.all[-1])
        self._show_collection()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close:
            event.accept()
            return
        event.ignore()
        self._spawn(self._ask_to_close(), "close the window")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._look_at_disk()

    # -- within ------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        settings = self.workbench.settings
        self.setWindowTitle("Antiphon")
        self.resize(*settings.window_size)
        self.setMinimumSize(640, 420)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.pages.tabs, self.notices):
            column.addWidget(widget)
        column.addWidget(self.pages.stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.sidebar)
        self.splitter.addWidget(main)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([settings.sidebar_width, settings.window_size[0] - settings.sidebar_width])
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.top)
        outer.addWidget(self.splitter, 1)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        self.theme.changed.connect(self._keep_zoom)
        workbench, tree, tabs = self.workbench, self.sidebar.tree, self.pages.tabs
        workbench.noticed.connect(self._tell)
        workbench.notice_withdrawn.connect(self._withdraw)
        workbench.copy_wanted.connect(lambda text: QGuiApplication.clipboard().setText(text))
        workbench.document_opened.connect(self._document_opened)
        workbench.document_closed.connect(self._document_closed)
        workbench.collections_changed.connect(self._collections_changed)
        workbench.current_changed.connect(self._show_collection)
        workbench.settings_changed.connect(self._settings_changed)
        self.pages.fronted.connect(self._fronted)
        self.pages.changed.connect(self._tab_changed)
        tabs.close_asked.connect(self.close_tab)
        tabs.new_asked.connect(self.new_request)
        tabs.menu_asked.connect(self._tab_menu)
        self.top.collections_asked.connect(self.menus.show_collections)
        self.top.environments_asked.connect(self._environment_menu)
        self.top.menu_asked.connect(self.menus.show_all)
        self.sidebar.sample_asked.connect(lambda: self._guarded(self.open_sample))
        self.sidebar.open_asked.connect(self.open_folder)
        self.sidebar.new_asked.connect(self.new_collection)
        self.sidebar.add_asked.connect(self.menus.show_folder)
        tree.preview_asked.connect(lambda path: self._open(path, preview=True))
        tree.open_asked.connect(lambda path: self._open(path, preview=False))
        tree.menu_asked.connect(self._tree_menu)
        tree.tree.rename_asked.connect(
            lambda path, name: self._guarded(lambda: self.entries.rename(path, name)),
            Qt.ConnectionType.QueuedConnection,  # the row's editor has closed by then, and the tree has the focus
        )
        tree.tree.move_asked.connect(
            lambda paths, folder, before: self._guarded(lambda: self.entries.move(paths, folder, before))
        )

    def _spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> None:
        self.workbench.tasks.spawn(coroutine, name)

    def _guarded(self, run: Callable[[], object]) -> None:
        """Run something that the user may have to put right; the one place of the window that catches it."""
        try:
            run()
        except UserError as error:
            self.workbench.notify_error(error)

    def _in_collection(self, run: Callable[[OpenCollection], object]) -> None:
        collection = self.workbench.current
        if collection is not None:
            self._guarded(lambda: run(collection))

    def _tell(self, notice: Notice) -> None:
        def run(action: Action) -> None:
            if action.closes:
                self.notices.dismiss()
            self._guarded(action.run)

        actions = [(action.label, lambda chosen=action: run(chosen)) for action in notice.actions]
        self.notices.tell(notice.level, notice.title, notice.detail, actions, closes=False)
        self._notice = notice

    def _withdraw(self, notice: Notice) -> None:
        if notice is self._notice and self.notices.isVisible():
            self.notices.dismiss()

    # -- pages -------------------------------------------------------------------------------------

    def _document_opened(self, document: OpenDocument) -> None:
        page = RequestPage(self.theme, self.workbench, document)
        page.addActions(self._page_actions)
        page.send_asked.connect(self.send)
        page.rehearsal_asked.connect(self.rehearse)
        page.elsewhere_asked.connect(
            lambda remedy, place: self._guarded(lambda: self.settings.lead_to(document, remedy, place))
        )
        page.compare_asked.connect(self.comparisons.show)
        document.edited.connect(lambda: self.pages.refresh(page))
        document.sending_changed.connect(lambda: self.pages.refresh(page))
        self.pages.add(page)

    def _document_closed(self, document: OpenDocument) -> None:
        self.comparisons.close(document)
        self.pages.forget(self.pages.of(document))

    def _drop(self, page: Page) -> None:
        """Close *page* with all it holds, unsaved edits included."""
        match page:
            case RequestPage():
                self.requests.remember(page.document)
                self.workbench.close_document(page.document)
            case RunView():
                self.pages.forget(page)
                self.workbench.close_run(page.run)
            case EnvironmentPage() | DefaultsPage() | CompareTab():
                self.pages.forget(page)

    def _fronted(self, was_other: bool) -> None:
        page = self.request_page
        if was_other:
            self.notices.pass_over()
        collection = page.document.collection if page is not None else None
        if collection is not None and collection in self.workbench.collections:
            self.workbench.bring_forward(collection)
            self.sidebar.tree.choose(page.document.path)
        self._tab_changed(self.page)

    def _tab_changed(self, page: Page | None) -> None:
        if page is None:
            order = [request.document for request in self.pages.requests]
            self.workbench.documents.sort(key=order.index)
        if page is self.page:
            name = tab_text(page).name if page is not None else ""
            self.setWindowTitle(f"{name} · Antiphon" if name else "Antiphon")
            self.front_changed.emit()
        self._session.start()

    # -- collections -------------------------------------------------------------------------------

    def _collections_changed(self) -> None:
        for collection in self.workbench.collections:
            collection.changed.connect(self._collection_changed, Qt.ConnectionType.UniqueConnection)
        self._show_collection()
        self._session.start()

    def _collection_changed(self) -> None:
        self._show_collection()
        for page in self.pages.requests:
            page.refresh_context()
        self._session.start()

    def _show_collection(self) -> None:
        collection = self.workbench.current
        self.front_changed.emit()
        self.sidebar.show_folder(collection.tree.top if collection else None)
        self.top.collection.show_choice(collection.name if collection else "Antiphon")
        self.top.environment.setVisible(collection is not None)
        if collection is not None:
            name = collection.environment_name
            self.top.environment.show_choice(name or "No environment", dot="get" if name else "faint")

    def _settings_changed(self) -> None:
        """Let requests and settings say anew what they inherit, where that is another."""
        settings = self.workbench.settings
        before, self._inherited = self._inherited, (settings.proxy, settings.trust_store)
        if before == self._inherited:
            return
        for page in self.pages.all:
            if isinstance(page, RequestPage | DefaultsPage):
                page.refresh_context()

    def _open(self, path: str, *, preview: bool) -> None:
        self.notices.pass_over()
        self._in_collection(lambda here: self.requests.open(here, path, preview=preview))

    async def _close_collection(self) -> None:
        collection = self.workbench.current
        if collection is None:
            return
        here = [page for page in self.pages.all if collection_of(page) is collection]
        if await self._close_pages(here):
            self.workbench.close_collection(collection)

    def new_request_here(self) -> None:
        """Make a request file in the folder where the tree's cursor stands, open it, and let its name be typed."""
        collection = self.workbench.current
        if collection is None:
            self.new_request()
            return
        path = self.entries.create_request()
        self.requests.open(collection, path)
        self.sidebar.show()
        self.sidebar.tree.rename(path)

    # -- closing -----------------------------------------------------------------------------------

    async def _close_pages(self, pages: list[Page]) -> bool:
        """Close *pages*, unless the user keeps one of them; tell whether they are gone."""
        if not await self.saver.settled(pages):
            return False
        for page in pages:
            if page in self.pages.all:
                self._drop(page)
        return True

    async def _ask_to_close(self) -> None:
        if self._asking:
            return
        self._asking = True
        try:
            if not await self.saver.settled(list(self.pages.all)):
                return
        finally:
            self._asking = False
        for document in self.workbench.documents:
            self.workbench.discard(document)
        self._session.stop()
        self._guarded(self._keep_for_next_time)
        self.may_close = True
        self.close()
        self.closed.emit()

    def _keep_for_next_time(self) -> None:
        size = self.normalGeometry().size()
        width = self.splitter.sizes()[0] or self.workbench.settings.sidebar_width
        self.workbench.change_settings(
            window_size=(size.width(), size.height()), sidebar_width=max(160, width)
        )
        self.workbench.keep_session(self._active_document(), closed=True)

    def _keep_session(self) -> None:
        self.workbench.keep_session(self._active_document())

    def _active_document(self) -> int:
        """Return the index of the document in front, -1 where that is no request."""
        page = self.request_page
        return self.workbench.documents.index(page.document) if page is not None else -1

    def _path_in_front(self) -> str:
        page = self.request_page
        if page is None or page.document.collection is not self.workbench.current:
            return ""
        return page.document.path

    def _look_at_disk(self) -> None:
        """Take over what other programs changed while the window was not in front."""
        if self.workbench.collections and not self.may_close:
            self._spawn(self.workbench.look_at_disk(), "look at the disk")

    # -- menus -------------------------------------------------------------------------------------

    def _environment_menu(self, at: QPoint) -> None:
        if self.workbench.current is not None:
            self.menus.show_environments(self.workbench.current, at)

    def _tree_menu(self, path: str, at: QPoint) -> None:
        self.sidebar.tree.setFocus()
        self.menus.show_entry(path, at, lambda chosen: self._open(chosen, preview=False))

    def _tab_menu(self, index: int, at: QPoint) -> None:
        page = self.pages.all[index]
        others = [other for other in self.pages.all if other is not page]
        self.menus.show_tab(
            at,
            [
                ("Close", lambda: self._spawn(self._close_pages([page]), "close the tab")),
                ("Close others", lambda: self._spawn(self._close_pages(others), "close tabs")),
                ("Close all", lambda: self._spawn(self._close_pages(list(self.pages.all)), "close tabs")),
            ],
        )


def _below(button: QWidget) -> QPoint:
    return button.mapToGlobal(button.rect().bottomLeft())
