"""Sending again, and closing, while what was sent before is still ending."""

import asyncio

import pytest

from antiphon.core.document import RequestDocument
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.tasks import Tasks

pytestmark = pytest.mark.usefixtures("qapp")


class Slow:
    """Sends that go on writing for a moment after they were cancelled, as the engine's thread may."""

    async def ready(self, _collection):
        async def send(_prepared, body, *_more):
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                for _ in range(3):
                    await asyncio.sleep(0.02)
                    body.append(b"x")
                raise

        return send


@pytest.mark.parametrize("ends_by", ["sending", "closing"])
async def test_a_body_stays_until_what_writes_into_it_has_ended(qtloop, ends_by):
    faults = []
    tasks = Tasks(lambda error, _name: faults.append(error))
    document = OpenDocument(RequestDocument(url="http://a.test/"))
    document.send(tasks, Slow())
    await asyncio.sleep(0.1)
    document.send(tasks, Slow())  # waits for the first, and is cancelled while it does
    await asyncio.sleep(0.01)
    if ends_by == "sending":
        document.send(tasks, Slow())
        await asyncio.sleep(0.2)
    document.close()
    await asyncio.sleep(0.2)
    await tasks.close()
    assert faults == []
