"""Paths of elements in a document: each found in the time of its depth, not of the siblings before it."""

from collections import OrderedDict
from typing import Any

_KEPT = 256
"""Parents whose children have their steps ready."""


class ElementPaths:
    """Gives the path of an element, `/feed/entry[2]`; libxml2's own counts all siblings before for each.

    Args:
        names: Prefixes that an expression may use, with their namespaces.
    """

    def __init__(self, names: dict[str, str]) -> None:
        self._prefixes = {namespace: prefix for prefix, namespace in names.items()}
        self._steps: OrderedDict[Any, dict[Any, str]] = OrderedDict()

    def of(self, element: Any) -> str:
        """Return the path of *element*, a comment or a processing instruction."""
        steps: list[str] = []
        while (parent := element.getparent()) is not None:
            steps.append(self._step(parent, element))
            element = parent
        steps.append(self._name(element))
        return "/" + "/".join(reversed(steps))

    def _step(self, parent: Any, child: Any) -> str:
        steps = self._steps.get(parent)
        if steps is None:
            steps = self._steps[parent] = self._counted(parent)
            if len(self._steps) > _KEPT:
                self._steps.popitem(last=False)
        else:
            self._steps.move_to_end(parent)
        return steps[child]

    def _counted(self, parent: Any) -> dict[Any, str]:
        names = [(child, self._name(child)) for child in parent]
        totals: dict[str, int] = {}
        for _child, name in names:
            totals[name] = totals.get(name, 0) + 1
        counts: dict[str, int] = {}
        steps: dict[Any, str] = {}
        for child, name in names:
            counts[name] = counts.get(name, 0) + 1
            steps[child] = f"{name}[{counts[name]}]" if totals[name] > 1 else name
        return steps

    def _name(self, element: Any) -> str:
        """Return what finds *element* by name; `*[...]` where no prefix stands for its namespace."""
        tag = element.tag
        if not isinstance(tag, str):
            return "comment()" if tag.__name__ == "Comment" else "processing-instruction()"
        if not tag.startswith("{"):
            return tag
        namespace, _brace, local = tag[1:].partition("}")
        prefix = self._prefixes.get(namespace)
        return f"{prefix}:{local}" if prefix else f"*[local-name()='{local}']"
