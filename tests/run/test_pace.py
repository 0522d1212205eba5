import asyncio

from antiphon.run.pace import Pace


class Clock:
    """A loop's time that passes only by sleeping."""

    def __init__(self, monkeypatch) -> None:
        self.now = 100.0
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "time", lambda: self.now)
        monkeypatch.setattr("antiphon.run.pace.asyncio.sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def turns(pace: Pace, clock: Clock, count: int) -> list[float]:
    times = []
    for _turn in range(count):
        await pace.turn()
        times.append(round(clock.now - 100, 6))
    return times


async def test_turns_are_evenly_spaced_and_the_first_is_at_once(monkeypatch):
    clock = Clock(monkeypatch)
    assert await turns(Pace(4), clock, 5) == [0, 0.25, 0.5, 0.75, 1.0]


async def test_a_slow_taker_does_not_shift_the_turns_after(monkeypatch):
    clock = Clock(monkeypatch)
    pace = Pace(10)
    await pace.turn()
    clock.now += 0.07
    assert await turns(pace, clock, 2) == [0.1, 0.2]


async def test_no_burst_follows_a_pause(monkeypatch):
    clock = Clock(monkeypatch)
    pace = Pace(10)
    await pace.turn()
    clock.now += 5
    assert await turns(pace, clock, 3) == [5, 5.1, 5.2]


async def test_no_rate_never_waits(monkeypatch):
    clock = Clock(monkeypatch)
    assert await turns(Pace(None), clock, 3) == [0, 0, 0]
