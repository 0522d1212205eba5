"""One search in a body of any size, while the body may still arrive: matches are there as soon as they are found.

The beginning is searched at once in a thread, if it is text that is looked for, the rest by processes: one `(a+)+b` on
a long line holds the interpreter for minutes, and only a process can be told to stop. All matches are counted; of those
whose places are not kept, places are found again where they are asked for.
"""

import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from antiphon.body.matches import Leaf, MatchIndex
from antiphon.body.query import Match, Query
from antiphon.body.scan import LONGEST_BYTES, Part, Places, Scanner
from antiphon.body.search_parts import Parts
from antiphon.body.searchers import Searcher, Searchers
from antiphon.body.searchprocess import Answer, Task, answer_to
from antiphon.body.store import BodySource

HERE_BYTES = 1 << 22
"""How much text is looked for in this process, before or instead of starting others."""
HERE_PART_BYTES = 1 << 16
SMALLEST_PART_BYTES, LARGEST_PART_BYTES = 1 << 16, 1 << 21
FIRST_TEXT_BYTES, LARGEST_TEXT_BYTES = 1 << 23, 1 << 24
"""Of text that is looked for as it stands, gigabytes a second; an expression may take ages, and has smaller parts."""
WAIT_S = 0.03
_PART_S = 0.01
"""How long a process should have to work on a part."""
_AHEAD_S, _MOST_AHEAD = 0.02, 8
"""How much work a process has before it: the window may keep this one's thread waiting while it paints."""
_PATIENCE_S = 0.15
"""How long a search that was given up may finish its parts before its processes are killed."""
_REACH_GROWS = 8
_LEAVES_AT_HAND = 16

__all__ = ["Query", "Search"]


@dataclass(slots=True)
class _Asked:
    """What a process was asked: a part, or where the matches of a leaf are."""

    searcher: Searcher
    ticket: int
    part: Part
    leaf: Leaf | None = None


