"""Columns of a run's table in Python: a JSONPath as plain indexing where it is that simple."""

import re
from collections.abc import Sequence

from antiphon.core.collection import Column
from antiphon.snippets.python_text import Group, call, literal

PICK = '''def pick(data, *steps):
    """Return what stands at the end of steps in a JSON value, or nothing."""
    try:
        for step in steps:
            data = data[step]
    except (KeyError, IndexError, TypeError):
        return ""
    return data'''
FIND = '''def find(data, path):
    """Return everything that a JSONPath finds, separated by commas."""
    return ", ".join(str(value) for value in jsonpath.findall(path, data))'''

_STEP = re.compile(
    r"\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*)|\[(-?\d+)\]|\['([^'\\]*)'\]|\[\"([^\"\\]*)\"\]"
)


def steps_of(path: str) -> tuple[str | int, ...] | None:
    """Return the names and indexes of a JSONPath that names one place (`$.items[0].name`), or None."""
    if not path.startswith("$"):
        return None
    steps: list[str | int] = []
    position = 1
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            return None
        index = match.group(2)
        name = next((text for text in match.group(1, 3, 4) if text is not None), "")
        steps.append(name if index is None else int(index))
        position = match.end()
    return tuple(steps)


def cells(columns: Sequence[Column]) -> list[str | Group]:
    """Return an expression for each column; the JSON is in `data`."""
    return [_cell(column) for column in columns]


def needs_find(columns: Sequence[Column]) -> bool:
    return any(steps_of(column.path) is None for column in columns)


def needs_pick(columns: Sequence[Column]) -> bool:
    return any(steps_of(column.path) is not None for column in columns)


def _cell(column: Column) -> Group:
    steps = steps_of(column.path)
    if steps is None:
        return call("find", "data", literal(column.path))
    return call("pick", "data", *(literal(step) if isinstance(step, str) else str(step) for step in steps))
