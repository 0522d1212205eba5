"""When the next request may start: evenly spaced, by a clock that only goes forward."""

import asyncio


class Pace:
    """Turns at most *rate_per_s* a second, by the loop's monotonic clock.

    A turn that nobody was there to take is not made up for: no burst follows a pause.
    """

    def __init__(self, rate_per_s: float | None) -> None:
        self._interval_s = 1 / rate_per_s if rate_per_s else 0.0
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn; turns are given in the order of asking."""
        loop = asyncio.get_running_loop()
        mine = max(self._next, loop.time())
        self._next = mine + self._interval_s
        delay = mine - loop.time()
        if delay > 0:
            await asyncio.sleep(delay)
