"""Everything the window can do, as one table: menus, keys and the page of shortcuts come from it."""

from antiphon.ui.viewer.body_actions import BODY_ACTIONS
from antiphon.ui.window import MainWindow
from antiphon.workbench.commands import Command


def window_commands(window: MainWindow) -> list[Command]:
    """Return the commands of *window*, in the order menus show them."""

    def has_request() -> bool:
        return window.request_page is not None

    def has_body() -> bool:
        return window.has_body

    def has_page() -> bool:
        return window.page is not None

    def has_collection() -> bool:
        return window.workbench.current is not None

    def has_target() -> bool:
        return bool(window.entries.target)

    def has_tabs(count: int) -> bool:
        return len(window.pages.all) >= count

    def can_cancel() -> bool:
        shows_something = window.notices.isVisible() or window.is_finding or window.is_rehearsing
        return window.runs_something or shows_something

    rows = [
        Command(
            "request.send", "Send or run", window.send, ("Ctrl+Return", "Ctrl+Enter"), "Request", has_page
        ),
        Command(
            "request.rehearse",
            "Show what would be sent",
            window.rehearse,
            ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
            "Request",
            has_request,
        ),
        Command("request.cancel", "Cancel", window.cancel, ("Esc",), "Request", can_cancel),
        Command("request.new", "New request", window.new_request, ("Ctrl+T", "Ctrl+N"), "Request"),
        Command(
            "request.new_here",
            "New request in this folder",
            window.new_request_here,
            ("Ctrl+Shift+N",),
            "Request",
            has_collection,
        ),
        Command(
            "request.send_and_save",
            "Send and save the body…",
            window.send_and_save,
            ("Ctrl+Shift+S",),
            "Request",
            has_request,
        ),
        Command("request.save", "Save", window.save, ("Ctrl+S",), "Request", has_page),
        Command("request.save_all", "Save all", window.save_all, ("Ctrl+Alt+S",), "Request", has_page),
        Command("cookies.manage", "Cookies…", window.manage_cookies, ("Ctrl+Shift+K",), "Request"),
        Command("cookies.forget", "Forget all cookies", window.forget_cookies, (), "Request"),
        Command(
            "request.copy_curl",
            "Copy as curl",
            lambda: window.copy_as("curl"),
            ("Ctrl+Shift+C",),
            "Request",
            has_request,
        ),
        Command(
            "response.compare",
            "Compare with the answer before…",
            window.comparisons.show,
            ("Ctrl+Shift+M",),
            "Response",
            lambda: window.comparisons.has_answer,
        ),
        Command(
            "response.compare_environment",
            "Send in another environment and compare…",
            window.compare_elsewhere,
            ("Ctrl+Alt+E",),
            "Response",
            lambda: window.comparisons.has_answer and window.comparisons.has_other_environment,
        ),
        Command(
            "response.keep",
            "Keep the answer for comparing",
            window.comparisons.keep,
            ("Ctrl+Alt+M",),
            "Response",
            lambda: window.comparisons.has_answer,
        ),
        Command("tab.close", "Close tab", window.close_tab, ("Ctrl+W",), "Request", has_page),
        Command(
            "tab.reopen",
            "Reopen closed tab",
            window.reopen_closed,
            ("Ctrl+Shift+T",),
            "Request",
            lambda: window.has_closed_tab,
        ),
        Command(
            "collection.switch", "Switch collection", window.switch_collection, ("Ctrl+Alt+O",), "Collection"
        ),
        Command("collection.open", "Open collection…", window.open_folder, ("Ctrl+O",), "Collection"),
        Command("collection.new", "New collection…", window.new_collection, (), "Collection"),
        Command(
            "collection.sample", "Try Antiphon (sample collection)", window.open_sample, (), "Collection"
        ),
        Command(
            "collection.close", "Close collection", window.close_collection, (), "Collection", has_collection
        ),
        Command(
            "collection.settings",
            "Collection settings",
            window.edit_defaults,
            ("Ctrl+Shift+D",),
            "Collection",
            has_collection,
        ),
        Command("folder.new", "New folder…", window.new_folder, (), "Collection", has_collection),
        Command(
            "folder.run", "Run this folder…", window.run_folder, ("Ctrl+R",), "Collection", has_collection
        ),
        Command(
            "folder.settings",
            "Folder settings",
            window.edit_folder_defaults,
            (),
            "Collection",
            lambda: window.has_folder_settings,
        ),
        Command(
            "tree.filter", "Go to request", window.focus_filter, ("Ctrl+P",), "Collection", has_collection
        ),
        Command("tree.rename", "Rename", window.entries.ask_name, ("F2",), "Collection", has_target),
        Command(
            "tree.duplicate",
            "Duplicate",
            window.entries.duplicate,
            ("Ctrl+D",),
            "Collection",
            has_target,
            in_tree=True,
        ),
        Command(
            "tree.up",
            "Move up",
            lambda: window.entries.shift(-1),
            ("Alt+Up",),
            "Collection",
            has_target,
            in_tree=True,
        ),
        Command(
            "tree.down",
            "Move down",
            lambda: window.entries.shift(1),
            ("Alt+Down",),
            "Collection",
            has_target,
            in_tree=True,
        ),
        Command("tree.move", "Move to folder…", window.move_entries, (), "Collection", has_target),
        Command(
            "tree.delete", "Delete…", window.delete_entries, ("Del",), "Collection", has_target, in_tree=True
        ),
        Command(
            "environment.switch",
            "Switch environment",
            window.switch_environment,
            ("Ctrl+E",),
            "Collection",
            has_collection,
        ),
        Command(
            "environment.edit",
            "Edit environment",
            window.edit_environment,
            ("Ctrl+Shift+E",),
            "Collection",
            has_collection,
        ),
        Command(
            "environment.new", "New environment…", window.new_environment, (), "Collection", has_collection
        ),
        Command(
            "environment.delete",
            "Delete environment…",
            window.delete_environment,
            (),
            "Collection",
            lambda: bool(window.workbench.current and window.workbench.current.environment_name),
        ),
        Command("view.url", "Go to the URL", window.focus_url, ("Ctrl+L",), "View", has_request),
        Command("view.find", "Find in the response", window.find, ("Ctrl+F",), "Response", has_body),
        Command(
            "body.go_to", "Go to a line of the response…", window.go_to, ("Ctrl+G",), "Response", has_body
        ),
        Command(
            "body.mode",
            "Next way to show the body",
            window.next_body_mode,
            ("Ctrl+Alt+V",),
            "Response",
            has_body,
        ),
        Command(
            "body.filter",
            "Filter the response",
            window.filter_body,
            ("Ctrl+Shift+F",),
            "Response",
            has_body,
        ),
        Command("view.pane", "Next pane", window.next_pane, ("F6",), "View"),
        Command("view.pane_back", "Pane before", lambda: window.next_pane(-1), ("Shift+F6",), "View"),
        Command("view.sidebar", "Show or hide the sidebar", window.toggle_sidebar, ("Ctrl+B",), "View"),
        Command("view.layout", "Response beside or below", window.toggle_layout, ("Ctrl+\\",), "View"),
        Command(
            "view.tab_recent",
            "Last used tab",
            lambda: window.pages.step(1),
            ("Ctrl+Tab",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.tab_oldest",
            "Longest unused tab",
            lambda: window.pages.step(-1),
            ("Ctrl+Shift+Tab",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.tab_right",
            "Tab to the right",
            lambda: window.pages.neighbour(1),
            ("Ctrl+PgDown",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.tab_left",
            "Tab to the left",
            lambda: window.pages.neighbour(-1),
            ("Ctrl+PgUp",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.tab_move_right",
            "Move tab right",
            lambda: window.move_tab(1),
            ("Ctrl+Shift+PgDown",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.tab_move_left",
            "Move tab left",
            lambda: window.move_tab(-1),
            ("Ctrl+Shift+PgUp",),
            "View",
            lambda: has_tabs(2),
        ),
        Command(
            "view.theme_system", "Theme of the system", lambda: window.choose_theme("system"), (), "View"
        ),
        Command("view.theme_light", "Light theme", lambda: window.choose_theme("light"), (), "View"),
        Command("view.theme_dark", "Dark theme", lambda: window.choose_theme("dark"), (), "View"),
        Command("view.larger", "Larger", lambda: window.zoom(1), ("Ctrl+=", "Ctrl++"), "View"),
        Command("view.smaller", "Smaller", lambda: window.zoom(-1), ("Ctrl+-",), "View"),
        Command("view.zoom_reset", "Normal size", lambda: window.zoom(0), ("Ctrl+0",), "View"),
        Command("settings.open", "Settings…", window.show_settings, ("Ctrl+,",), "View"),
        Command("help.shortcuts", "Keyboard shortcuts", window.show_shortcuts, ("F1",), "Help"),
        Command("menu.show", "All commands", window.show_menu, ("F10",)),
        Command("window.close", "Close Antiphon", window.close, ("Ctrl+Q",), "Help"),
    ]
    rows += [
        Command(
            f"view.tab_{n}",
            f"Tab {n}",
            lambda n=n: window.pages.select(n),
            (f"Ctrl+{n}",),
            enabled=lambda n=n: has_tabs(n),
        )
        for n in range(1, 10)
    ]
    rows += [
        Command(
            f"view.panel_{n}",
            f"Request panel {n}",
            lambda n=n: window.select_panel(n),
            (f"Alt+{n}",),
            enabled=lambda n=n: window.panel_count >= n,
        )
        for n in range(1, 7)
    ]
    rows += [
        Command(
            action.id,
            action.title,
            lambda action=action: window.act_on_body(action),
            (action.keys,),
            "Response",
            has_body,
            in_page=not action.is_anywhere,
        )
        for action in BODY_ACTIONS
    ]
    return rows
