"""A collection that is open: its tree, its chosen environment, and what its requests inherit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from antiphon.core.collection import (
    Collection,
    FolderNode,
    Node,
    RequestNode,
    RunPlan,
    find,
    requests_below,
)
from antiphon.core.document import Defaults, Environment, RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.prepare import Context
from antiphon.store import collections as disk
from antiphon.store import environments
from antiphon.store.files import ROOT_FILE
from antiphon.store.secrets import SecretStore


class OpenCollection(QObject):
    """One folder of requests; every change goes to disk at once and the tree is read again."""

    changed = Signal()
    """The tree, an environment or the choice of one is another."""
    moved = Signal(str, str)
    """A request or folder stands at another path now (old, new); an empty new path: it is gone."""

    def __init__(
        self,
        root: Path,
        secrets: SecretStore,
        parent: QObject | None = None,
        *,
        outside: Callable[[], Context] = Context,
        tree: Collection | None = None,
    ) -> None:
        """Open the collection at *root*; *outside* gives what the program itself says to every request.

        It is read from disk, unless the *tree* is known.

        Raises:
            UserError: there is no collection that can be read.
        """
        super().__init__(parent)
        self.root = root
        self._secrets = secrets
        self._outside = outside
        self.tree: Collection = disk.open_collection(root) if tree is None else tree
        self.readings = 0
        """How often the tree was read: who reads it in a thread sees whether it has been overtaken."""
        self.overrides: Mapping[str, str] = {}
        self._environment_name = ""
        self._environment: Environment | None = None
        self._defaults: dict[str, tuple[Defaults, ...]] = {}

    @property
    def name(self) -> str:
        return self.tree.name

    @property
    def environment_names(self) -> tuple[str, ...]:
        return self.tree.environments

    @property
    def environment_name(self) -> str:
        return self._environment_name

    @property
    def environment(self) -> Environment | None:
        """The chosen environment, its `extends` followed; None where none is chosen."""
        return self._environment

    def choose_environment(self, name: str) -> None:
        """Use the environment *name*, or none where it is empty or gone."""
        known = name if name in self.tree.environments else ""
        self._environment = environments.load_environment(self.root, known) if known else None
        self._environment_name = known
        self.changed.emit()

    def in_environment(self, name: str) -> "OpenCollection":
        """Return the collection as it is with the environment *name* chosen; what is chosen here stays."""
        other = OpenCollection(self.root, self._secrets, outside=self._outside, tree=self.tree)
        other.overrides = self.overrides
        other.choose_environment(name)
        return other

    def override(self, values: Mapping[str, str]) -> None:
        """Let *values* win over all variables for this session."""
        self.overrides = values
        self.changed.emit()

    def refresh(self) -> None:
        """Read the tree from disk again, and forget what was remembered of its files."""
        self.take(disk.open_collection(self.root))

    def take(self, tree: Collection) -> None:
        """Show *tree*, read from disk a moment ago."""
        self.tree = tree
        self.readings += 1
        self._defaults.clear()
        self.choose_environment(self._environment_name)

    def node(self, path: str) -> Node | None:
        return find(self.tree.top, path)

    def file_of(self, path: str) -> Path:
        """Return the file of the request at *path*; one inside the collection's own file has that."""
        file = self.root / path
        return file if file.exists() else self.root / ROOT_FILE

    def context(self, path: str) -> Context:
        """Return what a request at *path* inherits; an empty path is a new request at the top."""
        if path not in self._defaults:
            self._defaults[path] = disk.load_defaults(self.root, path)
        return replace(
            self._outside(),
            defaults=self._defaults[path],
            environment=self._environment,
            secrets=self._secret_values(),
            base_dir=self.root,
            overrides=self.overrides,
        )

    def has_settings(self, folder: str) -> bool:
        """Tell whether *folder* has a file for what it lends; one inside the collection's own file has none."""
        return not folder.startswith(f"{ROOT_FILE}#")

    def own_defaults(self, folder: str) -> Defaults:
        """Return what *folder* itself lends to the requests below it; empty: the collection, with proxy and certificates.

        Raises:
            UserError: its file is broken.
        """
        return disk.own_defaults(self.root, folder)

    def save_defaults(self, folder: str, defaults: Defaults) -> str:
        """Write what *folder* lends; return a sentence where more than the changed lines had to be written.

        Raises:
            UserError: its file is broken or cannot be written.
        """
        note = disk.save_defaults(self.root, folder, defaults)
        self.refresh()
        return note

    def load(self, path: str) -> RequestDocument:
        return disk.load_request(self.root, path)

    def save(self, path: str, document: RequestDocument) -> str:
        """Write *document* at *path*; return a sentence where more than its changed lines had to be written."""
        note = disk.save_request(self.root, path, document)
        self.refresh()
        return note

    def load_if_there(self, path: str) -> RequestDocument | None:
        """Return the request at *path*, None where its file is gone.

        Raises:
            UserError: the file is there and cannot be read.
        """
        try:
            return self.load(path)
        except UserError:
            self.refresh()
            if self.node(path) is not None:
                raise
            return None

    def create_request(self, folder: str, document: RequestDocument) -> str:
        path = disk.create_request(self.root, folder, document)
        self.refresh()
        return path

    def create_folder(self, parent: str, name: str) -> str:
        path = disk.create_folder(self.root, parent, name)
        self.refresh()
        return path

    def rename(self, path: str, name: str) -> str:
        """Give the request or folder at *path* another name, and its file too; return the new path."""
        fresh = disk.rename(self.root, path, name)
        self.refresh()
        self.moved.emit(path, fresh)
        return fresh

    def duplicate(self, path: str) -> str:
        fresh = disk.duplicate(self.root, path)
        self.refresh()
        return fresh

    def delete(self, path: str) -> disk.Trashed:
        """Move the request or folder at *path* to the trash; what is returned brings it back."""
        trashed = disk.delete(self.root, path)
        self.refresh()
        self.moved.emit(path, "")
        return trashed

    def restore(self, trashed: disk.Trashed) -> str:
        """Put back what was deleted; return its path."""
        path = disk.restore(trashed)
        self.refresh()
        return path

    def move(self, path: str, folder: str, before: str | None) -> str:
        """Put the request or folder at *path* into *folder*, before the sibling *before* or at the end."""
        fresh = disk.move(self.root, path, folder, before)
        self.refresh()
        self.moved.emit(path, fresh)
        return fresh

    def run_plan(self, folder: str) -> RunPlan:
        return disk.load_run_plan(self.root, folder)

    def save_run_plan(self, folder: str, plan: RunPlan) -> None:
        disk.save_run_plan(self.root, folder, plan)

    def load_environment(self, name: str) -> Environment:
        """Return the environment *name* as its own file has it."""
        return environments.load_environment(self.root, name, follow=False)

    def secret(self, environment: str, name: str) -> str:
        return self._secrets.get(str(self.root), environment, name) or ""

    @property
    def secrets_place(self) -> str:
        """A sentence that says where secret values are kept on this machine."""
        return self._secrets.where

    def save_environment(self, environment: Environment, secrets: Mapping[str, str]) -> None:
        """Write *environment* and put the values of its secret variables into the secret store."""
        environments.save_environment(self.root, environment)
        for name, value in secrets.items():
            self._secrets.set(str(self.root), environment.name, name, value)
        self.refresh()

    def create_environment(self, name: str) -> None:
        environments.create_environment(self.root, name)
        self.refresh()

    def delete_environment(self, name: str) -> None:
        environments.delete_environment(self.root, name)
        self.refresh()

    def folders(self) -> list[FolderNode]:
        """Return the top and every folder below it, in tree order."""
        found = [self.tree.top]
        for folder in found:
            found.extend(child for child in folder.children if isinstance(child, FolderNode))
        return found

    def first_request(self) -> RequestNode | None:
        return next(iter(requests_below(self.tree.top)), None)

    def _secret_values(self) -> dict[str, str]:
        if self._environment is None:
            return {}
        values: dict[str, str] = {}
        for variable in self._environment.variables:
            if variable.is_secret:
                value = self._secrets.get(str(self.root), self._environment.name, variable.name)
                if value is not None:
                    values[variable.name] = value
        return values
