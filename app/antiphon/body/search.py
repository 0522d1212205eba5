"""One search in a body of any size, while the body may still arrive: matches are there as soon as they are found.

Plain text is looked for in a thread. A regular expression is matched by a helper process: one `(a+)+b` on a long line
holds the interpreter for minutes, and only a process can be told to stop.
"""

import subprocess
import threading
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from antiphon.body.scan import Match, Query, scan
from antiphon.body.searchprocess import search_command
from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodySource

MATCH_LIMIT = 1_000_000
"""Places are kept up to this many (16 MB); what is beyond is not looked for."""
WAIT_S = 0.03
_COPY_BYTES = 1 << 18

__all__ = ["MATCH_LIMIT", "Query", "Search"]


class Search:
    """Looks for *query* from the first byte to the last once started; `cancel` ends it and must be called.

    Raises:
        re.error: The expression is wrong.
    """

    def __init__(self, body: BodySource, query: Query, charset: str = "utf-8") -> None:
        query.compiled()
        self._body = body
        self._query = query
        self._charset = charset
        self._starts = array("Q")
        self._lengths = array("Q")
        self._is_cancelled = threading.Event()
        self._is_done = False
        self._helper: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        work = self._run_helper if query.is_regex else self._run
        self._thread = threading.Thread(target=work, name="search", daemon=True)
        self.error = ""

    def start(self) -> "Search":
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Stop and wait for thread and process: they end within one chunk."""
        self._is_cancelled.set()
        with self._lock:
            if self._helper is not None:
                self._helper.kill()
        if self._thread.ident is not None:
            self._thread.join()

    @property
    def is_done(self) -> bool:
        """Whether the whole body was looked at, or as many matches found as are kept."""
        return self._is_done

    @property
    def is_limited(self) -> bool:
        """Whether there may be more matches than were kept."""
        return self.count >= MATCH_LIMIT

    @property
    def process_id(self) -> int | None:
        """The helper process at work; None if there is none."""
        return None if self._helper is None else self._helper.pid

    @property
    def count(self) -> int:
        """Matches found so far."""
        return len(self._lengths)

    def match(self, number: int) -> Match:
        """Return offset and length in bytes of match *number*, counted from 0."""
        return self._starts[number], self._lengths[number]

    def number_from(self, offset: int) -> int | None:
        """Return the first match at *offset* or after it; None if none was found there (yet)."""
        count = self.count
        number = bisect_left(self._starts, offset, 0, count)
        return number if number < count else None

    def number_before(self, offset: int) -> int | None:
        """Return the last match that begins before *offset*; None if there is none."""
        number = bisect_left(self._starts, offset, 0, self.count) - 1
        return number if number >= 0 else None

    def between(self, start: int, end: int) -> list[Match]:
        """Return the matches that touch bytes from *start* to *end*."""
        count = self.count
        first = max(0, bisect_right(self._starts, start, 0, count) - 1)
        last = bisect_left(self._starts, end, 0, count)
        matches = (self.match(number) for number in range(first, last))
        return [(at, size) for at, size in matches if at + size > start]

    def _run(self) -> None:
        self._keep(scan(self._body, self._query, self._charset, self._goes_on))
        self._is_done = not self._is_cancelled.is_set()

    def _keep(self, batches: Iterable[list[Match]]) -> None:
        for batch in batches:
            for start, length in batch[: MATCH_LIMIT - self.count]:
                self._starts.append(start)
                self._lengths.append(length)
            if self._is_cancelled.is_set() or self.is_limited:
                return

    def _goes_on(self) -> bool:
        return not self._is_cancelled.wait(WAIT_S)

    # In a helper process

    def _run_helper(self) -> None:
        spool: SpoolFile | None = getattr(self._body, "spool", None)
        try:
            mirror = SpoolFile.create(None) if spool is None else None
            helper = self._started(spool or mirror)
        except OSError as error:
            self.error = error.strerror or str(error)
            self._is_done = True
            return
        feeder = threading.Thread(target=self._feed, args=(helper, mirror), name="search feed", daemon=True)
        feeder.start()
        assert helper.stdout is not None
        self._keep(_batches(helper.stdout))
        if self._is_cancelled.is_set() or self.is_limited:
            helper.kill()
        if helper.wait() > 0:
            self.error = "the search process ended early"
        feeder.join()
        helper.stdout.close()
        if mirror is not None:
            mirror.close()
        self._helper = None
        self._is_done = not self._is_cancelled.is_set()

    def _started(self, spool: SpoolFile | None) -> "subprocess.Popen[bytes]":
        assert spool is not None
        with self._lock:
            self._helper = subprocess.Popen(
                search_command(spool, self._query, self._charset),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=spool.shared_descriptors,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            if self._is_cancelled.is_set():
                self._helper.kill()
            return self._helper

    def _feed(self, helper: "subprocess.Popen[bytes]", mirror: SpoolFile | None) -> None:
        """Copy what is only in memory to where the helper reads it, and tell it when nothing more comes."""
        copied = 0
        try:
            while helper.poll() is None:
                is_over = self._body.is_finished
                size = self._body.size_bytes
                while mirror is not None and copied < size:
                    copied += mirror.write(self._body.read(copied, min(_COPY_BYTES, size - copied)), copied)
                if is_over:
                    break
                self._is_cancelled.wait(WAIT_S)
            assert helper.stdin is not None
            helper.stdin.write(b"finish\n")
        except OSError as error:
            self.error = "" if isinstance(error, BrokenPipeError) else error.strerror or str(error)
        finally:
            _close_pipe(helper)


def _batches(lines: Iterable[bytes]) -> Iterable[list[Match]]:
    for line in lines:
        numbers = [int(word) for word in line.split()]
        yield list(zip(numbers[::2], numbers[1::2], strict=True))


def _close_pipe(helper: "subprocess.Popen[bytes]") -> None:
    assert helper.stdin is not None
    try:
        helper.stdin.close()
    except BrokenPipeError:
        pass  # it was killed with the word `finish` still in the buffer
