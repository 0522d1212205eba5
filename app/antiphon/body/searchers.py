"""The processes that search a body, kept warm while someone may look for more: a start takes a tenth of a second."""

import os
import threading
import time
from collections import deque

from antiphon.body.helper_process import started
from antiphon.body.query import Query
from antiphon.body.searchprocess import Answer, Task, query_line, search_command
from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodySource

_START_S = 0.3
"""After this long a process is taken to be up."""
PROCESSES = max(1, min(2, os.cpu_count() or 1))


class Searcher:
    """One process; used by one thread at a time, but for `kill`.

    Raises:
        OSError: It could not be started.
        EOFError: From the methods: it is gone.
    """

    def __init__(self, source: SpoolFile | None) -> None:
        self.source = source
        self._started_s = time.monotonic()
        self._process = started(search_command(source), *([source] if source else []))
        self._asked: deque[int] = deque()
        self._answers: dict[int, Answer] = {}
        self._last_ticket = 0
        self._is_killed = False

    @property
    def process_id(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return not self._is_killed and self._process.poll() is None

    @property
    def is_warm(self) -> bool:
        return time.monotonic() - self._started_s > _START_S

    @property
    def unanswered(self) -> int:
        return len(self._asked)

    @property
    def is_given_bytes(self) -> bool:
        """Whether they come with each task: with more than one task our pipes may fill up while both of us write."""
        return self.source is None

    def look_for(self, query: Query, charset: str) -> None:
        self._write(query_line(query, charset))

    def ask(self, task: Task) -> int:
        """Give it a task and return the number under which the answer is had."""
        self._write(task.line())
        self._last_ticket += 1
        self._asked.append(self._last_ticket)
        return self._last_ticket

    def answer(self, ticket: int) -> Answer:
        """Wait for an answer and return it."""
        assert self._process.stdout is not None
        while ticket not in self._answers:
            answer = Answer.read(self._process.stdout)
            self._answers[self._asked.popleft()] = answer
        return self._answers.pop(ticket)

    def forget(self) -> None:
        """Wait for what was asked and drop it."""
        while self._asked:
            self.answer(self._asked[-1])
        self._answers.clear()

    def kill(self) -> None:
        """End it whatever it does; who waits for an answer is told by `EOFError`."""
        self._is_killed = True
        self._process.kill()

    def close(self) -> None:
        """End it and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                pass  # it was killed with words still in the buffer

    def _write(self, words: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(words)
            self._process.stdin.flush()
        except OSError as error:
            raise EOFError from error


class Searchers:
    """The processes for one body; one search has them at a time."""

    def __init__(self, body: BodySource) -> None:
        self._body = body
        self._idle: list[Searcher] = []
        self._turn = threading.Lock()
        self._is_closed = False

    def warm_up(self) -> None:
        """Start the processes, in a thread; where that fails, the first search says so."""
        threading.Thread(target=self._start_idle, name="search start", daemon=True).start()

    @property
    def are_warm(self) -> bool:
        """Whether a search that takes them need not wait for one to start."""
        spool = getattr(self._body, "spool", None)
        idle = self._idle
        return bool(idle) and all(searcher.is_warm and searcher.source is spool for searcher in idle)

    def take(self, is_given_up: threading.Event) -> list[Searcher]:
        """Wait for the search before to end and return the processes; none if given up meanwhile.

        Raises:
            OSError: They could not be started.
        """
        while not self._turn.acquire(timeout=0.01):
            if is_given_up.is_set():
                return []
        try:
            return self._started()
        except OSError:
            self._end_turn()
            raise

    def give_back(self, searchers: list[Searcher]) -> None:
        """Take back what `take` returned; those that were killed go."""
        for searcher in searchers:
            if searcher.is_alive and not searcher.unanswered and not self._is_closed:
                self._idle.append(searcher)
            else:
                searcher.close()
        self._end_turn()

    def close(self) -> None:
        """End all that are idle, and those that are given back later."""
        self._is_closed = True
        if self._turn.acquire(blocking=False):
            self._close_idle()
            self._turn.release()

    def _end_turn(self) -> None:
        self._turn.release()
        if self._is_closed:  # since it was looked at, perhaps, while `close` found the turn taken
            self.close()

    def _start_idle(self) -> None:
        if self._turn.acquire(blocking=False):
            try:
                self._idle = self._started()
            except OSError:
                pass  # it is tried again, and told, when there is something to search
            finally:
                self._end_turn()

    def _started(self) -> list[Searcher]:
        """Return idle processes that read the body as it is held now, and as many new ones as are missing."""
        spool: SpoolFile | None = getattr(self._body, "spool", None)
        taken, self._idle = self._idle, []
        fit = [searcher for searcher in taken if searcher.source is spool and searcher.is_alive]
        for searcher in taken:
            if searcher not in fit:
                searcher.close()
        try:
            while len(fit) < PROCESSES:
                fit.append(Searcher(spool))
        except OSError:
            self._idle = fit
            raise
        return fit

    def _close_idle(self) -> None:
        taken, self._idle = self._idle, []
        for searcher in taken:
            searcher.close()
