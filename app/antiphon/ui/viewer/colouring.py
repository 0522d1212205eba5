"""Colours of rows: JSON at once, what pygments reads in a thread of its own, for the rows that are seen."""

import threading
from collections import OrderedDict

from PySide6.QtCore import QObject, Signal

from antiphon.body.rows import Row, RowIndex
from antiphon.body.strings import OUTSIDE, state_after
from antiphon.render.field_spans import FIELD_SPANS
from antiphon.render.media import Language
from antiphon.render.spans import LEXERS, Span, block_spans, json_spans
from antiphon.ui.viewer.row_text import RowText

BLOCK_ROWS = 64
"""Rows that are coloured together."""
LEAD_ROWS = 64
"""Rows before them that are read along, so that a comment or a tag that began there is known."""
READ_CHARS = 64_000
"""At most this much is given to pygments at once."""

AHEAD_CHARS = 64
"""How far beyond a part of a row a colon is looked for, which makes a string a key."""

_KEPT_BLOCKS = 32
_WAITING_BLOCKS = 4


class Colouring(QObject):
    """Spans for the rows of one body; `changed` says that rows asked for earlier now have theirs."""

    changed = Signal()

    def __init__(self, index: RowIndex, language: Language, charset: str) -> None:
        super().__init__()
        self._index = index
        self._language = language
        self._charset = charset
        self._blocks: OrderedDict[tuple[int, int], list[list[Span]]] = OrderedDict()
        self._waiting: OrderedDict[tuple[int, int], tuple[list[str], int]] = OrderedDict()
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def spans(self, number: int, row: Row, text: RowText, start: int, end: int) -> list[Span]:
        """Return the spans that touch characters *start* to *end* of a row, and maybe more.

        There are none yet for a language that the thread has still to read.
        """
        if self._language in {"json", "jsonlines"}:
            return self._json_spans(row, text, start, end)
        if self._language in FIELD_SPANS:
            return FIELD_SPANS[self._language](text.shown)
        if self._language not in LEXERS:
            return []
        first = number - number % BLOCK_ROWS
        key = (first, min(first + BLOCK_ROWS, self._index.row_count))
        with self._turn:
            block = self._blocks.get(key)
        if block is not None:
            return block[number - first]
        self._ask(key)
        return []

    def _json_spans(self, row: Row, text: RowText, start: int, end: int) -> list[Span]:
        """Lex no more than is asked for: a row of a minified body has thousands of tokens."""
        state = OUTSIDE if row.begins_line else self._index.string_state(row.start)
        state = state_after(text.text[:start].encode("utf-8", "surrogateescape"), state)
        spans = json_spans(text.shown[start : end + AHEAD_CHARS], state)
        return [Span(start + span.start, span.length, span.shade) for span in spans] if start else spans

    def close(self) -> None:
        """Stop the thread and wait for it: at most one block's work."""
        with self._turn:
            self._is_closed = True
            self._turn.notify()
        if self._thread is not None:
            self._thread.join()

    def _ask(self, key: tuple[int, int]) -> None:
        with self._turn:
            if key in self._waiting or self._is_closed:
                return
        lead = max(0, key[0] - LEAD_ROWS)
        rows = [RowText(row.content, self._charset).shown for row in self._index.rows(lead, key[1] - lead)]
        with self._turn:
            self._waiting[key] = (rows, key[0] - lead)
            while len(self._waiting) > _WAITING_BLOCKS:
                self._waiting.popitem(last=False)
            self._turn.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="colours", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            key, rows, lead = job
            spans = _read(self._language, rows, lead)
            with self._turn:
                self._blocks[key] = spans
                while len(self._blocks) > _KEPT_BLOCKS:
                    self._blocks.popitem(last=False)
                is_closed = self._is_closed
            if not is_closed:
                self.changed.emit()

    def _next_job(self) -> tuple[tuple[int, int], list[str], int] | None:
        with self._turn:
            self._turn.wait_for(lambda: self._waiting or self._is_closed)
            if self._is_closed:
                return None
            key, (rows, lead) = self._waiting.popitem()  # the newest: it is what is looked at
            return key, rows, lead


def _read(language: Language, rows: list[str], lead: int) -> list[list[Span]]:
    """Return spans for the rows after the first *lead*, reading as many as fit the limit."""
    while lead and sum(map(len, rows)) > READ_CHARS:
        rows, lead = rows[lead:], 0
    taken, size = 0, 0
    while taken < len(rows) and size + len(rows[taken]) <= READ_CHARS:
        size += len(rows[taken])
        taken += 1
    spans = block_spans(language, rows[:taken])
    return (spans + [[] for _ in rows[taken:]])[lead:]
