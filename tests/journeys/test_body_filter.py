"""From a response to a list of names and a table in the clipboard, and to the next response with the same filter."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from antiphon.core.document import BearerAuth, RequestOptions
from antiphon.store.settings import load_settings
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
PEOPLE = [{"name": "Ada", "born": 1815}, {"name": "Grace", "born": 1906}]
MORE = [*PEOPLE, {"name": "Katherine", "born": 1918}]


@pytest.fixture
def program(qtloop):
    return Program()


def answers(*documents):
    """Return what a server answers with: *documents*, one after the other."""
    replies = [
        reply(json.dumps(each).encode(), "200 OK", "Content-Type: application/json") for each in documents
    ]
    return lambda _request: replies.pop(0)


def edit(program, **changes):
    if program.window.request_page is None:
        program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, **changes))
    return page


def text(filtering) -> str:
    source = filtering.work.page.view.source
    return source.read(0, source.size_bytes).decode()


async def typed(filtering, expression: str) -> None:
    filtering.work.bar.field.setText(expression)
    QTest.keyClick(filtering.work.bar.field, Key.Key_Return)
    await until(lambda: filtering.work._filter is not None and not filtering.work._filter.is_busy, 20)


async def test_a_response_is_filtered_to_names_and_to_a_table_that_is_copied(qtloop, program):
    with RecordingServer(answer=answers(PEOPLE, MORE)) as server:
        page = edit(program, method="GET", url=server.address, options=RequestOptions())
        await program.sent(page)
        program.window.run_command("body.filter")
        filtering = page.response.body.filtering
        assert program.window.focusWidget() is filtering.work.bar.field
        await typed(filtering, "$[*].name")
        assert json.loads(text(filtering)) == ["Ada", "Grace"]

        await typed(filtering, "$[*]")
        filtering.work.bar.forms._buttons["table"].click()
        table = filtering.work.page.table
        await until(lambda: table.results.rowCount() == 2, 20)
        table.setFocus()
        table.selectAll()
        QTest.keyClick(table, Key.Key_C, Mod.ControlModifier)
        copied = "$[0]\tAda\t1815\r\n$[1]\tGrace\t1906\r\n"
        await until(lambda: QGuiApplication.clipboard().text() == copied, 20)

        await program.sent(page)
        await until(lambda: filtering.work.is_shown and table.results.rowCount() == 3, 20)
        program.window.run_command("request.cancel")
        assert not filtering.is_on
        body = page.response.body
        assert body._pages.currentWidget() is body.view
        assert load_settings().recent_filters[:2] == ("$[*]", "$[*].name")
    await program.close()


async def test_a_filter_with_a_secret_is_not_remembered(qtloop, program):
    with RecordingServer(answer=answers([{"token": "geheim"}])) as server:
        page = edit(
            program, method="GET", url=server.address, auth=BearerAuth("geheim"), options=RequestOptions()
        )
        await program.sent(page)
        program.window.run_command("body.filter")
        filtering = page.response.body.filtering
        await typed(filtering, "$[?@.token == 'geheim']")
        await typed(filtering, "$[0]")
        program.window.run_command("request.cancel")
        assert load_settings().recent_filters == ("$[0]",)
    await program.close()
