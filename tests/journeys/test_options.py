"""Options that are set in the window do what they say, and are there again after a restart."""

import gzip
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from antiphon.core.document import OAuth2Auth, RequestDocument
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


OAUTH2 = OAuth2Auth(
    "client_credentials",
    token_url="{{baseUrl}}/oauth2/token",
    client_id="practice",
    client_secret="practice-secret",  # noqa: S106 - of the practice server
    scope="profile",
)


async def test_a_token_is_fetched_shown_used_and_forgotten_by_the_buttons_of_its_page(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="{{baseUrl}}/oauth2/me", auth=OAUTH2))
    program.window.run_command("view.panel_4")
    oauth2 = page.editor._panels[3]._page("oauth2")
    await until(lambda: oauth2.state.text().startswith("No token"))
    assert not oauth2.forget.isEnabled()
    oauth2.fetch.click()
    await until(lambda: "expires in" in oauth2.state.text())
    assert "Scope: profile" in oauth2.state.text()
    exchange = await program.sent(page)
    assert exchange.head.status == 200
    assert [hop.purpose for hop in exchange.hops] == ["request"]
    oauth2.forget.click()
    await until(lambda: oauth2.state.text().startswith("No token"))
    page.document.edit(replace(page.document.draft, auth=replace(OAUTH2, client_secret="wrong")))
    oauth2.fetch.click()
    await until(lambda: program.notices and program.notices[-1].level == "error")
    assert oauth2.state.text().startswith("No token") and oauth2.fetch.isEnabled()
    await program.close()


async def test_digest_is_answered_with_what_its_page_says(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="{{baseUrl}}/digest-auth/auth/ada/engine"))
    program.window.run_command("view.panel_4")
    auth = page.editor._panels[3]
    auth.kinds.choose("digest")
    username, password = (auth._page("digest")._rows[name] for name in ("username", "password"))
    QTest.keyClicks(username, "ada")
    QTest.keyClicks(password.field, "engine")
    exchange = await program.sent(page)
    assert exchange.head.status == 200
    assert [hop.purpose for hop in exchange.hops] == ["request", "auth"]
    await program.close()
