"""The way to one row of a tree, whose rows on the way may have to be made first."""

from collections.abc import Sequence

from antiphon.ui.viewer.tree_items import Item
from antiphon.ui.viewer.tree_model import TreeModel


class Way:
    """Goes down from the root by the *numbers* of the children on the way."""

    def __init__(self, model: TreeModel, numbers: Sequence[int]) -> None:
        self._model = model
        self._item = model.item(model.index(0, 0))
        self._numbers = list(numbers)

    def step(self, budget_s: float) -> Item | None:
        """Make rows for about *budget_s* seconds; return the last item once it, or the last there is, is reached."""
        while self._numbers:
            row = self._item.row_of(self._numbers[0])
            if not self._model.make(self._item, row, budget_s):
                return self._item if self._model.is_made(self._item) else None
            self._item = self._item.children[row]
            if not self._item.is_group:
                del self._numbers[0]
        return self._item
