"""Requests as code, for the panel and the clipboard."""

from collections.abc import Sequence

from antiphon.core.collection import RunPlan
from antiphon.core.prepared import PreparedRequest


def languages() -> list[tuple[str, str, str]]:
    """Return key, title and pygments lexer of every language a request can be copied in."""
    from antiphon.snippets import WRITERS

    return [(writer.key, writer.title, writer.language) for writer in WRITERS]


def snippet(prepared: PreparedRequest, language: str) -> str:
    """Return *prepared* as code in *language*, a key of `languages`."""
    from antiphon.snippets import WRITERS

    return next(writer for writer in WRITERS if writer.key == language).write([prepared])


def run_snippet(requests: Sequence[PreparedRequest], plan: RunPlan) -> str:
    """Return a run of *requests* as asynchronous httpx code."""
    from antiphon.snippets import write_run

    return write_run(requests, plan)
