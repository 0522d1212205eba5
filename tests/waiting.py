"""Waiting in an async test without a nested event loop (`qtbot.wait*` is one, and loses other tasks' wake-ups)."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


async def until(predicate: Callable[[], Value], timeout: float = 10) -> Value:
    """Return the first truthy value of *predicate*, asked every 5 ms.

    Args:
        timeout: Seconds until the test fails instead.
    """
    end = time.monotonic() + timeout
    while not (value := predicate()):
        if time.monotonic() >= end:
            raise AssertionError(f"still {value!r} after {timeout} s: {_origin(predicate)}")
        await asyncio.sleep(0.005)
    return value


def _origin(predicate: Callable[[], object]) -> str:
    code = getattr(predicate, "__code__", None)
    return f"{code.co_name} at {code.co_filename}:{code.co_firstlineno}" if code else repr(predicate)