class Search:
    """Looks for *query* from the first byte to the last once started; `drop` or `cancel` ends it and must be called.

    Args:
        searchers: Warm processes for *body*; None: its own.

    Raises:
        re.error: The expression is wrong.
    """

    def __init__(
        self, body: BodySource, query: Query, charset: str = "utf-8", searchers: Searchers | None = None
    ) -> None:
        self._scanner = Scanner(query, charset)
        self._body = body
        self._query = query
        self._charset = charset
        self._parts = Parts(body, self._scanner)
        self._index = MatchIndex()
        self._place = 0
        self._part_bytes, self._largest_bytes = SMALLEST_PART_BYTES, LARGEST_PART_BYTES
        if not query.is_regex:
            self._part_bytes, self._largest_bytes = FIRST_TEXT_BYTES, LARGEST_TEXT_BYTES
        self._most_unanswered = 2
        self._searchers = searchers or Searchers(body)
        self._owns_searchers = searchers is None
        self._at_work: list[Searcher] = []
        self._work_lock = threading.Lock()  # none is killed that another search may have by now
        self._asked: deque[_Asked] = deque()
        self._wanted: deque[Leaf] = deque()
        self._leaves_asked: set[int] = set()
        self._at_hand: dict[int, Places] = {}
        self._is_cancelled = threading.Event()
        self._wake = threading.Event()
        self._is_done = False
        self._thread = threading.Thread(target=self._run, name="search", daemon=True)
        self._killer = threading.Timer(_PATIENCE_S, self._kill)
        self.error = ""
        self.found_again = 0
        """Counts how often places came that were asked for; those who got none then ask again."""

    def start(self) -> "Search":
        self._thread.start()
        return self

    def drop(self) -> None:
        """Stop without waiting; the processes are left for the next search, unless they take long."""
        self._is_cancelled.set()
        self._wake.set()
        if self._at_work and self._thread.is_alive():
            self._killer.daemon = True
            self._killer.start()

    def cancel(self) -> None:
        """Stop and wait for the thread; processes at work are killed."""
        self._is_cancelled.set()
        self._wake.set()
        self._kill()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_done(self) -> bool:
        """Whether the whole body was looked at."""
        return self._is_done

    @property
    def is_at_work(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    @property
    def is_finding_again(self) -> bool:
        """Whether places were asked for that are not there yet."""
        return bool(self._leaves_asked) and self.is_at_work

    @property
    def process_id(self) -> int | None:
        """A process at work; None if there is none."""
        return self._at_work[0].process_id if self._at_work else None

    # Matches

    @property
    def count(self) -> int:
        """Matches found so far."""
        return self._index.count

    def match(self, number: int) -> Match | None:
        """Return offset and length in bytes of match *number*, counted from 0; None while it is found again."""
        leaf = self._index.leaf_of(number)
        if leaf is None:
            return self._index.match(number)
        places = self._places(leaf)
        return None if places is None else (places[0][number - leaf.number], places[1][number - leaf.number])

    def knows(self, offset: int) -> bool:
        """Whether it can be told which matches are before and after *offset*; if not, it will be soon."""
        return self._rank(offset) is not None

    def number_from(self, offset: int) -> int | None:
        """Return the first match at *offset* or after it; None if none was found there (yet)."""
        rank = self._rank(offset)
        return rank if rank is not None and rank < self.count else None

    def number_before(self, offset: int) -> int | None:
        """Return the last match that begins before *offset*; None if there is none."""
        rank = self._rank(offset)
        return rank - 1 if rank else None

    def between(self, start: int, end: int) -> list[Match]:
        """Return the matches that touch bytes from *start* to *end*, without those that are being found again."""
        first, last = self._rank(start), self._rank(end)
        if first is None or last is None:
            return []
        matches = (self.match(number) for number in range(max(0, first - 1), last))
        return [match for match in matches if match is not None and sum(match) > start]

    def spread(self, edges: Sequence[int]) -> list[bool]:
        """Return for each stretch between two ascending *edges* whether a match begins there, give or take a leaf."""
        ranks = [self._index.about_rank(edge) for edge in edges]
        return [before < behind for before, behind in pairwise(ranks)]

    def _rank(self, offset: int) -> int | None:
        rank = self._index.rank(offset)
        if isinstance(rank, int):
            return rank
        places = self._places(rank)
        return None if places is None else rank.number + bisect_left(places[0], offset)

    def _places(self, leaf: Leaf) -> Places | None:
        """Return where the matches of *leaf* are; None, after asking for them, where a process has to tell."""
        places = self._at_hand.get(leaf.number)
        if places is not None:
            return places
        part = self._parts.around(leaf.start, leaf.end, self._body.size_bytes)
        if self._query.is_regex:
            if leaf.number not in self._leaves_asked:
                self._leaves_asked.add(leaf.number)
                self._wanted.append(leaf)
                self._wake.set()
            return None
        text = self._body.read(part.low, part.high - part.low)
        return self._take_places(leaf, self._scanner.places(part, text))

    def _take_places(self, leaf: Leaf, places: Places) -> Places:
        while len(self._at_hand) >= _LEAVES_AT_HAND:
            self._at_hand.pop(next(iter(self._at_hand)))
        self._at_hand[leaf.number] = places
        return places

    # The thread

    def _run(self) -> None:
        try:
            if self._query.is_regex or not self._finds_here():
                self._use_processes()
        finally:
            self._killer.cancel()
            if self._owns_searchers:
                self._searchers.close()
        self._is_done = not self._is_cancelled.is_set()

    def _finds_here(self) -> bool:
        """Look for text in this thread; tells whether that was all."""
        while not self._is_cancelled.is_set():
            is_over = self._body.is_finished
            is_long = self._body.size_bytes - self._parts.start > HERE_BYTES
            if is_long and (self._parts.start >= HERE_BYTES or self._searchers.are_warm):
                return False
            part = self._parts.next(HERE_PART_BYTES)
            if part is not None:
                self._scan_here(part)
            elif is_over:
                return True
            else:
                self._is_cancelled.wait(WAIT_S)
        return True

    def _scan_here(self, part: Part) -> None:
        part = replace(part, place=max(part.start, self._place))
        text = self._body.read(part.low, part.high - part.low)
        keeps_more = self._index.keeps_more
        self._keep(answer_to(self._scanner, part, text, wants_places=keeps_more, is_dense=True))

    def _keep(self, answer: Answer) -> None:
        self._place = max(self._place, answer.stop)
        if answer.lengths and self._index.keeps_more:
            self._index.keep(answer.starts, answer.lengths)
        elif answer.leaf_counts:
            self._index.add_leaves(answer.leaf_starts, answer.leaf_ends, answer.leaf_counts)

    # In processes

    def _use_processes(self) -> None:
        try:
            self._at_work = self._searchers.take(self._is_cancelled)
        except OSError as error:
            self.error = error.strerror or str(error)
            return
        if not self._at_work:
            return
        try:
            self._drive()
        except EOFError:
            if not self._is_cancelled.is_set():
                self.error = "the search process ended early"
        finally:
            with self._work_lock:
                taken, self._at_work = self._at_work, []
            self._searchers.give_back(taken)

    def _drive(self) -> None:
        for searcher in self._at_work:
            searcher.look_for(self._query, self._charset)
        while not self._is_cancelled.is_set():
            is_over = self._body.is_finished
            self._ask_for_leaves()
            self._ask_for_parts()
            if self._asked:
                self._take_answer(self._asked.popleft())
            elif is_over and self._index.keeps_all:
                return
            else:
                self._is_done = is_over
                self._wake.wait(None if is_over else WAIT_S)
                self._wake.clear()
        for searcher in self._at_work:
            searcher.forget()

    def _ask_for_parts(self) -> None:
        for searcher in self._at_work:
            while self._is_free(searcher):
                part = self._parts.next(self._part_bytes)
                if part is None:
                    return
                self._ask(searcher, part)

    def _ask_for_leaves(self) -> None:
        free = min(self._at_work, key=lambda searcher: searcher.unanswered)
        while self._wanted and self._is_free(free):
            leaf = self._wanted.popleft()
            self._ask(free, self._parts.around(leaf.start, leaf.end, self._body.size_bytes), leaf)

    def _is_free(self, searcher: Searcher) -> bool:
        return searcher.unanswered < (1 if searcher.is_given_bytes else self._most_unanswered)

    def _ask(
        self, searcher: Searcher, part: Part, leaf: Leaf | None = None, *, is_first: bool = False
    ) -> None:
        wants_places = leaf is not None or self._index.keeps_more
        payload = self._body.read(part.low, part.high - part.low) if searcher.source is None else None
        asked = _Asked(searcher, searcher.ask(Task(part, wants_places, payload)), part, leaf)
        (self._asked.appendleft if is_first else self._asked.append)(asked)

    def _take_answer(self, asked: _Asked) -> None:
        answer, part = asked.searcher.answer(asked.ticket), asked.part
        if asked.leaf is not None:
            self._take_places(asked.leaf, (answer.starts, answer.lengths))
            self._leaves_asked.discard(asked.leaf.number)
            self.found_again += 1
            return
        if answer.stop and answer.first < self._place:
            self._ask(asked.searcher, replace(part, place=self._place), is_first=True)
        elif answer.touches_high and self._may_be_longer(part):
            reach = (part.high - part.end) * _REACH_GROWS
            wider = self._parts.around(part.start, part.end, self._body.size_bytes, reach)
            self._ask(asked.searcher, replace(wider, place=part.place), is_first=True)
        else:
            self._adapt(answer.took_s)
            self._keep(answer)

    def _may_be_longer(self, part: Part) -> bool:
        """Whether more than was read of a part may make its last match longer; waits for bytes that are to come."""
        if not self._scanner.may_reach_beyond or part.high - part.end >= LONGEST_BYTES:
            return False
        while not self._is_cancelled.is_set():
            is_over = self._body.is_finished
            if self._body.size_bytes > part.high:
                return True
            if is_over:
                return False
            self._is_cancelled.wait(WAIT_S)
        return False

    def _adapt(self, took_s: float) -> None:
        self._most_unanswered = max(2, min(int(_AHEAD_S / max(took_s, 1e-6)), _MOST_AHEAD))
        if took_s < _PART_S / 2:
            factor = 8 if took_s < _PART_S / 16 else 2
            self._part_bytes = min(self._part_bytes * factor, self._largest_bytes)
        elif took_s > _PART_S * 2:
            self._part_bytes = max(self._part_bytes // 2, SMALLEST_PART_BYTES)

    def _kill(self) -> None:
        with self._work_lock:
            for searcher in self._at_work:
                searcher.kill()
