"""JSONPath (RFC 9535): python-jsonpath reads the expression and decides filters, the walk through the document is ours.

Its own walk makes an object with the whole path for every value it passes and keeps them all: 5 to 10 times slower
and hundreds of megabytes where only names are asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError, NodeList
from jsonpath import selectors as ask
from jsonpath.filter import FilterQuery, RelativeFilterQuery
from jsonpath.segments import JSONPathRecursiveDescentSegment

from antiphon.render.filter_fault import FilterFaultError

DEEPEST = 2000
"""Levels of nesting that are read and walked."""

Parts = tuple["Parts", "str | int"] | tuple[()]
"""The way to a value, from the last step to the first: `((), "a"), 0)` is `$['a'][0]`."""
Node = tuple[Parts, Any]
Step = Callable[[Node, Any], Iterator[Node]]
"""From a node and the root to what it selects."""

_TOKEN = re.compile(r"'?TOKEN_([A-Z_]+)'?")
_ESCAPES = {"'": "\\'", "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r"['\\\x00-\x1f]")


class JsonQuery:
    """A compiled expression.

    Raises:
        FilterFaultError: *expression* is not JSONPath, with the place.
    """

    def __init__(self, expression: str) -> None:
        try:
            path: Any = _environment().compile(expression)
        except JSONPathError as error:
            raise _told(error, expression) from error
        except RecursionError as error:
            raise FilterFaultError("the expression is nested too deeply") from error
        self._segments = [_walk(segment) for segment in path.segments]

    def nodes(self, document: Any) -> Iterator[Node]:
        """Yield what is selected in *document*, in the order of the standard."""
        found: Iterable[Node] = iter([((), document)])
        for segment in self._segments:
            found = segment(found, document)
        yield from found


def path_text(parts: Parts) -> str:
    """Return the normalized path (RFC 9535 section 2.7): `$['a'][0]`."""
    steps: list[str] = []
    while parts:
        parts, step = parts
        steps.append(f"[{step}]" if isinstance(step, int) else _named_step(step))
    return "$" + "".join(reversed(steps))


@lru_cache(maxsize=4096)
def _named_step(name: str) -> str:
    return f"['{_SPECIAL.sub(_escaped, name)}']"


def _escaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}"


def _environment() -> JSONPathEnvironment:
    environment = JSONPathEnvironment(strict=True)
    environment.max_recursion_depth = DEEPEST
    return environment


def _told(error: JSONPathError, expression: str) -> FilterFaultError:
    """Return *error* in our words; the place is the end where the expression ends too early."""
    token = error.token
    place = len(expression) if token is None or token.index < 0 else token.index
    reason = str(error.args[0]) if error.args else "it cannot be read"
    if "recursion" in reason:
        reason = "the expression is nested too deeply"
    if not expression.startswith("$"):
        place, reason = 0, "a JSONPath begins with $, such as $.items[*].name"
    return FilterFaultError(_TOKEN.sub(lambda found: found[1].lower().replace("_", " "), reason), place)


# The walk


def _walk(segment: Any) -> Callable[[Iterable[Node], Any], Iterator[Node]]:
    steps = [_step(selector) for selector in segment.selectors]
    if isinstance(segment, JSONPathRecursiveDescentSegment):
        return lambda nodes, root: _from_each(_descendants(nodes), steps, root)
    return lambda nodes, root: _from_each(nodes, steps, root)


def _from_each(nodes: Iterable[Node], steps: list[Step], root: Any) -> Iterator[Node]:
    if len(steps) == 1:
        step = steps[0]
        for node in nodes:
            yield from step(node, root)
        return
    for node in nodes:
        for step in steps:
            yield from step(node, root)


def _descendants(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield each node, then all below it that may have children, parents first."""
    for start in nodes:
        stack = [iter([start])]
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                continue
            if isinstance(node[1], dict | list):
                if len(stack) > DEEPEST:
                    raise FilterFaultError(f"the body is nested more than {DEEPEST:,} levels deep")
                yield node
                stack.append(_children(node))


def _children(node: Node) -> Iterator[Node]:
    parts, value = node
    if isinstance(value, dict):
        return (((parts, name), member) for name, member in value.items())
    if isinstance(value, list):
        return (((parts, number), item) for number, item in enumerate(value))
    return iter(())


def _step(selector: Any) -> Step:
    match selector:
        case ask.NameSelector():
            return _named(selector.name)
        case ask.IndexSelector():
            return _numbered(selector.index)
        case ask.SliceSelector():
            return _sliced(selector.slice)
        case ask.WildcardSelector():
            return lambda node, _root: _children(node)
        case ask.Filter():
            return _filtered(selector)
        case _:
            raise FilterFaultError("this is no part of JSONPath (RFC 9535)", selector.token.index)


def _named(name: str) -> Step:
    def step(node: Node, _root: Any) -> Iterator[Node]:
        parts, value = node
        if isinstance(value, dict) and name in value:
            yield (parts, name), value[name]

    return step


def _numbered(index: int) -> Step:
    def step(node: Node, _root: Any) -> Iterator[Node]:
        parts, value = node
        if isinstance(value, list) and -len(value) <= index < len(value):
            yield (parts, index % len(value)), value[index]

    return step


def _sliced(bounds: slice) -> Step:
    def step(node: Node, _root: Any) -> Iterator[Node]:
        parts, value = node
        if isinstance(value, list) and bounds.step != 0:
            for number in range(*bounds.indices(len(value))):
                yield (parts, number), value[number]

    return step


def _filtered(selector: Any) -> Step:
    expression = _with_our_walk(selector.expression)
    environment = selector.env

    def step(node: Node, root: Any) -> Iterator[Node]:
        kept = expression.cache_tree() if selector.cacheable_nodes else expression
        for child in _children(node):
            if kept.evaluate(ask.FilterContext(env=environment, current=child[1], root=root)):
                yield child

    return step


class _Found:
    """A value inside a filter, as the library's functions and comparisons take it."""

    __slots__ = ("obj",)

    def __init__(self, value: Any) -> None:
        self.obj = value

    @property
    def value(self) -> Any:
        return self.obj


class _Inner(FilterQuery):
    """A query inside a filter, `@.a` or `$.a`, walked as the outer one.

    Unlike the library's it keeps the root of the whole document in filters of filters, and takes a value that is
    there for true whatever it is (`$[?@]`).
    """

    __slots__ = ("_is_relative", "_segments")
    FORCE_CACHE = True  # asked only where `volatile` is not so: of a query from the root

    def __init__(self, query: FilterQuery) -> None:
        self._is_relative = isinstance(query, RelativeFilterQuery)
        self._segments = [_walk(segment) for segment in query.path.segments]
        super().__init__(query.path)
        self.volatile = self._is_relative

    def evaluate(self, context: Any) -> NodeList:
        found: Iterable[Node] = [((), context.current if self._is_relative else context.root)]
        for segment in self._segments:
            found = segment(found, context.root)
        return NodeList(_Found(value) for _parts, value in found)  # type: ignore[misc]

    async def evaluate_async(self, context: Any) -> NodeList:
        return self.evaluate(context)


def _with_our_walk(expression: Any) -> Any:
    """Return *expression* with its queries walked here."""
    if isinstance(expression, FilterQuery):
        return _Inner(expression)
    expression.set_children([_with_our_walk(child) for child in expression.children()])
    return expression
