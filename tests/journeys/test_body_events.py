"""Streams in the window: a live list of events, filtered, paused, and joined to a text."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.journeys.program import Program
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def program(qtloop):
    return Program()


def send(program, name, url=None):
    """Send the sample's request *name*, to *url* where that is given, and return the page of the request."""
    program.window.run_command("collection.sample")
    page = program.choose(name)
    if url is not None:
        page.document.edit(replace(page.document.draft, url=url, params=()))
    program.window.run_command("request.send")
    return page


async def listed(page):
    """Return the page of events once it shows some."""
    body = page.response.body
    await until(lambda: hasattr(body._pages.currentWidget(), "bar"), 20)
    events = body._pages.currentWidget()
    await until(lambda: events.index is not None and events.index.count > 0, 20)
    return events


def held(view):
    return view.source.read(0, view.source.size_bytes).decode()


async def test_events_are_listed_filtered_and_held_back_while_they_come(qtloop, program):
    page = send(program, "Server-sent events", "{{baseUrl}}/sse/60?interval=0.02")
    events = await listed(page)
    assert not page.document.feed.exchange.is_over
    assert events.list.seen_text()[0][1:] == ("tick", "1", '{"tick": 1}')
    await until(lambda: events.index.count >= 5)
    events.list.setFocus()
    QTest.keyClick(events.list, Key.Key_P, Mod.AltModifier)
    seen = events.rows.count
    await until(lambda: "+" in events.bar.pause.text() and events.rows.new_count > 3)
    assert events.rows.count == seen
    QTest.keyClick(events.list, Key.Key_P, Mod.AltModifier)
    program.window.run_command("view.find")
    QTest.keyClicks(events.bar.field, '"tick": 2')
    await until(lambda: page.document.feed.exchange.is_over, 20)
    await until(lambda: events.index.count == 60 and events.rows.count == 11)
    assert [row[2] for row in events.list.seen_text()] == ["2", *(str(n) for n in range(20, 30))]
    QTest.keyClick(events.bar.field, Key.Key_Down)
    QTest.keyClick(events.list, Key.Key_Home)
    assert held(events.detail.event_view) == '{\n  "tick": 2\n}'
    QTest.keyClick(events.list, Key.Key_Return)
    assert page.response.body.view.selected_text() == 'id: 2\nevent: tick\ndata: {"tick": 2}\n'
    times = [float(events.rows.time_text(number).strip("+ s")) for number in range(60)]
    assert times == sorted(times)
    assert times[-1] > 0.5
    await program.close()


async def test_tokens_become_a_text_as_they_come(qtloop, program):
    page = send(program, "Tokens as they come")
    events = await listed(page)
    await until(lambda: held(events.detail.joined_view).startswith("An antiphon is sung"))
    assert not page.document.feed.exchange.is_over
    await until(lambda: page.document.feed.exchange.is_over, 20)
    await until(lambda: held(events.detail.joined_view).endswith("you are reading now. "))
    await until(lambda: events.list.seen_text()[-1][-1] == "[DONE]")
    await program.close()


async def test_a_stream_that_is_cancelled_keeps_its_events(qtloop, program):
    page = send(program, "Lines as they come", "{{baseUrl}}/stream/100000?interval=0.01")
    await until(lambda: page.document.feed is not None and page.document.feed.body.size_bytes > 100, 20)
    await until(lambda: page.response.body.isVisible(), 20)
    page.response.body.choose_mode("events")
    events = await listed(page)
    await until(lambda: events.index.count > 10)
    events.bar.field.setFocus()
    QTest.keyClicks(events.bar.field, "line")
    QTest.keyClick(events.bar.field, Key.Key_Escape)
    assert not page.document.feed.exchange.is_over, "Esc emptied the filter"
    assert events.bar.field.text() == ""
    program.window.run_command("request.cancel")
    await until(lambda: page.document.feed.exchange.is_over)
    await asyncio.sleep(0.1)
    count = events.index.count
    assert count > 10
    assert events.list.seen_text()[-1][-1].startswith('{"line": ')
    await until(lambda: not events._timer.isActive())
    await program.close()
