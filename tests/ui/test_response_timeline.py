"""The timeline's rows, and the keyboard's way through them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from antiphon.core.document import BearerAuth, RequestDocument
from antiphon.core.events import (
    Answered,
    AttemptBegan,
    AttemptEnded,
    BodyAdvanced,
    Connected,
    Connection,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    InterimReceived,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Redirected,
    Resolved,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.core.redaction import HIDDEN
from antiphon.ui.response.phases import hop_rows
from antiphon.ui.response.timeline import Timeline
from antiphon.ui.theme import Theme

REQUEST = prepare(RequestDocument(url="https://api.example.org/users"))


def folded(*events):
    result = Exchange()
    for event in events:
        result = result.after(event)
    return result


def phase(which, began, ended):
    return PhaseBegan(which, began), PhaseEnded(which, ended)


def connecting():
    return (
        HopBegan(REQUEST, 10.0),
        *phase(Phase.DNS, 10.0, 10.002),
        Resolved(("2001:db8::1", "192.0.2.7"), 10.002, "hosts file or DNS"),
        PhaseBegan(Phase.TCP, 10.002),
        AttemptBegan("[2001:db8::1]:443", 10.002),
        AttemptBegan("192.0.2.7:443", 10.252),
        AttemptEnded("192.0.2.7:443", 10.26),
        AttemptEnded("[2001:db8::1]:443", 10.26, "another was quicker"),
        PhaseEnded(Phase.TCP, 10.26),
        Connected(Connection("192.0.2.7:443", "192.0.2.9:5", reused=False), 10.26),
    )


def waiting():
    headers = (("Server-Timing", 'db;dur=20.5;desc="Two rows", cache;desc=miss'),)
    return (
        PhaseBegan(Phase.WAIT, 10.3),
        InterimReceived(Head(103, "", "HTTP/1.1", (("Link", "</a.css>; rel=preload, </b.js>; rel=preload"),)), 10.31),
        PhaseEnded(Phase.WAIT, 10.4),
        HeadReceived(Head(200, "OK", "HTTP/1.1", headers), 10.4),
        PhaseBegan(Phase.DOWNLOAD, 10.4),
        BodyAdvanced(100, 1000, 10.5, decoding_s=0.0123),
        PhaseEnded(Phase.DOWNLOAD, 10.5),
    )  # fmt: skip


def shown(rows):
    return [(row.kind, row.name, round(row.began_s, 4), row.text, row.detail) for row in rows]


def test_addresses_attempts_interim_answers_and_server_timing_have_rows_of_their_own():
    (block,) = hop_rows(folded(*connecting(), *waiting(), Finished(10.5)), 99.0)
    assert shown(block.rows) == [
        ("phase", "DNS lookup", 0.0, "2.000 ms", ""),
        ("detail", "2 addresses", 0.0, "hosts file or DNS", "2001:db8::1, 192.0.2.7"),
        ("phase", "TCP connect", 0.002, "258.000 ms", ""),
        ("attempt", "[2001:db8::1]:443", 0.002, "258.000 ms", "another was quicker"),
        ("attempt", "192.0.2.7:443", 0.252, "8.000 ms", ""),
        ("phase", "Waiting (first byte)", 0.3, "100.000 ms", ""),
        ("mark", "103 Early Hints", 0.31, "at 310.000 ms", "2 links"),
        ("metric", "Server: db", 0.3795, "20.500 ms", "Two rows"),
        ("detail", "Server: cache", 0.0, "", "miss"),
        ("phase", "Download", 0.4, "100.000 ms", ""),
        ("decoding", "Decoding", 0.4877, "12.300 ms", "within the download"),
    ]


def test_server_timing_in_a_trailer_counts_too():
    events = (*connecting(), *waiting(), Finished(10.5, (("server-timing", "total;dur=1"),)))
    assert "Server: total" in [row.name for row in hop_rows(folded(*events), 99.0)[0].rows]


def test_a_reused_connection_tells_its_age_and_which_request_it_carries():
    connection = Connection("192.0.2.7:443", "x", reused=True, opened_at=10.0, request_number=4)
    exchange = folded(HopBegan(REQUEST, 22.34), Connected(connection, 22.34))
    (row,) = hop_rows(exchange, 23.0)[0].rows
    assert (row.name, row.detail) == ("Connection reused", "opened 12.3 s ago, request 4 on it")


@pytest.mark.parametrize(
    ("purpose", "word"),
    [("redirect", "Redirect: "), ("auth", "Answer to the challenge: "), ("request", "")],
)
def test_a_title_says_why_the_hop_is_there(purpose, word):
    exchange = folded(HopBegan(REQUEST, 0.0), Answered(0.1), HopBegan(REQUEST, 0.1, purpose))
    assert hop_rows(exchange, 1.0)[1].title == f"2. {word}GET https://api.example.org/users: no answer"


def test_a_token_alone_is_titled_and_what_a_redirect_dropped_is_said():
    token = folded(HopBegan(REQUEST, 0.0, "token"))
    assert hop_rows(token, 1.0)[0].title.startswith("1. Token request: ")
    dropped = folded(HopBegan(REQUEST, 0.0), Redirected("/b", 0.1, ("Authorization (another origin)",)))
    assert hop_rows(dropped, 1.0)[0].rows[-1].spoken == "Not sent on Authorization (another origin)"


def test_a_phase_that_comes_twice_has_its_details_once():
    events = (*connecting(), *waiting(), PhaseBegan(Phase.WAIT, 10.45), PhaseEnded(Phase.WAIT, 10.46))
    names = [row.name for row in hop_rows(folded(*events), 11.0)[0].rows]
    assert (names.count("103 Early Hints"), names.count("Waiting (first byte)")) == (1, 2)


@pytest.fixture
def timeline(qtbot, qapp):
    timeline = Timeline(Theme("light"))
    qtbot.addWidget(timeline)
    timeline.resize(600, 120)
    timeline.show()
    timeline.show_exchange(folded(*connecting(), *waiting(), Finished(10.5)))
    qapp.processEvents()
    return timeline


def test_arrow_keys_go_from_row_to_row_and_scroll(qtbot, timeline):
    canvas = timeline.canvas
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_Down)
    assert "2 addresses" in canvas.accessibleDescription()
    assert timeline.verticalScrollBar().value() == 0
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.accessibleDescription() == "Decoding 12.300 ms within the download"
    assert timeline.verticalScrollBar().value() > 0
    canvas.grab()


def test_it_is_copied_as_lines_of_text(qtbot, timeline):
    qtbot.keySequence(timeline.canvas, "Ctrl+C")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split() == ["DNS", "lookup", "2.000", "ms"]
    assert lines[3].startswith("  [2001:db8::1]:443") and lines[3].endswith("another was quicker")
    assert lines[-1].split() == ["Total", "500.000", "ms"]


def test_equal_facts_change_nothing(qtbot, timeline):
    canvas = timeline.canvas
    canvas.repaint()
    before = canvas._lines
    timeline.show_exchange(folded(*connecting(), *waiting(), Finished(10.5)))
    assert canvas._lines is before


def test_a_secret_in_a_url_is_dots_in_its_title_until_it_is_asked_for(qtbot, qapp):
    request = prepare(RequestDocument(url="http://h/geheim/x", auth=BearerAuth("geheim")))
    timeline = Timeline(Theme("light"))
    qtbot.addWidget(timeline)
    canvas = timeline.canvas
    canvas.show_exchange(
        folded(HopBegan(request, 0.0), Redirected("/b", 0.1), HopBegan(request, 0.1, "redirect"))
    )
    assert "geheim" not in canvas.text() and HIDDEN in canvas.text()
    canvas.show_secrets(True)
    assert canvas.text().count("geheim") == 2
