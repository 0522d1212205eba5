"""What can be told of an expression before it is matched: how far it looks, and whether it stays in its line.

Read from the tree that Python's own parser makes of it; what is unknown there is told as unlimited.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

parser: Any = import_module("re._parser")
compiler: Any = import_module("re._compiler")
ops: Any = import_module("re._constants")

UNLIMITED = 1 << 15
"""Matches that may be this long (in characters) count as of any length."""
_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}

Node = tuple[Any, Any]
"""Operation and argument, as `re._parser` gives them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Limits of every match of an expression."""

    shortest: int
    """In characters, as are the others."""
    longest: int | None
    """None: no limit."""
    looks_back: int
    """Farthest character before a match that may matter."""
    looks_ahead: int | None
    """Farthest character behind a match that may matter; None: no limit."""
    stays_in_line: bool
    """Whether neither a match nor what it depends on goes beyond a newline, nor asks for the text's start or end."""


def shape_of(pattern: re.Pattern[str]) -> Shape:
    """Return the limits of *pattern*."""
    tree = parsed(pattern)
    shortest, longest = tree.getwidth()
    flags = pattern.flags
    ahead = _looks(tree, 1)
    return Shape(
        shortest,
        longest if longest < UNLIMITED else None,
        1 + (_looks(tree, -1) or 0),
        None if ahead is None else 1 + ahead,
        not _leaves_line(tree, flags),
    )


def parsed(pattern: re.Pattern[str]) -> Any:
    """Return the tree of *pattern*."""
    return parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)


def inner_flags(flags: int, added: int, removed: int) -> int:
    """Return the flags inside a group that adds and removes some."""
    return (flags | added) & ~removed


def _looks(nodes: Iterable[Node], direction: int) -> int | None:
    """Return how far the look-arounds of one direction go in all; None: no limit."""
    total = 0
    for op, argument in nodes:
        if op in {ops.ASSERT, ops.ASSERT_NOT}:
            width = argument[1].getwidth()[1] if argument[0] == direction else 0
            if width >= UNLIMITED:
                return None
            total += width
        for child in children(op, argument):
            inner = _looks(child, direction)
            if inner is None:
                return None
            total += inner
    return total


def children(op: Any, argument: Any) -> list[Any]:
    """Return the sequences inside a node."""
    if op in _REPEATS:
        return [argument[2]]
    if op == ops.SUBPATTERN:
        return [argument[3]]
    if op == ops.BRANCH:
        return list(argument[1])
    if op in {ops.ASSERT, ops.ASSERT_NOT}:
        return [argument[1]]
    if op == ops.ATOMIC_GROUP:
        return [argument]
    if op == ops.GROUPREF_EXISTS:
        return [part for part in argument[1:] if part is not None]
    return []


def _leaves_line(nodes: Iterable[Node], flags: int) -> bool:
    return any(_node_leaves_line(op, argument, flags) for op, argument in nodes)


def _node_leaves_line(op: Any, argument: Any, flags: int) -> bool:
    inner = inner_flags(flags, *argument[1:3]) if op == ops.SUBPATTERN else flags
    match op:
        case ops.LITERAL:
            return bool(argument == 10)
        case ops.NOT_LITERAL:
            return bool(argument != 10)
        case ops.ANY:
            return bool(flags & re.DOTALL)
        case ops.IN:
            return member_of([(op, argument)], flags)("\n")
        case ops.AT:
            is_of_text = argument in {ops.AT_BEGINNING_STRING, ops.AT_END_STRING}
            return is_of_text or not flags & re.MULTILINE
        case ops.FAILURE | ops.GROUPREF:
            return False
        case _:
            inside = children(op, argument)
            return not inside or any(_leaves_line(child, inner) for child in inside)


class member_of:  # noqa: N801 - reads as the question that it answers
    """Tells whether one character is matched by nodes that match one character each."""

    def __init__(self, nodes: list[Node], flags: int) -> None:
        state = parser.State()
        state.flags = flags | re.UNICODE if not flags & re.ASCII else flags & ~re.UNICODE
        state.str = ""
        self._match = compiler.compile(parser.SubPattern(state, list(nodes)), state.flags).fullmatch

    def __call__(self, character: str) -> bool:
        return self._match(character) is not None
