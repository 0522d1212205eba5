"""Conditions of JSONPath filters (RFC 9535 section 2.3.5), as functions made of what python-jsonpath has read.

`true` and `false` are no numbers here: `true > 0` is false, and `[true]` is not `[1]`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from jsonpath import filter as say
from jsonpath.function_extensions import Match, Search

Query = Callable[[Any, Any], Iterator[Any]]
"""From a value and the root to what a query finds from that value on."""
Make = Callable[[Any], Query]
"""Makes a query of its segments."""
_Test = Callable[[Any, Any], bool]
"""From the current value and the root to whether the condition holds."""
_Value = Callable[[Any, Any], Any]

_NOTHING = object()
_MATCHED: dict[str, Callable[[object, object], bool]] = {"match": Match(), "search": Search()}


def test(expression: Any, make: Make) -> _Test:
    """Return the condition that *expression* is."""
    match expression:
        case say.FilterExpression():
            return test(expression.expression, make)
        case say.PrefixExpression():
            inner = test(expression.right, make)
            return lambda current, root: not inner(current, root)
        case say.InfixExpression(logical=True):
            return _joined(expression, make)
        case say.InfixExpression():
            return _compared(expression, make)
        case say.FilterQuery():
            found = _found(expression, make)
            return lambda current, root: next(found(current, root), _NOTHING) is not _NOTHING
        case _:
            return _matched(expression, make)


def _joined(expression: Any, make: Make) -> _Test:
    left, right = test(expression.left, make), test(expression.right, make)
    if expression.operator == "&&":
        return lambda current, root: left(current, root) and right(current, root)
    return lambda current, root: left(current, root) or right(current, root)


def _compared(expression: Any, make: Make) -> _Test:
    left, right = _value(expression.left, make), _value(expression.right, make)
    compare = _COMPARE[expression.operator]
    return lambda current, root: compare(left(current, root), right(current, root))


def _matched(expression: Any, make: Make) -> _Test:
    matches = _MATCHED[expression.name]
    text, pattern = (_value(argument, make) for argument in expression.args)
    return lambda current, root: matches(text(current, root), pattern(current, root))


def _value(expression: Any, make: Make) -> _Value:
    """Return what gives one value, or `_NOTHING`."""
    match expression:
        case say.FilterQuery():
            found = _found(expression, make)
            return lambda current, root: next(found(current, root), _NOTHING)
        case say.FunctionExtension():
            return _called(expression, make)
        case say.Nil():
            return lambda _current, _root: None
        case _:
            literal = expression.value
            return lambda _current, _root: literal


def _called(expression: Any, make: Make) -> _Value:
    (argument,) = expression.args
    if expression.name == "length":
        value = _value(argument, make)
        return lambda current, root: _length(value(current, root))
    found = _found(argument, make)
    if expression.name == "count":
        return lambda current, root: sum(1 for _one in found(current, root))
    return lambda current, root: _only(found(current, root))


def _found(query: Any, make: Make) -> Query:
    found = make(query.path.segments)
    if isinstance(query, say.RelativeFilterQuery):
        return found
    kept: list[Any] = []

    def from_root(_current: Any, root: Any) -> Iterator[Any]:
        """Give what stands below the root, which is looked for once."""
        if not kept or kept[0] is not root:
            kept[:] = root, list(found(root, root))
        return iter(kept[1])

    return from_root


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, str | list | dict) else _NOTHING


def _only(found: Iterator[Any]) -> Any:
    value = next(found, _NOTHING)
    return value if next(found, _NOTHING) is _NOTHING else _NOTHING


def _is_equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list):
        is_alike = isinstance(right, list) and len(left) == len(right)
        return is_alike and all(_is_equal(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict):
        is_alike = isinstance(right, dict) and left.keys() == right.keys()
        return is_alike and all(_is_equal(member, right[name]) for name, member in left.items())
    return bool(left == right)


def _is_less(left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return isinstance(right, str) and left < right
    return _is_number(left) and _is_number(right) and left < right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _is_equal,
    "!=": lambda left, right: not _is_equal(left, right),
    "<": _is_less,
    ">": lambda left, right: _is_less(right, left),
    "<=": lambda left, right: _is_less(left, right) or _is_equal(left, right),
    ">=": lambda left, right: _is_less(right, left) or _is_equal(left, right),
}
