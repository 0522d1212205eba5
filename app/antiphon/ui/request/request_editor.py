"""Everything of one request that is edited: the URL line, and below it a panel for each side of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.document import Auth, InheritAuth, ProxySettings, RequestDocument
from antiphon.core.prepared import PreparedHeader
from antiphon.core.template import Scope
from antiphon.ui.request.auth_panel import AuthPanel
from antiphon.ui.request.body_panel import BodyPanel
from antiphon.ui.request.headers_panel import HeadersPanel, warning_mark
from antiphon.ui.request.options_panel import OptionsPanel
from antiphon.ui.request.panel import Panel
from antiphon.ui.request.params_panel import ParamsPanel
from antiphon.ui.request.progress import Figures, Progress
from antiphon.ui.request.url_line import UrlLine
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.tabbar import PanelTabs


@dataclass(frozen=True, slots=True)
class _Slot:
    title: str
    make: Callable[[Theme], Panel]
    mark: Callable[[RequestDocument], str]
    """What stands behind the title."""


def _number(count: Callable[[RequestDocument], int | None]) -> Callable[[RequestDocument], str]:
    return lambda draft: str(count(draft) or "")


_SLOTS = (
    _Slot("Params", ParamsPanel, _number(ParamsPanel.count)),
    _Slot("Headers", HeadersPanel, _number(HeadersPanel.count)),
    _Slot("Body", BodyPanel, BodyPanel.mark),
    _Slot("Auth", AuthPanel, AuthPanel.mark),
    _Slot("Options", OptionsPanel, OptionsPanel.mark),
)


class RequestEditor(QWidget):
    """A panel is built when it is first shown, so that a new tab costs little."""

    edited = Signal(RequestDocument)
    send_requested = Signal()
    cancel_requested = Signal()
    auth_built = Signal(object)
    """The `AuthPanel` is there now: whoever keeps tokens can serve it."""
    panel_changed = Signal(int)
    """The index of the panel now shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = RequestDocument()
        self._scope = Scope()
        self._automatic: Sequence[PreparedHeader] = ()
        self._warnings: tuple[str, ...] = ()
        self._inherited: tuple[Auth, str] = (InheritAuth(), "")
        self._inherited_proxy: tuple[ProxySettings, str] = (ProxySettings("system"), "the system")
        self._base_dir: Path | None = None
        self._panels: dict[int, Panel] = {}
        self.url_line = UrlLine(theme, self)
        self.tabs = PanelTabs(theme, "Request panels", self)
        self.figures = Figures(theme, self)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self.setFocusProxy(self.url_line.url)
        self._connect()
        self._restyle()
        self._show_panel(0)

    def show(self, draft: RequestDocument) -> None:
        """Show *draft*; equal to what is shown it changes nothing, so cursor and undo stay."""
        if draft == self._draft:
            return
        self._draft = draft
        self.url_line.show(draft)
        panel = self._panels.get(self.current_panel)
        if panel is not None:
            panel.show(draft)
        self._show_marks()

    def set_scope(self, scope: Scope) -> None:
        """Say what variables mean here, for colours, tool tips and completion."""
        self._scope = scope
        self.url_line.set_scope(scope)
        for panel in self._panels.values():
            panel.set_scope(scope)

    def show_automatic(self, headers: Sequence[PreparedHeader]) -> None:
        """Show what would be added to the request's own headers; the request's own among *headers* are skipped."""
        self._automatic = tuple(headers)
        for panel in self._panels.values():
            if isinstance(panel, HeadersPanel):
                panel.show_automatic(headers)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        """Show in which ways the request, as it would be sent now, breaks the protocol."""
        if tuple(warnings) == self._warnings:
            return
        self._warnings = tuple(warnings)
        for panel in self._panels.values():
            if isinstance(panel, HeadersPanel):
                panel.show_warnings(warnings)
        self._show_marks()

    def set_inherited_auth(self, auth: Auth, place: str) -> None:
        """Say what *Inherit* means: *auth* as *place* (`folder Orders`) has it, empty for nowhere."""
        self._inherited = (auth, place)
        for panel in self._panels.values():
            if isinstance(panel, AuthPanel):
                panel.set_inherited(auth, place)

    def set_inherited_proxy(self, proxy: ProxySettings, place: str) -> None:
        """Say which proxy is inherited: *proxy* as *place* (`the collection`) has it."""
        self._inherited_proxy = (proxy, place)
        for panel in self._panels.values():
            if isinstance(panel, OptionsPanel):
                panel.set_inherited_proxy(proxy, place)

    def set_base_dir(self, folder: Path | None) -> None:
        """Name files chosen inside *folder*, the collection's, relative to it."""
        self._base_dir = folder
        for panel in self._panels.values():
            panel.set_base_dir(folder)

    def set_running(self, running: bool) -> None:
        self.url_line.set_running(running)

    def show_progress(self, progress: Progress) -> None:
        """Show how far the request is that runs."""
        self.url_line.show_progress(progress)

    def add_panel(self, title: str, widget: QWidget, *, tip: str = "") -> int:
        """Append a panel of somebody else's and return its index."""
        self._stack.addWidget(widget)
        return self.tabs.add(title, tip=tip)

    def panel_number(self, title: str) -> int:
        """Return the index of the panel called *title*, -1 where there is none."""
        return next((index for index, slot in enumerate(_SLOTS) if slot.title == title), -1)

    def select_panel(self, index: int) -> None:
        """Show the panel at *index* and put the focus into it; an index that is not there changes nothing."""
        if 0 <= index < self._stack.count():
            self.tabs.select(index)
            self._stack.currentWidget().setFocus()

    def lead_to_auth(self) -> None:
        """Show how the request says who is asking, the focus in the first field of that."""
        self.select_panel(self.panel_number("Auth"))
        if isinstance(panel := self._panels.get(self.current_panel), AuthPanel):
            panel.lead_in()

    def lead_to_proxy(self) -> None:
        """Show the request's own proxy, the focus on it."""
        self.select_panel(self.panel_number("Options"))
        if isinstance(panel := self._panels.get(self.current_panel), OptionsPanel):
            panel.lead_to(panel.network)

    def focus_url(self) -> None:
        self.url_line.focus_url()

    @property
    def current_panel(self) -> int:
        return self.tabs.current

    @property
    def panel_count(self) -> int:
        return self._stack.count()

    def _lay_out(self) -> None:
        self.tabs.add_corner(self.figures, stretch=100)
        for slot in _SLOTS:
            index = self.tabs.add(slot.title, tip=f"{slot.title} (Alt+{self._stack.count() + 1})")
            self._stack.insertWidget(index, QWidget(self))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.url_line)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.url_line.edited.connect(self._take)
        self.url_line.send_requested.connect(self.send_requested)
        self.url_line.cancel_requested.connect(self.cancel_requested)
        self.url_line.figures_changed.connect(self.figures.tell)
        self.tabs.selected.connect(self._show_panel)
        self._theme.changed.connect(self._restyle)

    def _show_panel(self, index: int) -> None:
        if index < len(_SLOTS):
            panel = self._panels.get(index) or self._build(index)
            panel.show(self._draft)
        self._stack.setCurrentIndex(index)
        self.panel_changed.emit(index)

    def _build(self, index: int) -> Panel:
        panel = self._panels[index] = _SLOTS[index].make(self._theme)
        panel.set_scope(self._scope)
        panel.set_base_dir(self._base_dir)
        panel.edited.connect(self._take)
        placeholder = self._stack.widget(index)
        self._stack.insertWidget(index, panel)
        self._stack.removeWidget(placeholder)
        placeholder.deleteLater()
        match panel:
            case HeadersPanel():
                panel.show_automatic(self._automatic)
                panel.show_warnings(self._warnings)
            case AuthPanel():
                panel.set_inherited(*self._inherited)
                self.auth_built.emit(panel)
            case OptionsPanel():
                panel.set_inherited_proxy(*self._inherited_proxy)
            case _:
                pass
        return panel

    def _take(self, draft: RequestDocument) -> None:
        self.show(draft)
        self.edited.emit(draft)

    def _show_marks(self) -> None:
        for index, slot in enumerate(_SLOTS):
            marks = [slot.mark(self._draft)]
            if slot.make is HeadersPanel:
                marks.append(warning_mark(len(self._warnings)))
            self.tabs.set_mark(index, " · ".join(filter(None, marks)))

    def _restyle(self) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self._theme.color("bg"))
        self.setPalette(palette)
        self.setAutoFillBackground(True)
