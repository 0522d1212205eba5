"""The Connection tab, and certificates in words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from antiphon.core.certificate import CertificateFacts
from antiphon.core.document import RequestDocument, RequestOptions
from antiphon.core.events import (
    Connected,
    Connection,
    Failed,
    Failure,
    Head,
    HeadReceived,
    HopBegan,
    Noted,
    TlsFacts,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.ui.response.bar import facts_of
from antiphon.ui.response.connection_panel import ConnectionPanel
from antiphon.ui.response.sections import (
    chain_sections,
    connection_sections,
    sections_text,
    validity_ink,
    validity_text,
)
from antiphon.ui.theme import Theme

DAY = 86_400.0
NOW = 1000 * DAY


def certificate(name="example.org", not_before=0.0, not_after=NOW + 100 * DAY, issuer="CN=ca"):
    return CertificateFacts(
        f"CN={name}", issuer, name, (name, "127.0.0.1"), not_before, not_after, "0A", "AA:BB", "CC:DD", "RSA 2048",
        "sha256WithRSAEncryption", is_authority=False, der=b"der",
    )  # fmt: skip


def exchange(tls=None, notes=(), version="auto", *, reused=False):
    request = prepare(RequestDocument(url="https://h/", options=RequestOptions(http_version=version)))
    connection = Connection("192.0.2.1:443", "192.0.2.9:5000", reused, tls, 1.0, 4, "http://proxy:3128")
    events = (
        HopBegan(request, 13.3),
        Connected(connection, 13.3),
        *(Noted(note, 13.4) for note in notes),
        HeadReceived(Head(200, "OK", "HTTP/2", ()), 13.4),
    )
    result = Exchange()
    for event in events:
        result = result.after(event)
    return result


TLS = TlsFacts("TLSv1.3", "AES", "h2", "h", certificates=(certificate(), certificate("ca", issuer="CN=ca")))


def lines(sections, title):
    section = next(one for one in sections if one.title == title)
    return {line.label: line.value for line in section.lines}


def test_a_connection_is_told_in_full():
    sections = connection_sections(exchange(TLS, reused=True), NOW)
    assert [section.title for section in sections] == [
        "Connection", "TLS", "Certificate: example.org", "Issuer: ca",
    ]  # fmt: skip
    assert lines(sections, "Connection") == {
        "HTTP version": "HTTP/2, which the server chose in the handshake (ALPN h2)",
        "Remote address": "192.0.2.1:443",
        "Local address": "192.0.2.9:5000",
        "Proxy": "http://proxy:3128",
        "Connection": "reused, opened 12.3 s ago, request 4 on it",
    }
    assert lines(sections, "TLS")["Certificate"] == "verified"
    facts = lines(sections, "Certificate: example.org")
    assert facts["Names"] == "example.org, 127.0.0.1"
    assert (facts["SHA-256"], facts["SHA-1"]) == ("AA:BB", "CC:DD")
    assert lines(sections, "Issuer: ca")["Issuer"] == "CN=ca (itself)"


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("2", "as the options ask"),
        ("auto", "the usual one without TLS"),
        ("2-prior-knowledge", "prior knowledge"),
    ],
)
def test_the_version_has_its_reason(version, why):
    sections = connection_sections(exchange(version=version), NOW)
    assert why in lines(sections, "Connection")["HTTP version"]


def test_verification_that_is_off_is_said_in_words_and_colour_here_and_in_the_bar():
    shown = exchange(TlsFacts("TLSv1.3", "AES", "h2", is_verified=False))
    tls = next(one for one in connection_sections(shown, NOW) if one.title == "TLS")
    assert (tls.summary, tls.ink) == ("certificate not verified", "delete")
    assert tls.lines[0].value.startswith("NOT verified")
    fact = next(fact for fact in facts_of(shown, 14.0) if fact.text == "certificate not verified")
    assert fact.ink == "delete"


def test_notes_are_listed_first_and_counted_in_the_bar():
    shown = exchange(notes=("One.", "Two."))
    assert sections_text(connection_sections(shown, NOW)[:1]) == "Notes (2 notes)\n  1: One.\n  2: Two."
    fact = next(fact for fact in facts_of(shown, 14.0) if fact.text == "2 notes")
    assert fact.tip == "One.\nTwo."


@pytest.mark.parametrize(
    ("not_before", "not_after", "words", "ink"),
    [
        (0.0, NOW + 100.5 * DAY, "expires in 100 days", "get"),
        (0.0, NOW + 12.5 * DAY, "expires in 12 days", "post"),
        (0.0, NOW + 1.5 * DAY, "expires in 1 day", "post"),
        (0.0, NOW + 60, "expires today", "post"),
        (0.0, NOW - 60, "expired today", "delete"),
        (0.0, NOW - 3.5 * DAY, "expired 3 days ago", "delete"),
        (NOW + DAY, NOW + 9 * DAY, "not valid before 1972-09-28 00:00 UTC", "delete"),
    ],
)
def test_validity_is_in_words_with_a_colour_beside(not_before, not_after, words, ink):
    one = certificate(not_before=not_before, not_after=not_after)
    assert (validity_text(one, NOW), validity_ink(one, NOW)) == (words, ink)


def test_a_date_beyond_the_calendar_is_no_fault():
    assert "no calendar" in sections_text(chain_sections([certificate(not_after=1e18)], NOW))


@pytest.fixture
def panel(qtbot):
    panel = ConnectionPanel(Theme("dark"))
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.controls)
    panel.resize(700, 500)
    panel.show()
    panel.controls.show()
    panel.show_exchange(exchange(TLS))
    return panel


def test_values_are_copied_and_what_was_folded_stays_folded(qtbot, panel):
    tree = panel.tree
    section = tree.topLevelItem(2)
    tree.setCurrentItem(section.child(section.childCount() - 2))
    qtbot.keySequence(tree, "Ctrl+C")
    assert QGuiApplication.clipboard().text() == "AA:BB"
    assert tree.certificate == TLS.certificates[0]
    section.setExpanded(False)
    panel.show_exchange(exchange(TLS))
    assert tree.topLevelItem(2) is section
    panel.show_exchange(exchange(TLS, reused=True))
    assert not tree.topLevelItem(2).isExpanded()
    panel.grab()


def test_the_chain_can_be_saved(qtbot, panel):
    with qtbot.waitSignal(panel.save_asked) as asked:
        qtbot.mouseClick(panel.save_button, Qt.MouseButton.LeftButton)
    assert asked.args == [TLS.certificates]
    panel.show_exchange(exchange())
    assert panel.save_button.isHidden()


def test_without_a_connection_the_certificates_of_the_failure_are_shown():
    failed = Exchange().after(HopBegan(prepare(RequestDocument(url="https://h/")), 0.0))
    failed = failed.after(Failed(Failure("tls", "s", "h", certificates=(certificate(),)), 1.0))
    titles = [section.title for section in connection_sections(failed, NOW)]
    assert titles == ["Connection", "Certificate: example.org"]
