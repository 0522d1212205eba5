"""Which events a list shows: all that have come or those that a filter lets through, up to where it was paused."""

from antiphon.body.arrivals import Arrivals
from antiphon.body.event_filter import EventFilter
from antiphon.body.events import EventIndex


class EventRows:
    """Rows count from 0, events by their number in the index; while it is paused nothing is added."""

    def __init__(self, index: EventIndex, arrivals: Arrivals) -> None:
        self.index = index
        self._arrivals = arrivals
        self._filter: EventFilter | None = None
        self._paused_at: int | None = None

    @property
    def is_filtered(self) -> bool:
        return self._filter is not None

    @property
    def text(self) -> str:
        """What the filter looks for; empty without one."""
        return "" if self._filter is None else self._filter.text

    @property
    def count(self) -> int:
        """How many rows there are."""
        if self._filter is None:
            return max(0, self._end - self.index.first)
        return self._filter.count if self._paused_at is None else self._filter.place_of(self._paused_at)

    @property
    def new_count(self) -> int:
        """Rows that are held back while the list is paused."""
        if self._paused_at is None:
            return 0
        whole = self.index.count - self.index.first if self._filter is None else self._filter.count
        return whole - self.count

    @property
    def gone(self) -> int:
        """Rows that there were before the first one, and were forgotten."""
        return self.index.first if self._filter is None else self._filter.gone

    def number(self, row: int) -> int:
        """Return the event on *row*."""
        return self.index.first + row if self._filter is None else self._filter.number(row)

    def row_of(self, number: int) -> int | None:
        """Return the row of event *number*; None where it is not shown."""
        if not self.index.first <= number < self._end:
            return None
        if self._filter is None:
            return number - self.index.first
        row = self._filter.place_of(number)
        return row if row < self._filter.count and self._filter.number(row) == number else None

    def time_text(self, number: int) -> str:
        """Return when event *number* came, as far as that is known: `+1.234 s` after the first bytes."""
        offset, length = self.index.place(number)
        exact_s = self._arrivals.exact_to_s
        digits = 3 if exact_s < 0.01 else 2 if exact_s < 0.1 else 1
        return f"+{self._arrivals.after_first_s(offset + length):,.{digits}f} s"

    def show(self, text: str, kind: int | None) -> None:
        """Let through what holds *text* and is of the type *kind*; an empty text and None let everything through."""
        is_other = (text, kind) != ((self._filter.text, self._filter.kind) if self._filter else ("", None))
        if is_other:
            self._filter = EventFilter(self.index, text, kind) if text or kind is not None else None

    def pause(self, is_paused: bool) -> None:
        self._paused_at = self.index.count if is_paused else None

    def step(self, budget_s: float) -> bool:
        """Filter for about *budget_s* seconds; return whether more is waiting."""
        return self._filter is not None and self._filter.step(budget_s)

    @property
    def _end(self) -> int:
        return self.index.count if self._paused_at is None else self._paused_at
