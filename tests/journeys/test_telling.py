"""What the window tells of an exchange: its time, what was sent, why it failed and what mends it."""

import gzip
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from antiphon.core.document import BearerAuth, Header, RequestOptions
from antiphon.core.redaction import HIDDEN
from antiphon.ui.page import enter
from antiphon.ui.response.view import CONNECTION, SENT, TIMELINE
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


def edit(program, **changes):
    """Edit the request in front, which is the sample's first unless one is."""
    if program.window.request_page is None:
        program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, **changes))
    return page


def press(pane, title):
    button = next(
        one for one in pane.findChildren(QAbstractButton) if one.text() == title and one.isVisible()
    )
    button.setFocus()
    button.click()


async def test_the_timeline_of_a_redirect_has_a_block_for_each_hop(qtloop, program):
    page = edit(program, method="GET", url="{{baseUrl}}/redirect/1")
    await program.sent(page)
    page.response.strip.clicked.emit()
    assert page.response.tabs.current == TIMELINE
    text = page.response.timeline.canvas.text()
    titles = [line for line in text.splitlines() if line[:2] in {"1.", "2."}]
    assert "302" in titles[0]
    assert titles[1].endswith("/get: 200 OK")
    assert "TCP connect" in text
    assert "request 2 on it" in text
    assert "1 redirect" in page.response.bar.text()
    await program.close()


async def test_the_sent_tab_of_an_http2_request_shows_fields_frames_and_who_added_them(qtloop, program):
    page = edit(
        program,
        method="GET",
        url="{{secureUrl}}/get",
        headers=(Header("X-Own", "mine"),),
        auth=BearerAuth("geheim"),
        options=RequestOptions(),
    )
    await program.sent(page)
    page.response.tabs.select(SENT)
    sent = page.response.sent
    rows = sent.fields.facts.rows
    assert (":method", "GET", "HTTP/2") in rows
    assert ("x-own", "mine", "You") in rows
    assert ("authorization", f"Bearer {HIDDEN}", "Auth") in rows
    sent.views.chosen.emit(sent.views.show_choice("frames") or "frames")
    assert "HEADERS" in [row[0] for row in sent.frames.facts.rows]
    sent.secrets.click()
    sent.views.chosen.emit(sent.views.show_choice("fields") or "fields")
    assert ("authorization", "Bearer geheim", "Auth") in sent.fields.facts.rows
    await program.close()


async def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(qtloop, program):
    page = edit(program, method="GET", url="{{baseUrl}}/get?x=1", headers=(Header("X-Own", "1"),))
    program.window.run_command("request.rehearse")
    await until(lambda: page.response.is_rehearsing, 20)
    sent = page.response.rehearsal.sent
    assert page.document.feed is None
    assert sent.fields.facts.rows[0] == ("GET", "/get?x=1 HTTP/1.1", "")
    assert ("X-Own", "1", "You") in sent.fields.facts.rows
    page.response.rehearsal.version_chosen.emit("2")
    await until(lambda: sent.fields.facts.rows[0][0] == ":method")
    program.window.run_command("request.cancel")
    assert not page.response.is_rehearsing
    await program.sent(page)
    assert page.response.bar.text().startswith("200 OK")
    await program.close()


async def test_a_failed_verification_shows_the_chain_and_one_click_trusts_it(qtloop, program):
    page = edit(program, method="GET", url="{{secureUrl}}/get", options=RequestOptions())
    await program.sent(page)  # the practice server runs now, and is trusted by its address
    url = page.document.feed.exchange.last.request.url.replace("127.0.0.1", "localhost")
    page = edit(program, url=url)
    exchange = await program.sent(page)
    assert exchange.failure.kind == "tls"
    failure = page.response.failure
    assert failure.isVisible()
    assert "SHA-256" in failure.chain.text()
    press(failure, "Trust this certificate")
    await until(lambda: page.document.draft.options.ca_file)
    assert page.document.draft.options.verify
    press(failure, "Undo")
    assert failure.isAncestorOf(program.window.focusWidget()), "the focus is on the remedies again"
    press(failure, "Trust this certificate")
    await until(lambda: page.document.draft.options.ca_file)
    press(failure, "Send again")
    assert page.response.isAncestorOf(program.window.focusWidget()), "its button is gone, it stays near"
    await until(
        lambda: page.document.feed.exchange.is_over and page.document.feed.exchange.failure is None, 20
    )
    assert page.document.feed.exchange.last.connection.tls.is_verified
    page.response.tabs.select(CONNECTION)
    await until(lambda: "Certificate: verified" in page.response.connection.tree.text())
    await program.close()


