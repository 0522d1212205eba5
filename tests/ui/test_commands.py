"""The table of commands: documented, harmless in every state, grey where it can do nothing."""

import re

from antiphon.ui.commands import window_commands
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.workbench import Workbench
from tests.ui.commands_page import PAGE, commands_page

ALWAYS = {
    "cookies.manage",
    "cookies.forget",
    "request.new",
    "collection.switch",
    "collection.open",
    "collection.new",
    "collection.sample",
    "view.pane",
    "view.pane_back",
    "view.sidebar",
    "view.layout",
    "view.theme_system",
    "view.theme_light",
    "view.theme_dark",
    "view.larger",
    "view.smaller",
    "view.zoom_reset",
    "settings.open",
    "help.shortcuts",
    "menu.show",
    "window.close",
}


def window(qtbot):
    window = MainWindow(Theme("light"), Workbench(lambda _error, _name: None))
    qtbot.addWidget(window)
    window.may_close = True
    window.take_commands(window_commands(window))
    return window


def test_the_page_of_commands_is_current(qtbot):
    commands = window(qtbot).commands
    assert PAGE.read_text(encoding="utf-8") == commands_page(commands), "python tests/ui/commands_page.py"


def test_no_key_and_no_id_is_given_twice(qtbot):
    commands = window(qtbot).commands
    keys = [key for command in commands for key in command.keys]
    assert len(keys) == len(set(keys))
    assert len({command.id for command in commands}) == len(commands)


def test_on_the_empty_window_only_what_can_do_something_is_enabled(qtbot):
    enabled = {command.id for command in window(qtbot).commands if command.enabled()}
    assert enabled == ALWAYS


def test_a_command_that_is_not_enabled_is_not_run(qtbot):
    empty = window(qtbot)
    for command in empty.commands:
        if command.id not in ALWAYS:
            empty.run_command(command.id)
    assert empty.pages.all == []


def test_every_key_that_the_guide_names_is_a_commands_key(qtbot):
    known = {key for command in window(qtbot).commands for key in command.keys}
    guide = (PAGE.parent / "guide" / "window.md").read_text(encoding="utf-8")
    named = re.findall(r"(?:Ctrl|Alt|Shift)\+[^\s,.;:()*]+|\bF\d+\b", guide)
    of_the_tree_and_desktop = {"Shift+F10"}
    assert set(named) - known - of_the_tree_and_desktop == set()
