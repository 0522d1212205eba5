"""The loop is shared fairly between all who stream."""

import asyncio
import time

from antiphon.engine.turns import BUDGET_S, Turns


async def test_streams_take_turns_one_after_the_other():
    turns, order = Turns(), []

    async def stream(name: str) -> None:
        for _ in range(3):
            await turns.give_way()
            order.append(name)

    await asyncio.gather(*[stream(name) for name in "abc"])
    assert "".join(order) == "abcabcabc"


async def test_the_loop_runs_between_two_turns():
    turns, ticks = Turns(), []

    async def clock() -> None:
        while True:
            ticks.append(1)
            await asyncio.sleep(0)

    task = asyncio.get_running_loop().create_task(clock())
    for _ in range(10):
        await turns.give_way()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(ticks) >= 10


async def test_a_cancelled_stream_does_not_hold_the_queue():
    turns = Turns()
    tasks = [asyncio.get_running_loop().create_task(turns.give_way()) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[1].cancel()
    await tasks[2]
    await asyncio.gather(*tasks, return_exceptions=True)


def test_the_budget_is_spent_after_its_time():
    turns = Turns()
    turns.began()
    assert not turns.is_spent()
    time.sleep(BUDGET_S * 2)
    assert turns.is_spent()
