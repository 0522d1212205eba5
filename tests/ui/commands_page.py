"""The page `docs/commands.md`, made from the table of commands: `python tests/ui/commands_page.py` renews it."""

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "commands.md"

_HEAD = """# Commands

Made from `app/antiphon/ui/commands.py` by `python tests/ui/commands_page.py`; a test keeps it current. On macOS
Ctrl is Cmd. A command that can do nothing now is grey in the menus, and its key does nothing.
"""


def commands_page(commands: Sequence) -> str:
    """Return the page: a table of title, keys and id for each menu."""
    lines = [_HEAD]
    for menu in dict.fromkeys(command.menu for command in commands):
        lines += [f"## {menu or 'Keys alone'}\n", "| command | keys | id |", "|---|---|---|"]
        lines += [
            f"| {command.title} | {' · '.join(map(_shown, command.keys))} | {command.id} |"
            for command in commands
            if command.menu == menu
        ]
        lines.append("")
    return "\n".join(lines)


def _shown(keys: str) -> str:
    return f"`{keys}`"


def main() -> None:
    """Write the page from the commands of a window that is never shown."""
    sys.path.insert(0, str(ROOT))
    from PySide6.QtWidgets import QApplication

    from antiphon.ui.commands import window_commands
    from antiphon.ui.theme import Theme
    from antiphon.ui.window import MainWindow
    from antiphon.workbench.workbench import Workbench

    app = QApplication([])
    window = MainWindow(Theme("light"), Workbench(lambda _error, _name: None))
    PAGE.write_text(commands_page(window_commands(window)), encoding="utf-8")
    app.quit()


if __name__ == "__main__":
    main()
