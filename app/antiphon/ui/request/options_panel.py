"""How the exchange is made, in groups: HTTP, timeouts, redirects, certificates, network, URL, response."""

from dataclasses import fields, replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from antiphon.core.document import ProxySettings, RequestDocument, RequestOptions
from antiphon.core.template import Scope
from antiphon.ui.request.options.http import HttpSection, RedirectsSection, ResponseSection, UrlSection
from antiphon.ui.request.options.network import NetworkSection
from antiphon.ui.request.options.section import Section
from antiphon.ui.request.options.times import TimeoutsSection
from antiphon.ui.request.options.tls import TlsSection
from antiphon.ui.request.panel import Panel
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton

_ELSEWHERE = {"omitted_headers", "client_certificates"}
"""Said in the headers panel, and in the collection's settings."""


class OptionsPanel(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.http = HttpSection(theme)
        self.times = TimeoutsSection(theme)
        self.redirects = RedirectsSection(theme)
        self.tls = TlsSection(theme)
        self.network = NetworkSection(theme)
        self.url = UrlSection(theme)
        self.response = ResponseSection(theme)
        self.sections: tuple[Section, ...] = (
            self.http,
            self.times,
            self.redirects,
            self.tls,
            self.network,
            self.url,
            self.response,
        )
        self.reset_all = QuietButton(
            theme, "Reset all to default", tip="Reset every option of this request to default", parent=self
        )
        self._scroll = QScrollArea(self)
        self._lay_out()
        self.setFocusProxy(self.http)
        self.reset_all.clicked.connect(lambda _checked: self._reset())
        for section in self.sections:
            section.edited.connect(self._take)
        self.show_draft()

    @staticmethod
    def count(draft: RequestDocument) -> int:
        """Return how many options are not what they are by default."""
        usual, now = RequestOptions(), draft.options
        names = {field.name for field in fields(RequestOptions)} - _ELSEWHERE
        return sum(getattr(usual, name) != getattr(now, name) for name in names)

    @staticmethod
    def mark(draft: RequestDocument) -> str:
        """Return what stands behind the title: how many options differ, and what must not be overlooked."""
        count = OptionsPanel.count(draft)
        return f"{count or ''}" if draft.options.verify else f"{count} · not verified"

    def show_draft(self) -> None:
        for section in self.sections:
            section.show_options(self.draft.options)
        self.reset_all.setVisible(bool(self.count(self.draft)))

    def set_scope(self, scope: Scope) -> None:
        for section in self.sections:
            section.set_scope(scope)

    def set_base_dir(self, folder: Path | None) -> None:
        for section in self.sections:
            section.set_base_dir(folder)

    def set_inherited_proxy(self, proxy: ProxySettings, place: str) -> None:
        """Say what an inherited proxy is: *proxy* as *place* has it."""
        self.network.set_inherited(proxy, place)

    def lead_to(self, section: Section) -> None:
        """Show *section* and put the focus into it."""
        self._scroll.ensureWidgetVisible(section, 0, 0)
        section.setFocus(Qt.FocusReason.TabFocusReason)

    def _take(self, options: RequestOptions) -> None:
        self.tell(replace(self.draft, options=options))
        self.show_draft()

    def _reset(self) -> None:
        for section in self.sections:
            section.reset()

    def _lay_out(self) -> None:
        inside = QWidget(self)
        groups = QVBoxLayout(inside)
        groups.setContentsMargins(5 * SPACE, 2 * SPACE, 4 * SPACE, 3 * SPACE)
        groups.setSpacing(4 * SPACE)
        for section in self.sections:
            groups.addWidget(section)
        last = QHBoxLayout()
        last.addWidget(self.reset_all)
        last.addStretch()
        groups.addLayout(last)
        groups.addStretch()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
