"""What a person does in the window, from the empty start to the last question, against the practice server."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from antiphon.core.document import RequestDocument
from antiphon.store import collections as disk
from antiphon.ui.dialogs import Question
from antiphon.ui.request_page import RequestPage
from antiphon.ui.run.view import RunView
from tests.journeys.program import Program
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


async def test_the_sample_sends_its_first_request_from_an_empty_start(qtloop, program):
    window = program.window
    assert window.sidebar._stack.currentIndex() == 0
    window.run_command("collection.sample")
    assert isinstance(program.page, RequestPage)
    exchange = await program.sent()
    assert (exchange.state, exchange.head.status, exchange.head.http_version) == ("finished", 200, "HTTP/1.1")
    assert "200 OK" in program.page.response.bar.text()
    assert "HTTP/1.1" in program.page.response.bar.text()
    again = await program.sent()
    assert again.last.connection.reused
    assert "reused connection" in program.page.response.bar.text()
    await program.close()


async def test_http2_over_tls_is_trusted_for_the_practice_server_only(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(
        replace(
            page.document.draft,
            url="{{secureUrl}}/get",
            options=replace(page.document.draft.options, http_version="auto"),
        )
    )
    exchange = await program.sent(page)
    assert exchange.head.http_version == "HTTP/2"
    assert exchange.last.connection.tls.alpn == "h2"
    await program.close()


async def test_cancelling_keeps_what_had_arrived(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, method="GET", url="{{baseUrl}}/stream/100?interval=0.02"))
    program.window.run_command("request.send")
    await until(lambda: page.document.feed is not None and page.document.feed.body.size_bytes > 0, 20)
    program.window.run_command("request.cancel")
    await until(lambda: page.document.feed.exchange.is_over)
    assert page.document.feed.exchange.state == "cancelled"
    assert page.document.feed.body.read(0, 2) == b'{"'
    await asyncio.sleep(0.05)
    assert "Cancelled" in page.response.bar.text()
    await program.close()


async def test_a_failed_request_says_so_where_the_response_would_be(qtloop, program):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="http://127.0.0.1:1/"))
    exchange = await program.sent(page)
    assert exchange.failure.kind == "connect"
    assert "127.0.0.1:1" in page.response.failure.accessibleName()
    assert page.response.failure.isVisible()
    await program.close()


async def test_a_missing_variable_is_a_notice_and_nothing_is_sent(qtloop, program):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="http://{{nowhere}}/"))
    program.window.run_command("request.send")
    await until(lambda: program.notices)
    assert "{{nowhere}}" in program.notices[-1].title
    assert page.document.feed is None
    assert program.window.notices.isVisible()
    await program.close()


async def test_the_five_users_run_into_a_table_with_one_marked_row(qtloop, program, tmp_path):
    program.window.run_command("collection.sample")
    folder = next(node for node in program.workbench.current.tree.top.children if "five" in node.name.lower())
    program.window.run_folder(folder.path)
    view = program.page
    assert isinstance(view, RunView)
    program.window.run_command("request.send")
    await until(lambda: view.run.rows and not view.run.is_running, 20)
    rows = view.run.rows
    assert len(rows) == 5
    assert {row.http_version for row in rows} == {"HTTP/2"}
    assert sum(row.is_marked for row in rows) == 1
    assert len({row.exchange.last.connection.local_address for row in rows}) == 1
    await asyncio.sleep(0.05)
    shown = [view.table.model().index(row, 5).data() for row in range(5)]
    assert all(name for name, row in zip(shown, rows, strict=True) if not row.is_marked)
    lines = view.run.csv().splitlines()
    assert len(lines) == 6
    assert "httpx.AsyncClient" in program.workbench.run_snippet(view.run)
    await program.close()


async def test_closing_with_unsaved_edits_asks_and_keeping_editing_keeps(qtloop, program, tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    disk.create_request(root, "", RequestDocument("Ping", url="http://h/ping"))
    program.workbench.open_collection(root)
    page = program.choose("Ping")
    page.document.edit(replace(page.document.draft, url="http://h/edited"))
    closed = []
    program.window.closed.connect(lambda: closed.append(True))

    async def answer(text):
        program.window.close()
        await until(lambda: isinstance(QApplication.activeModalWidget(), Question))
        question = QApplication.activeModalWidget()
        button = next(
            b for b in question.findChildren(type(question._primary).__mro__[1]) if b.text() == text
        )
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await asyncio.sleep(0.05)

    await answer("Keep editing")
    assert not closed
    assert page.document.is_dirty
    await answer("Save")
    await until(lambda: closed)
    assert disk.load_request(root, "ping.yml").url == "http://h/edited"
    await program.close()


async def test_one_click_previews_and_an_edit_pins(qtloop, program, tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    for name in ("A", "B", "C"):
        disk.create_request(root, "", RequestDocument(name, url=f"http://h/{name}"))
    program.workbench.open_collection(root)
    tree = program.window.sidebar.tree
    tree.preview_asked.emit("a.yml")
    tree.preview_asked.emit("b.yml")
    assert [page.document.path for page in program.window.pages.all] == ["b.yml"]
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url="http://h/edited"))
    tree.preview_asked.emit("c.yml")
    assert [page.document.path for page in program.window.pages.all] == ["b.yml", "c.yml"]
    await program.close()


async def test_every_command_has_a_title_and_keys_are_not_given_twice(qtloop, program):
    keys = [key for command in program.window.commands for key in command.keys]
    assert len(keys) == len(set(keys))
    assert all(command.title for command in program.window.commands)
    await program.close()


async def test_cookies_persist_between_requests_until_they_are_forgotten(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url="{{baseUrl}}/cookies/set?taste=sweet"))
    await program.sent(page)
    page.document.edit(replace(page.document.draft, url="{{baseUrl}}/cookies"))
    exchange = await program.sent(page)
    assert exchange.last.request.header("Cookie") == "taste=sweet"
    program.window.run_command("cookies.forget")
    await until(lambda: program.notices)
    assert "1 cookie" in program.notices[-1].title
    assert (await program.sent(page)).last.request.header("Cookie") is None
    await program.close()
