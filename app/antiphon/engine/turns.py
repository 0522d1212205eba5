"""Fair shares of the event loop: whoever streams bytes gives way after a time that all streams share."""

import asyncio
import time
from collections import deque

BUDGET_S = 0.002
"""Uninterrupted work between two turns of the loop: long enough to be cheap, short enough for 60 frames a second."""


class Turns:
    """A queue for the loop: at most one stream works `BUDGET_S` per turn, the next one in the turn after.

    Without the sharing, n downloads would hold the loop n times as long.
    """

    def __init__(self) -> None:
        self._since = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    def began(self) -> None:
        """Note that the loop itself just called: other things had their turn."""
        self._since = time.perf_counter()

    def is_spent(self) -> bool:
        return time.perf_counter() - self._since >= BUDGET_S

    async def give_way(self) -> None:
        """Let the loop and every stream that waits longer go first."""
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if len(self._waiting) == 1:
            loop.call_soon(self._admit, loop)
        await waiter

    def _admit(self, loop: asyncio.AbstractEventLoop) -> None:
        self.began()
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break
        if self._waiting:
            loop.call_soon(self._admit, loop)
