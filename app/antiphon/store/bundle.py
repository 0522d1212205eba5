"""Collections that stand in one file (`items` and `config.environments` of `opencollection.yml`), to read and edit.

The request at `opencollection.yml#/0/2` is the third item of the first item. Such items can be changed where they
stand; what needs files of its own (renaming, moving, sidecars) cannot be done to them.
"""

from collections.abc import Iterator
from pathlib import Path

from antiphon.core.collection import Broken, FolderNode, Node, RequestNode
from antiphon.core.document import Defaults, Environment, RequestDocument
from antiphon.core.errors import UserError
from antiphon.store.files import ROOT_FILE, change_values, unreadable, values_in
from antiphon.store.reading import defaults_of, document_of, environment_of, number_of, text_of
from antiphon.store.scan import head_of, unsupported
from antiphon.store.sidecar import sidecar_data
from antiphon.store.writing import changed_request
from antiphon.store.yamltree import Map, Value, YamlError

_PREFIX = f"{ROOT_FILE}#"


def is_bundled(path: str) -> bool:
    """Return whether *path* names an item inside the collection's own file."""
    return path.startswith(f"{_PREFIX}/")


def bundled_nodes(data: Map) -> tuple[Node, ...]:
    """Return the items of a collection's file as a tree, in the order in which they stand there."""
    return tuple(_nodes(data.get("items"), _PREFIX))


def bundled_request(root: Path, path: str) -> RequestDocument:
    """Return the request at *path*.

    Raises:
        UserError: there is none, or it is broken.
    """
    data = values_in(root / ROOT_FILE)
    try:
        return document_of(_items_on(data, path)[-1])
    except YamlError as error:
        raise unreadable(root / ROOT_FILE, error) from error


def save_bundled(root: Path, path: str, document: RequestDocument) -> str:
    """Change the request at *path* where it stands. Returns a note as `change_values`.

    Raises:
        UserError: there is none, it is broken, or the file cannot be written.
    """

    def change(data: Map) -> dict[str, Value]:
        *above, item = _items_on(data, path)
        holder = above[-1] if above else data
        holder["items"][int(path.rpartition("/")[2])] = changed_request(item, document)
        return data

    note = change_values(root / ROOT_FILE, change)
    if not sidecar_data(document.options, Map()):
        return note
    lost = "HTTP version, TLS, proxy, cookies and single timeouts have no place in a bundled file."
    return f"{note} {lost}".strip()


def bundled_defaults(root: Path, path: str) -> tuple[Defaults, ...]:
    """Return what the folders above the item at *path* lend to it, the outermost first."""
    data = values_in(root / ROOT_FILE)
    return tuple(defaults_of(item, "") for item in _items_on(data, path)[:-1])


def bundled_environments(root: Path) -> Iterator[Environment]:
    """Yield the environments that stand in the collection's own file; none where it is broken."""
    try:
        config = values_in(root / ROOT_FILE).get("config")
        rows = config.get("environments") if isinstance(config, Map) else None
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, Map) and text_of(row.get("name")):
                yield environment_of(row, text_of(row.get("name")))
    except (UserError, YamlError):
        return


def _nodes(items: Value, place: str) -> Iterator[Node]:
    for index, item in enumerate(items if isinstance(items, list) else ()):
        yield _node(item, f"{place}/{index}")


def _node(item: Value, path: str) -> Node:
    try:
        if isinstance(item, Map) and _is_folder(item):
            info = item.get("info")
            seq = number_of(info.get("seq")) if isinstance(info, Map) else None
            children = tuple(_nodes(item.get("items"), path))
            return FolderNode(path, defaults_of(item, "Folder").name, seq, children)
        head = head_of(item)
    except YamlError as error:
        return RequestNode(path, "Broken", broken=Broken(error.reason, error.line))
    if head.kind != "http":
        return RequestNode(path, head.name, "", head.seq, unsupported(head.kind))
    return RequestNode(path, head.name, head.method, head.seq)


def _is_folder(item: Map) -> bool:
    info = item.get("info")
    kind = text_of(info.get("type")) if isinstance(info, Map) else ""
    return kind == "folder" or (not kind and "items" in item)


def _items_on(data: Map, path: str) -> list[Map]:
    """Return the items from the outermost folder down to the one at *path*."""
    found: list[Map] = []
    holder: Value = data
    for step in path.removeprefix(f"{_PREFIX}/").split("/"):
        items = holder.get("items")
        if not isinstance(items, list) or not step.isdigit() or int(step) >= len(items):
            raise UserError(f"{path} is gone.", "The file was changed; reload the collection.")
        holder = items[int(step)]
        if not isinstance(holder, Map):
            raise YamlError("has an item that is not made of `key: value` lines")
        found.append(holder)
    return found
