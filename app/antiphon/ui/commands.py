"""Everything the window can do, as one table: menus, keys and the page of shortcuts come from it."""

from antiphon.ui.window import MainWindow
from antiphon.workbench.commands import Command


def window_commands(window: MainWindow) -> list[Command]:
    """Return the commands of *window*, in the order menus show them."""

    def has_request() -> bool:
        return window.request_page is not None

    def has_page() -> bool:
        return window.page is not None

    def has_collection() -> bool:
        return window.workbench.current is not None

    rows = [
        Command(
            "request.send", "Send or run", window.send, ("Ctrl+Return", "Ctrl+Enter"), "Request", has_page
        ),
        Command("request.cancel", "Cancel", window.cancel, ("Esc",), "Request"),
        Command("request.new", "New request", window.new_request, ("Ctrl+T", "Ctrl+N"), "Request"),
        Command(
            "request.new_here",
            "New request in this folder",
            window.new_request_here,
            ("Ctrl+Shift+N",),
            "Request",
            has_collection,
        ),
        Command("request.save", "Save", window.save, ("Ctrl+S",), "Request", has_page),
        Command("request.save_all", "Save all", window.save_all, ("Ctrl+Alt+S",), "Request", has_page),
        Command(
            "request.copy_curl",
            "Copy as curl",
            lambda: window.copy_as("curl"),
            ("Ctrl+Shift+C",),
            "Request",
            has_request,
        ),
        Command("tab.close", "Close tab", window.close_tab, ("Ctrl+W",), "Request", has_page),
        Command("tab.reopen", "Reopen closed tab", window.reopen_closed, ("Ctrl+Shift+T",), "Request"),
        Command("collection.open", "Open collection…", window.open_folder, ("Ctrl+O",), "Collection"),
        Command("collection.new", "New collection…", window.new_collection, (), "Collection"),
        Command("collection.sample", "Try Antiphon (sample)", window.open_sample, (), "Collection"),
        Command(
            "collection.close", "Close collection", window.close_collection, (), "Collection", has_collection
        ),
        Command("folder.new", "New folder…", window.new_folder, (), "Collection", has_collection),
        Command(
            "folder.run", "Run this folder…", window.run_folder, ("Ctrl+R",), "Collection", has_collection
        ),
        Command("tree.rename", "Rename", window.rename, ("F2",), "Collection", has_collection),
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
        Command("view.url", "Go to the URL", window.focus_url, ("Ctrl+L",), "View", has_request),
        Command("view.find", "Find in the response", window.find, ("Ctrl+F",), "View", has_request),
        Command("view.pane", "Next pane", window.next_pane, ("F6",), "View"),
        Command("view.sidebar", "Show or hide the sidebar", window.toggle_sidebar, ("Ctrl+B",), "View"),
        Command("view.layout", "Response beside or below", window.toggle_layout, ("Ctrl+\\",), "View"),
        Command("view.tab_recent", "Last used tab", lambda: window.next_tab(1), ("Ctrl+Tab",), "View"),
        Command(
            "view.tab_oldest", "Longest unused tab", lambda: window.next_tab(-1), ("Ctrl+Shift+Tab",), "View"
        ),
        Command(
            "view.theme_system", "Theme of the system", lambda: window.choose_theme("system"), (), "View"
        ),
        Command("view.theme_light", "Light theme", lambda: window.choose_theme("light"), (), "View"),
        Command("view.theme_dark", "Dark theme", lambda: window.choose_theme("dark"), (), "View"),
        Command("view.larger", "Larger", lambda: window.zoom(1), ("Ctrl+=", "Ctrl++"), "View"),
        Command("view.smaller", "Smaller", lambda: window.zoom(-1), ("Ctrl+-",), "View"),
        Command("view.zoom_reset", "Normal size", lambda: window.zoom(0), ("Ctrl+0",), "View"),
        Command("help.shortcuts", "Keyboard shortcuts", window.show_shortcuts, ("F1",), "Help"),
        Command("menu.show", "All commands", window.show_menu, ("F10",)),
        Command("window.close", "Close Antiphon", window.close, ("Ctrl+Q",), "Help"),
    ]
    rows += [
        Command(f"view.tab_{n}", f"Tab {n}", lambda n=n: window.select_tab(n), (f"Ctrl+{n}",))
        for n in range(1, 10)
    ]
    rows += [
        Command(
            f"view.panel_{n}",
            f"Request panel {n}",
            lambda n=n: window.select_panel(n),
            (f"Alt+{n}",),
            enabled=has_request,
        )
        for n in range(1, 9)
    ]
    return rows
