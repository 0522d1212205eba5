"""Closing with unsaved work, in the middle of a download, twice at once: nothing is lost unasked."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from antiphon.core.document import RequestDocument
from antiphon.store import collections as disk
from antiphon.ui.dialogs import Question
from tests.journeys.program import Program
from tests.waiting import until


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    for name in ("One", "Two"):
        disk.create_request(root, "", RequestDocument(name, url=f"http://h/{name}"))
    return root


async def edited(root):
    """Return the program with two edited requests open."""
    program = Program()
    program.closed = []
    program.window.closed.connect(lambda: program.closed.append(True))
    collection = program.workbench.open_collection(root)
    for path in ("one.yml", "two.yml"):
        program.window.requests.open(collection, path)
        document = program.window.request_page.document
        document.edit(replace(document.draft, url="http://h/edited"))
    return program


async def answer(text):
    await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
    buttons = QApplication.activeModalWidget().findChildren(QAbstractButton)
    QTest.mouseClick(next(button for button in buttons if button.text() == text), Qt.MouseButton.LeftButton)
    await asyncio.sleep(0.05)


def urls(root):
    return [disk.load_request(root, path).url for path in ("one.yml", "two.yml")]


async def test_save_saves_every_tab(qtloop, root):
    program = await edited(root)
    program.window.close()
    await answer("Save")
    await until(lambda: program.closed)
    assert urls(root) == ["http://h/edited"] * 2
    assert not program.workbench.journal.drafts()
    await program.close()


async def test_discard_leaves_the_files_and_no_draft_comes_back(qtloop, root):
    program = await edited(root)
    program.window.close()
    await answer("Discard")
    await until(lambda: program.closed)
    assert urls(root) == ["http://h/One", "http://h/Two"]
    assert not program.workbench.journal.drafts()
    await program.close()


async def test_keep_editing_keeps_window_and_edits(qtloop, root):
    program = await edited(root)
    program.window.close()
    await answer("Keep editing")
    assert not program.closed
    assert [page.document.is_dirty for page in program.window.pages.all] == [True, True]
    await program.close()


async def test_closing_twice_asks_once(qtloop, root):
    program = await edited(root)
    program.window.close()
    program.window.close()
    await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
    await asyncio.sleep(0.05)
    assert len([w for w in QApplication.topLevelWidgets() if isinstance(w, Question) and w.isVisible()]) == 1
    await answer("Keep editing")
    await program.close()


async def test_saving_on_close_stops_at_a_conflict(qtloop, root):
    program = await edited(root)
    disk.save_request(root, "one.yml", replace(disk.load_request(root, "one.yml"), url="http://h/theirs"))
    program.window.close()
    await answer("Save")
    assert not program.closed
    assert urls(root)[0] == "http://h/theirs"
    assert "Keep mine" in [action.label for action in program.notices[-1].actions]
    await program.close()


@pytest.mark.parametrize("command", ["tab.close", "window.close"])
async def test_a_running_download_is_ended_by_closing(qtloop, command):
    program = Program()
    closed = []
    program.window.closed.connect(lambda: closed.append(True))
    await _downloading(program)
    pages = len(program.window.pages.all)
    program.window.run_command(command)
    await until(lambda: closed or len(program.window.pages.all) < pages)
    await asyncio.sleep(0.2)
    await program.close()


async def test_sending_again_at_once_ends_the_first(qtloop):
    program = Program()
    page = await _downloading(program)
    first = page.document.feed
    page.document.edit(replace(page.document.draft, url="{{baseUrl}}/get"))
    page.document.send(program.workbench.tasks, program.workbench.sending)
    await until(lambda: page.document.feed is not first and page.document.feed.exchange.is_over)
    assert page.document.feed.exchange.state == "finished"
    await program.close()


async def test_a_running_run_is_ended_by_closing_its_tab(qtloop):
    program = Program()
    program.window.run_command("collection.sample")
    program.window.run_folder("6-large-bodies")
    run = program.page.run
    program.window.run_command("request.send")
    await until(lambda: run.rows and any(row.state == "running" for row in run.rows), 20)
    program.window.run_command("tab.close")
    await until(lambda: run not in program.workbench.runs)
    await asyncio.sleep(0.2)
    await program.close()


async def _downloading(program):
    """Return the page of the sample's largest download, which has begun."""
    program.window.run_command("collection.sample")
    program.window.requests.open(program.workbench.current, "6-large-bodies/one-gibibyte.yml")
    page = program.window.request_page
    program.window.run_command("request.send")
    await until(lambda: page.document.feed is not None and page.document.feed.body.size_bytes > 0, 20)
    return page


async def test_a_home_that_cannot_be_written_does_not_keep_the_window_open(qtloop, root, monkeypatch):
    program = await edited(root)

    def fail(*_arguments, **_options):
        from antiphon.core.errors import UserError

        raise UserError("Could not write session.json.", "No space left on device.")

    monkeypatch.setattr("antiphon.workbench.workbench.save_session", fail)
    program.window.close()
    await answer("Discard")
    await until(lambda: program.closed)
    await program.close()
