"""The Sent tab: what left, who added it, and no secret unasked."""

import pytest
from PySide6.QtGui import QGuiApplication

from antiphon.core.document import BearerAuth, Header, RequestDocument
from antiphon.core.events import (
    Failed,
    Failure,
    Frame,
    HopBegan,
    Phase,
    PhaseBegan,
    Redirected,
    RequestSent,
    Sent,
    Uploaded,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.core.redaction import HIDDEN
from antiphon.ui.response.sent_panel import SentPanel
from antiphon.ui.theme import Theme

REQUEST = prepare(
    RequestDocument(url="http://h/a", headers=(Header("X-Own", "1"),), auth=BearerAuth("t0ken"))
)
HEAD = b"GET /a HTTP/1.1\r\nHost: h\r\nX-Own: 1\r\nAuthorization: Bearer t0ken\r\n\r\n"
HTTP1 = Sent(head=HEAD, is_complete=True)
HTTP2 = Sent(
    fields=((":method", "GET"), (":path", "/a"), ("x-own", "1"), ("authorization", "Bearer t0ken")),
    frames=(Frame("HEADERS", 1, "END_HEADERS", 40), Frame("DATA", 1, "END_STREAM", 5, "the body")),
    body=b"hello",
    body_bytes=5,
    is_complete=True,
)


def sent(*each):
    exchange = Exchange()
    for number, one in enumerate(each):
        exchange = exchange.after(HopBegan(REQUEST, float(number)))
        exchange = exchange.after(RequestSent(one, float(number)))
        if number < len(each) - 1:
            exchange = exchange.after(Redirected("/b", float(number)))
    return exchange


@pytest.fixture
def panel(qtbot):
    panel = SentPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.close_work())
    panel.resize(700, 300)
    panel.show()
    return panel


def choose(panel, view):
    panel.views.show_choice(view)
    panel.views.chosen.emit(view)


def visible(panel):
    return [key for key, button in panel.views._buttons.items() if not button.isHidden()]


def test_http1_has_its_fields_and_its_bytes(panel):
    panel.show_exchange(sent(HTTP1))
    assert visible(panel) == ["fields", "raw"]
    assert panel.fields.facts.rows == [
        ("GET", "/a HTTP/1.1", ""),
        ("Host", "h", "Antiphon"),
        ("X-Own", "1", "You"),
        ("Authorization", f"Bearer {HIDDEN}", "Auth"),
    ]
    choose(panel, "raw")
    assert panel.text() == HEAD.decode().replace("\r\n", "\n").replace("t0ken", HIDDEN)
    panel.grab()


def test_secrets_are_shown_when_asked_for_and_hidden_again(panel):
    panel.show_exchange(sent(HTTP1))
    choose(panel, "raw")
    panel.secrets.click()
    assert "Bearer t0ken" in panel.text()
    panel.copy()
    assert "t0ken" in QGuiApplication.clipboard().text()
    panel.secrets.click()
    assert "t0ken" not in panel.text()
    assert panel.secrets.text() == "Show secrets"


def test_secrets_that_were_shown_are_hidden_in_another_exchange(panel):
    panel.show_exchange(sent(HTTP1))
    panel.secrets.click()
    panel.begin_anew()
    panel.show_exchange(sent(HTTP2))
    assert ("authorization", f"Bearer {HIDDEN}", "Auth") in panel.fields.facts.rows


def test_invisible_bytes_are_written_out_when_asked_for(panel):
    panel.show_exchange(sent(HTTP1))
    choose(panel, "raw")
    panel.invisible.click()
    assert panel.text().splitlines()[0] == "GET /a HTTP/1.1\\r\\n"


def test_http2_has_pseudo_headers_frames_and_its_body(panel):
    panel.show_exchange(sent(HTTP2))
    assert visible(panel) == ["fields", "frames", "content"]
    assert panel.fields.facts.rows[0] == (":method", "GET", "HTTP/2")
    assert panel.fields.facts.rows[3] == ("authorization", f"Bearer {HIDDEN}", "Auth")
    choose(panel, "frames")
    assert panel.frames.facts.rows[1] == ("DATA", "1", "5", "END_STREAM", "the body")
    choose(panel, "content")
    assert panel.text() == "hello"
    assert panel.raw.source.read(0, 99) == b"hello"


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Sent(), "Nothing has left. This is what was prepared."),
        (HTTP2, "4 fields, body 5 B"),
        (Sent(head=b"x" * 212, is_complete=True), "Head 212 B"),
        (
            Sent(head=b"x", body=b"y" * 1048, body_bytes=3_200_000_000),
            "Head 1 B, body: the first 1.05 KB of 3.20 GB. Cut short: not all of it left.",
        ),
    ],
)
def test_it_says_how_much_left(panel, one, words):
    panel.show_exchange(sent(one))
    assert panel.summary.text() == words


def test_of_several_hops_the_last_is_shown_until_another_is_chosen(panel):
    panel.show_exchange(sent(HTTP1, HTTP2))
    assert panel.hops.isVisible()
    assert panel.fields.facts.rows[0][0] == ":method"
    panel.hops.activated.emit(0)
    assert panel.fields.facts.rows[0][0] == "GET"
    panel.show_exchange(sent(HTTP1))
    assert not panel.hops.isVisible()
    assert panel.fields.facts.rows[0][0] == "GET"


def test_while_a_body_is_being_sent_it_says_how_far(panel):
    exchange = Exchange().after(HopBegan(REQUEST, 0.0)).after(PhaseBegan(Phase.UPLOAD, 1.0))
    panel.show_exchange(exchange)
    assert panel.summary.text().startswith("Being sent;")
    exchange = exchange.after(Uploaded(1_500_000, 3_000_000, 2.0))
    panel.show_exchange(exchange)
    assert panel.summary.text().startswith("Being sent: 1.50 MB of 3.00 MB so far; the exact bytes")
    panel.show_exchange(exchange.after(Failed(Failure("network", "Gone.", ""), 3.0)))
    assert panel.summary.text().startswith("Cut short: 1.50 MB of 3.00 MB of the body left.")
