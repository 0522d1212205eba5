"""The lower half of a request's tab: everything about the answer, from the first fact on."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange, Hop
from antiphon.ui.response.bar import ResponseBar
from antiphon.ui.response.cookie_rows import cookie_rows
from antiphon.ui.response.tables import FactsTable
from antiphon.ui.response.timeline import Timeline
from antiphon.ui.response.timing import TimingStrip
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.tabbar import PanelTabs
from antiphon.workbench.feed import ExchangeFeed

BODY, HEADERS, COOKIES, TIMELINE, SENT = range(5)


class FailurePane(QWidget):
    """What went wrong, where, and what to try: the sentence where the response would be."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._sentence = QLabel(self)
        self._hint = QLabel(self)
        for label in (self._sentence, self._hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(label.textInteractionFlags().TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 3 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(self._sentence)
        column.addWidget(self._hint)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_exchange(self, exchange: Exchange) -> None:
        failure = exchange.failure
        self.setVisible(failure is not None)
        if failure is not None:
            self._sentence.setText(failure.sentence)
            self._hint.setText(failure.hint)
            self._hint.setVisible(bool(failure.hint))
            self.setAccessibleName(f"{failure.sentence} {failure.hint}")

    def _restyle(self) -> None:
        font = QFont(self._theme.ui_font())
        font.setWeight(QFont.Weight.DemiBold)
        self._sentence.setFont(font)
        self._hint.setFont(self._theme.ui_font())
        palette = self._hint.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self._hint.setPalette(palette)


class ResponseView(QWidget):
    """Follows one feed; before the first sending it says how to begin."""

    save_asked = Signal()
    """Save the body to a file."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._feed: ExchangeFeed | None = None
        self._empty = EmptyState(theme, "No response yet", "Press Send, or Ctrl+Return in any field.")
        self.bar = ResponseBar(theme)
        self.strip = TimingStrip(theme)
        self.failure = FailurePane(theme)
        self.tabs = PanelTabs(theme, "Response panels")
        self.body = BodyPanel(theme)
        self.headers = FactsTable(theme, "Response headers", ("Name", "Value"))
        self.cookies = FactsTable(
            theme, "Cookies set by the response", ("Name", "Value", "Domain", "Path", "Expires", "Flags")
        )
        self.timeline = Timeline(theme)
        self.sent = FactsTable(theme, "What was sent", ("Name", "Value", "Added by"))
        self._pages = QStackedWidget()
        for title, page in (
            ("Body", self.body),
            ("Headers", self.headers),
            ("Cookies", self.cookies),
            ("Timeline", self.timeline),
            ("Sent", self.sent),
        ):
            self.tabs.add(title)
            self._pages.addWidget(_inset(page) if isinstance(page, FactsTable) else page)
        self.tabs.add_corner(self.body.controls)
        self._whole = QWidget()
        self._lay_out()
        self.setFocusProxy(self.tabs)
        self.tabs.selected.connect(self._show_page)
        self.strip.clicked.connect(lambda: self.tabs.select(TIMELINE))
        self.body.save_requested.connect(self.save_asked)

    def follow(self, feed: ExchangeFeed | None) -> None:
        """Show *feed* from now on; None goes back to the empty state."""
        if self._feed is not None:
            self._feed.changed.disconnect(self._refresh)
        self._feed = feed
        self._stack.setCurrentWidget(self._empty if feed is None else self._whole)
        if feed is None:
            self.body.clear()
            return
        feed.changed.connect(self._refresh)
        self.body.clear()
        self._refresh()

    def close_work(self) -> None:
        """End the background work of the body's view."""
        self.follow(None)
        self.body.close_work()

    def close_find(self) -> bool:
        """Close the find bar; tell whether it was open."""
        was_open = self.is_finding
        if was_open:
            self.body.close_find()
        return was_open

    @property
    def is_finding(self) -> bool:
        return self.body.find_bar.isVisible()

    def find(self) -> None:
        self.tabs.select(BODY)
        self.body.open_find()

    def _show_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self.body.controls.setVisible(index == BODY)

    def _refresh(self) -> None:
        if self._feed is None:
            return
        exchange = self._feed.exchange
        self.bar.show_exchange(exchange)
        self.strip.show_exchange(exchange)
        self.failure.show_exchange(exchange)
        self.timeline.show_exchange(exchange)
        self._show_headers(exchange)
        self._show_cookies(exchange)
        self.sent.show_rows([row for hop in exchange.hops for row in _sent_rows(hop)])
        head = exchange.head
        if head is not None:
            self.body.show_body(self._feed.body, head.get("content-type") or "", is_over=exchange.is_over)
        self.body.setVisible(head is not None)

    def _show_headers(self, exchange: Exchange) -> None:
        last = exchange.last
        rows = list(exchange.head.headers) if exchange.head else []
        rows += [(f"{name} (trailer)", value) for name, value in (last.trailers if last else ())]
        self.headers.show_rows(rows)
        self.tabs.set_count(HEADERS, len(rows))

    def _show_cookies(self, exchange: Exchange) -> None:
        rows = [row for hop in exchange.hops for row in cookie_rows(hop)]
        self.cookies.show_rows(rows)
        self.tabs.set_count(COOKIES, len(rows))

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(4 * SPACE, 2 * SPACE, 4 * SPACE, 0)
        top.setSpacing(0)
        top.addWidget(self.bar)
        top.addWidget(self.strip)
        column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.tabs)
        column.addWidget(self.failure)
        column.addWidget(self._pages, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._whole)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)


def _inset(page: QWidget) -> QWidget:
    """Return *page* in a frame that sets its text under the tabs' titles."""
    frame = QWidget()
    row = QVBoxLayout(frame)
    row.setContentsMargins(3 * SPACE, 0, 0, 0)
    row.addWidget(page)
    frame.setFocusProxy(page)
    return frame


def _sent_rows(hop: Hop) -> list[tuple[str, ...]]:
    version = hop.head.http_version if hop.head else ""
    line = (hop.request.method, f"{hop.request.url} {version}".strip(), "")
    return [line, *((header.name, header.value, header.origin) for header in hop.request.headers)]
