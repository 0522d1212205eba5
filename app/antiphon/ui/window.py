"""The main window: arranges the parts and joins commands to them; it decides nothing itself."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.collection import RequestNode
from antiphon.core.errors import UserError
from antiphon.ui import dialogs
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.menus import Menus
from antiphon.ui.recent import RecentTabs
from antiphon.ui.request_page import RequestPage
from antiphon.ui.run.view import RunView
from antiphon.ui.saving import save_body
from antiphon.ui.sidebar import Sidebar
from antiphon.ui.tabs import TabStrip, TabText
from antiphon.ui.theme import Theme
from antiphon.ui.topbar import TopBar
from antiphon.ui.tree_actions import TreeActions
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.notice import NoticeBar
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.commands import Command
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench, trash

_SESSION_MS = 500

Page = RequestPage | RunView | EnvironmentPage


class MainWindow(QMainWindow):
    """One window over one `Workbench`."""

    closed = Signal()
    """The user has said that it may close, and it has."""

    def __init__(self, theme: Theme, workbench: Workbench) -> None:
        super().__init__()
        self.theme = theme
        self.workbench = workbench
        self.may_close = False
        self._is_restoring = False
        self._reopenable: list[tuple[OpenCollection, str]] = []
        self._recent: RecentTabs[Page] = RecentTabs(self)
        self._asking = False
        self.pages: list[Page] = []
        self.top = TopBar(theme)
        self.sidebar = Sidebar(theme)
        self.tabs = TabStrip(theme)
        self.notices = NoticeBar(theme)
        self.stack = QStackedWidget()
        self._empty = EmptyState(
            theme,
            "Nothing is open",
            "Choose a request on the left, or press Ctrl+T for a new one.",
            [("New request", self.new_request)],
        )
        self.stack.addWidget(self._empty)
        self.stack.setAutoFillBackground(True)
        self.menus = Menus(self, workbench, self._guarded)
        self.entries = TreeActions(self, theme, workbench, self.sidebar.tree, self._path_in_front)
        self.commands: list[Command] = []
        self._session = QTimer(self, interval=_SESSION_MS, singleShot=True)
        self._session.timeout.connect(self._keep_session)
        self._lay_out()
        self._restyle()
        self._connect()
        self._show_collection()
        self.sidebar.setFocus()

    # -- what commands do --------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        return self.pages[self.tabs.current] if 0 <= self.tabs.current < len(self.pages) else None

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
            if command.in_tree:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            (self.sidebar.tree if command.in_tree else self).addAction(action)
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
        elif isinstance(page, RunView) and not page.run.is_running:
            self._start_run(page)

    def cancel(self) -> None:
        """Stop what runs in front; else close the find bar, else the notice."""
        page = self.page
        if isinstance(page, RequestPage) and page.document.is_sending:
            page.document.cancel()
        elif isinstance(page, RunView) and page.run.is_running:
            page.run.cancel()
        elif isinstance(page, RequestPage) and page.response.close_find():
            return
        else:
            self.notices.dismiss()

    @property
    def is_finding(self) -> bool:
        page = self.request_page
        return page is not None and page.response.is_finding

    @property
    def panel_count(self) -> int:
        page = self.request_page
        return page.editor.panel_count if page is not None else 0

    @property
    def runs_something(self) -> bool:
        page = self.page
        return (isinstance(page, RequestPage) and page.document.is_sending) or (
            isinstance(page, RunView) and page.run.is_running
        )

    @property
    def has_closed_tab(self) -> bool:
        return any(self._can_reopen(*known) for known in self._reopenable)

    def new_request(self) -> None:
        self.workbench.new_document()
        if (page := self.request_page) is not None:
            page.editor.focus_url()

    def save(self) -> None:
        page = self.page
        self.notices.dismiss()
        if isinstance(page, RequestPage):
            self._spawn(self._save(page.document), "save")
        elif isinstance(page, EnvironmentPage):
            page.save()
        elif isinstance(page, RunView):
            page.run.save_plan()

    def save_all(self) -> None:
        self._spawn(self._save_all(), "save all")

    def close_tab(self, index: int | None = None) -> None:
        at = self.tabs.current if index is None else index
        if 0 <= at < len(self.pages):
            self._spawn(self._close_page(self.pages[at]), "close the tab")

    def reopen_closed(self) -> None:
        while self._reopenable:
            collection, path = self._reopenable.pop()
            if self._can_reopen(collection, path):
                self.open_request(collection, path)
                return

    def _can_reopen(self, collection: OpenCollection, path: str) -> bool:
        return collection in self.workbench.collections and collection.node(path) is not None

    def next_tab(self, step: int) -> None:
        """Go to the tab used before this one (*step* 1), or after it (-1); with Ctrl held the walk goes on."""
        if (page := self._recent.step(step)) is not None:
            self._front(page)

    def neighbour_tab(self, step: int) -> None:
        """Go to the tab right (*step* 1) or left (-1) of this one, round the end."""
        if self.pages:
            self.tabs.select((self.tabs.current + step) % len(self.pages))

    def move_tab(self, step: int) -> None:
        """Put the tab in front one place to the right (*step* 1) or left (-1)."""
        self.tabs.move(self.tabs.current, self.tabs.current + step)

    def select_tab(self, number: int) -> None:
        if self.pages:
            self.tabs.select(min(number, len(self.pages)) - 1)

    def select_panel(self, number: int) -> None:
        if (page := self.request_page) is not None:
            page.editor.select_panel(number - 1)

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
        _enter(panes[(here + step) % len(panes) if here >= 0 else 0])

    def _panes(self) -> list[QWidget]:
        page = self.page
        side: list[QWidget] = [self.sidebar] if self.sidebar.isVisible() else []
        if isinstance(page, RequestPage):
            answer = [page.response] if page.document.feed is not None else []
            return [*side, page.editor, *answer]
        return [*side, page or self._empty]

    def toggle_sidebar(self) -> None:
        if self.sidebar.isAncestorOf(self.focusWidget() or self):
            _enter(self._panes()[1])
        self.sidebar.setVisible(not self.sidebar.isVisible())

    def toggle_layout(self) -> None:
        beside = not self.workbench.settings.side_by_side
        self.workbench.change_settings(side_by_side=beside)
        for page in self.pages:
            if isinstance(page, RequestPage):
                page.set_side_by_side(beside)

    def choose_theme(self, choice: str) -> None:
        self.theme.choose(choice)
        self.workbench.change_settings(theme=choice)

    def zoom(self, steps: int) -> None:
        self.theme.zoom_by(steps)
        self.workbench.change_settings(zoom=self.theme.zoom)

    def copy_as(self, language: str) -> None:
        if (page := self.request_page) is not None:
            QGuiApplication.clipboard().setText(self.workbench.snippet(page.document, language))
            self.workbench.notify(Notice("Copied."))

    def focus_filter(self) -> None:
        self.sidebar.show()
        self.sidebar.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.sidebar.filter.selectAll()

    def open_sample(self) -> None:
        collection = self.workbench.open_sample()
        first = collection.first_request()
        if first is not None:
            self.open_request(collection, first.path)
        self.sidebar.tree.setFocus()
        self._spawn(self.workbench.sending.start_practice(collection), "start the practice server")

    def open_folder(self, folder: Path | None = None) -> None:
        """Open the collection in *folder*, or in one that the user chooses."""
        opening = self._open_folder() if folder is None else self._open_or_make(folder)
        self._spawn(opening, "open a collection")

    def new_collection(self) -> None:
        self._spawn(self._new_collection(), "make a collection")

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
        collection = self.workbench.current
        if collection is None:
            return
        path = self.entries.folder if folder is None else folder
        run = self.workbench.run_folder(collection, path)
        page = next((page for page in self.pages if isinstance(page, RunView) and page.run is run), None)
        page = page or self._add_run(RunView(self.theme, run))
        self._front(page)
        _enter(page)

    def edit_environment(self, name: str | None = None) -> None:
        collection = self.workbench.current
        if collection is None:
            return
        chosen = collection.environment_name if name is None else name
        if not chosen:
            self.new_environment()
            return
        for page in self.pages:
            if isinstance(page, EnvironmentPage) and (page.collection, page.name) == (collection, chosen):
                self._front(page)
                return
        page = EnvironmentPage(self.theme, self.workbench, collection, chosen)
        page.changed.connect(lambda: self._show_tab(page))
        self._front(self._add(page))
        _enter(page)

    def new_environment(self) -> None:
        self._spawn(self._new_environment(), "make an environment")

    def delete_environment(self) -> None:
        self._spawn(self._delete_environment(), "delete the environment")

    def switch_environment(self) -> None:
        self._environment_menu(_below(self.top.environment))

    def show_menu(self) -> None:
        self.menus.show_all(_below(self.top.menu))

    def switch_collection(self) -> None:
        self.menus.show_collections(_below(self.top.collection))

    def show_shortcuts(self) -> None:
        from antiphon.ui.shortcuts import ShortcutsDialog

        ShortcutsDialog(self.theme, self.commands, self).open()

    def open_request(self, collection: OpenCollection, path: str, *, preview: bool = False) -> None:
        """Bring the request at *path* to the front; as a *preview* it takes the place of the last preview."""
        node = collection.node(path)
        if isinstance(node, RequestNode) and node.broken is not None:
            self._tell_broken(collection, node)
            return
        known = next(
            (d for d in self.workbench.documents if d.collection is collection and d.path == path), None
        )
        if known is None:
            old = next(
                (page for page in self.pages if isinstance(page, RequestPage) and page.document.is_preview),
                None,
            )
            document = self.workbench.open_document(collection, path)
            document.is_preview = preview
            if old is not None and not old.document.is_dirty and not old.document.is_sending:
                self._drop(old)
        elif not preview:
            known.is_preview = False
        page = self._page_of(known or document)
        self._front(page)
        self._show_tab(page)

    def _tell_broken(self, collection: OpenCollection, node: RequestNode) -> None:
        line = node.broken.line if node.broken else 0
        where = f" (line {line})" if line else ""
        reason = node.broken.reason if node.broken else ""
        file = QUrl.fromLocalFile(str(collection.file_of(node.path)))
        self.workbench.notify(
            Notice(
                f"{node.path} cannot be read{where}: {reason}",
                "Mend it in an editor; here it is left as it is.",
                "error",
                (Action("Open the file", lambda: QDesktopServices.openUrl(file)),),
            )
        )

    # -- start and end -----------------------------------------------------------------------------

    def restore(self) -> None:
        """Open what was open last time; at the very first start there is nothing, and the window says how to begin."""
        self._is_restoring = True
        in_front = self.workbench.restore()
        self._is_restoring = False
        if self.pages:
            self._front(self._page_of(in_front) if in_front is not None else self.pages[-1])
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
        for widget in (self.tabs, self.notices):
            column.addWidget(widget)
        column.addWidget(self.stack, 1)
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

    def _restyle(self) -> None:
        palette = self.stack.palette()
        palette.setColor(palette.ColorRole.Window, self.theme.color("bg"))
        self.stack.setPalette(palette)

    def _connect(self) -> None:
        self.theme.changed.connect(self._restyle)
        workbench, tree = self.workbench, self.sidebar.tree
        workbench.noticed.connect(self._tell)
        workbench.document_opened.connect(self._document_opened)
        workbench.document_closed.connect(self._document_closed)
        workbench.collections_changed.connect(self._collections_changed)
        workbench.current_changed.connect(self._show_collection)
        self.tabs.selected.connect(self._tab_selected)
        self.tabs.close_asked.connect(self.close_tab)
        self.tabs.pin_asked.connect(self._pin)
        self.tabs.moved.connect(self._tab_moved)
        self.tabs.new_asked.connect(self.new_request)
        self.tabs.menu_asked.connect(self._tab_menu)
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
        actions = [
            (action.label, lambda chosen=action: self._guarded(chosen.run)) for action in notice.actions
        ]
        self.notices.tell(notice.level, notice.title, notice.detail, actions)

    # -- pages -------------------------------------------------------------------------------------

    def _add(self, page: Page) -> Page:
        self.pages.append(page)
        self.stack.addWidget(page)
        self.tabs.add(self._text_of(page))
        return page

    def _add_run(self, page: RunView) -> Page:
        page.start_asked.connect(lambda: self._start_run(page))
        page.csv_asked.connect(lambda: self._spawn(self._save_csv(page), "save as CSV"))
        page.code_asked.connect(lambda: self._guarded(lambda: self._copy_run(page)))
        page.open_asked.connect(
            lambda path: self._guarded(lambda: self.open_request(page.run.collection, path))
        )
        return self._add(page)

    def _document_opened(self, document: OpenDocument) -> None:
        page = RequestPage(self.theme, self.workbench, document)
        page.send_asked.connect(self.send)
        page.save_body_asked.connect(
            lambda: self._spawn(save_body(self, self.workbench, document), "save the body")
        )
        self._add(page)
        document.edited.connect(lambda: self._show_tab(page))
        document.sending_changed.connect(lambda: self._show_tab(page))
        if not self._is_restoring:
            self._front(page)

    def _document_closed(self, document: OpenDocument) -> None:
        self._forget(self._page_of(document))

    def _page_of(self, document: OpenDocument) -> RequestPage:
        return next(
            page for page in self.pages if isinstance(page, RequestPage) and page.document is document
        )

    def _front(self, page: Page) -> None:
        self.tabs.select(self.pages.index(page))
        self._tab_selected(self.pages.index(page))

    def _drop(self, page: Page) -> None:
        """Close *page* with all it holds, unsaved edits included."""
        match page:
            case RequestPage():
                if page.document.collection is not None and page.document.path:
                    self._reopenable.append((page.document.collection, page.document.path))
                self.workbench.close_document(page.document)
            case RunView():
                self._forget(page)
                self.workbench.close_run(page.run)
            case EnvironmentPage():
                self._forget(page)

    def _forget(self, page: Page) -> None:
        self._recent.forget(page)
        if page is self.page and (last := self._recent.last()) is not None:
            self._front(last)
        if isinstance(page, RequestPage):
            page.close_page()
        index = self.pages.index(page)
        self.pages.remove(page)
        self.stack.removeWidget(page)
        page.deleteLater()
        self.tabs.remove(index)
        self._tab_selected(self.tabs.current)

    def _text_of(self, page: Page) -> TabText:
        match page:
            case RequestPage(document=document):
                tip = (
                    f"{document.collection.name} / {document.path}"
                    if document.collection and document.path
                    else "Not saved yet"
                )
                return TabText(
                    document.draft.method.upper(),
                    _name(document),
                    document.is_dirty,
                    document.is_preview,
                    tip,
                    is_url=not document.path,
                )
            case RunView(run=run):
                return TabText("RUN", run.name, _is_dirty(page), tip=f"Run of {run.name}")
            case EnvironmentPage():
                return TabText("ENV", page.name, page.is_dirty, tip=f"Environment {page.name}")

    def _show_tab(self, page: Page) -> None:
        if page in self.pages:
            self.tabs.put(self.pages.index(page), self._text_of(page))
        if page is self.page:
            self._title()
        self._session.start()

    def _pin(self, index: int) -> None:
        page = self.pages[index]
        if isinstance(page, RequestPage):
            page.document.is_preview = False
            self._show_tab(page)

    def _tab_selected(self, _index: int) -> None:
        if self._is_restoring:
            return
        page = self.page
        if page is None:
            self.stack.setCurrentWidget(self._empty)
        else:
            if isinstance(page, RequestPage):
                page.build()
            self._show_page(page)
            if self._recent.last() not in (None, page):
                self.notices.pass_over()
            self._recent.used(page)
            collection = page.document.collection if isinstance(page, RequestPage) else None
            if collection is not None and collection in self.workbench.collections:
                self.workbench.bring_forward(collection)
                self.sidebar.tree.choose(page.document.path)
        self._title()
        self._session.start()

    def _show_page(self, page: Page) -> None:
        """Show *page*; where the focus was in the page before, it goes where it was last in this one."""
        focus = self.focusWidget()
        follows = focus is not None and self.stack.isAncestorOf(focus) and not page.isAncestorOf(focus)
        last = page.focusWidget()
        self.stack.setCurrentWidget(page)
        if not follows:
            return
        if last is not None and last.isVisibleTo(page):
            last.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            _enter(page.editor if isinstance(page, RequestPage) else page)

    def _tab_moved(self, origin: int, target: int) -> None:
        self.pages.insert(target, self.pages.pop(origin))
        order = [page.document for page in self.pages if isinstance(page, RequestPage)]
        self.workbench.documents.sort(key=order.index)
        self._session.start()

    def _title(self) -> None:
        page = self.page
        name = self._text_of(page).name if page is not None else ""
        self.setWindowTitle(f"{name} · Antiphon" if name else "Antiphon")

    # -- collections -------------------------------------------------------------------------------

    def _collections_changed(self) -> None:
        for collection in self.workbench.collections:
            collection.changed.connect(self._collection_changed, Qt.ConnectionType.UniqueConnection)
        self._show_collection()
        self._session.start()

    def _collection_changed(self) -> None:
        self._show_collection()
        for page in self.pages:
            if isinstance(page, RequestPage):
                page.refresh_context()
        self._session.start()

    def _show_collection(self) -> None:
        collection = self.workbench.current
        self.sidebar.show_folder(collection.tree.top if collection else None)
        self.top.collection.show_choice(collection.name if collection else "Antiphon")
        self.top.environment.setVisible(collection is not None)
        if collection is not None:
            name = collection.environment_name
            self.top.environment.show_choice(name or "No environment", dot="get" if name else "faint")

    def _open(self, path: str, *, preview: bool) -> None:
        self.notices.pass_over()
        self._in_collection(lambda here: self.open_request(here, path, preview=preview))

    async def _open_folder(self) -> None:
        folder = await dialogs.ask_folder(self, "Open a collection", Path.home())
        if folder is not None:
            await self._open_or_make(folder)

    async def _open_or_make(self, folder: Path) -> None:
        """Open the collection in *folder*; where there is none, offer to make one there."""
        if not self.workbench.is_plain_folder(folder):
            self.workbench.open_collection(folder)
            return
        question = dialogs.Question(
            self.theme,
            f"Make a collection in “{folder.name}”?",
            f"{folder} holds none. One file, opencollection.yml, is added; nothing else there is touched.",
            (("make", "Make a collection"), ("cancel", "Cancel")),
            self,
        )
        if await question.ask() == "make":
            self.workbench.create_collection_in(folder, folder.name)

    async def _new_collection(self) -> None:
        name = await dialogs.ask_name(self, self.theme, "New collection")
        if not name:
            return
        parent = await dialogs.ask_folder(self, f"Where is “{name}” to be kept?", Path.home())
        if parent is not None:
            self.workbench.create_collection(parent, name)

    async def _close_collection(self) -> None:
        collection = self.workbench.current
        if collection is None:
            return
        here = [page for page in self.pages if _collection_of(page) is collection]
        if await self._settled(here):
            for page in here:
                self._drop(page)
            self.workbench.close_collection(collection)

    def new_request_here(self) -> None:
        """Make a request file in the folder where the tree's cursor stands, open it, and let its name be typed."""
        collection = self.workbench.current
        if collection is None:
            self.new_request()
            return
        path = self.entries.create_request()
        self.open_request(collection, path)
        self.sidebar.show()
        self.sidebar.tree.rename(path)

    async def _new_environment(self) -> None:
        collection = self.workbench.current
        if collection is None:
            return
        name = await dialogs.ask_name(self, self.theme, "New environment")
        if name:
            collection.create_environment(name)
            collection.choose_environment(name)
            self.edit_environment(name)

    async def _delete_environment(self) -> None:
        collection = self.workbench.current
        if collection is None or not (name := collection.environment_name):
            return
        question = dialogs.Question(
            self.theme,
            f"Delete the environment “{name}”?",
            f"Its file is moved to {trash()}.",
            (("delete", "Delete"), ("keep", "Keep")),
            self,
        )
        if await question.ask() != "delete":
            return
        collection.delete_environment(name)
        for page in list(self.pages):
            if isinstance(page, EnvironmentPage) and (page.collection, page.name) == (collection, name):
                self._drop(page)

    # -- saving and closing ------------------------------------------------------------------------

    async def _save(self, document: OpenDocument) -> bool:
        if document.path:
            return self.workbench.save(document)
        collection = self.workbench.current
        if collection is None:
            self.workbench.notify(
                Notice(
                    "There is no collection to save into.",
                    "Make or open one first.",
                    "warning",
                    (
                        Action("New collection…", self.new_collection),
                        Action("Open folder…", self.open_folder),
                    ),
                )
            )
            return False
        place = await dialogs.ask_place(
            self, self.theme, _name(document), self.entries.folders(), self.entries.folder
        )
        if place is None:
            return False
        self.workbench.save_as(document, collection, place[1], place[0])
        self.sidebar.tree.choose_all([document.path])
        return True

    async def _save_all(self) -> bool:
        for page in list(self.pages):
            if _is_dirty(page) and not await self._save_page(page):
                return False
        return True

    async def _save_page(self, page: Page) -> bool:
        match page:
            case RequestPage():
                return await self._save(page.document)
            case EnvironmentPage():
                page.save()
                return True
            case RunView():
                page.run.save_plan()
                return True

    async def _settled(self, pages: list[Page]) -> bool:
        """Ask what becomes of unsaved edits in *pages*; tell whether they may be closed now."""
        dirty = [page for page in pages if _is_dirty(page)]
        if not dirty:
            return True
        if len(dirty) == 1:
            self._front(dirty[0])
            title = f"Save the changes to “{self._text_of(dirty[0]).name}”?"
        else:
            title = f"Save the changes to {len(dirty)} tabs?"
        answers = (("save", "Save"), ("discard", "Discard"), ("keep", "Keep editing"))
        question = dialogs.Question(
            self.theme, title, "What is discarded cannot be brought back.", answers, self
        )
        match await question.ask():
            case "save":
                for page in dirty:
                    if not await self._save_page(page):
                        return False
                return True
            case "discard":
                return True
            case _:
                return False

    async def _close_page(self, page: Page) -> None:
        if await self._settled([page]) and page in self.pages:
            self._drop(page)

    async def _ask_to_close(self) -> None:
        if self._asking:
            return
        self._asking = True
        try:
            if not await self._settled(list(self.pages)):
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

    # -- runs --------------------------------------------------------------------------------------

    def _start_run(self, page: RunView) -> None:
        page.run.start(self.workbench.tasks, self.workbench.sending)

    def _copy_run(self, page: RunView) -> None:
        QGuiApplication.clipboard().setText(self.workbench.run_snippet(page.run))
        self.workbench.notify(Notice("Copied: the whole run as asynchronous httpx code."))

    async def _save_csv(self, page: RunView) -> None:
        file = await dialogs.ask_file_to_save(self, "Save as CSV", f"{page.run.name}.csv")
        if file is not None:
            await asyncio.to_thread(self.workbench.write_file, file, page.run.csv().encode())
            self.workbench.notify(Notice(f"Saved {file}."))

    # -- menus -------------------------------------------------------------------------------------

    def _environment_menu(self, at: QPoint) -> None:
        if self.workbench.current is not None:
            self.menus.show_environments(self.workbench.current, at)

    def _tree_menu(self, path: str, at: QPoint) -> None:
        self.sidebar.tree.setFocus()
        self.menus.show_entry(path, at, lambda chosen: self._open(chosen, preview=False))

    def _tab_menu(self, index: int, at: QPoint) -> None:
        page = self.pages[index]
        others = [other for other in self.pages if other is not page]
        self.menus.show_tab(
            at,
            [
                ("Close", lambda: self._spawn(self._close_page(page), "close the tab")),
                ("Close others", lambda: self._spawn(self._close_pages(others), "close tabs")),
                ("Close all", lambda: self._spawn(self._close_pages(list(self.pages)), "close tabs")),
            ],
        )

    async def _close_pages(self, pages: list[Page]) -> None:
        if await self._settled(pages):
            for page in pages:
                if page in self.pages:
                    self._drop(page)


