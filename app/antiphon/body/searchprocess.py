"""The helper process that matches regular expressions, since only a process can be stopped in the middle of one.

Started as `python -m antiphon.body.searchprocess SOURCE QUERY CHARSET`, the source as `SpoolFile.shared_argument` gives
it, the query as JSON. It writes the matches of each chunk as a line of offsets and lengths, and reads on while the
source grows, until it is told `finish` on standard input, or that closes (its parent is gone).
"""

import json
import os
import sys
import threading
from dataclasses import asdict

from antiphon.body.scan import Query, scan
from antiphon.body.spool import SpoolFile
from antiphon.core.launch import module_command

WAIT_S = 0.02


def search_command(source: SpoolFile, query: Query, charset: str) -> list[str]:
    """Return the command line that starts this process."""
    words = json.dumps(asdict(query))
    return module_command("antiphon.body.searchprocess", source.shared_argument, words, charset)


class _Growing:
    """A spool file that the parent writes, as a body."""

    def __init__(self, spool: SpoolFile) -> None:
        self._spool = spool
        self._is_over = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def size_bytes(self) -> int:
        return self._spool.size()

    @property
    def is_finished(self) -> bool:
        return self._is_over.is_set()

    def read(self, offset: int, count: int) -> bytes:
        return self._spool.read(offset, count)

    def goes_on(self) -> bool:
        self._is_over.wait(WAIT_S)
        return True

    def _listen(self) -> None:
        if sys.stdin.readline().strip() != "finish":
            os._exit(1)
        self._is_over.set()


def main() -> int:
    """Search to the end of the source; return the exit code."""
    source, words, charset = sys.argv[1:4]
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    body = _Growing(SpoolFile.open_shared(source))
    for matches in scan(body, Query(**json.loads(words)), charset, body.goes_on):
        if matches:
            sys.stdout.write(" ".join(f"{start} {length}" for start, length in matches) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
