"""A collection's structure changed: made, renamed, copied, moved, thrown away. Sidecars follow their requests.

Paths are relative to the collection's root, with `/`; each function returns the new one.
"""

import contextlib
import math
import shutil
from dataclasses import replace
from pathlib import Path

from antiphon.core.collection import Collection, FolderNode, Node, RequestNode, find
from antiphon.core.document import RequestDocument
from antiphon.core.errors import UserError
from antiphon.store.emit import Quoted, whole_file
from antiphon.store.files import (
    FOLDER_FILE,
    ROOT_FILE,
    SUFFIX,
    change_values,
    existing,
    file_at,
    sidecar_of,
    told,
    write_text,
)
from antiphon.store.folders import folder_file
from antiphon.store.names import file_stem, free_name
from antiphon.store.requests import save_sidecar
from antiphon.store.trash import Trashed, throw_away
from antiphon.store.tree import open_collection
from antiphon.store.writing import new_request, number, put
from antiphon.store.yamltree import Map, Value


def create_collection(root: Path, name: str) -> Collection:
    """Make the folder *root* a collection called *name*.

    Raises:
        UserError: it is one already, or cannot be written.
    """
    file = root / ROOT_FILE
    if file.exists():
        raise UserError(f"{root} is a collection already.", "Open it, or choose another folder.")
    write_text(file, whole_file({"opencollection": Quoted("1.0.0"), "info": {"name": name}}))
    return open_collection(root)


def create_request(root: Path, folder: str, document: RequestDocument) -> str:
    """Save *document* as a new file in *folder*, after the last request there unless it has a `seq`."""
    siblings = _siblings(root, folder, RequestNode)
    if document.seq is None:
        document = replace(document, seq=_after_last(siblings))
    where = file_at(root, folder)
    name = free_name(where, file_stem(document.name, "request"), SUFFIX)
    write_text(where / name, whole_file(new_request(document)))
    save_sidecar(where / name, document.options)
    return _joined(folder, name)


def create_folder(root: Path, parent: str, name: str) -> str:
    """Make a folder called *name* in *parent*, after the last one there."""
    seq = _after_last(_siblings(root, parent, FolderNode))
    where = file_at(root, parent)
    folder = free_name(where, file_stem(name, "folder"))
    info: dict[str, Value] = {"name": name, "type": "folder"}
    if seq is not None:
        info["seq"] = number(seq)
    write_text(where / folder / FOLDER_FILE, whole_file({"info": info}))
    return _joined(parent, folder)


def rename(root: Path, path: str, name: str) -> str:
    """Call the request, folder or (empty *path*) collection *name*; its file is renamed to suit.

    Raises:
        UserError: it is gone, or cannot be written.
    """
    if not name.strip():
        raise UserError("A name cannot be empty.", "Type at least one letter.")
    source = existing(root, path)
    head = folder_file(root, path) if source.is_dir() else source
    _set_info(head, "name", name)
    if not path:
        return path
    suffix = "" if source.is_dir() else SUFFIX
    stem = file_stem(name, "folder" if source.is_dir() else "request")
    if source.name.casefold() == (stem + suffix).casefold():
        return path
    target = source.with_name(free_name(source.parent, stem, suffix, ignoring=source.name))
    _relocate(source, target)
    return _joined(_parent(path), target.name)


def duplicate(root: Path, path: str) -> str:
    """Copy the request or folder at *path* behind itself, with ` copy` added to its name."""
    source = existing(root, path)
    collection = open_collection(root)
    node = find(collection.top, path)
    name = f"{node.name if node is not None else source.stem} copy"
    suffix = "" if source.is_dir() else SUFFIX
    target = source.with_name(free_name(source.parent, file_stem(name, "copy"), suffix))
    with told(f"Could not copy {source.name}."):
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(sidecar_of(source), sidecar_of(target))
    copy = _joined(_parent(path), target.name)
    if node is None or node.broken is None:
        head = target / FOLDER_FILE if target.is_dir() else target
        _set_info(head, "name", name)
        _place(root, copy, _next_sibling(collection, path))
    return copy


def delete(root: Path, path: str) -> Trashed:
    """Move the request or folder at *path* to Antiphon's trash, in `places().data / "trash"`; nothing is lost."""
    if not path:
        raise UserError(
            "A collection is not deleted here.", f"Remove the folder {root} yourself if you mean it."
        )
    existing(root, path)
    return throw_away(root, path)


