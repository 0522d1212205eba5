"""Taking a body out of the window: to a file while it arrives, a part of it, into another program."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton

from antiphon.ui import dialogs
from antiphon.ui.viewer import body_view
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    """Answer the question for a file with this path; keeps what was suggested."""
    asked = []

    async def answer(_parent, title, name):
        asked.append((title, name))
        return tmp_path / "chosen.bin"

    monkeypatch.setattr(dialogs, "ask_file_to_save", answer)
    return tmp_path / "chosen.bin", asked


def edited(program, url):
    if program.window.request_page is None:
        program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, method="GET", url=url))
    return page


def button(pane, words):
    return next(one for one in pane.findChildren(QAbstractButton) if one.text() == words)


async def test_a_body_is_saved_while_it_arrives(qtloop, program, chosen):
    file, asked = chosen
    page = edited(program, "{{baseUrl}}/bytes/3000000")
    before = page.document.feed
    program.window.run_command("request.send_and_save")
    await until(lambda: file.exists(), 20)
    assert page.document.feed is not before
    assert asked == [("Send and save", "3000000")]
    assert file.read_bytes() == page.document.feed.body.read(0, 3_000_000)
    assert any(notice.title.startswith(f"Saved {file}") for notice in program.notices)
    await program.close()


async def test_what_arrived_before_a_cancel_is_kept_and_said_to_be_a_part(qtloop, program, chosen):
    file, _asked = chosen
    page = edited(program, "{{baseUrl}}/stream/50?interval=0.05")
    program.window.run_command("request.send_and_save")
    await until(lambda: page.document.feed is not None and page.document.feed.body.size_bytes > 100, 20)
    program.window.run_command("request.cancel")
    part = file.with_name("chosen.bin.part")
    await until(lambda: any(notice.title == "The answer is not complete." for notice in program.notices), 20)
    assert part.read_bytes() == page.document.feed.body.read(0, 1 << 20)
    assert not file.exists()
    await program.close()


async def test_more_than_a_clipboard_holds_is_offered_to_a_file(qtloop, program, chosen, monkeypatch):
    file, _asked = chosen
    monkeypatch.setattr(body_view, "COPY_LIMIT_BYTES", 20)
    page = edited(program, "{{baseUrl}}/lines/100")
    await program.sent(page)
    panel = page.response.body
    panel.view.select(80, 240)
    panel.view.copy()
    assert "too much for the clipboard" in panel.notice.text
    button(panel.notice, "Save the selection…").click()
    await until(lambda: file.exists(), 20)
    assert file.read_bytes() == page.document.feed.body.read(80, 160)
    await program.close()


async def test_a_body_is_opened_in_the_program_of_the_system_but_never_one_that_runs(
    qtloop, program, monkeypatch
):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    with RecordingServer() as server:
        server.answer = lambda _asked: reply(
            b"echo hello", "200 OK", "Content-Disposition: attachment; filename=run.sh"
        )
        page = edited(program, server.address)
        await program.sent(page)
        page.response.open_asked.emit()
        await until(lambda: any("could be run" in notice.title for notice in program.notices))
        server.answer = lambda _asked: reply(
            b"name,count\n", "200 OK", "Content-Disposition: attachment; filename=table.csv"
        )
        await program.sent(page)
        page.response.open_asked.emit()
        await until(lambda: opened)
    (url,) = opened
    assert isinstance(url, QUrl)
    path = Path(url.toLocalFile())
    assert path.name == "table.csv"
    assert await asyncio.to_thread(path.read_bytes) == b"name,count\n"
    await program.close()
