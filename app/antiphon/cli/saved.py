"""Requests of a collection, and what they inherit there."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from antiphon.cli.outside import outside
from antiphon.core.collection import Collection, FolderNode, find
from antiphon.core.document import Environment, RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.prepare import Context
from antiphon.store import collections as disk
from antiphon.store.environments import load_environment
from antiphon.store.files import ROOT_FILE


class SavedRequests:
    """The collection that a path lies in, with one environment chosen."""

    def __init__(self, root: Path, environment: str | None, overrides: Mapping[str, str]) -> None:
        """Open the collection at *root*.

        Raises:
            UserError: the collection or the environment cannot be read.
        """
        self.root = root
        self._environment = load_environment(root, environment) if environment else None
        self._secrets = _secret_values(root, self._environment)
        self._overrides = overrides
        self._outside = outside()

    def load(self, path: str) -> tuple[RequestDocument, Context]:
        """Return the request at *path* (relative, with `/`) and where it stands."""
        context = replace(
            self._outside,
            defaults=disk.load_defaults(self.root, path),
            environment=self._environment,
            secrets=self._secrets,
            base_dir=self.root,
            overrides=self._overrides,
        )
        return disk.load_request(self.root, path), context

    def folder(self, path: str) -> FolderNode:
        """Return the folder at *path*, empty for the whole collection.

        Raises:
            UserError: there is none.
        """
        collection: Collection = disk.open_collection(self.root)
        node = find(collection.top, path)
        if not isinstance(node, FolderNode):
            raise UserError(f"There is no folder {path} in {self.root}.", "Name a folder of the collection.")
        return node


def place_of(target: Path) -> tuple[Path, str]:
    """Return the root of the collection that *target* lies in, and its path there, with `/`.

    Raises:
        UserError: it does not exist, or no folder above it is a collection.
    """
    if not target.exists():
        raise UserError(
            f"There is no {target}.", "Check the path; for a URL write http:// or https:// before it."
        )
    absolute = target.resolve()
    for folder in (absolute, *absolute.parents):
        if (folder / ROOT_FILE).is_file():
            path = absolute.relative_to(folder).as_posix()
            return folder, "" if path == "." else path
    raise UserError(
        f"{target} is not in a collection.", f"No folder above it has the file {ROOT_FILE} that begins one."
    )


def _secret_values(root: Path, environment: Environment | None) -> dict[str, str]:
    """Return the values of *environment*'s secrets; the store is asked only where there are any."""
    names = [variable.name for variable in environment.variables if variable.is_secret] if environment else []
    if environment is None or not names:
        return {}
    from antiphon.store.secrets import SecretStore

    store = SecretStore()
    found = ((name, store.get(str(root), environment.name, name)) for name in names)
    return {name: value for name, value in found if value is not None}