async def test_verification_that_is_turned_off_is_undone_or_marked_loudly(qtloop, program):
    page = edit(program, method="GET", url="{{secureUrl}}/get", options=RequestOptions())
    await program.sent(page)
    page = edit(program, url=page.document.feed.exchange.last.request.url.replace("127.0.0.1", "localhost"))
    await program.sent(page)
    failure = page.response.failure
    failure.remedy_asked.emit("turn_off_verification")
    assert not page.document.draft.options.verify
    press(failure, "Undo")
    assert page.document.draft.options.verify
    failure.remedy_asked.emit("turn_off_verification")
    press(failure, "Send again")
    await until(
        lambda: page.document.feed.exchange.is_over and page.document.feed.exchange.failure is None, 20
    )
    await until(lambda: "certificate not verified" in page.response.bar.text())
    page.response.tabs.select(CONNECTION)
    assert "NOT verified" in page.response.connection.tree.text()
    await program.close()


@pytest.mark.parametrize(("answer", "size"), [("Go on", 5_000_000), ("Stop here", None)])
async def test_a_body_that_swells_is_asked_about_where_it_is_shown(qtloop, answer, size):
    program = Program()
    program.window.run_command("request.new")
    body = reply(gzip.compress(bytes(5_000_000)), "200 OK", "Content-Encoding: gzip")
    with RecordingServer(answer=lambda _request: body) as server:
        page = edit(program, url=server.address, options=RequestOptions(decoded_limit_bytes=100_000))
        program.window.run_command("request.send")
        question = page.response.question
        await until(question.isVisible)
        assert question.text.startswith("This body unpacks to more than ")
        assert "times what came." in question.text
        assert page.document.feed.exchange.state == "paused"
        assert page.response.bar.text().startswith("Waits for you")
        press(question, answer)
        await until(lambda: page.document.feed.exchange.is_over, 20)
        await until(lambda: not question.isVisible())
        arrived = page.document.feed.body.size_bytes
        assert arrived == size if size else 100_000 <= arrived < 5_000_000
    await program.close()


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("HEAD", "/get", "No body HEAD asks for the headers alone."),
        ("GET", "/status/204", "No body 204 says that there is none."),
        ("GET", "/bytes/0", "Empty body The response came without a body."),
    ],
)
async def test_an_answer_without_a_body_says_why(qtloop, program, method, path, words):
    page = edit(program, method=method, url=f"{{{{baseUrl}}}}{path}")
    await program.sent(page)
    message = page.response.body._pages.currentWidget()
    assert f"{message._title.text()} {message._text.text()}" == words
    await program.close()


async def test_tab_comes_to_what_stands_above_the_tabs_of_an_answer(qtloop, program):
    page = edit(program, method="GET", url="{{baseUrl}}/get")
    await program.sent(page)
    page.editor.focus_url()
    enter(page.response)
    assert page.response.isAncestorOf(program.window.focusWidget())
    tabs = program.window.focusWidget()
    QTest.keyClick(tabs, Qt.Key.Key_Backtab)
    above = program.window.focusWidget()
    assert above is page.response.compare
    QTest.keyClick(above, Qt.Key.Key_Tab)
    assert program.window.focusWidget() is tabs
    page.editor.focus_url()
    reached = []
    for _step in range(60):
        QTest.keyClick(program.window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(program.window.focusWidget())
    assert page.response.compare in reached
    await program.close()
