"""A folder of OpenCollection files as a tree; broken files are nodes of it, never obstacles."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from antiphon.core.collection import Broken, Collection, FolderNode, Node, RequestNode
from antiphon.core.errors import UserError
from antiphon.store.atomic import TEMPORARY_SUFFIX, remove_stale
from antiphon.store.bundle import bundled_environments, bundled_nodes
from antiphon.store.files import (
    ENVIRONMENTS,
    FOLDER_FILE,
    ROOT_FILE,
    SUFFIX,
    text_in,
    values_in,
)
from antiphon.store.reading import defaults_of, number_of
from antiphon.store.scan import Scanner, unsupported
from antiphon.store.yamltree import Map, YamlError, parse, value_of

_NEVER_ENTERED = {"node_modules", "__pycache__"}


def open_collection(root: Path) -> Collection:
    """Return the tree of the collection in the folder *root*; broken files are nodes with a reason.

    Folders stand before requests, as Bruno runs them, each kind by `seq`, then by name; those without `seq` last.

    Raises:
        UserError: *root* holds no `opencollection.yml`.
    """
    file = root / ROOT_FILE
    if not file.is_file():
        raise UserError(
            f"{root} is not a collection.",
            f"It has no {ROOT_FILE}. Choose another folder, or make a new one.",
        )
    folder = _folder_head(file, root.name)
    bundled = () if folder.broken else bundled_nodes(values_in(file))
    children = tuple(sorted((*_children(root, "", Scanner()), *bundled), key=_order))
    names = {*environment_names(root), *(each.name for each in bundled_environments(root))}
    return Collection(root, folder.name, replace(folder, path="", children=children), _sorted(names))


def environment_names(root: Path) -> tuple[str, ...]:
    """Return the names of the collection's environments, sorted."""
    names = [file.name.removesuffix(SUFFIX) for file in (root / ENVIRONMENTS).glob(f"*{SUFFIX}")]
    return _sorted(names)


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=lambda name: (name.casefold(), name)))


def _children(folder: Path, path: str, scanner: Scanner) -> Iterator[Node]:
    with os.scandir(folder) as entries:
        for entry in entries:
            inner = f"{path}/{entry.name}" if path else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name.startswith(".") or entry.name in _NEVER_ENTERED or inner == ENVIRONMENTS:
                    continue
                node = _folder(Path(entry.path), inner, scanner)
                if node is not None:
                    yield node
            elif entry.name.endswith(SUFFIX) and entry.name not in {ROOT_FILE, FOLDER_FILE}:
                yield _request(entry.path, inner, scanner)
            elif entry.name.endswith(TEMPORARY_SUFFIX):
                remove_stale(folder)


def _folder(folder: Path, path: str, scanner: Scanner) -> FolderNode | None:
    """Return the folder; None for one that holds no requests and was never made one (pictures, certificates)."""
    try:
        children = tuple(sorted(_children(folder, path, scanner), key=_order))
    except OSError as error:
        return FolderNode(path, folder.name, broken=Broken(f"cannot be read: {error.strerror}"))
    file = folder / FOLDER_FILE
    if not file.is_file():
        return FolderNode(path, folder.name, children=children) if children else None
    return replace(_folder_head(file, folder.name), path=path, children=children)


def _folder_head(file: Path, name: str) -> FolderNode:
    try:
        data = value_of(parse(text_in(file)))
        defaults = defaults_of(data, name)
        info = data.get("info")
        seq = number_of(info.get("seq")) if isinstance(info, Map) else None
        return FolderNode("", defaults.name, seq)
    except YamlError as error:
        return FolderNode("", name, broken=Broken(error.reason, error.line))
    except OSError as error:
        return FolderNode("", name, broken=Broken(f"cannot be read: {error.strerror}"))


def _request(file: str, path: str, scanner: Scanner) -> RequestNode:
    name = path.rpartition("/")[2].removesuffix(SUFFIX)
    try:
        head = scanner.head(text_in(file))
    except YamlError as error:
        return RequestNode(path, name, broken=Broken(error.reason, error.line))
    except OSError as error:
        return RequestNode(path, name, broken=Broken(f"cannot be read: {error.strerror}"))
    if head.kind != "http":
        return RequestNode(path, head.name or name, "", head.seq, unsupported(head.kind))
    return RequestNode(path, head.name, head.method, head.seq)


def _order(node: Node) -> tuple[bool, bool, float, str, str]:
    is_request = isinstance(node, RequestNode)
    return is_request, node.seq is None, node.seq or 0.0, node.name.casefold(), node.path