def _below(button: QWidget) -> QPoint:
    return button.mapToGlobal(button.rect().bottomLeft())


def _enter(pane: QWidget) -> None:
    """Put the focus into *pane*: where it says it belongs, else on the first thing in it that takes it."""
    reason = Qt.FocusReason.TabFocusReason
    if pane.focusProxy() is not None and pane.focusProxy().isVisible():
        pane.setFocus(reason)
        return
    widget = pane.nextInFocusChain()
    while widget is not pane:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        if takes and pane.isAncestorOf(widget):
            widget.setFocus(reason)
            return
        widget = widget.nextInFocusChain()


def _name(document: OpenDocument) -> str:
    """Return the request's name; one that was never saved goes by its URL."""
    url = document.draft.url.partition("?")[0].partition("://")[-1] or document.draft.url
    return document.draft.name if document.path or not url else url


def _is_dirty(page: Page) -> bool:
    match page:
        case RequestPage(document=document):
            return document.is_dirty
        case EnvironmentPage():
            return page.is_dirty
        case RunView(run=run):
            return not run.is_saved


def _collection_of(page: Page) -> OpenCollection | None:
    match page:
        case RequestPage(document=document):
            return document.collection
        case RunView(run=run):
            return run.collection
        case EnvironmentPage():
            return page.collection
