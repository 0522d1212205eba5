"""A proxy as it is chosen for a request, a collection, or all requests."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from antiphon.core.document import ProxyMode, ProxySettings
from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.form import Form
from antiphon.ui.widgets.secret import SecretField
from antiphon.ui.widgets.words import Words

TITLES: dict[ProxyMode, str] = {"inherit": "Inherit", "none": "None", "system": "System", "manual": "Manual"}
_WORDS: dict[ProxyMode, str] = {
    "none": "Servers are reached directly.",
    "system": "What HTTP_PROXY and its like, or the system's settings, say.",
}


class ProxyForm(QWidget):
    """The choice, and what a manual proxy needs; an address that was typed is kept while others are tried."""

    edited = Signal(object)
    """The `ProxySettings` after the user changed them."""

    def __init__(
        self,
        theme: Theme,
        modes: Sequence[ProxyMode],
        *,
        stands_in_file: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        """Offer *modes*; a password that *stands_in_file* says so."""
        super().__init__(parent)
        self._proxy = ProxySettings(modes[0])
        self._kept = ProxySettings("manual")
        self._inherited = ""
        self.modes = Segmented(theme, [(mode, TITLES[mode]) for mode in modes], name="Proxy", parent=self)
        self.words = Words(theme, parent=self)
        self.url = Field(
            theme, "Proxy URL", placeholder="http://127.0.0.1:3128", mono=True, variables=True, parent=self
        )
        self.username = Field(theme, "Proxy user", mono=True, variables=True, parent=self)
        self.password = SecretField(theme, "Proxy password", stands_in_file=stands_in_file, parent=self)
        self.bypass = Field(
            theme,
            "Hosts without proxy",
            placeholder="localhost, .internal, 10.0.0.0/8",
            mono=True,
            variables=True,
            parent=self,
        )
        self._form = Form(theme, self, label_width=72)
        self._lay_out()
        self.setFocusProxy(self.modes)
        self.modes.chosen.connect(self._choose)
        for name, field in self._fields().items():
            field.textEdited.connect(lambda text, name=name: self._take(**{name: text}))
        self._show()

    @property
    def proxy(self) -> ProxySettings:
        return self._proxy

    def show_proxy(self, proxy: ProxySettings) -> None:
        self._proxy = proxy
        if proxy.mode == "manual":
            self._kept = proxy
        self._show()

    def set_scope(self, scope: Scope) -> None:
        for field in self._fields().values():
            field.set_scope(scope)

    def set_inherited(self, proxy: ProxySettings, place: str) -> None:
        """Say what *Inherit* means here: *proxy* as *place* (`the collection`) has it."""
        address = f"the proxy {proxy.url}" if proxy.url else "a proxy without an address"
        what = {"none": "no proxy", "manual": address}.get(proxy.mode, "the system's proxy")
        self._inherited = (
            f"From {place}: {what}." if place != "the system" else "The system's proxy, if it has one."
        )
        self._show_words()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        for widget in (self.modes, self.words, self._form):
            column.addWidget(widget)
        self._form.add("URL", self.url)
        self._form.add("User", self.username)
        self._form.add("Password", self.password)
        self._form.add("Not for", self.bypass)
        self.url.setToolTip(
            "http://, https://, socks5:// (names are looked up here) or socks5h:// (by the proxy)"
        )
        self.bypass.setToolTip(
            "Names, .suffixes, *, addresses and blocks, each with :port or not, commas between"
        )

    def _fields(self) -> dict[str, Field]:
        return {
            "url": self.url,
            "username": self.username,
            "password": self.password.field,
            "bypass": self.bypass,
        }

    def _choose(self, mode: str) -> None:
        self._tell(self._kept if mode == "manual" else ProxySettings(mode))  # type: ignore[arg-type]

    def _take(self, **changes: str) -> None:
        self._kept = replace(self._proxy, **changes)
        self._tell(self._kept)

    def _tell(self, proxy: ProxySettings) -> None:
        if proxy != self._proxy:
            self._proxy = proxy
            self._show()
            self.edited.emit(proxy)

    def _show(self) -> None:
        proxy = self._proxy
        self.modes.show_choice(proxy.mode)
        self._form.setVisible(proxy.mode == "manual")
        for name, field in self._fields().items():
            field.show_text(getattr(self._kept, name))
        self._show_words()

    def _show_words(self) -> None:
        mode = self._proxy.mode
        self.words.say(self._inherited if mode == "inherit" else _WORDS.get(mode, ""))
