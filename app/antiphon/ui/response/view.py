"""The lower half of a request's tab: everything about the answer, from the first fact on."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.exchange import Exchange
from antiphon.core.quantities import size_text
from antiphon.ui.response.bar import ResponseBar
from antiphon.ui.response.connection_panel import ConnectionPanel
from antiphon.ui.response.cookie_rows import cookie_rows
from antiphon.ui.response.failure import FailurePane
from antiphon.ui.response.rehearsal import RehearsalPane
from antiphon.ui.response.sent_panel import SentPanel
from antiphon.ui.response.tables import FactsTable
from antiphon.ui.response.timeline import Timeline
from antiphon.ui.response.timing import TimingStrip
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_actions import BodyAction
from antiphon.ui.viewer.body_panel import BodyPanel
from antiphon.ui.widgets.announce import announce
from antiphon.ui.widgets.buttons import QuietButton
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.focus import Entered, leave
from antiphon.ui.widgets.notice import NoticeBar
from antiphon.ui.widgets.tabbar import PanelTabs
from antiphon.workbench.feed import ExchangeFeed

BODY, HEADERS, COOKIES, TIMELINE, SENT, CONNECTION = range(6)


class ResponseView(Entered):
    """Follows one feed; before the first sending it says how to begin."""

    save_asked = Signal()
    """Save the body to a file."""
    save_raw_asked = Signal()
    """Save what was received, content coding and all."""
    save_part_asked = Signal(object, int, int)
    """Save bytes of this source, from one offset to another."""
    open_asked = Signal()
    """Open the body in the program that the system has for it."""
    drag_asked = Signal(QWidget)
    """Let the body be dropped elsewhere, from this widget."""
    save_certificates_asked = Signal(object)
    """Save these certificates to a file."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._feed: ExchangeFeed | None = None
        self._announced: ExchangeFeed | None = None
        self._is_focus_lent = False
        """Whether the tabs have the focus only until there is a body again."""
        self._empty = EmptyState(theme, "No response yet", "Press Send, or Ctrl+Return in any field.")
        self.bar = ResponseBar(theme)
        self.compare = QuietButton(
            theme, icon="columns", tip="Compare with the answer before (Ctrl+Shift+M)", parent=self
        )
        self.strip = TimingStrip(theme)
        self.question = NoticeBar(theme)
        self.failure = FailurePane(theme)
        self.rehearsal = RehearsalPane(theme)
        self.tabs = PanelTabs(theme, "Response panels")
        self.body = BodyPanel(theme)
        self.headers = FactsTable(theme, "Response headers", ("Name", "Value"))
        self.cookies = FactsTable(
            theme, "Cookies set by the response", ("Name", "Value", "Domain", "Path", "Expires", "Flags")
        )
        self.timeline = Timeline(theme)
        self.sent = SentPanel(theme)
        self.connection = ConnectionPanel(theme)
        self._pages = QStackedWidget()
        for title, page in (
            ("Body", self.body),
            ("Headers", self.headers),
            ("Cookies", self.cookies),
            ("Timeline", self.timeline),
            ("Sent", self.sent),
            ("Connection", self.connection),
        ):
            self.tabs.add(title)
            self._pages.addWidget(_inset(page) if isinstance(page, FactsTable) else page)
        self.tabs.add_corner(self.body.take_controls())
        self.tabs.add_corner(self.connection.controls)
        self.connection.controls.hide()
        self._whole = QWidget()
        self._lay_out()
        self.read_in = self.tabs
        self.question.way_back.otherwise = self.failure.way_out = self.tabs.setFocus
        self.tabs.selected.connect(self._show_page)
        self.strip.clicked.connect(lambda: self.tabs.select(TIMELINE))
        self.body.save_requested.connect(self.save_asked)
        self.body.save_raw_requested.connect(self.save_raw_asked)
        self.body.save_part_requested.connect(self.save_part_asked)
        self.body.open_requested.connect(self.open_asked)
        self.body.drag_requested.connect(self.drag_asked)
        self.connection.save_asked.connect(self.save_certificates_asked)
        self.sent.secrets.toggled.connect(self.timeline.canvas.show_secrets)
        self.rehearsal.closed.connect(self.end_rehearsal)

    def follow(self, feed: ExchangeFeed | None) -> None:
        """Show *feed* from now on; None goes back to the empty state."""
        if self._feed is not None:
            self._feed.changed.disconnect(self._refresh)
        self._feed = feed
        self.sent.begin_anew()
        self.end_rehearsal()
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
        self.sent.close_work()
        self.rehearsal.sent.close_work()

    def show_rehearsal(self, exchange: Exchange) -> None:
        """Show what would be sent in place of the answer, until the next sending or `end_rehearsal`."""
        if not self.is_rehearsing:
            self.rehearsal.sent.begin_anew()
        self.rehearsal.show_exchange(exchange)
        self._stack.setCurrentWidget(self.rehearsal)

    @property
    def is_rehearsing(self) -> bool:
        return self._stack.currentWidget() is self.rehearsal

    def end_rehearsal(self) -> bool:
        """Go back to the answer; tell whether a dry run was shown."""
        was_shown = self.is_rehearsing
        self._stack.setCurrentWidget(self._empty if self._feed is None else self._whole)
        return was_shown

    def close_find(self) -> bool:
        """Close the find bar, or the filter; tell whether one was open."""
        return self.body.bars.close_one()

    @property
    def is_finding(self) -> bool:
        return self.body.bars.are_open

    @property
    def has_body(self) -> bool:
        """Whether some of a body has come, or may come."""
        return self._feed is not None and not self.is_rehearsing and self.body.has_body

    @property
    def is_body_seen(self) -> bool:
        return self.has_body and self.tabs.current == BODY

    def act_on_body(self, action: BodyAction) -> None:
        """Show the body, and do *action* with it."""
        self.tabs.select(BODY)
        action.run(self.body)

    def find(self) -> None:
        self.tabs.select(BODY)
        self.body.bars.open_find()

    def go_to(self) -> None:
        """Ask for a place in the body, and go there."""
        self.tabs.select(BODY)
        self.body.bars.open_go()

    def filter(self) -> None:
        self.tabs.select(BODY)
        self.body.filtering.open()

    def _show_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        self.body.controls.setVisible(index == BODY)
        self.connection.controls.setVisible(index == CONNECTION)
        if self._feed is not None:
            self._show_details(self._feed.exchange)
            self._show_body(self._feed)

    def _refresh(self) -> None:
        if self._feed is None:
            return
        exchange = self._feed.exchange
        self.bar.show_exchange(exchange)
        self.compare.setEnabled(exchange.is_over)
        self.strip.show_exchange(exchange)
        self.failure.show_exchange(exchange)
        self._ask(self._feed)
        self._show_headers(exchange)
        self._show_cookies(exchange)
        self.tabs.set_mark(CONNECTION, _noted(exchange))
        self._show_details(exchange)
        self._show_body(self._feed)
        if exchange.is_over and self._announced is not self._feed:
            self._announced = self._feed
            self._announce(exchange)

    def _announce(self, exchange: Exchange) -> None:
        """Have a screen reader say what came back, wherever the focus is."""
        failure = exchange.failure.sentence if exchange.failure is not None else ""
        announce(self, f"Response: {self.bar.text()} {failure}".strip())

    def _show_details(self, exchange: Exchange) -> None:
        """Show *exchange* in the panel in front, where it takes some work; the others wait until they are looked at."""
        panels = {TIMELINE: self.timeline, SENT: self.sent, CONNECTION: self.connection}
        if (panel := panels.get(self.tabs.current)) is not None:
            panel.show_exchange(exchange)

    def _show_body(self, feed: ExchangeFeed) -> None:
        """Show what came, also of an answer that was refused: that one as it is."""
        exchange = feed.exchange
        head = exchange.head
        has_body = head is not None or (exchange.failure is not None and feed.body.size_bytes > 0)
        if has_body:
            content_type = (head.get("content-type") or "") if head is not None else "text/plain"
            self.body.none_words = _why_none(exchange)
            self.body.show_body(feed.body, content_type, is_over=exchange.is_over)
            self.body.raw_words = _received(feed)
        is_front = self.tabs.current == BODY
        if not has_body:
            self._is_focus_lent |= leave(self.body, self.tabs)
            leave(self.body.controls, self.tabs)
        self.body.setVisible(has_body and is_front)
        self.body.controls.setVisible(has_body and is_front)
        if has_body and self._is_focus_lent:
            self._give_focus_back()
        is_alone = exchange.failure is not None and is_front and not has_body
        self.failure.set_room(for_words=is_front, for_chain=is_alone)
        if is_alone:
            leave(self._pages, self.tabs)
        self._pages.setVisible(not is_alone)
        self._column.setStretchFactor(self.failure, 1 if is_alone else 0)

    def _give_focus_back(self) -> None:
        """Put the focus where it was in the body before that was hidden, unless it has gone elsewhere since."""
        self._is_focus_lent = False
        if self.tabs.hasFocus():
            self.body.take_focus_again()

    def _ask(self, feed: ExchangeFeed) -> None:
        """Show the question that the exchange waits for; its x is the answer that stops."""
        question = feed.question
        if question is None:
            self.question.hide()
        elif self.question.isHidden():
            ratio = question.decoded_bytes / max(1, question.wire_bytes)
            size = size_text(question.decoded_bytes)
            self.question.tell(
                "warning",
                f"This body unpacks to more than {size}, {ratio:,.0f} times what came.",
                "",
                (("Go on", lambda: question.answer(True)), ("Stop here", lambda: question.answer(False))),
                close=("Stop here", lambda: question.answer(False)),
            )

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
        first = QHBoxLayout()
        first.setSpacing(2 * SPACE)
        first.addWidget(self.bar, 1)
        first.addWidget(self.compare)
        top.addLayout(first)
        top.addWidget(self.strip)
        self._column = column = QVBoxLayout(self._whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.tabs)
        column.addWidget(self.question)
        column.addWidget(self.failure)
        column.addWidget(self._pages, 1)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._whole)
        self._stack.addWidget(self.rehearsal)
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


def _received(feed: ExchangeFeed) -> str:
    """Return coding and size of what was received, nothing where no coding was undone."""
    head, size_bytes = feed.exchange.head, feed.raw.size_bytes
    coding = (head.get("content-encoding") or "") if head is not None else ""
    return f"{coding}, {size_text(size_bytes)}" if size_bytes else ""


def _why_none(exchange: Exchange) -> str:
    """Return why an answer has no body where it may have none; empty where that is for the server to say."""
    status = exchange.head.status if exchange.head is not None else 0
    if exchange.last.request.method == "HEAD":
        return "HEAD asks for the headers alone."
    reasons = {204: "there is none", 205: "there is none", 304: "what you have is still current"}
    return f"{status} says that {reasons[status]}." if status in reasons else ""


def _noted(exchange: Exchange) -> str:
    """Return what stands behind the title of the connection's tab: how many notes there are."""
    count = sum(len(hop.notes) for hop in exchange.hops)
    return "" if not count else "1 note" if count == 1 else f"{count} notes"
