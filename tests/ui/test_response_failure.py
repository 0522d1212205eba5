"""The failure pane and what its buttons do to the open request."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from antiphon.core.certificate import CertificateFacts
from antiphon.core.document import RequestDocument, RequestOptions
from antiphon.core.events import Failed, Failure, HopBegan, Phase
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.ui.remedies import Remedies
from antiphon.ui.response.failure import FailurePane
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.tasks import Tasks
from tests.waiting import until

OWN = CertificateFacts(
    "CN=s", "CN=s", "s", ("s",), 0.0, 1.0, "01", "AB:CD", "EF", "RSA 2048", "sha256", is_authority=False, der=b"\x30\x00"
)  # fmt: skip
FAILURE = Failure(
    "tls",
    "The certificate is not trusted.",
    "Trust it.",
    Phase.TLS,
    ("trust_shown", "turn_off_verification"),
    (OWN,),
)
DOCUMENT = RequestDocument("Get", url="https://h/")


def failed(failure):
    exchange = Exchange().after(HopBegan(prepare(DOCUMENT), 0.0))
    return exchange.after(Failed(failure, 1.0))


class Bench:
    """A pane over an open document whose exchange failed."""

    def __init__(self, failure=FAILURE):
        self.faults, self.led, self.sent = [], [], []
        self.pane = FailurePane(Theme("light"))
        self.tasks = Tasks(lambda error, _name: self.faults.append(error))
        self.document = OpenDocument(DOCUMENT)
        self.document.feed = ExchangeFeed(self.document)
        self.document.feed.exchange = failed(failure)
        self.document.edited.connect(lambda: self.pane.show_draft(self.document.draft))
        self.remedies = Remedies(
            self.pane,
            self.document,
            self.tasks,
            self.led.append,
            lambda: self.sent.append(self.document.draft),
        )
        self.pane.show_draft(self.document.draft)
        self.pane.resize(700, 300)
        self.pane.show()
        self.pane.show_exchange(self.document.feed.exchange)

    def press(self, title):
        buttons = [*self.pane.findChildren(PrimaryButton), *self.pane.findChildren(QuietButton)]
        next(one for one in buttons if one.text() == title and one.isVisible()).click()

    def close(self):
        self.document.feed.close()


@pytest.fixture
def bench(qtbot):
    bench = Bench()
    qtbot.addWidget(bench.pane)
    yield bench
    bench.close()


def test_sentence_phase_remedies_and_certificates_are_shown(bench):
    pane = bench.pane
    assert pane.titles() == ["Trust this certificate", "Turn off verification"]
    assert pane._phase.text() == "It happened in the TLS handshake."
    assert pane.chain.isVisible()
    assert "expired" in pane.chain.text()
    pane.grab()


def test_a_remedy_is_done_at_once_can_be_undone_and_sent_with(bench):
    bench.press("Turn off verification")
    assert not bench.document.draft.options.verify
    assert bench.pane.done.isVisible()
    bench.press("Undo")
    assert bench.document.draft == DOCUMENT
    assert bench.pane.titles() == ["Trust this certificate", "Turn off verification"]
    bench.press("Turn off verification")
    bench.press("Send again")
    assert not bench.sent[0].options.verify


def test_undo_leaves_what_was_edited_since(bench):
    bench.press("Turn off verification")
    edited = replace(bench.document.draft, url="https://other/")
    bench.document.edit(edited)
    bench.press("Undo")
    assert bench.document.draft == edited


def test_what_is_done_already_is_not_offered(bench):
    bench.document.edit(replace(DOCUMENT, options=RequestOptions(verify=False)))
    assert bench.pane.titles() == ["Trust this certificate"]


async def test_the_certificate_that_was_shown_is_trusted_from_a_file(qtloop):
    bench = Bench()
    bench.press("Trust this certificate")
    await until(lambda: bench.document.draft != DOCUMENT)
    with open(bench.document.draft.options.ca_file, encoding="ascii") as file:  # noqa: ASYNC230, PTH123
        assert file.readline() == "-----BEGIN CERTIFICATE-----\n"
    await bench.tasks.close()
    bench.close()
    bench.pane.deleteLater()
    assert not bench.faults


@pytest.mark.parametrize("remedy", ["change_proxy", "change_auth", "choose_client_certificate"])
def test_what_must_be_typed_leads_there(qtbot, remedy):
    bench = Bench(replace(FAILURE, remedies=(remedy,)))
    qtbot.addWidget(bench.pane)
    bench.press(bench.pane.titles()[0])
    assert bench.led == [remedy]
    bench.close()


def test_many_remedies_are_three_buttons_and_a_menu(qtbot):
    many = ("send_again", "use_http", "use_http1", "use_certifi", "stop_following")
    bench = Bench(replace(FAILURE, remedies=many))
    qtbot.addWidget(bench.pane)
    bench.press("More…")
    menu = bench.pane.findChildren(QuietButton)[-1].findChildren(object)
    assert len(bench.pane.titles()) == 5
    action = next(one for one in menu if getattr(one, "text", str)() == "Do not follow redirects")
    action.trigger()
    assert not bench.document.draft.options.follow_redirects
    bench.close()


def test_another_exchange_hides_the_pane(bench, qtbot):
    bench.pane.show_exchange(Exchange())
    assert bench.pane.isHidden()
    qtbot.keyClick(bench.pane, Qt.Key.Key_Tab)
