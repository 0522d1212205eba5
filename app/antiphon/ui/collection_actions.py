"""Opening and making collections and environments, with the questions that takes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from antiphon.ui import dialogs
from antiphon.ui.theme import Theme
from antiphon.workbench.workbench import Workbench, trash


class CollectionActions:
    """Acts on the collection in front; what the user may have to put right is raised as `UserError`."""

    def __init__(self, owner: QWidget, theme: Theme, workbench: Workbench) -> None:
        self._owner = owner
        self._theme = theme
        self._workbench = workbench

    async def open(self, folder: Path | None = None) -> None:
        """Open the collection in *folder*, or in one that the user chooses; where there is none, offer to make one."""
        folder = folder or await dialogs.ask_folder(self._owner, "Open a collection", Path.home())
        if folder is None:
            return
        if not self._workbench.is_plain_folder(folder):
            self._workbench.open_collection(folder)
            return
        question = dialogs.Question(
            self._theme,
            f"Make a collection in “{folder.name}”?",
            f"{folder} holds none. One file, opencollection.yml, is added; nothing else there is touched.",
            (("make", "Make a collection"), ("cancel", "Cancel")),
            self._owner,
        )
        if await question.ask() == "make":
            self._workbench.create_collection_in(folder, folder.name)

    async def create(self) -> None:
        name = await dialogs.ask_name(self._owner, self._theme, "New collection")
        if not name:
            return
        parent = await dialogs.ask_folder(self._owner, f"Where is “{name}” to be kept?", Path.home())
        if parent is not None:
            self._workbench.create_collection(parent, name)

    async def create_environment(self, edit: Callable[[str], None]) -> None:
        """Ask for a name, make the environment, choose it, and *edit* it."""
        collection = self._workbench.current
        if collection is None:
            return
        if name := await dialogs.ask_name(self._owner, self._theme, "New environment"):
            collection.create_environment(name)
            collection.choose_environment(name)
            edit(name)

    async def delete_environment(self) -> str:
        """Ask, and delete the chosen environment; return its name, empty where it was kept."""
        collection = self._workbench.current
        if collection is None or not (name := collection.environment_name):
            return ""
        question = dialogs.Question(
            self._theme,
            f"Delete the environment “{name}”?",
            f"Its file is moved to {trash()}.",
            (("delete", "Delete"), ("keep", "Keep")),
            self._owner,
        )
        if await question.ask() != "delete":
            return ""
        collection.delete_environment(name)
        return name
