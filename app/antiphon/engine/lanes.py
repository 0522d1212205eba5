"""Connections that belong to a person: where a handshake binds who is asking to one, nobody else may use it."""

import itertools
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lane:
    """A part of the pool with one request at a time, so that all of its requests meet the same connection."""

    owner: Hashable = field(repr=False)
    number: int


class Lanes:
    """Lanes in use; of each owner the lowest free one is given out, for there the handshake is done already."""

    def __init__(self) -> None:
        self._taken: set[Lane] = set()

    def take(self, owner: Hashable) -> Lane:
        lanes = (Lane(owner, number) for number in itertools.count())
        lane = next(lane for lane in lanes if lane not in self._taken)
        self._taken.add(lane)
        return lane

    def give_back(self, lane: Lane) -> None:
        self._taken.discard(lane)
