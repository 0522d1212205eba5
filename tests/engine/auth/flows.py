"""Driving a flow by hand: what it asks for, and what it is given, with no network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from antiphon.core.events import Head
from antiphon.core.prepared import PreparedRequest, content_chunks
from antiphon.engine.auth.steps import Answer, Flow, Send, Step, Work


def answer(status: int = 200, *headers: tuple[str, str], body: bytes = b"") -> Answer:
    return Answer(Head(status, "", "HTTP/1.1", headers), body)


@dataclass
class Told:
    """The steps of a flow that was driven to its end; work is done by the way and not listed."""

    steps: list[Step] = field(default_factory=list)

    @property
    def sent(self) -> list[PreparedRequest]:
        return [step.request for step in self.steps if isinstance(step, Send)]

    @property
    def purposes(self) -> list[str]:
        return [step.purpose for step in self.steps if isinstance(step, Send)]

    def of(self, kind: type) -> list:
        return [step for step in self.steps if isinstance(step, kind)]


def run(flow: Flow, answers: Sequence | Callable[[Step], object], told: Told | None = None) -> Told:
    """Drive *flow*; *answers* are what its steps get in order (Send and Authorize), or a function of the step."""
    told = told or Told()
    left = iter(answers) if not callable(answers) else None
    given: object = None
    try:
        while True:
            step = flow.send(given)
            if isinstance(step, Work):
                given = step.call()
                continue
            told.steps.append(step)
            if left is None:
                given = answers(step)
            else:
                given = next(left) if type(step).__name__ in {"Send", "Authorize"} else None
    except StopIteration as end:
        assert end.value is None
        assert left is None or next(left, None) is None, "an answer was not asked for"
        return told


def form(request: PreparedRequest) -> dict[str, str]:
    return dict(parse_qsl(b"".join(content_chunks(request.content)).decode(), keep_blank_values=True))
