"""How far a body has got is told at its end, and now and then before."""

import asyncio
import time
import tracemalloc

import pytest

from antiphon.core.document import Timeouts
from antiphon.core.events import Uploaded
from antiphon.core.prepared import BytesContent, FileContent, NoContent
from antiphon.engine.recorder import Recorder
from antiphon.engine.upload import Progress, Upload
from tests.engine.exchanges import opened, request, send
from tests.servers import answer, h2_server
from tests.waiting import until


def test_a_body_is_opened_afresh_for_each_attempt():
    upload = Upload(BytesContent(b"abc"))
    assert [b"".join(upload.chunks()) for _ in range(2)] == [b"abc"] * 2
    assert (upload.size_bytes, Upload(NoContent()).size_bytes) == (3, 0)


def test_the_end_is_told_once_and_nothing_where_nothing_left():
    events = []
    for count in (0, 7):
        with Progress(Recorder(events.append), 10, lambda count=count: count, time.perf_counter):
            pass
    assert [(event.sent_bytes, event.total_bytes) for event in events] == [(7, 10)]


def test_framing_is_not_counted_as_body():
    events = []
    with Progress(Recorder(events.append), 10, lambda: 15, time.perf_counter):
        pass
    assert [event.sent_bytes for event in events] == [10]


async def test_in_between_it_is_told_where_something_changed():
    events: list[Uploaded] = []
    count = 1
    with Progress(Recorder(events.append), 10, lambda: count, time.perf_counter) as progress:
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


async def _discards(scope, receive, send_):
    size = 0
    while (message := await receive()).get("more_body"):
        size += len(message["body"])
    await answer(send_, str(size + len(message.get("body", b""))).encode())


@pytest.mark.parametrize("version", ["1.1", "2-prior-knowledge"])
@pytest.mark.parametrize("mebibytes", [40, pytest.param(1024, marks=pytest.mark.slow)])
async def test_memory_stays_flat_while_a_large_file_goes_out(tmp_path, version, mebibytes):
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(mebibytes << 20)
    content = FileContent(big, mebibytes << 20)
    async with h2_server(_discards) as address, opened() as engine:
        await send(engine, request(address, http_version=version))
        limits = Timeouts(total_s=None)
        prepared = request(address, method="PUT", content=content, http_version=version, timeouts=limits)
        tracemalloc.start()
        try:
            outcome = await send(engine, prepared)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert outcome.body == str(mebibytes << 20).encode()
    assert peak < 16 << 20
    assert outcome.exchange.last.uploaded_bytes == mebibytes << 20
