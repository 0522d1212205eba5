"""What the figures say while a request runs: sent, waiting, received."""

import pytest

from antiphon.core.document import RequestDocument
from antiphon.core.events import (
    BodyAdvanced,
    Finished,
    Head,
    HeadReceived,
    HopBegan,
    Phase,
    PhaseBegan,
    PhaseEnded,
    Uploaded,
)
from antiphon.core.exchange import Exchange
from antiphon.core.prepare import prepare
from antiphon.ui.request.progress import Progress, progress_of

BEGAN = HopBegan(prepare(RequestDocument(url="http://h/")), 0.0)
UPLOAD = (PhaseBegan(Phase.UPLOAD, 1.0), Uploaded(2_000_000, 4_000_000, 2.0))
WAIT = (Uploaded(4_000_000, 4_000_000, 3.0), PhaseEnded(Phase.UPLOAD, 3.0), PhaseBegan(Phase.WAIT, 3.0))
HEAD = (
    HeadReceived(Head(200, "", "HTTP/1.1", (("Content-Length", "100"),)), 4.0),
    PhaseBegan(Phase.DOWNLOAD, 4.0),
    BodyAdvanced(50, 50, 5.0),
)


@pytest.mark.parametrize(
    ("events", "now", "progress"),
    [
        ((), 1.0, None),
        ((BEGAN,), 1.0, None),
        ((BEGAN, *UPLOAD), 3.0, Progress(2_000_000, 4_000_000, "sent 2.00 MB / 4.00 MB · 1.00 MB/s")),
        ((BEGAN, Uploaded(500, None, 1.0)), 0.0, Progress(500, None, "sent 500 B")),
        ((BEGAN, *UPLOAD, *WAIT), 3.1, None),
        ((BEGAN, *UPLOAD, *WAIT), 5.0, Progress(4_000_000, 4_000_000, "waiting 2.0 s")),
        ((BEGAN, PhaseBegan(Phase.WAIT, 1.0)), 2.0, Progress(0, None, "waiting 1.0 s")),
        ((BEGAN, *UPLOAD, *WAIT, *HEAD), 6.0, Progress(50, 100, "50 B / 100 B · 25 B/s")),
        ((BEGAN, *HEAD, Finished(6.0)), 6.0, None),
    ],
)
def test_how_far_a_request_is(events, now, progress):
    exchange = Exchange()
    for event in events:
        exchange = exchange.after(event)
    assert progress_of(exchange, now) == progress
