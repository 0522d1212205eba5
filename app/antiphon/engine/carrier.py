"""A thread with an event loop of its own that carries the sockets, so that a busy window delays no byte and no clock.

What runs in it is awaited on the loop of whoever asked; what it tells comes home in order, many facts a turn.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from antiphon.core.events import BodyAdvanced, Event
from antiphon.engine.session import Host, Session
from antiphon.engine.sink import Emit

T = TypeVar("T")


class Carrier:
    """One thread, started with the first thing to run and ended by `aclose`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run *work* in the thread and return what it gives, or raise what it raises.

        Cancelling this cancels *work*, and returns once it has ended: what it had to tell has been told by then.
        """
        home = asyncio.get_running_loop()
        ended: asyncio.Future[T] = home.create_future()
        loop = self._running()
        started: list[asyncio.Task[T]] = []

        def begin() -> None:
            task = loop.create_task(work())
            self._tasks.add(task)
            started.append(task)
            task.add_done_callback(bring_home)

        def bring_home(task: asyncio.Task[T]) -> None:
            self._tasks.discard(task)
            with suppress(RuntimeError):  # the loop at home closed meanwhile: nobody waits
                home.call_soon_threadsafe(_settle, ended, task)

        def cancel() -> None:
            for task in started:  # not before it took its first step: a story that began is told to its end
                loop.call_soon(task.cancel)

        loop.call_soon_threadsafe(begin)
        return await _whole(ended, lambda: loop.call_soon_threadsafe(cancel))

    async def aclose(self) -> None:
        """Cancel what still runs and end the thread."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        asyncio.run_coroutine_threadsafe(self._wind_up(), loop)
        while thread.is_alive():
            await asyncio.to_thread(thread.join, 1.0)

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.SelectorEventLoop()
                self._thread = threading.Thread(
                    target=_live, args=(self._loop,), name="antiphon network", daemon=True
                )
                self._thread.start()
            return self._loop

    async def _wind_up(self) -> None:
        left = list(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        asyncio.get_running_loop().stop()


class Relay:
    """Brings events to the loop of whoever awaits them: in order, and where many wait only the last count of bytes."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._home = asyncio.get_running_loop()
        self._waiting: deque[Event] = deque()
        self._lock = threading.Lock()

    def tell(self, event: Event) -> None:
        """Take *event*, in any thread."""
        with self._lock:
            is_first = not self._waiting
            if (
                not is_first
                and isinstance(event, BodyAdvanced)
                and isinstance(self._waiting[-1], BodyAdvanced)
            ):
                self._waiting[-1] = event
            else:
                self._waiting.append(event)
        if is_first:
            with suppress(RuntimeError):  # the loop at home is closed: nobody listens
                self._home.call_soon_threadsafe(self.flush)

    def flush(self) -> None:
        """Hand on what waits; on the loop at home only."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                event = self._waiting.popleft()
            self._emit(event)


def can_watch(loop: asyncio.AbstractEventLoop) -> bool:
    """Return whether *loop* has an `add_reader` of its own."""
    return type(loop).add_reader is not asyncio.AbstractEventLoop.add_reader


def at_home(session: Session) -> Session:
    """Return *session* for use in the carrier's thread: its host is asked on the loop that runs now."""
    if session.host is None:
        return session
    return replace(session, host=_HostAtHome(session.host, asyncio.get_running_loop()))


class _HostAtHome:
    def __init__(self, host: Host, home: asyncio.AbstractEventLoop) -> None:
        self._host = host
        self._home = home

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        return await self._asked(self._host.allows_decoding(wire_bytes, decoded_bytes))

    async def authorize(self, url: str, redirect_url: str) -> str:
        return await self._asked(self._host.authorize(url, redirect_url))

    def show_device_code(self, code: str, url: str) -> None:
        self._home.call_soon_threadsafe(self._host.show_device_code, code, url)

    async def _asked(self, question: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(question, self._home))


async def _whole(ended: "asyncio.Future[T]", cancel: Callable[[], object]) -> T:
    """Await *ended*; when cancelled, call *cancel* and await it all the same."""
    try:
        return await asyncio.shield(ended)
    except asyncio.CancelledError:
        if ended.done():
            raise
        cancel()
        while not ended.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait((ended,))
        with suppress(asyncio.CancelledError):
            ended.exception()  # looked at, so that the loop does not complain of it
        raise


def _settle(ended: "asyncio.Future[T]", task: "asyncio.Task[T]") -> None:
    if ended.done():
        return
    if task.cancelled():
        ended.cancel()
    elif (error := task.exception()) is not None:
        ended.set_exception(error)
    else:
        ended.set_result(task.result())


def _live(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
