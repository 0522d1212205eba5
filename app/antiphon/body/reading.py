"""The texts in which one body is read: its bytes as they are, in UTF-8, laid out."""

from antiphon.body.pretty_body import PrettyBody
from antiphon.body.store import SpooledSource
from antiphon.body.transcoded import TranscodedBody

_FIRST_STEP_S = 0.008
"""What is worked at once, so that the first rows are there when they are first painted."""


class Reading:
    """Makes each text of *body* when it is first asked for; `step` goes on with them, `close` ends them all."""

    def __init__(self, body: SpooledSource) -> None:
        self._body = body
        self._wide: TranscodedBody | None = None
        self._pretty: PrettyBody | None = None

    @property
    def pretty(self) -> PrettyBody | None:
        """The laid out text that was asked for last."""
        return self._pretty

    @property
    def error(self) -> str:
        """Why the text in UTF-8 ends before the body does; empty where it does not."""
        return "" if self._wide is None else self._wide.error

    def text(self, charset: str, *, has_one_byte_newlines: bool) -> tuple[SpooledSource, str]:
        """Return the text and its charset: the body itself, or UTF-8 where its newlines are wider than a byte."""
        if has_one_byte_newlines:
            return self._body, charset
        if self._wide is None:
            self._wide = TranscodedBody(self._body, charset)
            self._wide.step(_FIRST_STEP_S)
        return self._wide, "utf-8"

    def laid_out(self, text: SpooledSource, language: str) -> PrettyBody:
        """Return *text*, which `text` returned, laid out."""
        if self._pretty is None or self._pretty.language != language:
            if self._pretty is not None:
                self._pretty.close()
            self._pretty = PrettyBody(text, language)
            self._pretty.step(_FIRST_STEP_S)
        return self._pretty

    @property
    def is_settled(self) -> bool:
        """Whether no text will change any more."""
        return self._body.is_finished and all(work.is_finished for work in self._works)

    def step(self, budget_s: float = 0.005) -> None:
        """Work on each text for at most *budget_s* seconds."""
        for work in self._works:
            work.step(budget_s)

    def close(self) -> None:
        """End all work and give back memory and disk; the body stays."""
        for work in self._works:
            work.close()
        self._wide = self._pretty = None

    @property
    def _works(self) -> list[TranscodedBody | PrettyBody]:
        return [work for work in (self._wide, self._pretty) if work is not None]
