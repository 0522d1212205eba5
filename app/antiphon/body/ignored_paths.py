"""Paths of JSON that a comparison passes over: `$.meta.time`, `$..id`, `$.items[*].updated_at`, `$['odd name'][0]`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from antiphon.core.errors import UserError

_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
        \.?(?P<name>[^\s.\[\]'",*$]+)
      | \.?(?P<any>\*)
      | \[\s*(?:(?P<index>\d{1,12})|(?P<every>\*)|'(?P<single>(?:[^'\\]|\\.)*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*\]
    )""",
    re.VERBOSE,
)
_PATH = re.compile(r"""(?:\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]'"])*\]|[^,\s\[])+""")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a pattern: a *name* (None: any), or an *index*; *is_deep* where any number of others may precede it."""

    name: str | int | None
    is_deep: bool = False


Pattern = tuple[Step, ...]
States = frozenset[tuple[int, int]]
"""How far which patterns have come: their numbers and the steps that are behind."""


def pattern_of(text: str) -> Pattern:
    """Return the steps of one path.

    Raises:
        UserError: it is no such path; the detail says from where on.
    """
    steps, place = [], 1
    while text.startswith("$") and place < len(text):
        found = _STEP.match(text, place)
        if found is None or (text[place] not in ".[" and not found["deep"]):
            break
        steps.append(_step_of(found))
        place = found.end()
    if not steps or place < len(text):
        rest = text[place:] if text.startswith("$") else text
        raise UserError(
            f"{text} is not a path to ignore.", f"Write $.name, $..name or $.list[*].name; not read: {rest!r}"
        )
    return tuple(steps)


def patterns_of(text: str) -> tuple[Pattern, ...]:
    """Return the paths in *text*, which blanks, commas or newlines part.

    Raises:
        UserError: one of them is none.
    """
    return tuple(pattern_of(found[0]) for found in _PATH.finditer(text))


def _step_of(found: re.Match[str]) -> Step:
    is_deep = found["deep"] is not None
    if found["name"] is not None:
        return Step(found["name"], is_deep)
    if found["index"] is not None:
        return Step(int(found["index"]), is_deep)
    for quoted in (found["single"], found["double"]):
        if quoted is not None:
            return Step(re.sub(r"\\(.)", r"\1", quoted), is_deep)
    return Step(None, is_deep)


class IgnoredPaths:
    """Follows all patterns at once down a document: `begin`, then `after` for each step down."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._known: dict[tuple[States, str | int | None], tuple[States, bool]] = {}
        self.counts_indexes = any(
            isinstance(step.name, int) for pattern in self._patterns for step in pattern
        )

    def begin(self) -> States:
        """Return where the patterns stand at the root."""
        return frozenset((number, 0) for number in range(len(self._patterns)))

    def after(self, states: States, name: str | int) -> tuple[States, bool]:
        """Return where the patterns stand one step further down, and whether one of them ends there.

        Args:
            name: The member's name, or the element's index.
        """
        if not states:
            return states, False
        key = -1 if isinstance(name, int) and not self.counts_indexes else name
        if (states, key) not in self._known:
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[states, key] = self._followed(states, key)
        return self._known[states, key]

    def _followed(self, states: States, name: str | int) -> tuple[States, bool]:
        reached, is_ignored = set(), False
        for number, behind in states:
            step = self._patterns[number][behind]
            if step.is_deep:
                reached.add((number, behind))
            if step.name is not None and step.name != name:
                continue
            if behind + 1 == len(self._patterns[number]):
                is_ignored = True
            else:
                reached.add((number, behind + 1))
        return frozenset(reached), is_ignored
