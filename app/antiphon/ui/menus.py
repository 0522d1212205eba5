"""The window's menus, made when they are opened: from the table of commands, and from what is open."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from antiphon.core.collection import RequestNode
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.commands import Command
from antiphon.workbench.sending import sample_home
from antiphon.workbench.workbench import Workbench

_OF_FOLDER = (
    "request.new_here",
    "folder.new",
    "",
    "folder.run",
    "",
    "folder.settings",
    "collection.settings",
)
_OF_ENTRY = ("tree.duplicate", "tree.rename", "tree.move", "tree.delete")
_OF_COLLECTION = (
    "collection.settings",
    "",
    "collection.open",
    "collection.new",
    "collection.sample",
    "collection.close",
)
_OF_ENVIRONMENT = ("environment.edit", "environment.new", "environment.delete")


class Menus:
    """Makes menus whose rows run commands; a row that can do nothing now is grey."""

    def __init__(
        self, owner: QWidget, workbench: Workbench, guarded: Callable[[Callable[[], object]], None]
    ) -> None:
        """Run what is not a command by way of *guarded*."""
        self._owner = owner
        self._workbench = workbench
        self._guarded = guarded
        self._commands: dict[str, tuple[Command, QAction]] = {}

    def take(self, command: Command, action: QAction) -> None:
        self._commands[command.id] = (command, action)

    def show_all(self, at: QPoint) -> None:
        menu = QMenu(self._owner)
        for title in dict.fromkeys(command.menu for command, _action in self._commands.values()):
            if title:
                self._fill(menu.addMenu(title), tuple(self._below(title)))
        self._popup(menu, at)

    def show_folder(self, at: QPoint) -> None:
        self._popup(self._fill(QMenu(self._owner), _OF_FOLDER), at)

    def show_entry(self, path: str, at: QPoint, open_entry: Callable[[str], None]) -> None:
        """Show what can be done where the tree's cursor stands, which is on *path* (empty: on the ground)."""
        menu = self._fill(QMenu(self._owner), _OF_FOLDER)
        collection = self._workbench.current
        if path and collection is not None:
            menu.addSeparator()
            if isinstance(collection.node(path), RequestNode):
                menu.addAction("Open", lambda: open_entry(path))
            self._fill(menu, _OF_ENTRY)
        self._popup(menu, at)

    def show_collections(self, at: QPoint) -> None:
        menu = QMenu(self._owner)
        for collection in self._workbench.collections:
            self._choice(
                menu,
                collection.name,
                lambda here=collection: self._workbench.bring_forward(here),
                is_chosen=collection is self._workbench.current,
            )
        menu.addSeparator()
        for root in self._recent_roots():
            self._entry(menu, root.name, lambda here=root: self._workbench.open_collection(here))
        menu.addSeparator()
        self._popup(self._fill(menu, _OF_COLLECTION), at)

    def show_environments(self, collection: OpenCollection, at: QPoint) -> None:
        menu = QMenu(self._owner)
        for name in ("", *collection.environment_names):
            self._choice(
                menu,
                name or "No environment",
                lambda chosen=name: collection.choose_environment(chosen),
                is_chosen=name == collection.environment_name,
            )
        menu.addSeparator()
        self._popup(self._fill(menu, _OF_ENVIRONMENT), at)

    def show_elsewhere(self, names: list[str], at: QPoint, choose: Callable[[str], None]) -> None:
        """Show the environments *names* to choose one to send in, "" being none."""
        menu = QMenu(self._owner)
        for name in names:
            self._entry(
                menu,
                f"Send in {name}" if name else "Send in no environment",
                lambda chosen=name: choose(chosen),
            )
        self._popup(menu, at)

    def show_tab(self, at: QPoint, rows: list[tuple[str, Callable[[], object]]]) -> None:
        menu = QMenu(self._owner)
        for title, run in rows:
            menu.addAction(title, run)
        self._popup(menu, at)

    def _choice(self, menu: QMenu, title: str, run: Callable[[], object], *, is_chosen: bool) -> None:
        action = self._entry(menu, title, run)
        action.setCheckable(True)
        action.setChecked(is_chosen)

    def _entry(self, menu: QMenu, title: str, run: Callable[[], object]) -> QAction:
        return menu.addAction(title.replace("&", "&&"), lambda: self._guarded(run))

    def _recent_roots(self) -> list[Path]:
        """Return collections that were open before, and are still there."""
        opened = {collection.root for collection in self._workbench.collections}
        recent = map(Path, self._workbench.settings.recent_collections)
        return [root for root in recent if root not in opened and root != sample_home() and root.is_dir()]

    def _below(self, title: str) -> list[str]:
        return [command.id for command, _action in self._commands.values() if command.menu == title]

    def _fill(self, menu: QMenu, ids: tuple[str, ...]) -> QMenu:
        for command_id in ids:
            if command_id:
                self._add(menu, *self._commands[command_id])
            else:
                menu.addSeparator()
        return menu

    def _add(self, menu: QMenu, command: Command, action: QAction) -> None:
        action.setEnabled(command.enabled())
        menu.addAction(action)
        menu.aboutToHide.connect(lambda: action.setEnabled(True))  # its key asks `enabled` when pressed

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)
