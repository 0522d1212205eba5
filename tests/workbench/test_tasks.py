"""Tasks have an owner."""

import asyncio

from antiphon.workbench.tasks import Tasks
from tests.waiting import until


async def test_errors_are_told_with_the_name_of_the_task():
    told = []
    tasks = Tasks(lambda error, name: told.append((str(error), name)))

    async def fails():
        raise ValueError("no")

    tasks.spawn(fails(), "a job")
    await until(lambda: told)
    assert told == [("no", "a job")]


async def test_close_cancels_and_waits_for_the_end():
    ended = []
    tasks = Tasks(lambda _error, _name: None)

    async def stays():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    tasks.spawn(stays(), "a job")
    await asyncio.sleep(0)
    await tasks.close()
    assert ended == [True]


async def test_a_cancelled_task_is_no_error():
    told = []
    tasks = Tasks(lambda error, name: told.append(name))
    task = tasks.spawn(asyncio.sleep(10), "a job")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not told
