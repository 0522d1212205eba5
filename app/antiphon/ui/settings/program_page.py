"""The settings of the program, beside the window: how it looks, and how all requests leave."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from antiphon.core.document import ProxySettings
from antiphon.core.errors import UserError
from antiphon.ui.request.options.tls import STORES
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.form import Form, side_by_side
from antiphon.ui.widgets.proxy_form import ProxyForm
from antiphon.ui.widgets.words import Words
from antiphon.workbench import code
from antiphon.workbench.workbench import Workbench

_THEMES = (("system", "As the system"), ("light", "Light"), ("dark", "Dark"))
_LAYOUTS = (("below", "Below the request"), ("beside", "Beside it"))
_SETTLE_MS = 400
"""A proxy that is being typed is taken over once there is a pause."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What the window does about its looks."""

    choose_theme: Callable[[str], None]
    zoom: Callable[[int], None]
    """One step larger (1) or smaller (-1), or normal (0)."""
    toggle_layout: Callable[[], None]


class ProgramPage(QDialog):
    """What is changed here holds at once, and is saved."""

    def __init__(self, theme: Theme, workbench: Workbench, looks: Looks, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._workbench = workbench
        self._looks = looks
        self.setWindowTitle("Settings")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(round(640 * theme.zoom), round(560 * theme.zoom))
        self.themes = Segmented(theme, _THEMES, name="Theme", parent=self)
        self.smaller = QuietButton(theme, "Smaller", parent=self)
        self.size_words = Words(theme, ink="text", is_short=True, parent=self)
        self.larger = QuietButton(theme, "Larger", parent=self)
        self.layouts = Segmented(theme, _LAYOUTS, name="Where the response stands", parent=self)
        languages = [(key, title) for key, title, _lexer in code.languages()]
        self.language = Choice(theme, languages, name="Language of snippets", parent=self)
        self.store = Choice(theme, STORES, name="Trust store", parent=self)
        self.proxy = ProxyForm(theme, ("none", "system", "manual"), stands_in_file=False, parent=self)
        self.unfinished = Words(theme, "Give its address: until then nothing changes.", "post", parent=self)
        self.unfinished.hide()
        self._timer = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._timer.timeout.connect(self._keep_proxy)
        self._lay_out()
        self._connect()
        self._show_proxy()
        self.refresh()
        self.themes.setFocus()

    def refresh(self) -> None:
        """Show the settings as they are now; a proxy that is being typed is left alone."""
        settings = self._workbench.settings
        self.themes.show_choice(settings.theme)
        self.size_words.setText(f"{settings.zoom:.0%}")
        self.layouts.show_choice("beside" if settings.side_by_side else "below")
        self.language.show_choice(settings.snippet_language)
        self.store.show_choice(settings.trust_store)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settle()
        super().closeEvent(event)

    def reject(self) -> None:
        self._settle()
        super().reject()

    def _settle(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._keep_proxy()

    def _keep_proxy(self) -> None:
        """Take the proxy over; one without an address would make every request fail, so it waits for one."""
        if self._lacks_address():
            return
        self._workbench.tasks.spawn(self._workbench.change_proxy(self.proxy.proxy), "keep the proxy")

    def _lacks_address(self) -> bool:
        return self.proxy.proxy.mode == "manual" and not self.proxy.proxy.url.strip()

    def _take_proxy(self) -> None:
        self.unfinished.setVisible(self._lacks_address())
        self._timer.start()

    def _show_proxy(self) -> None:
        try:
            proxy = self._workbench.outside().proxy
        except UserError as error:
            self._workbench.notify_error(error)
            proxy = self._workbench.settings.proxy
        with QSignalBlocker(self.proxy):
            self.proxy.show_proxy(proxy if proxy.mode != "inherit" else ProxySettings("system"))

    def _connect(self) -> None:
        change = self._workbench.change_settings
        self.themes.chosen.connect(self._looks.choose_theme)
        self.smaller.clicked.connect(lambda _checked: self._looks.zoom(-1))
        self.larger.clicked.connect(lambda _checked: self._looks.zoom(1))
        self.layouts.chosen.connect(self._choose_layout)
        self.language.chosen.connect(lambda key: change(snippet_language=key))
        self.store.chosen.connect(lambda key: change(trust_store=key))
        self.proxy.edited.connect(lambda _proxy: self._take_proxy())
        self._workbench.settings_changed.connect(self.refresh)

    def _choose_layout(self, key: str) -> None:
        if self._workbench.settings.side_by_side != (key == "beside"):
            self._looks.toggle_layout()

    def _lay_out(self) -> None:
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(5 * SPACE, 4 * SPACE, 5 * SPACE, 4 * SPACE)
        column.setSpacing(3 * SPACE)
        looks, network = Form(self._theme, inside), Form(self._theme, inside)
        looks.add("Theme", self.themes, is_wide=False)
        size = side_by_side((self.smaller, self.size_words, self.larger), inside)
        looks.add("Size", size, is_wide=False, buddy=self.smaller)
        looks.add("Response", self.layouts, is_wide=False)
        looks.add("Snippets in", self.language, is_wide=False)
        network.add("Trust", self.store, is_wide=False)
        network.add("Proxy", self.proxy)
        words = f"For requests whose collection says nothing else. {self._workbench.secrets.where}"
        network.add_words(self.unfinished)
        network.add_words(Words(self._theme, words, parent=inside))
        for title, form in (("Looks", looks), ("All requests", network)):
            column.addWidget(Words(self._theme, title, "text", is_short=True, is_bold=True, parent=inside))
            column.addWidget(form)
        column.addStretch()
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
