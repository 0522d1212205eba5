"""What went wrong, where, and what to try: sentence, remedies as buttons, and the certificates that were shown."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from antiphon.core.document import RequestDocument
from antiphon.core.events import Failure, Phase, Remedy
from antiphon.core.exchange import Exchange
from antiphon.core.remedy import is_possible
from antiphon.ui.response.fact_tree import FactTree
from antiphon.ui.response.sections import chain_sections
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton
from antiphon.ui.widgets.focus import holds_focus

_FIRST = 3
"""How many remedies are buttons; the others stand in a menu."""
_TITLES: dict[Remedy, str] = {
    "send_again": "Send again",
    "turn_off_verification": "Turn off verification",
    "choose_ca_file": "Choose a CA file…",
    "trust_shown": "Trust this certificate",
    "use_http": "Use http://",
    "use_https": "Use https://",
    "use_http1": "Use HTTP/1.1",
    "use_http2_prior_knowledge": "Use HTTP/2 without asking",
    "use_certifi": "Trust certifi's list",
    "choose_client_certificate": "Client certificate…",
    "change_proxy": "Change the proxy…",
    "change_auth": "Change the auth…",
    "raise_timeout": "Wait twice as long",
    "stop_following": "Do not follow redirects",
    "ask_uncompressed": "Ask for it uncompressed",
}
_DONE: dict[Remedy, str] = {
    "turn_off_verification": "The certificate is not verified any more for this request.",
    "choose_ca_file": "The file is trusted for this request.",
    "trust_shown": "The certificate is trusted for this request.",
    "use_http": "The URL begins with http:// now.",
    "use_https": "The URL begins with https:// now.",
    "use_http1": "This request uses HTTP/1.1 now.",
    "use_http2_prior_knowledge": "This request uses HTTP/2 without asking now.",
    "use_certifi": "The certificates of certifi are trusted for this request.",
    "raise_timeout": "The timeout is twice as long now.",
    "stop_following": "Redirects are not followed any more.",
    "ask_uncompressed": "This request asks for an answer that is not compressed.",
}
_PHASES = {
    Phase.QUEUE: "while waiting for a connection",
    Phase.DNS: "in the DNS lookup",
    Phase.TCP: "while connecting",
    Phase.PROXY: "at the proxy",
    Phase.TLS: "in the TLS handshake",
    Phase.SEND: "while sending",
    Phase.UPLOAD: "while sending the body",
    Phase.WAIT: "while waiting for the answer",
    Phase.HEAD: "in the head of the answer",
    Phase.DOWNLOAD: "in the body of the answer",
}


class FailurePane(QWidget):
    """Hidden unless the exchange failed."""

    remedy_asked = Signal(str)
    """A `Remedy` that was chosen."""
    send_asked = Signal()
    undo_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.way_out: Callable[[], None] = lambda: None
        """Where the focus goes when it is here and the pane goes."""
        self._failure: Failure | None = None
        self._has_room = self._has_words = True
        self._draft = RequestDocument()
        self._offered: tuple[Remedy, ...] = ()
        self._buttons: list[QWidget] = []
        self._sentence = QLabel(self)
        self._hint = QLabel(self)
        self._phase = QLabel(self)
        self.done = QLabel(self)
        self._remedies = QHBoxLayout()
        self.chain = FactTree(theme, "Certificates that the server showed")
        for label in (self._sentence, self._hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(label.textInteractionFlags().TextSelectableByMouse)
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_exchange(self, exchange: Exchange) -> None:
        failure = exchange.failure
        if failure is self._failure:
            return
        self._failure = failure
        self.setVisible(failure is not None)
        if failure is None:
            return
        self._sentence.setText(failure.sentence)
        self._hint.setText(failure.hint)
        self._phase.setText(f"It happened {_PHASES[failure.phase]}." if failure.phase else "")
        self.setAccessibleName(f"{failure.sentence} {failure.hint}")
        self.chain.show_sections(chain_sections(failure.certificates, time.time()))
        self._show_parts()
        self._offer()

    def setVisible(self, visible: bool) -> None:
        if not visible and holds_focus(self):
            self.way_out()
        super().setVisible(visible)

    def set_room(self, *, for_words: bool, for_chain: bool) -> None:
        """Show hint and phase, and the certificates, where nothing else wants the place."""
        self._has_room, self._has_words = for_chain, for_words
        self._show_parts()

    def _show_parts(self) -> None:
        failure = self._failure
        if failure is not None:
            has_phase = failure.phase is not None and failure.kind != "cancelled"
            self._hint.setVisible(bool(failure.hint) and self._has_words)
            self._phase.setVisible(has_phase and self._has_words)
            self.chain.setVisible(bool(failure.certificates) and self._has_room)

    def show_draft(self, draft: RequestDocument) -> None:
        """Offer what would change *draft*; a remedy that is in place already is not offered."""
        self._draft = draft
        if self._failure is not None and self.done.isHidden():
            self._offer()

    def tell_done(self, remedy: Remedy) -> None:
        """Say that *remedy* was done, and offer to send again or to undo it."""
        self.done.setText(_DONE.get(remedy, ""))
        again = self._button("Send again", self.send_asked.emit)
        undo = QuietButton(self._theme, "Undo", parent=self)
        undo.clicked.connect(self.undo_asked)
        self._put([self.done, again, undo])
        again.setFocus()

    def tell_undone(self) -> None:
        """Offer the remedies again."""
        self._offer()

    def titles(self) -> list[str]:
        """Return the words of the remedies that are offered, the likeliest first."""
        return [_TITLES[remedy] for remedy in self._offered]

    def _offer(self) -> None:
        failure = self._failure
        if failure is None:
            return
        offered = tuple(one for one in failure.remedies if is_possible(self._draft, one, failure))
        if offered == self._offered and self._buttons and self.done.isHidden():
            return
        self._offered = offered
        buttons: list[QWidget] = [self._remedy_button(remedy) for remedy in offered[:_FIRST]]
        if rest := offered[_FIRST:]:
            buttons.append(self._more_button(rest))
        self._put(buttons)

    def _put(self, widgets: Sequence[QWidget]) -> None:
        had_focus = any(button.hasFocus() for button in self._buttons)
        if had_focus:
            self.way_out()
        for button in self._buttons:
            button.hide()
            self._remedies.removeWidget(button)
            if button is not self.done:
                button.deleteLater()
        self._buttons = list(widgets)
        self.done.setVisible(self.done in widgets)
        for place, widget in enumerate(widgets):
            self._remedies.insertWidget(place, widget)
            widget.show()
        if had_focus and (buttons := [widget for widget in widgets if widget is not self.done]):
            buttons[0].setFocus()

    def _remedy_button(self, remedy: Remedy) -> QWidget:
        return self._button(_TITLES[remedy], lambda: self.remedy_asked.emit(remedy))

    def _button(self, title: str, run) -> QWidget:
        button = PrimaryButton(self._theme, title, self)
        button.set_calm(True, title)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _more_button(self, rest: Sequence[Remedy]) -> QWidget:
        button = QuietButton(self._theme, "More…", tip="More that may help", parent=self)

        def open_menu() -> None:
            menu = QMenu(button)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for remedy in rest:
                menu.addAction(_TITLES[remedy], lambda chosen=remedy: self.remedy_asked.emit(chosen))
            menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

        button.clicked.connect(open_menu)
        return button

    def _lay_out(self) -> None:
        self._remedies.setContentsMargins(0, SPACE, 0, 0)
        self._remedies.setSpacing(2 * SPACE)
        self._remedies.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        for label in (self._sentence, self._hint, self._phase):
            column.addWidget(label)
        column.addLayout(self._remedies)
        column.addWidget(self.chain, 100)
        column.addStretch(1)
        self.chain.setMinimumHeight(self._theme.px(56))
        for widget in (self.done, self.chain, self):
            widget.hide()

    def _restyle(self) -> None:
        font = QFont(self._theme.ui_font())
        font.setWeight(QFont.Weight.DemiBold)
        self._sentence.setFont(font)
        self.done.setFont(self._theme.ui_font())
        for label in (self._hint, self._phase):
            label.setFont(self._theme.ui_font())
            palette = label.palette()
            palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
            label.setPalette(palette)
