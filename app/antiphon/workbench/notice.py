"""A sentence to the user that needs no answer: shown in the notice bar, never as a dialog."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Action:
    label: str
    run: Callable[[], None]
    closes: bool = True
    """Whether the notice has served once this was done; one that is copied from stays."""


@dataclass(frozen=True, slots=True)
class Notice:
    title: str
    detail: str = ""
    level: Literal["info", "warning", "error"] = "info"
    actions: tuple[Action, ...] = ()
