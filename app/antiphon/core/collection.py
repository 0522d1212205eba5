"""A collection as the tree shows it: names, methods and order, without the requests' contents."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a file could not be read; *line* counts from 1, 0 where no line is known."""

    reason: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class RequestNode:
    path: str
    """Relative to the collection's root, with `/`."""
    name: str
    method: str = "GET"
    seq: float | None = None
    broken: Broken | None = None


@dataclass(frozen=True, slots=True)
class FolderNode:
    path: str
    """Relative to the collection's root, with `/`; empty for the root itself."""
    name: str
    seq: float | None = None
    children: "tuple[Node, ...]" = ()
    broken: Broken | None = None


Node = RequestNode | FolderNode


@dataclass(frozen=True, slots=True)
class Collection:
    root: Path
    name: str
    top: FolderNode
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a run's table: a JSONPath (`$.name`) into the JSON response."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How a folder is run: at most *limit* at once, at most *rate_per_s* started a second (None: no bound)."""

    limit: int = 10
    rate_per_s: float | None = None
    columns: tuple[Column, ...] = ()


def requests_below(node: FolderNode) -> Iterator[RequestNode]:
    """Yield every request below *node* in tree order, broken ones included."""
    for child in node.children:
        match child:
            case FolderNode():
                yield from requests_below(child)
            case RequestNode():
                yield child


def find(node: FolderNode, path: str) -> Node | None:
    """Return the node at *path* (relative, with `/`), or None."""
    if node.path == path:
        return node
    for child in node.children:
        if child.path == path:
            return child
        if isinstance(child, FolderNode) and path.startswith(child.path + "/"):
            return find(child, path)
    return None
