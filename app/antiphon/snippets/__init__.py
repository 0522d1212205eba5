"""A prepared request as code, one file per language; every snippet sends what Antiphon sends.

Secrets never stand in a snippet: an environment variable's name stands in their place, and the first line says which.
"""

from collections.abc import Sequence
from typing import Protocol

from antiphon.core.prepared import PreparedRequest
from antiphon.snippets.curl import Curl
from antiphon.snippets.httpx_async import HttpxAsync
from antiphon.snippets.httpx_sync import HttpxSync
from antiphon.snippets.requests import Requests
from antiphon.snippets.runs import RUNS, RunLanguage, write_run

__all__ = ["RUNS", "WRITERS", "RunLanguage", "Writer", "write_run"]


class Writer(Protocol):
    """Writes requests in one language."""

    key: str
    """The word for settings: `curl`, `httpx-sync`, `httpx-async`, `requests`."""
    title: str
    language: str
    """The pygments lexer that colours the text."""

    def write(self, requests: Sequence[PreparedRequest]) -> str:
        """Return a program that sends *requests* (at least one)."""
        ...


WRITERS: tuple[Writer, ...] = (Curl(), HttpxSync(), HttpxAsync(), Requests())
