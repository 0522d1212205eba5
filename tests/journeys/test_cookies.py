"""Cookies in the window: one is edited and goes out so, in its environment only, and again after a restart."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.core.document import RequestDocument
from antiphon.ui.cookies.page import CookiesPage
from tests.journeys.program import Program
from tests.servers import http_server, reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


def cookies_page(program):
    program.window.run_command("cookies.manage")
    return program.window.findChild(CookiesPage)


def _first_row(cookies):
    return cookies.table.visualRect(cookies.table.facts.index(0, 0)).center()


async def test_an_edited_cookie_goes_out(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url="{{baseUrl}}/cookies/set?taste=sweet"))
    await program.sent(page)
    page.document.edit(replace(page.document.draft, url="{{baseUrl}}/cookies"))
    cookies = cookies_page(program)
    assert cookies_page(program) is cookies
    await until(lambda: cookies.going.text().startswith("1 cookie goes along"))
    QTest.mouseClick(cookies.table.viewport(), Qt.MouseButton.LeftButton, pos=_first_row(cookies))
    cookies.form.value.selectAll()
    QTest.keyClicks(cookies.form.value, "sour")
    QTest.keyClick(cookies.form.value, Qt.Key.Key_Return)
    exchange = await program.sent(page)
    assert exchange.last.request.header("Cookie") == "taste=sour"
    assert b'"sour"' in page.document.feed.body.read(0, 1000)
    QTest.keyClick(cookies, Qt.Key.Key_Escape)
    await until(lambda: program.window.findChild(CookiesPage) is None)
    await program.close()


async def test_cookies_are_there_again_after_a_restart(qtloop, program):
    def answer(request):
        return reply(b"", "200 OK", *([] if request.get("cookie") else ["Set-Cookie: sid=abc"]))

    async with http_server(answer) as (address, received):
        for _ in range(2):
            program.window.run_command("request.new")
            page = program.window.request_page
            page.document.edit(RequestDocument(url=f"http://{address.host}:{address.port}/"))
            await program.sent(page)
            cookies_page(program)
            await program.close()
            program = Program()
        await program.close()
    assert [request.get("cookie") for request in received] == [None, "sid=abc"]


async def test_a_refused_cookie_has_its_reason_in_the_tab(qtloop, program):
    lines = ("Set-Cookie: a=1; Domain=other.org", "Set-Cookie: b=2")
    async with http_server(lambda _request: reply(b"", "200 OK", *lines)) as (address, _received):
        program.window.run_command("request.new")
        page = program.window.request_page
        page.document.edit(RequestDocument(url=f"http://{address.host}:{address.port}/"))
        await program.sent(page)
        rows = page.response.cookies.facts.rows
        assert [(row[0], row[-1]) for row in rows] == [
            ("a", "refused: it is for another domain (other.org)"),
            ("b", ""),
        ]
        await program.close()
