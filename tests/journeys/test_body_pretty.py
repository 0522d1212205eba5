"""A body that is not JSON laid out in the window, and JSON with something wrong in it."""

import json
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton

from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until

XML = b'<?xml version="1.0"?><shop><item id="1"><name>Tea &amp; cups</name><price>4.50</price></item><empty/></shop>'
RECORDS = json.dumps([{"id": number, "name": "x" * 60} for number in range(20_000)]).encode()
FAULTY = RECORDS[:-1] + b', {"id": oops, "name": "y"}]'


@pytest.fixture
def program(qtloop):
    return Program()


@pytest.fixture
def server():
    bodies = {"/xml": (XML, "application/xml"), "/faulty": (FAULTY, "application/json")}

    def answer(recorded):
        body, media_type = bodies[recorded.target]
        return reply(body, "200 OK", f"Content-Type: {media_type}")

    with RecordingServer(answer) as server:
        yield server


async def shown(program, url):
    """Send a GET to *url* and return the panel of the body."""
    if program.window.request_page is None:
        program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, method="GET", url=url))
    await program.sent(page)
    return page.response.body


def press(widget, title):
    next(button for button in widget.findChildren(QAbstractButton) if button.text() == title).click()


async def test_xml_on_one_line_is_laid_out_and_raw_shows_it_as_it_came(qtloop, program, server):
    panel = await shown(program, f"{server.address}/xml")
    panel.choose_mode("pretty")
    await until(lambda: panel.view.row_count == 8)
    panel.view.select_all()
    assert panel.view.selected_text().splitlines()[2:5] == [
        '  <item id="1">',
        "    <name>Tea &amp; cups</name>",
        "    <price>4.50</price>",
    ]
    panel.choose_mode("raw")
    panel.view.select_all()
    assert panel.view.selected_text() == XML.decode()
    await program.close()


async def test_faulty_json_is_laid_out_up_to_the_fault_and_one_button_leads_there(qtloop, program, server):
    panel = await shown(program, f"{server.address}/faulty")
    line = json.dumps(json.loads(RECORDS), indent=2).count("\n") + 2
    await until(lambda: panel.notice.isVisible() and f"{line:,}, column 11" in panel.notice.text, 30)
    assert "oops where a value should be" in panel.notice.text
    press(panel.notice, "Go there")
    await until(lambda: panel.view.selected_text() == "o", 30)
    start, _end = panel.view.selection
    assert panel.view.source.read(start, 99) == b'oops, "name": "y"}]'
    await program.close()
