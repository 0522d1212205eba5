"""Everything the window can do, as one table: menus, keys and the page of shortcuts come from it."""

from collections.abc import Callable
from functools import partial

from antiphon.ui.request_page import RequestPage
from antiphon.ui.viewer.body_actions import BODY_ACTIONS, BodyAction
from antiphon.ui.window import MainWindow
from antiphon.workbench.commands import Command


def window_commands(window: MainWindow) -> list[Command]:
    """Return the commands of *window*, in the order menus show them."""
    table = _Table(window)
    return [command for part in table.parts for command in part()]


def _command(
    menu: str,
    name: str,
    title: str,
    run: Callable[[], object],
    keys: str = "",
    when: Callable[[], bool] = lambda: True,
    *,
    in_tree: bool = False,
    in_page: bool = False,
) -> Command:
    """Return a command of *menu*; *keys* stand apart by a blank."""
    return Command(name, title, run, tuple(keys.split()), menu, when, in_tree, in_page)


class _Table:
    """The commands of one window, part by part, and when they may be run."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.parts = (
            self._requests,
            self._answers,
            self._closing,
            self._collections,
            self._entries,
            self._environments,
            self._bodies,
            self._panes,
            self._tabs,
            self._looks,
            self._program,
            self._numbered,
        )

    # When

    def _has_request(self) -> bool:
        return self._window.request_page is not None

    def _has_body(self) -> bool:
        page = self._window.request_page
        return page is not None and page.response.has_body

    def _has_page(self) -> bool:
        return self._window.page is not None

    def _has_collection(self) -> bool:
        return self._window.workbench.current is not None

    def _has_target(self) -> bool:
        return bool(self._window.entries.target)

    def _has_tabs(self, count: int = 2) -> bool:
        return len(self._window.pages.all) >= count

    def _has_panels(self, count: int) -> bool:
        page = self._window.request_page
        return page is not None and page.editor.panel_count >= count

    def _can_cancel(self) -> bool:
        window, page = self._window, self._window.request_page
        answer = page.response if page is not None else None
        shows_something = answer is not None and (answer.is_finding or answer.is_rehearsing)
        return window.runs_something or window.notices.isVisible() or shows_something

    # What

    def _on_page(self, act: Callable[[RequestPage], object]) -> Callable[[], None]:
        """Return what does *act* to the request in front where there is one."""

        def run() -> None:
            if (page := self._window.request_page) is not None:
                act(page)

        return run

    def _requests(self) -> list[Command]:
        row = partial(_command, "Request")
        window = self._window
        return [
            row("request.send", "Send or run", window.send, "Ctrl+Return Ctrl+Enter", self._has_page),
            row(
                "request.rehearse",
                "Show what would be sent",
                window.rehearse,
                "Ctrl+Shift+Return Ctrl+Shift+Enter",
                self._has_request,
            ),
            row("request.cancel", "Cancel", window.cancel, "Esc", self._can_cancel),
            row("request.new", "New request", window.new_request, "Ctrl+T Ctrl+N"),
            row(
                "request.new_here",
                "New request in this folder",
                window.new_request_here,
                "Ctrl+Shift+N",
                self._has_collection,
            ),
            row(
                "request.send_and_save",
                "Send and save the body…",
                window.requests.send_and_save,
                "Ctrl+Shift+S",
                self._has_request,
            ),
            row("request.save", "Save", window.save, "Ctrl+S", self._has_page),
            row("request.save_all", "Save all", window.save_all, "Ctrl+Alt+S", self._has_page),
            row("cookies.manage", "Cookies…", window.cookies.manage, "Ctrl+Shift+K"),
            row("cookies.forget", "Forget all cookies", window.cookies.forget),
            row(
                "request.copy_curl",
                "Copy as curl",
                lambda: window.requests.copy_as("curl"),
                "Ctrl+Shift+C",
                self._has_request,
            ),
        ]

    def _answers(self) -> list[Command]:
        row = partial(_command, "Response")
        window = self._window
        return [
            row(
                "response.compare",
                "Compare with the answer before…",
                window.comparisons.show,
                "Ctrl+Shift+M",
                lambda: window.comparisons.has_answer,
            ),
            row(
                "response.compare_environment",
                "Send in another environment and compare…",
                window.compare_elsewhere,
                "Ctrl+Alt+E",
                lambda: window.comparisons.has_answer and window.comparisons.has_other_environment,
            ),
            row(
                "response.keep",
                "Keep the answer for comparing",
                window.comparisons.keep,
                "Ctrl+Alt+M",
                lambda: window.comparisons.has_answer,
            ),
        ]

    def _closing(self) -> list[Command]:
        row = partial(_command, "Request")
        window = self._window
        return [
            row("tab.close", "Close tab", window.close_tab, "Ctrl+W", self._has_page),
            row(
                "tab.reopen",
                "Reopen closed tab",
                window.requests.reopen,
                "Ctrl+Shift+T",
                lambda: window.requests.has_closed,
            ),
        ]

    def _collections(self) -> list[Command]:
        row = partial(_command, "Collection")
        window = self._window
        return [
            row("collection.switch", "Switch collection", window.switch_collection, "Ctrl+Alt+O"),
            row("collection.open", "Open collection…", window.open_folder, "Ctrl+O"),
            row("collection.new", "New collection…", window.new_collection),
            row("collection.sample", "Try Antiphon (sample collection)", window.open_sample),
            row("collection.close", "Close collection", window.close_collection, "", self._has_collection),
            row(
                "collection.settings",
                "Collection settings",
                window.settings.edit_defaults,
                "Ctrl+Shift+D",
                self._has_collection,
            ),
            row("folder.new", "New folder…", window.new_folder, "", self._has_collection),
            row("folder.run", "Run this folder…", window.run_folder, "Ctrl+R", self._has_collection),
            row(
                "folder.settings",
                "Folder settings",
                window.settings.edit_folder_defaults,
                "",
                lambda: window.settings.has_folder_settings,
            ),
        ]

    def _entries(self) -> list[Command]:
        row = partial(_command, "Collection")
        window = self._window
        return [
            row("tree.filter", "Go to request", window.focus_filter, "Ctrl+P", self._has_collection),
            row("tree.rename", "Rename", window.entries.ask_name, "F2", self._has_target),
            row(
                "tree.duplicate",
                "Duplicate",
                window.entries.duplicate,
                "Ctrl+D",
                self._has_target,
                in_tree=True,
            ),
            row(
                "tree.up",
                "Move up",
                lambda: window.entries.shift(-1),
                "Alt+Up",
                self._has_target,
                in_tree=True,
            ),
            row(
                "tree.down",
                "Move down",
                lambda: window.entries.shift(1),
                "Alt+Down",
                self._has_target,
                in_tree=True,
            ),
            row("tree.move", "Move to folder…", window.move_entries, "", self._has_target),
            row("tree.delete", "Delete…", window.delete_entries, "Del", self._has_target, in_tree=True),
        ]

    def _environments(self) -> list[Command]:
        row = partial(_command, "Collection")
        window = self._window
        return [
            row(
                "environment.switch",
                "Switch environment",
                window.switch_environment,
                "Ctrl+E",
                self._has_collection,
            ),
            row(
                "environment.edit",
                "Edit environment",
                window.settings.edit_environment,
                "Ctrl+Shift+E",
                self._has_collection,
            ),
            row(
                "environment.new",
                "New environment…",
                window.settings.new_environment,
                "",
                self._has_collection,
            ),
            row(
                "environment.delete",
                "Delete environment…",
                window.settings.delete_environment,
                "",
                lambda: bool(window.workbench.current and window.workbench.current.environment_name),
            ),
        ]

    def _bodies(self) -> list[Command]:
        row, has_body = partial(_command, "Response"), self._has_body
        window, on_page = self._window, self._on_page
        go_to = on_page(lambda page: page.response.go_to())
        next_mode = on_page(lambda page: page.response.body.next_mode())
        filter_it = on_page(lambda page: page.response.filter())
        return [
            _command("View", "view.url", "Go to the URL", window.focus_url, "Ctrl+L", self._has_request),
            row("view.find", "Find in the response", window.find, "Ctrl+F", has_body),
            row("body.go_to", "Go to a line of the response…", go_to, "Ctrl+G", has_body),
            row("body.mode", "Next way to show the body", next_mode, "Ctrl+Alt+V", has_body),
            row("body.filter", "Filter the response", filter_it, "Ctrl+Shift+F", has_body),
            *(self._body_action(action) for action in BODY_ACTIONS),
        ]

    def _body_action(self, action: BodyAction) -> Command:
        return _command(
            "Response",
            action.id,
            action.title,
            self._on_page(lambda page: page.response.act_on_body(action)),
            action.keys,
            self._has_body,
            in_page=not action.is_anywhere,
        )

    def _panes(self) -> list[Command]:
        row = partial(_command, "View")
        window = self._window
        return [
            row("view.pane", "Next pane", window.next_pane, "F6"),
            row("view.pane_back", "Pane before", lambda: window.next_pane(-1), "Shift+F6"),
            row("view.sidebar", "Show or hide the sidebar", window.toggle_sidebar, "Ctrl+B"),
            row("view.layout", "Response beside or below", window.toggle_layout, "Ctrl+\\"),
        ]

    def _tabs(self) -> list[Command]:
        row = partial(_command, "View")
        window = self._window
        return [
            row("view.tab_recent", "Last used tab", lambda: window.pages.step(1), "Ctrl+Tab", self._has_tabs),
            row(
                "view.tab_oldest",
                "Longest unused tab",
                lambda: window.pages.step(-1),
                "Ctrl+Shift+Tab",
                self._has_tabs,
            ),
            row(
                "view.tab_right",
                "Tab to the right",
                lambda: window.pages.neighbour(1),
                "Ctrl+PgDown",
                self._has_tabs,
            ),
            row(
                "view.tab_left",
                "Tab to the left",
                lambda: window.pages.neighbour(-1),
                "Ctrl+PgUp",
                self._has_tabs,
            ),
            row(
                "view.tab_move_right",
                "Move tab right",
                lambda: window.move_tab(1),
                "Ctrl+Shift+PgDown",
                self._has_tabs,
            ),
            row(
                "view.tab_move_left",
                "Move tab left",
                lambda: window.move_tab(-1),
                "Ctrl+Shift+PgUp",
                self._has_tabs,
            ),
        ]

    def _looks(self) -> list[Command]:
        row = partial(_command, "View")
        window = self._window
        return [
            row("view.theme_system", "Theme of the system", lambda: window.choose_theme("system")),
            row("view.theme_light", "Light theme", lambda: window.choose_theme("light")),
            row("view.theme_dark", "Dark theme", lambda: window.choose_theme("dark")),
            row("view.larger", "Larger", lambda: window.zoom(1), "Ctrl+= Ctrl++"),
            row("view.smaller", "Smaller", lambda: window.zoom(-1), "Ctrl+-"),
            row("view.zoom_reset", "Normal size", lambda: window.zoom(0), "Ctrl+0"),
            row("settings.open", "Settings…", window.settings.show_program, "Ctrl+,"),
        ]

    def _program(self) -> list[Command]:
        row = partial(_command, "Help")
        window = self._window
        return [
            row("help.shortcuts", "Keyboard shortcuts", window.show_shortcuts, "F1"),
            Command("menu.show", "All commands", window.show_menu, ("F10",)),
            row("window.close", "Close Antiphon", window.close, "Ctrl+Q"),
        ]

    def _numbered(self) -> list[Command]:
        """Keys that no menu shows: one for each of the first tabs and for each panel of a request."""
        window, has_tabs = self._window, self._has_tabs
        tabs = [
            Command(
                f"view.tab_{n}",
                f"Tab {n}",
                partial(window.pages.select, n),
                (f"Ctrl+{n}",),
                enabled=partial(has_tabs, n),
            )
            for n in range(1, 10)
        ]
        panels = [
            Command(
                f"view.panel_{n}",
                f"Request panel {n}",
                self._on_page(lambda page, n=n: page.editor.select_panel(n - 1)),
                (f"Alt+{n}",),
                enabled=partial(self._has_panels, n),
            )
            for n in range(1, 7)
        ]
        return tabs + panels
