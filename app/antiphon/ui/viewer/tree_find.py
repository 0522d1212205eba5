"""What the finder needs of a tree: the bytes of the body, where one stands in them, and going to a match."""

from collections.abc import Callable
from typing import Protocol

from antiphon.body.search import Search
from antiphon.body.store import BodySource, BodyStore
from antiphon.ui.viewer.tree_items import Item


class Goes(Protocol):
    """Shows the node at a byte."""

    @property
    def go_to(self) -> Callable[[int], None]: ...


class TreeTarget:
    """Stands for a tree where a `Finder` expects a view of text."""

    def __init__(self, page: Goes) -> None:
        self._page = page
        self.source: BodySource = _nothing()
        self.charset = "utf-8"
        self.selection = (0, 0)
        self._match: tuple[int, int] | None = None

    def show(self, body: BodySource | None, charset: str) -> None:
        self.source = _nothing() if body is None else body
        self.charset = charset
        self.selection, self._match = (0, 0), None

    def reveal(self, offset: int, length: int) -> None:
        self._match = (offset, offset + length)
        self._page.go_to(offset)
        self.selection = self._match

    def moved(self, item: Item) -> None:
        """Take note of the row that is current now: it is where the next match is looked for from."""
        start = item.node.first_byte
        if self._match is None or not (item.node.end and start <= self._match[0] < item.node.end):
            self._match = None
            self.selection = (start, start)

    def set_found(self, search: Search | None, current: tuple[int, int] | None = None) -> None:
        """Rows do not mark what was found in them."""


def _nothing() -> BodyStore:
    empty = BodyStore()
    empty.finish()
    return empty
