"""Every task has an owner: it is kept, named, its errors are routed, and it is cancelled on close."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Tasks:
    """Starts coroutines and keeps them until they are done (the loop itself holds only weak references)."""

    def __init__(self, on_error: Callable[[BaseException, str], None]) -> None:
        """Route what a task raises to *on_error*, with the task's name."""
        self._on_error = on_error
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run *coroutine* as a task called *name* on the running loop."""
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def close(self) -> None:
        """Cancel what runs and wait until it has ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_error(error, task.get_name())
