"""What is done to the entries of the sidebar's tree; afterwards its cursor stands on what came of it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from antiphon.core.collection import FolderNode, Node
from antiphon.core.document import RequestDocument
from antiphon.ui import dialogs
from antiphon.ui.collections.tree import CollectionTree
from antiphon.ui.theme import Theme
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench, trash


class TreeActions:
    """Acts on the collection in front; what the user may have to put right is raised as `UserError`."""

    def __init__(
        self,
        owner: QWidget,
        theme: Theme,
        workbench: Workbench,
        tree: CollectionTree,
        path_in_front: Callable[[], str],
    ) -> None:
        """Ask questions over *owner*; *path_in_front* is the open request's, which counts while the tree has no focus."""
        self._owner = owner
        self._theme = theme
        self._workbench = workbench
        self._tree = tree
        self._path_in_front = path_in_front

    @property
    def target(self) -> str:
        """The path of what is acted on: where the tree's cursor stands, from elsewhere the request in front."""
        return self._tree.current_path() if self._tree.hasFocus() else self._path_in_front()

    @property
    def targets(self) -> list[str]:
        """The paths of what is acted on where several may be: all that is selected."""
        if self._tree.hasFocus():
            return self._tree.selected_paths() or [self._tree.current_path()]
        return [self._path_in_front()]

    @property
    def folder(self) -> str:
        """The folder that the tree's cursor stands in or on."""
        path = self._tree.current_path()
        if not path or isinstance(self._node(path), FolderNode):
            return path
        return path.rpartition("/")[0]

    def create_request(self) -> str:
        """Make a request file where the cursor stands, and return its path."""
        return self._collection().create_request(self.folder, RequestDocument(name="New request"))

    async def create_folder(self) -> None:
        folder = self.folder
        if name := await dialogs.ask_name(self._owner, self._theme, "New folder"):
            self._tree.choose(self._collection().create_folder(folder, name))

    def ask_name(self, path: str = "") -> None:
        """Let the name of the entry at *path*, or of the target, be typed in its row."""
        if path := path or self.target:
            self._tree.rename(path)

    def rename(self, path: str, name: str) -> None:
        self.choose([self._collection().rename(path, name)])

    def duplicate(self, path: str = "") -> None:
        if path := path or self.target:
            self.choose([self._collection().duplicate(path)])

    def move(self, paths: Sequence[str], folder: str, before: str) -> None:
        """Put the entries at *paths* into *folder*, before the sibling *before* or at the end."""
        collection = self._collection()
        self.choose([collection.move(path, folder, before or None) for path in _topmost(paths)])

    def shift(self, by: int) -> None:
        """Move the target one place up (*by* -1) or down (1) among its siblings of the same kind."""
        path = self.target
        siblings = self._siblings(path)
        at = siblings.index(path) + by if path in siblings else -1
        if not 0 <= at < len(siblings):
            return
        behind = at + 1 if by > 0 else at
        self.move([path], path.rpartition("/")[0], siblings[behind] if behind < len(siblings) else "")

    async def move_elsewhere(self, paths: Sequence[str] = ()) -> None:
        """Ask into which folder the entries at *paths*, or the target, are to go."""
        chosen = _topmost(paths or self.targets)
        nodes = [node for path in chosen if (node := self._node(path)) is not None]
        if not nodes:
            return
        folders = [
            (path, title)
            for path, title in self.folders()
            if not any(path == node.path or path.startswith(f"{node.path}/") for node in nodes)
        ]
        title = f"Move {_named(nodes)} to"
        here = nodes[0].path.rpartition("/")[0]
        folder = await dialogs.ask_folder_of(self._owner, self._theme, title, folders, here)
        if folder is not None:
            self.move([node.path for node in nodes], folder, "")

    async def delete(self, paths: Sequence[str] = ()) -> None:
        """Ask, and move the entries at *paths*, or the target, to the trash; they can be brought back at once."""
        collection = self._collection()
        chosen = _topmost(paths or self.targets)
        nodes = [node for path in chosen if (node := collection.node(path)) is not None]
        if not nodes:
            return
        question = dialogs.Question(
            self._theme,
            f"Delete {_named(nodes)}?",
            f"The files are moved to {trash()}.",
            (("delete", "Delete"), ("keep", "Keep")),
            self._owner,
        )
        if await question.ask() != "delete":
            return
        after = self._tree.path_after([node.path for node in nodes])
        trashed = [collection.delete(node.path) for node in nodes if collection.node(node.path) is not None]
        self.choose([after])
        self._workbench.notify(
            Notice(
                f"Deleted {_named(nodes)}.",
                f"Kept in {trash()}.",
                actions=(
                    Action("Undo", lambda: self.choose([collection.restore(each) for each in trashed])),
                ),
            )
        )

    def folders(self) -> list[tuple[str, str]]:
        """Return path and readable title of every folder, the collection itself first."""
        collection = self._collection()
        titles = {"": collection.name}
        for folder in collection.folders()[1:]:
            parent = titles[folder.path.rpartition("/")[0]] if "/" in folder.path else ""
            titles[folder.path] = f"{parent} / {folder.name}" if parent else folder.name
        return list(titles.items())

    def _collection(self) -> OpenCollection:
        if self._workbench.current is None:
            raise LookupError("no collection is open")
        return self._workbench.current

    def _node(self, path: str) -> Node | None:
        return self._workbench.current.node(path) if path and self._workbench.current else None

    def _siblings(self, path: str) -> list[str]:
        node, folder = self._node(path), self._collection().node(path.rpartition("/")[0])
        if node is None or not isinstance(folder, FolderNode):
            return []
        return [child.path for child in folder.children if type(child) is type(node)]

    def choose(self, paths: list[str]) -> None:
        """Put the tree's cursor on the entries at *paths*."""
        self._tree.choose_all(paths)


def _topmost(paths: Sequence[str]) -> list[str]:
    """Return *paths* without those that go with a folder among them."""
    return [path for path in paths if path and not any(path.startswith(f"{other}/") for other in paths)]


def _named(nodes: Sequence[Node]) -> str:
    return f"“{nodes[0].name}”" if len(nodes) == 1 else f"{len(nodes)} entries"