def move(root: Path, path: str, folder: str, before: str | None = None) -> str:
    """Move the request or folder at *path* into *folder*, before the sibling at *before*, else to the end.

    One file changes its `seq`; siblings are numbered anew only where there is no number between two of them
    (folders always get whole ones: Bruno orders folders by nothing else).
    """
    source = existing(root, path)
    if f"{folder}/".startswith(f"{path}/"):
        raise UserError(f"{source.name} cannot move into itself.", "Choose another folder.")
    where = file_at(root, folder)
    if _parent(path) != folder:
        suffix = "" if source.is_dir() else SUFFIX
        target = where / free_name(where, source.name.removesuffix(suffix), suffix)
        _relocate(source, target)
        path = _joined(folder, target.name)
    _place(root, path, before)
    return path


def _place(root: Path, path: str, before: str | None) -> None:
    """Give the node at *path* the `seq` that puts it before the sibling *before*, or last."""
    is_folder = file_at(root, path).is_dir()
    siblings = _siblings(root, _parent(path), FolderNode if is_folder else RequestNode)
    moved = next(node for node in siblings if node.path == path)
    order = [node for node in siblings if node is not moved]
    at = next((index for index, node in enumerate(order) if node.path == before), len(order))
    seq = None if is_folder else _between(order, at)
    if seq is not None:
        _set_seq(root, path, seq)
        return
    for index, node in enumerate((*order[:at], moved, *order[at:]), start=1):
        if node.seq != index and node.broken is None:
            _set_seq(root, node.path, index)


def _between(order: list[Node], at: int) -> float | None:
    """Return a number between the neighbours of place *at*, None where there is none."""
    earlier = order[at - 1].seq if at else 0.0
    later = order[at].seq if at < len(order) else None
    if earlier is None:
        return None
    if at == len(order):
        return math.floor(earlier) + 1.0
    if later is None:
        return None
    middle = (earlier + later) / 2
    return middle if earlier < middle < later else None


def _set_seq(root: Path, path: str, seq: float) -> None:
    place = file_at(root, path)
    _set_info(place / FOLDER_FILE if place.is_dir() else place, "seq", number(seq))


def _set_info(file: Path, key: str, value: Value) -> None:
    """Set one value of `info`; a folder that has no file yet gets one, which says its name."""

    def change(data: Map) -> dict[str, Value]:
        put(data, ("info", key), value)
        return data

    change_values(file, change, absent={"info": {"name": file.parent.name, "type": "folder"}})


def _siblings(root: Path, folder: str, kind: type[Node]) -> list[Node]:
    """Return the nodes of one kind in *folder*, in order."""
    parent = find(open_collection(root).top, folder)
    if parent is None and file_at(root, folder).is_dir():
        return []
    if not isinstance(parent, FolderNode):
        raise UserError(
            f"There is no folder {folder}.", "It may have been renamed or removed; reload the collection."
        )
    return [node for node in parent.children if isinstance(node, kind)]


def _after_last(siblings: list[Node]) -> float | None:
    """Return the next whole number, None behind siblings that have none either (they go by name, at the end)."""
    if not siblings:
        return 1.0
    last = siblings[-1].seq
    return None if last is None else math.floor(last) + 1.0


def _next_sibling(collection: Collection, path: str) -> str | None:
    parent = find(collection.top, _parent(path))
    node = find(collection.top, path)
    siblings = (
        [each for each in parent.children if type(each) is type(node)]
        if isinstance(parent, FolderNode)
        else []
    )
    paths = [each.path for each in siblings]
    at = paths.index(path) + 1 if path in paths else len(paths)
    return paths[at] if at < len(paths) else None


def _relocate(source: Path, target: Path) -> None:
    """Rename a folder, or a request with its sidecar: the sidecar is copied first, so that a crash loses nothing."""
    with told(f"Could not rename {source.name}."):
        has_sidecar = not source.is_dir() and sidecar_of(source).exists()
        if has_sidecar:
            shutil.copy2(sidecar_of(source), sidecar_of(target))
        source.rename(target)
        if has_sidecar:
            sidecar_of(source).unlink()


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
