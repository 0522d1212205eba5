"""Two answers to one request set side by side in the window: sent twice, kept, from a file, from another environment."""

import asyncio
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMenu

from antiphon.core.document import Environment, RequestDocument, Variable
from antiphon.store import collections as disk
from antiphon.store import environments
from antiphon.ui.compare.page import BODY, HEADERS, TIMES, ComparePage
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


class Counter:
    """Answers that differ in a number, a time and a header."""

    def __init__(self):
        self.count = 0

    def __call__(self, request):
        self.count += 1
        document = {
            "id": f"id-{self.count}",
            "meta": {"time": f"12:00:0{self.count}"},
            "path": request.target,
            "items": [{"name": f"n{n}", "at": self.count} for n in range(3)],
        }
        return reply(
            json.dumps(document).encode(),
            "200 OK",
            "Content-Type: application/json",
            f"X-Count: {self.count}",
        )


@pytest.fixture
def server():
    with RecordingServer(answer=Counter()) as server:
        yield server


def new_request(program, server):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(url=f"{server.address}/things"))
    return page


async def compared(program):
    """Open the comparison of the request in front and wait for what is found."""
    program.window.run_command("response.compare")
    page = program.window.page
    assert isinstance(page, ComparePage)
    await found(page)
    return page


async def found(page):
    await until(lambda: page.outcome is not None and page.comparing.progress is None)
    return page.outcome


def paths(page):
    pieces = page.area.folds.pieces
    return [pieces.path(number) for number in pieces.differences]


