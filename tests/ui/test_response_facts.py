"""What the bar, the strip and the timeline say of an exchange."""

import pytest
from PySide6.QtWidgets import QWidget

from antiphon.core.document import RequestDocument, TextBody
from antiphon.core.events import (
    BodyAdvanced,
    Connected,
    Connection,
    Failed,
    Failure,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Redirected,
    TlsFacts,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.ui.response.bar import ResponseBar, badge_of, facts_of
from antiphon.ui.response.phases import hop_rows
from antiphon.ui.response.tables import FactsTable
from antiphon.ui.response.timeline import Timeline
from antiphon.ui.response.timing import TimingStrip
from antiphon.ui.theme import Theme

REQUEST = prepare(RequestDocument(url="https://api.example.org/users"))
TLS = TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384", "h2")


def exchange(*events):
    result = Exchange()
    for event in events:
        result = result.after(event)
    return result


def finished(*, reused=False):
    return exchange(
        HopBegan(REQUEST, 0.0),
        PhaseBegan(Phase.TLS, 0.01),
        PhaseEnded(Phase.TLS, 0.034),
        Connected(Connection("140.82.121.6:443", "10.0.0.2:5", reused, TLS), 0.034),
        PhaseBegan(Phase.WAIT, 0.034),
        HeadReceived(Head(200, "OK", "HTTP/2", ()), 0.1),
        PhaseEnded(Phase.WAIT, 0.1),
        BodyAdvanced(100_000, 384_000, 0.14),
        Finished(0.142),
    )


def test_the_bar_says_status_version_time_sizes_tls_address_and_connection():
    done = finished()
    assert badge_of(done).text == "200 OK"
    assert [fact.text for fact in facts_of(done, 9.0)] == [
        "HTTP/2", "142 ms", "100 KB / 384 KB", "TLS 1.3", "140.82.121.6:443", "new connection",
    ]  # fmt: skip
    assert facts_of(finished(reused=True), 9.0)[-1].text == "reused connection"


def test_a_failure_is_a_word_and_keeps_the_status_that_came():
    failed = exchange(
        HopBegan(REQUEST, 0.0),
        HeadReceived(Head(200, "OK", "HTTP/1.1", ()), 0.1),
        Failed(Failure("disconnected", "s", "h", Phase.DOWNLOAD), 0.2),
    )
    assert badge_of(failed).text == "Failed"
    assert facts_of(failed, 9.0)[0].text == "200 OK"


def test_redirects_are_counted_and_titled():
    twice = exchange(
        HopBegan(REQUEST, 0.0),
        HeadReceived(Head(302, "Found", "HTTP/1.1", ()), 0.1),
        Redirected("/b", 0.1),
        HopBegan(REQUEST, 0.1),
        PhaseBegan(Phase.WAIT, 0.1),
        HeadReceived(Head(200, "OK", "HTTP/1.1", ()), 0.2),
        Finished(0.3),
    )
    assert "1 redirect" in [fact.text for fact in facts_of(twice, 9.0)]
    blocks = hop_rows(twice, 9.0)
    assert [block.title for block in blocks] == [
        "1. GET https://api.example.org/users: 302 Found",
        "2. GET https://api.example.org/users: 200 OK",
    ]


def test_rows_begin_where_the_phase_began_and_one_that_runs_lasts_until_now():
    (block,) = hop_rows(finished(), 9.0)
    assert [(row.name, round(row.began_s, 3), row.text) for row in block.rows] == [
        ("TLS 1.3 handshake", 0.01, "24.000 ms"),
        ("Waiting (first byte)", 0.034, "66.000 ms"),
    ]
    running = exchange(HopBegan(REQUEST, 1.0), PhaseBegan(Phase.WAIT, 1.0))
    assert hop_rows(running, 3.5)[0].rows[0].length_s == 2.5


@pytest.mark.parametrize("widget_class", [ResponseBar, TimingStrip, Timeline])
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_widgets_paint_and_speak(qtbot, widget_class, choice):
    widget = widget_class(Theme(choice))
    qtbot.addWidget(widget)
    widget.resize(700, 300)
    widget.show_exchange(finished())
    widget.grab()
    spoken = [widget, *widget.findChildren(QWidget)]
    assert any(
        "24.000 ms" in w.accessibleDescription() or "200 OK" in w.accessibleDescription() for w in spoken
    )


def test_a_table_of_facts_is_copied_as_lines(qtbot, qapp):
    table = FactsTable(Theme("light"), "Headers", ("Name", "Value"))
    qtbot.addWidget(table)
    table.show_rows([("A", "1"), ("B", "2")])
    table.selectAll()
    qtbot.keySequence(table, "Ctrl+C")
    assert qapp.clipboard().text() == "A: 1\nB: 2"


def test_what_a_token_takes_is_not_taken_for_the_answer():
    asked = prepare(
        RequestDocument(method="POST", url="http://id/device", body=TextBody("text", "client_id=a"))
    )
    poll = prepare(
        RequestDocument(method="POST", url="http://id/token", body=TextBody("text", "grant_type=x"))
    )
    getting = exchange(HopBegan(poll, 0.0, "token"))
    assert badge_of(getting).text == "Getting a token"
    waiting = exchange(
        HopBegan(asked, 0.0, "token"),
        HeadReceived(Head(200, "OK", "HTTP/1.1", ()), 0.1),
        HopBegan(poll, 5.0, "token"),
        HeadReceived(Head(400, "Bad Request", "HTTP/1.1", ()), 5.1),
    )
    assert badge_of(waiting).text == "Waiting for you to sign in"
    assert waiting.head is None and not any("400" in fact.text for fact in facts_of(waiting, 6.0))
    begun = waiting.after(HopBegan(REQUEST, 6.0))
    assert badge_of(begun).text == "Sending"
