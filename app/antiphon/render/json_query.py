"""JSONPath (RFC 9535): python-jsonpath reads the expression, the walk through the document and its filters are ours.

The library's walk makes an object with the whole path for every value it passes and keeps them all: 5 to 10 times
slower and hundreds of megabytes where only names are asked for. In its filters `true` is a number (`true > 0`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from jsonpath import JSONPathEnvironment, JSONPathError, JSONPathSyntaxError
from jsonpath import selectors as ask
from jsonpath.parse import Parser
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.stream import TokenStream
from jsonpath.token import TOKEN_COLON, TOKEN_COMMA, TOKEN_INT, Token

from antiphon.render.filter_fault import FilterFaultError
from antiphon.render.json_condition import Query, test

DEEPEST = 2000
"""Levels of nesting that are read and walked."""

Parts = tuple["Parts", "str | int"] | tuple[()]
"""The way to a value, from the last step to the first: `((), "a"), 0)` is `$['a'][0]`."""
Node = tuple[Parts, Any]
Step = Callable[[Node, Any], Iterator[Node]]
"""From a node and the root to what it selects."""

_TOKEN = re.compile(r"'?TOKEN_([A-Z_]+)'?")
_ESCAPES = {"'": "\\'", "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MISSING = object()
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


class _Parser(Parser):
    """The library's, with what it does wrong in `[1,:2]` and `..true` (refused) and `[1:2 3]` (taken)."""

    def parse_shorthand_selector(self, stream: TokenStream) -> Any:
        if stream.current().value in {"true", "false", "null"}:
            token = stream.next()
            return ask.NameSelector(env=self.env, token=token, name=token.value)
        return super().parse_shorthand_selector(stream)

    def parse_slice(self, stream: TokenStream) -> Any:
        token, start = stream.current(), stream.pos
        if token.kind == TOKEN_INT and stream.peek().kind == TOKEN_COMMA:
            return self._index(stream.next())
        selector = super().parse_slice(stream)
        colons = sum(one.kind == TOKEN_COLON for one in stream.tokens[start : stream.pos])
        if colons < 2 and selector.slice.step is not None:
            raise JSONPathSyntaxError("expected ',' or ']'", token=stream.tokens[stream.pos - 1])
        return selector

    def _index(self, token: Token) -> ask.IndexSelector:
        self._raise_for_leading_zero(token)
        return ask.IndexSelector(env=self.env, token=token, index=int(token.value))


class _Environment(JSONPathEnvironment):
    parser_class = _Parser


def _environment() -> JSONPathEnvironment:
    environment = _Environment(strict=True)
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
    is_kept = test(selector.expression, _query)

    def step(node: Node, root: Any) -> Iterator[Node]:
        return (child for child in _children(node) if is_kept(child[1], root))

    return step


def _query(segments: Any) -> Query:
    """Return what a query inside a filter, `@.a` or `$.a`, finds from a value on: walked as the outer one."""
    keys = [_only_key(segment) for segment in segments]
    if None not in keys:
        return lambda start, _root: _at(start, keys)
    walks = [_walk(segment) for segment in segments]

    def found(start: Any, root: Any) -> Iterator[Any]:
        nodes: Iterable[Node] = iter([((), start)])
        for walk in walks:
            nodes = walk(nodes, root)
        return (value for _parts, value in nodes)

    return found


def _only_key(segment: Any) -> str | int | None:
    """Return the name or index that *segment* asks for; None where it may find more than one value."""
    if isinstance(segment, JSONPathRecursiveDescentSegment) or len(segment.selectors) != 1:
        return None
    match segment.selectors[0]:
        case ask.NameSelector() as selector:
            return str(selector.name)
        case ask.IndexSelector() as selector:
            return int(selector.index)
        case _:
            return None


def _at(value: Any, keys: Iterable[str | int | None]) -> Iterator[Any]:
    """Give what stands at the end of *keys*, which most conditions ask for: found without a walk."""
    for key in keys:
        is_there = isinstance(value, dict) if isinstance(key, str) else isinstance(value, list)
        try:
            value = value[key] if is_there else _MISSING
        except LookupError:
            value = _MISSING
        if value is _MISSING:
            return
    yield value
