"""One value of a JSON text by its place in it."""

from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["object", "array", "lines", "string", "number", "boolean", "null", "broken"]
"""`lines` is the root of JSON Lines; what is `broken` is no JSON value."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its name, by byte offsets.

    Attributes:
        end: The offset after it; None while it is not known where it ends.
        index: Its number among its siblings, from 0.
        level: Of a container: containers that it is in, itself counted (the root of JSON Lines has 0).
        key_start: Where its name begins with a quote; None in arrays.
        key_end: After the closing quote of the name; None where that is not known.
        count: Children of a container that is whole; else None.
    """

    kind: Kind
    start: int
    end: int | None
    index: int
    level: int
    key_start: int | None = None
    key_end: int | None = None
    count: int | None = None

    @property
    def is_container(self) -> bool:
        return self.kind in {"object", "array", "lines"}

    @property
    def first_byte(self) -> int:
        """Where its name begins, or it itself."""
        return self.start if self.key_start is None else self.key_start

    def ended(self, end: int | None, count: int | None) -> "Node":
        return replace(self, end=end, count=count)
