"""What left over the wire for one hop: its fields with who added them, the bytes, or HTTP/2's frames and body."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from antiphon.core.events import Frame, Phase, Sent
from antiphon.core.exchange import Exchange, Hop
from antiphon.core.quantities import size_text
from antiphon.core.redaction import hidden, secrets_of
from antiphon.core.wire_text import body_text, escaped, sent_fields, text_of
from antiphon.ui.response.tables import FactsTable
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.widgets.buttons import QuietButton, Segmented

FIELDS, RAW, FRAMES, CONTENT = "fields", "raw", "frames", "content"


@dataclass(frozen=True, slots=True)
class _Text:
    """A finished text as the body view reads it."""

    data: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.data)

    @property
    def is_finished(self) -> bool:
        return True

    def read(self, offset: int, count: int) -> bytes:
        return self.data[offset : offset + count]


class SentPanel(QWidget):
    """One hop at a time, the last one unless another is chosen; secrets are dots until they are asked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._hops: tuple[Hop, ...] = ()
        self._hop: Hop | None = None
        self._is_over = False
        self._chosen: int | None = None
        self._secrets: tuple[str, ...] = ()
        self._shown: object = None
        self.hops = QComboBox(self)
        self.views = Segmented(
            theme,
            ((FIELDS, "Headers"), (RAW, "Raw"), (FRAMES, "Frames"), (CONTENT, "Body")),
            name="How the request is shown",
        )
        self.summary = QLabel(self)
        self.invisible = QuietButton(
            theme, "Invisible bytes", tip="Write out what cannot be seen", parent=self
        )
        self.secrets = QuietButton(theme, "Show secrets", tip="Show what stands behind the dots", parent=self)
        self.copy_button = QuietButton(theme, icon="copy", tip="Copy what is shown", parent=self)
        self.fields = FactsTable(theme, "Headers that were sent", ("Name", "Value", "Added by"))
        self.frames = FactsTable(
            theme, "Frames that were sent", ("Frame", "Stream", "Length", "Flags", "Detail")
        )
        self.raw = BodyView(theme)
        self.raw.setAccessibleName("The request as it was sent")
        self.raw.set_wrapped(True)
        self._pages = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self._restyle()

    def show_exchange(self, exchange: Exchange) -> None:
        if exchange.hops == self._hops and exchange.is_over == self._is_over:
            return
        self._is_over = exchange.is_over
        if len(exchange.hops) < len(self._hops):
            self.begin_anew()
        self._hops = exchange.hops
        self._show_hops()
        self._show_hop()

    def begin_anew(self) -> None:
        """Hide secrets again and follow the last hop: another exchange is to be shown."""
        self._chosen = None
        self.secrets.setChecked(False)

    def text(self) -> str:
        """Return what the view in front shows, as text."""
        match self.views.choice:
            case "fields":
                return "\n".join(f"{name}: {value}" for name, value, _who in self.fields.facts.rows)
            case "frames":
                return "\n".join("\t".join(row) for row in self.frames.facts.rows)
            case _:
                return self._raw_text()

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def close_work(self) -> None:
        """End the background work of the view of bytes."""
        self.raw.close_source()
        self._shown = None

    def _show_hops(self) -> None:
        self.hops.setVisible(len(self._hops) > 1)
        secrets = () if self.secrets.isChecked() else secrets_of(self._hops)
        urls = [hidden(hop.request.url, secrets) for hop in self._hops]
        titles = [f"{n}. {hop.request.method} {urls[n - 1]}" for n, hop in enumerate(self._hops, 1)]
        if titles != [self.hops.itemText(row) for row in range(self.hops.count())]:
            self.hops.clear()
            self.hops.addItems(titles)
        self.hops.setCurrentIndex(self._number)

    @property
    def _number(self) -> int:
        return len(self._hops) - 1 if self._chosen is None else self._chosen

    def _show_hop(self) -> None:
        self._hop = hop = self._hops[self._number] if self._hops else None
        if hop is None:
            self.fields.show_rows(())
            return
        is_http2 = bool(hop.sent.fields or hop.sent.frames)
        visible = {FIELDS, FRAMES, CONTENT} if is_http2 else {FIELDS, RAW}
        for key in (FIELDS, RAW, FRAMES, CONTENT):
            self.views.set_choice_visible(key, key in visible)
        if self.views.choice not in visible:
            self.views.show_choice(FIELDS)
        self._show_view()

    def _show_view(self) -> None:
        """Show the view that is chosen; the others wait until they are."""
        hop, view = self._hop, self.views.choice
        key = (hop.sent, hop.request, hop.head, self._number, view, self._flags) if hop else None
        if hop is None:
            return
        self.summary.setText(_summary(hop, is_over=self._is_over))
        if key == self._shown:
            return
        self._shown = key
        every = secrets_of(self._hops)
        self._secrets = () if self.secrets.isChecked() else every
        self.secrets.setVisible(bool(every))
        self.invisible.setVisible(view in {RAW, CONTENT})
        self._pages.setCurrentIndex({FIELDS: 0, FRAMES: 1}.get(view, 2))
        match view:
            case "fields":
                rows = [(row.name, self._safe(row.value), row.who) for row in sent_fields(hop)]
                self.fields.show_rows(rows)
            case "frames":
                self.frames.show_rows([_frame_row(frame) for frame in hop.sent.frames])
            case _:
                self.raw.set_source(_Text(self._raw_text().encode("utf-8", "replace")))

    @property
    def _flags(self) -> tuple[bool, bool]:
        return self.secrets.isChecked(), self.invisible.isChecked()

    def _raw_text(self) -> str:
        if self._hop is None:
            return ""
        sent, is_escaped = self._hop.sent, self.invisible.isChecked()
        head = self._safe(text_of(sent.head))
        body = self._safe(body_text(sent.body))
        is_text = body_text(sent.body) == text_of(sent.body)
        if not is_escaped:
            return head.replace("\r\n", "\n") + body
        return escaped(head) + (escaped(body) if is_text else body)

    def _safe(self, text: str) -> str:
        return hidden(text, self._secrets)

    def _choose_hop(self, number: int) -> None:
        self._chosen = number
        self._show_hop()

    def _reveal(self, is_shown: bool) -> None:
        self.secrets.setText("Hide secrets" if is_shown else "Show secrets")
        self._show_hops()
        self._show_view()

    def _lay_out(self) -> None:
        self.hops.setAccessibleName("Which request")
        self.hops.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.hops.setMinimumContentsLength(12)
        self.hops.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hops.setMaximumWidth(420)
        self.summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for button in (self.invisible, self.secrets):
            button.setCheckable(True)
        row = QHBoxLayout()
        row.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.views)
        row.addWidget(self.hops, 1)
        row.addWidget(self.summary, 1)
        for widget in (self.invisible, self.secrets, self.copy_button):
            row.addWidget(widget)
        for page in (self.fields, self.frames, self.raw):
            self._pages.addWidget(_inset(page) if page is not self.raw else page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.views)
        self.hops.hide()

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _key: self._show_view())
        self.hops.activated.connect(self._choose_hop)
        self.secrets.toggled.connect(self._reveal)
        self.invisible.toggled.connect(lambda _on: self._show_view())
        self.copy_button.clicked.connect(self.copy)
        self._theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.summary.setFont(self._theme.ui_font())
        palette = self.summary.palette()
        palette.setColor(palette.ColorRole.WindowText, self._theme.color("dim"))
        self.summary.setPalette(palette)


