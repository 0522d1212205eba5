"""Options that are set in the window do what they say, and are there again after a restart."""

import gzip

import pytest
from PySide6.QtWidgets import QFileDialog, QMenu

from antiphon.core.document import RequestDocument
from tests.journeys.program import Program
from tests.servers import http_server, reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


def new_request(program, url):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(url=url))
    return page


async def test_a_body_is_saved_as_it_was_received(qtloop, program, tmp_path):
    packed = gzip.compress(b"hello " * 100)
    lines = ("Content-Encoding: gzip", "Content-Type: text/plain")
    async with http_server(lambda _request: reply(packed, "200 OK", *lines)) as (address, _received):
        page = new_request(program, address.url("/words"))
        await program.sent(page)
        page.response.body.save_button.click()
        menu = page.response.body.findChild(QMenu)
        titles = [action.text() for action in menu.actions()]
        assert titles == ["Save…", f"Save as received (gzip, {len(packed)} B)…"]
        menu.actions()[1].trigger()
        await until(lambda: program.window.findChild(QFileDialog) is not None)
        dialog = program.window.findChild(QFileDialog)
        assert dialog.selectedFiles()[0].endswith("words.txt.gz")
        dialog.selectFile(str(tmp_path / "words.txt.gz"))
        dialog.accept()
        await until(lambda: (tmp_path / "words.txt.gz").exists())
        assert (tmp_path / "words.txt.gz").read_bytes() == packed
        raw = page.document.feed.raw
        await program.close()
        assert raw.is_closed


async def test_a_body_without_coding_is_saved_without_a_question(qtloop, program):
    async with http_server(lambda _request: reply(b"plain")) as (address, _received):
        page = new_request(program, address.url())
        await program.sent(page)
        page.response.body.save_button.click()
        await until(lambda: program.window.findChild(QFileDialog) is not None)
        assert page.response.body.findChild(QMenu) is None
        program.window.findChild(QFileDialog).reject()
        await program.close()
