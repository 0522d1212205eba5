"""Paths of elements in a document: each found in the time of its depth, not of the siblings before it."""

from collections import OrderedDict
from collections.abc import Callable
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
        self._texts: OrderedDict[Any, dict[Any, str]] = OrderedDict()

    def of(self, element: Any) -> str:
        """Return the path of *element*, a comment or a processing instruction."""
        steps: list[str] = []
        while (parent := element.getparent()) is not None:
            steps.append(self._step(parent, element))
            element = parent
        steps.append(self._name(element))
        return "/" + "/".join(reversed(steps))

    def text(self, element: Any, before: Any = None) -> str:
        """Return the path of a text right in *element*: its first one, or that after the child *before*."""
        return f"{self.of(element)}/{_kept(self._texts, element, _counted_texts)[before]}"

    def _step(self, parent: Any, child: Any) -> str:
        return _kept(self._steps, parent, self._counted)[child]

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

    def attribute(self, name: str) -> str:
        """Return the step from an element to its attribute *name*, `{namespace}local` as lxml has it."""
        return f"@{self._test(name)}"

    def _name(self, element: Any) -> str:
        """Return what finds *element* by name."""
        tag = element.tag
        if not isinstance(tag, str):
            return "comment()" if tag.__name__ == "Comment" else "processing-instruction()"
        return self._test(tag)

    def _test(self, name: str) -> str:
        """Return the test of a name; one with conditions where no prefix stands for its namespace."""
        if not name.startswith("{"):
            return name
        namespace, _brace, local = name[1:].partition("}")
        prefix = self._prefixes.get(namespace)
        if prefix:
            return f"{prefix}:{local}"
        return f"*[local-name()='{local}' and namespace-uri()={_quoted(namespace)}]"


def _kept(
    steps: OrderedDict[Any, dict[Any, str]], parent: Any, counted: Callable[[Any], dict[Any, str]]
) -> dict[Any, str]:
    """Return the steps below *parent*, counted where they are not among those kept."""
    found = steps.get(parent)
    if found is not None:
        steps.move_to_end(parent)
        return found
    found = steps[parent] = counted(parent)
    if len(steps) > _KEPT:
        steps.popitem(last=False)
    return found


def _counted_texts(parent: Any) -> dict[Any, str]:
    """Return the step to each text in *parent* by the child before it, None for the first."""
    places = [None] * bool(parent.text) + [child for child in parent if child.tail]
    if len(places) == 1:
        return {places[0]: "text()"}
    return {place: f"text()[{number}]" for number, place in enumerate(places, 1)}


def _quoted(text: str) -> str:
    """Return *text* as XPath 1.0 writes it, which has no escapes; no namespace has both kinds of quotes."""
    return f'"{text}"' if "'" in text else f"'{text}'"