def _summary(hop: Hop, *, is_over: bool) -> str:
    """Return how much left, in words: `Head 212 B, body: the first 1.05 MB of 3.20 GB`, and whether that is all."""
    sent = hop.sent
    if sent == Sent():
        return _unsent(hop, is_over=is_over)
    words = [f"Head {size_text(len(sent.head))}"] if sent.head else [f"{len(sent.fields)} fields"]
    if sent.body_bytes > len(sent.body):
        words.append(f"body: the first {size_text(len(sent.body))} of {size_text(sent.body_bytes)}")
    elif sent.body_bytes:
        words.append(f"body {size_text(sent.body_bytes)}")
    return ", ".join(words) + ("" if sent.is_complete else ". Cut short: not all of it left.")


def _unsent(hop: Hop, *, is_over: bool) -> str:
    """Return how far the request is whose bytes are not told yet."""
    is_leaving = any(span.phase in {Phase.SEND, Phase.UPLOAD} and span.ended is None for span in hop.spans)
    if not hop.uploaded_bytes and (is_over or not is_leaving):
        return "Nothing has left. This is what was prepared."
    total = "" if hop.upload_bytes is None else f" of {size_text(hop.upload_bytes)}"
    if is_over:
        return (
            f"Cut short: {size_text(hop.uploaded_bytes)}{total} of the body left. This is what was prepared."
        )
    if not hop.uploaded_bytes:
        return "Being sent; the exact bytes are shown once the request is out."
    count = size_text(hop.uploaded_bytes)
    return f"Being sent: {count}{total} so far; the exact bytes are shown once the request is out."


def _frame_row(frame: Frame) -> tuple[str, ...]:
    return frame.kind, str(frame.stream_id), f"{frame.length:,}", frame.flags, frame.detail


def _inset(table: FactsTable) -> QWidget:
    frame = QWidget()
    row = QHBoxLayout(frame)
    row.setContentsMargins(3 * SPACE, 0, 0, 0)
    row.addWidget(table)
    return frame
