"""One event at full length, or one field of all of them, joined."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from antiphon.body.event_data import EventData
from antiphon.body.events import EventIndex
from antiphon.body.joined import JoinedField, guessed_path
from antiphon.body.store import BodyStore
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.viewer.body_view import COPY_LIMIT_BYTES, BodyView
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.words import CutWords

EVENT, JOINED = "event", "joined"
GUESSED_EVENTS = 20
_GUESSED_BYTES = 1 << 16
_FAR = 1 << 30
_NARROW = 420
_ONE_ROW = 620
"""From this width on the path of the joined field stands beside the buttons, else below them."""
_NONE = ("No event chosen", "Choose one in the list: its data stands here, laid out where it is JSON.")
_NO_FIELD = (
    "No field named",
    "Name a field of the events’ JSON to see its text joined: choices[0].delta.content",
)


class EventDetail(QWidget):
    """`show_event` and `show_index` say what of; `step` does the work."""

    notice = Signal(str)
    save_asked = Signal()
    """Save the joined text."""
    reveal_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_narrow = False
        self._index: EventIndex | None = None
        self._data: EventData | None = None
        self._joined: JoinedField | None = None
        self._guessed = 0
        self._has_chosen = False
        self._is_own_path = False
        self._event_words = ""
        self._end = _End()
        self.choice = Segmented(
            theme, ((EVENT, "Event"), (JOINED, "Joined text")), name="What is shown of the events"
        )
        self.choice.explain("Alt+J: the other")
        self.caption = CutWords(theme)
        self.path = Field(theme, "Field to join", placeholder="choices[0].delta.content", mono=True)
        self.reveal_button = QuietButton(theme, icon="text", tip="Show this event in the text (Return)")
        self.copy_button = QuietButton(theme, icon="copy", tip="Copy the data of this event (Ctrl+C)")
        self.save_button = QuietButton(theme, icon="save", tip="Save the joined text to a file (Alt+V)")
        self.event_view = self._view(theme, "Data of the event")
        self.joined_view = self._view(theme, "Joined text")
        self._no_event, self._no_field = EmptyState(theme, *_NONE), EmptyState(theme, *_NO_FIELD)
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._update()

    # What is shown

    def show_index(self, index: EventIndex | None) -> None:
        """Begin anew with the events of *index*; None lets go of everything but a field that the user named."""
        self._drop_data()
        self._drop_joined()
        self._index = index
        self._guessed = 0
        self._has_chosen = False
        if self._is_own_path:
            self._join(self.path.text())
        else:
            self.choice.show_choice(EVENT)
            self.path.clear()
        self._update()

    def show_event(self, number: int, words: str) -> None:
        """Show the data of event *number*, which *words* describe."""
        self._drop_data()
        if self._index is None or number < 0:
            self._update()
            return
        self._event_words = words
        self._data = EventData(self._index, number)
        self._has_chosen = True
        self.choice.show_choice(EVENT)
        self.step(0.003)
        self._update()

    @property
    def is_joining(self) -> bool:
        return self.choice.choice == JOINED

    @property
    def joined(self) -> JoinedField | None:
        """The field that is joined; None where none is named."""
        return self._joined

    def choose(self, key: str) -> None:
        """Show the event or the joined text, as the user does."""
        self._has_chosen = True
        self.choice.show_choice(key)
        self._update()

    def copy(self) -> bool:
        """Copy what is selected here, else all of what is shown; False where there is nothing."""
        view = self._pages.currentWidget()
        if not isinstance(view, BodyView):
            return False
        start, end = view.selection
        if start < end:
            view.copy()
            return True
        store = self._joined.text if self.is_joining else self._data.data
        self.copy_store(store)
        return True

    def copy_store(self, store: BodyStore) -> None:
        text = store.read(0, COPY_LIMIT_BYTES).decode("utf-8", "replace")
        QGuiApplication.clipboard().setText(text)
        if store.size_bytes > COPY_LIMIT_BYTES:
            self.notice.emit("Only the first 64 MiB were copied.")

    # Work

    def step(self, budget_s: float) -> bool:
        """Work for about *budget_s* seconds; return whether more is waiting."""
        waits = False
        if self._data is not None and not self._data.is_finished:
            self._data.step(budget_s)
            self._show_data()
            waits = not self._data.is_finished
        if self._index is not None:
            self._guess(self._index)
        if self._joined is not None and self.is_joining:
            waits = self._joined.step(budget_s) or waits
            self._end.keep(self.joined_view)
        return waits

    def tell(self) -> None:
        """Say which event it is, or how much was joined."""
        self.caption.tell(self._joined_words() if self.is_joining else self._event_words)

    def _show_data(self) -> None:
        data = self._data
        if self.event_view.source is not data.shown:
            self.event_view.set_source(data.shown, "json" if data.is_json else "text")

    def _guess(self, index: EventIndex) -> None:
        """Look for a well-known shape in the first events."""
        last = min(index.count, GUESSED_EVENTS)
        if self.path.text() or self._guessed >= last or index.first:
            return
        path = guessed_path(index.data(number, _GUESSED_BYTES) for number in range(self._guessed, last))
        self._guessed = last
        if path:
            self.path.show_text(path)
            if not self._has_chosen:
                self.choice.show_choice(JOINED)
                self._update()

    def _join(self, path: str) -> None:
        self._drop_joined()
        self.path.set_invalid("")
        if path.strip() and self._index is not None:
            try:
                self._joined = JoinedField(self._index, path)
            except ValueError as error:
                self.path.set_invalid(str(error))
            else:
                self.joined_view.set_source(self._joined.text)
                self._end = _End()
        self._update()

    def _own_path(self, text: str) -> None:
        """Keep what the user named for the next body, too."""
        self._is_own_path = bool(text.strip())

    def _joined_words(self) -> str:
        joined = self._joined
        if joined is None:
            return ""
        if joined.error:
            return f"Ended: {joined.error}"
        left_out = f", {joined.too_large:,} too large" if joined.too_large else ""
        return f"{joined.text.size_bytes:,} bytes · {joined.found:,} events{left_out}"

    def _drop_data(self) -> None:
        if self._data is not None:
            self.event_view.close_source()
            self._data.close()
        self._data = None

    def _drop_joined(self) -> None:
        if self._joined is not None:
            self.joined_view.close_source()
            self._joined.close()
        self._joined = None

    # Looks

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = event.size().width()
        is_narrow = width < self._theme.px(_NARROW)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._update()
        self._place_path(is_below=width < self._theme.px(_ONE_ROW))
        super().resizeEvent(event)

    def _place_path(self, *, is_below: bool) -> None:
        if is_below == (self._below.indexOf(self.path) >= 0):
            return
        if is_below:
            self._below.addWidget(self.path)
        else:
            self._top.insertWidget(1, self.path, 3)

    def _update(self) -> None:
        is_joining = self.is_joining
        if is_joining:
            page = self._no_field if self._joined is None else self.joined_view
        else:
            page = self._no_event if self._data is None else self.event_view
        has_content = isinstance(page, BodyView)
        self._pages.setCurrentWidget(page)
        self.path.setVisible(is_joining)
        self.caption.setVisible(has_content and not self._is_narrow)
        self.reveal_button.setVisible(not is_joining)
        self.save_button.setVisible(is_joining)
        for button in (self.reveal_button, self.copy_button, self.save_button):
            button.setEnabled(has_content)
        name, keys = (
            ("Copy the joined text", "Alt+K") if is_joining else ("Copy the data of this event", "Ctrl+C")
        )
        self.copy_button.setToolTip(f"{name} ({keys})")
        self.copy_button.setAccessibleName(name)
        self.tell()

    def _view(self, theme: Theme, name: str) -> BodyView:
        view = BodyView(theme)
        view.set_wrapped(True)
        view.setAccessibleName(name)
        view.notice.connect(self.notice)
        return view

    def _connect(self) -> None:
        self.choice.chosen.connect(self.choose)
        self.path.textChanged.connect(self._join)
        self.path.textEdited.connect(self._own_path)
        self.copy_button.clicked.connect(lambda _checked: self.copy())
        self.save_button.clicked.connect(lambda _checked: self.save_asked.emit())
        self.reveal_button.clicked.connect(lambda _checked: self.reveal_asked.emit())

    def _lay_out(self) -> None:
        self._top, self._below = top, below = QHBoxLayout(), QHBoxLayout()
        top.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        top.setSpacing(2 * SPACE)
        below.setContentsMargins(2 * SPACE, 0, 2 * SPACE, SPACE)
        top.addWidget(self.choice)
        top.addWidget(self.path, 3)
        top.addWidget(self.caption, 2)
        top.addStretch(0)
        for button in (self.reveal_button, self.copy_button, self.save_button):
            top.addWidget(button)
        for page in (self._no_event, self._no_field, self.event_view, self.joined_view):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(below)
        column.addWidget(self._pages, 1)


class _End:
    """Keeps a view at its end while it grows, until the user scrolls away from it."""

    def __init__(self) -> None:
        self._value = 0
        self._is_kept = True

    def keep(self, view: BodyView) -> None:
        bar = view.verticalScrollBar()
        if bar.value() != self._value:
            self._is_kept = bar.value() >= bar.maximum()
        if self._is_kept and bar.value() < bar.maximum():
            view.scroll_by(_FAR)
        self._value = bar.value()