async def test_two_sends_are_compared_and_ignored_paths_leave_no_difference(qtloop, program, server):
    new_request(program, server)
    assert "response.compare" not in [row.id for row in program.window.commands if row.enabled()]
    await program.sent()
    program.window.run_command("response.compare")
    empty = program.window.page
    assert empty.message.isVisible()
    program.window.pages.front(program.window.pages.requests[0])
    await program.sent()
    page = await compared(program)
    assert page is empty
    assert paths(page) == ["$.id", "$.meta.time", "$.items[0].at", "$.items[1].at", "$.items[2].at"]
    assert page.controls.count.text() == "1 of 5"
    assert page.place.text() == "$.id"
    assert program.window.focusWidget() is page.area
    QTest.keyClick(page.area, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    await until(lambda: page.outcome is not None and page.outcome.differences == 4)
    QTest.keyClick(page.area, Qt.Key.Key_F8)
    QTest.keyClick(page.area, Qt.Key.Key_F8)
    assert page.place.text() == "$.items[1].at"
    QTest.keyClick(page.area, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert page.place.text() == "$.items[0].at"
    QTest.keyClick(page.area, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    await until(lambda: page.outcome is not None and page.outcome.differences == 1)
    assert page.ignore_bar.field.text() == "$.id $.items[*].at"
    QTest.keyClick(page.area, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert program.window.focusWidget() is page.ignore_bar.field
    page.ignore_bar.field.end(False)
    QTest.keyClicks(page.ignore_bar.field, " $.meta.time")
    QTest.keyClick(page.ignore_bar.field, Qt.Key.Key_Return)
    await until(lambda: page.outcome is not None and page.outcome.differences == 0)
    assert page.controls.count.text() == "No differences"
    assert program.window.focusWidget() is page.area
    await program.close()


async def test_ignoring_a_place_leads_to_the_next_difference_not_to_the_first(qtloop, program, server):
    new_request(program, server)
    await program.sent()
    await program.sent()
    page = await compared(program)
    QTest.keyClick(page.area, Qt.Key.Key_F8)
    assert page.place.text() == "$.meta.time"
    QTest.keyClick(page.area, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    await until(lambda: page.outcome is not None and page.outcome.differences == 4)
    assert page.place.text() == "$.items[0].at"
    page.ignore_bar.add("$.items")
    await until(lambda: page.outcome is not None and page.outcome.differences == 1)
    assert page.place.text() == "$.id"
    await program.close()


async def test_a_comparison_can_be_stopped_and_begun_anew(qtloop, program, server):
    new_request(program, server)
    await program.sent()
    await program.sent()
    program.window.run_command("response.compare")
    page = program.window.page
    assert page._body.currentWidget() is page.working
    QTest.keyClick(page, Qt.Key.Key_Q, Qt.KeyboardModifier.AltModifier)
    assert page._body.currentWidget() is page.stopped
    assert page.manner.isVisible()
    await asyncio.sleep(0.2)
    assert page._body.currentWidget() is page.stopped
    page.tabs.select(HEADERS)
    assert page.headers.facts.rows
    page.tabs.select(BODY)
    again = page.stopped.findChild(QAbstractButton)
    QTest.mouseClick(again, Qt.MouseButton.LeftButton)
    assert (await found(page)).manner == "structure"
    assert page._body.currentWidget() is page.area
    assert not page.notes.isVisible()
    page.comparing.set_manner("lines")
    QTest.keyClick(page, Qt.Key.Key_Q, Qt.KeyboardModifier.AltModifier)
    assert page.notes.text() == "The comparison was stopped: this was found before."
    assert page.notes.isVisible()
    await program.close()


async def test_sending_again_from_the_comparison_compares_anew(qtloop, program, server):
    request = new_request(program, server)
    await program.sent()
    await program.sent()
    page = await compared(program)
    before = page.comparing.comparison
    await program.sent(request)
    await until(lambda: page.comparing.comparison is not before)
    await found(page)
    sides = page.comparing.sides
    assert [b"id-2" in side.body.body.read(0, 99) for side in sides] == [True, False]
    assert b"id-3" in sides[1].body.body.read(0, 99)
    await program.close()


async def test_headers_and_times_stand_beside_each_other(qtloop, program, server):
    new_request(program, server)
    await program.sent()
    await program.sent()
    page = await compared(program)
    assert page.tabs.titles() == ["Body 5", "Headers 1", "Times"]
    page.tabs.select(HEADERS)
    assert page.headers.isVisible()
    assert page.headers.facts.rows[0] == ("~", "X-Count", "1", "2")
    page.tabs.select(TIMES)
    assert "Total" in [row[1] for row in page.times.facts.rows]
    page.tabs.select(BODY)
    assert page.area.isVisible()
    await program.close()


async def test_a_kept_answer_stays_whatever_is_sent_after_it(qtloop, program, server):
    new_request(program, server)
    await program.sent()
    program.window.run_command("response.keep")
    for _ in range(3):
        await program.sent()
    page = await compared(program)
    assert page.other.currentText() == "Kept answer"
    assert page.left_title.text().startswith("Kept answer · 200 OK")
    assert (
        page.area.accessibleDescription()
        == 'changed, left line 2: "id": "id-1",, right line 2: "id": "id-4",'
    )
    page.other.choose("previous")
    await until(lambda: page.outcome is not None and "id-3" in page.area.accessibleDescription())
    await program.close()


async def test_an_answer_is_compared_with_a_file_by_structure_and_by_lines(qtloop, program, server, tmp_path):
    file = tmp_path / "saved.json"
    new_request(program, server)
    await program.sent()
    body = program.window.request_page.document.feed.body
    wanted = json.loads(body.read(0, body.size_bytes)) | {"id": "another"}
    file.write_text(json.dumps(dict(reversed(wanted.items())), indent=8))
    program.window.run_command("response.compare")
    page = program.window.page
    page.choose_file()
    dialog = page.findChild(QFileDialog)
    dialog.filesSelected.emit([str(file)])
    dialog.close()
    await found(page)
    assert page.left_title.text() == "saved.json"
    assert paths(page) == ["$.id"]
    QTest.keyClick(page.area, Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    await until(lambda: page.outcome is not None and page.outcome.manner == "lines")
    assert page.outcome.differences > 1
    assert not page.ignore_bar.isVisible()
    QTest.keyClick(page.area, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    await until(lambda: "id-1" in QGuiApplication.clipboard().text())
    page.tabs.select(HEADERS)
    assert not page.headers.isVisible()
    await program.close()


async def test_the_same_request_is_sent_in_another_environment_which_is_not_chosen_by_that(
    qtloop, program, server, tmp_path
):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    disk.create_request(root, "", RequestDocument("Ping", url=server.address + "/{{stage}}"))
    for name in ("Local", "Staging"):
        environments.create_environment(root, name)
        environments.save_environment(root, Environment(name, (Variable("stage", name.lower()),)))
    collection = program.workbench.open_collection(root)
    collection.choose_environment("Local")
    program.choose("Ping")
    await program.sent()
    program.window.run_command("response.compare_environment")
    menu = next(one for one in program.window.findChildren(QMenu) if one.isVisible())
    assert [action.text() for action in menu.actions()] == ["Send in Staging", "Send in no environment"]
    menu.actions()[0].trigger()
    menu.close()
    await until(lambda: isinstance(program.window.page, ComparePage), 20)
    page = program.window.page
    await found(page)
    assert collection.environment_name == "Local"
    assert server.requests[-1].target == "/staging"
    assert page.left_title.text().startswith("In Staging · 200 OK")
    assert "$.path" in paths(page)
    await program.close()


async def test_the_comparison_closes_with_its_request_and_leaves_no_process(qtloop, program, server):
    request = new_request(program, server)
    await program.sent()
    await program.sent()
    page = await compared(program)
    sides = page.comparing.sides
    program.workbench.discard(request.document)
    program.workbench.close_document(request.document)
    assert program.window.pages.all == []
    assert all(side.body.body.read(0, 1) == b"" for side in sides)
    await asyncio.sleep(0.05)
    await program.close()
