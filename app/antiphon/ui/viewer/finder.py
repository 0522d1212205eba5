"""Finding text in what a `BodyView` shows: one search at a time, the newest wins."""

import re

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.body.search import Query, Search
from antiphon.ui.viewer.body_view import BodyView

POLL_MS = 30


class Finder(QObject):
    """Owns the search of one view; `changed` says that count, place or fault are others."""

    changed = Signal()

    def __init__(self, view: BodyView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._query: Query | None = None
        self._search: Search | None = None
        self._number: int | None = None
        self._wanted_from: int | None = None
        self._shown_count = -1
        self.fault = ""
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def count(self) -> int:
        return 0 if self._search is None else self._search.count

    @property
    def number(self) -> int | None:
        """The match that is shown, counted from 0."""
        return self._number

    @property
    def is_done(self) -> bool:
        return self._search is None or self._search.is_done

    @property
    def is_limited(self) -> bool:
        return self._search is not None and self._search.is_limited

    @property
    def query(self) -> Query | None:
        return self._query

    def look_for(self, query: Query | None, *, moves: bool = True) -> None:
        """Drop what was looked for, look for *query* and, if it *moves*, go to the first match from the caret on."""
        self._stop()
        self._query = query
        self.fault = ""
        if query is not None and query.text:
            self._start(query, moves=moves)
        self._view.set_found(self._search)
        self.changed.emit()

    def go(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the end if need be."""
        if self._search is None or (self._search.count == 0 and self._search.is_done):
            return
        start, end = self._view.selection
        if step < 0:
            number = self._search.number_before(start)
            self._show(self._search.count - 1 if number is None else number)
            return
        self._wanted_from = end
        self._poll()

    def close(self) -> None:
        """End the thread and forget what was looked for."""
        self.look_for(None)

    def _start(self, query: Query, *, moves: bool) -> None:
        try:
            self._search = Search(self._view.source, query, self._view.charset)
        except re.error as error:
            self.fault = f"not a regular expression: {error}"
            return
        self._wanted_from = self._view.selection[0] if moves else None
        self._search.start()
        self._timer.start()

    def _stop(self) -> None:
        self._timer.stop()
        if self._search is not None:
            self._search.cancel()
        self._search = self._number = self._wanted_from = None
        self._shown_count = -1

    def _poll(self) -> None:
        search = self._search
        if search is None:
            return
        is_done = search.is_done  # asked first: what was found before it is then counted
        if self._wanted_from is not None:
            number = search.number_from(self._wanted_from)
            if number is None and is_done and search.count:
                number = 0
            if number is not None:
                self._wanted_from = None
                self._show(number)
        if is_done:
            self._wanted_from = None
            self.fault = search.error
            self._timer.stop()
        if search.count != self._shown_count or is_done:
            self._shown_count = search.count
            self._view.set_found(search, self._current())
            self.changed.emit()

    def _show(self, number: int) -> None:
        if self._search is None or not 0 <= number < self._search.count:
            return
        self._number = number
        self._view.reveal(*self._search.match(number))
        self._view.set_found(self._search, self._current())
        self.changed.emit()

    def _current(self) -> tuple[int, int] | None:
        return None if self._number is None or self._search is None else self._search.match(self._number)
