"""Finding text in what a `BodyView` shows: one search at a time, the newest wins."""

import re
import time
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.body.search import Query, Search
from antiphon.body.searchers import Searchers
from antiphon.body.store import BodySource
from antiphon.ui.viewer.marks import Found

POLL_MS = 30
SOON_MS = 4
"""Between two looks while the view waits for a match."""
WORK_MS = 8
"""Between two looks whether the search is over; what it found is shown every `POLL_MS`."""


class Searched(Protocol):
    """What is asked of a view in which something is found."""

    @property
    def source(self) -> BodySource: ...
    @property
    def charset(self) -> str: ...
    @property
    def selection(self) -> tuple[int, int]: ...
    def set_found(self, found: Found | None, current: tuple[int, int] | None = None) -> None: ...
    def reveal(self, offset: int, length: int = 0) -> None: ...


class Finder(QObject):
    """Owns the search of one view; `changed` says that count, place or fault are others.

    Args:
        charset: What the text is read in; None: as the view reads it.
    """

    changed = Signal()

    def __init__(self, view: Searched, parent: QObject | None = None, *, charset: str | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._charset = charset
        self._query: Query | None = None
        self._search: Search | None = None
        self._dropped: list[Search] = []
        self._searchers: tuple[BodySource, Searchers] | None = None
        self._number: int | None = None
        self._current: tuple[int, int] | None = None
        self._wanted: tuple[int, int] | None = None
        self._shown = (-1, -1)
        self._shown_s = 0.0
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
    def query(self) -> Query | None:
        return self._query

    def warm_up(self) -> None:
        """Start what a search will need: its first match is there the sooner."""
        self._searchers_for(self._view.source).warm_up()

    def look_for(self, query: Query | None, *, moves: bool = True) -> None:
        """Drop what was looked for, look for *query* and, if it *moves*, go to the first match from the caret on."""
        self._stop()
        self._query = query
        self.fault = ""
        if query is not None and query.text:
            self._start(query, moves=moves)
        self._mark()

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return offset and length of the matches that touch bytes from *start* to *end*, for the view to mark."""
        if self._search is None:
            return []
        matches = self._search.between(start, end)
        if self._search.is_finding_again and not self._timer.isActive():
            self._timer.start(SOON_MS)  # where they are found again is marked then
        return matches

    def spread(self, edges: Sequence[int]) -> list[bool]:
        """Return for each stretch between two ascending *edges* whether a match begins there, about."""
        return [] if self._search is None else self._search.spread(edges)

    def go(self, step: int) -> None:
        """Go to the next match (1) or the previous one (-1), around the end if need be."""
        if self._search is None or (self._search.count == 0 and self._search.is_done):
            return
        start, end = self._view.selection
        self._wanted = (step, start if step < 0 else end)
        self._poll()

    def close(self) -> None:
        """End threads and processes and forget what was looked for."""
        for search in (*self._dropped, self._search):
            if search is not None:
                search.cancel()
        self._dropped.clear()
        self.look_for(None)
        if self._searchers is not None:
            self._searchers[1].close()
            self._searchers = None

    def _start(self, query: Query, *, moves: bool) -> None:
        source = self._view.source
        try:
            charset = self._charset or self._view.charset
            self._search = Search(source, query, charset, self._searchers_for(source))
        except re.error as error:
            self.fault = f"not a regular expression: {error}"
            return
        self._wanted = (1, self._view.selection[0]) if moves else None
        self._search.start()
        self._timer.start(SOON_MS)

    def _searchers_for(self, source: BodySource) -> Searchers:
        if self._searchers is None or self._searchers[0] is not source:
            if self._searchers is not None:
                self._searchers[1].close()
            self._searchers = (source, Searchers(source))
        return self._searchers[1]

    def _stop(self) -> None:
        self._timer.stop()
        if self._search is not None:
            self._search.drop()
            self._dropped = [search for search in self._dropped if search.is_at_work]
            self._dropped.append(self._search)
        self._search = self._number = self._current = self._wanted = None
        self._shown = (-1, -1)

    def _poll(self) -> None:
        search = self._search
        if search is None:
            return
        is_done = search.is_done  # asked first: what was found before it is then counted
        self._reach_wanted(search, is_done=is_done)
        if is_done:
            self.fault = search.error
        news = (search.count, search.found_again)
        if is_done or (news != self._shown and time.monotonic() - self._shown_s > POLL_MS / 1000):
            self._shown, self._shown_s = news, time.monotonic()
            self._mark()
        self._pace(search, is_over=is_done)

    def _mark(self) -> None:
        self._view.set_found(None if self._search is None else self, self._current)
        self.changed.emit()

    def _pace(self, search: Search, *, is_over: bool) -> None:
        """Look again soon while something is awaited, later while more may be found, else not at all."""
        if self._wanted is not None or search.is_finding_again:
            self._timer.start(SOON_MS)
        elif is_over:
            self._timer.stop()
        else:
            self._timer.start(WORK_MS)

    def _reach_wanted(self, search: Search, *, is_done: bool) -> None:
        """Show the match that was asked for if it can be told by now."""
        if self._wanted is None or not search.knows(self._wanted[1]):
            return
        step, offset = self._wanted
        number = search.number_before(offset) if step < 0 else search.number_from(offset)
        if number is None and search.count and (is_done or step < 0):
            number = search.count - 1 if step < 0 else 0
        match = None if number is None else search.match(number)
        if match is not None:
            self._wanted = None
            self._number, self._current = number, match
            self._view.reveal(*match)
            self._mark()
        elif number is None and is_done:
            self._wanted = None


def count_words(finder: Finder) -> str:
    """Return which match is shown of how many, in a few words."""
    if finder.fault:
        return finder.fault.partition(":")[0]
    if finder.count == 0:
        return "none" if finder.is_done else "searching…"
    more = "" if finder.is_done else "+"
    place = "–" if finder.number is None else f"{finder.number + 1:,}"
    return f"{place} of {finder.count:,}{more}"
