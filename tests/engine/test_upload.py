"""How far a body has got is told at its end, and now and then before."""

import asyncio

from antiphon.core.exchange import Uploaded
from antiphon.core.prepared import BytesContent, NoContent
from antiphon.engine.recorder import Recorder
from antiphon.engine.upload import Progress, Upload
from tests.waiting import until


def test_a_body_is_opened_afresh_for_each_attempt():
    upload = Upload(BytesContent(b"abc"))
    assert [b"".join(upload.chunks()) for _ in range(2)] == [b"abc"] * 2
    assert (upload.size_bytes, Upload(NoContent()).size_bytes) == (3, 0)


def test_the_end_is_told_once_and_nothing_where_nothing_left():
    events = []
    for count in (0, 7):
        with Progress(Recorder(events.append), 10, lambda count=count: count):
            pass
    assert [(event.sent_bytes, event.total_bytes) for event in events] == [(7, 10)]


def test_framing_is_not_counted_as_body():
    events = []
    with Progress(Recorder(events.append), 10, lambda: 15):
        pass
    assert [event.sent_bytes for event in events] == [10]


async def test_in_between_it_is_told_where_something_changed():
    events: list[Uploaded] = []
    count = 1
    with Progress(Recorder(events.append), 10, lambda: count) as progress:
        progress.watch()
        progress.watch()
        await until(lambda: events)
        await asyncio.sleep(0.12)
        assert len(events) == 1
        count = 2
        await until(lambda: len(events) == 2)
        count = 10
    await asyncio.sleep(0.12)
    assert [event.sent_bytes for event in events] == [1, 2, 10]
