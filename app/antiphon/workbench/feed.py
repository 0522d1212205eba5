"""An exchange as it is watched: facts in, at most sixty `changed` a second out, bytes never on a signal."""

import asyncio
import contextlib

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.body.store import BodyStore
from antiphon.core.events import BodyAdvanced, Event
from antiphon.core.exchange import Exchange
from antiphon.workbench.questions import DecodingQuestion

_FRAME_MS = 16
_PULSE_MS = 200


class ExchangeFeed(QObject):
    """One sending of a document: `exchange` is what is known, `body` what has arrived."""

    changed = Signal()
    """Something is known, or time has passed without anything: who waits is to see for how long."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.exchange = Exchange()
        self.body = BodyStore()
        self.raw = BodyStore()
        """The body as it was received, where a content coding was undone; else nothing."""
        self.question: DecodingQuestion | None = None
        """What is asked now; the exchange waits for its answer."""
        self._has_bytes = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.changed)
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._pulse.timeout.connect(self.changed)
        self._pulse.start()

    def accept(self, event: Event) -> None:
        """Fold *event* in; the views hear of it within a frame, of the first bytes and of the end at once."""
        is_first = isinstance(event, BodyAdvanced) and not self._has_bytes
        self._has_bytes |= is_first
        self.exchange = self.exchange.after(event)
        if self.exchange.is_over:
            self._pulse.stop()
        if self.exchange.is_over or is_first:
            self._timer.start(0)
        elif not self._timer.isActive():
            self._timer.start()

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        """Put the question to whoever watches, and return the answer."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(is_allowed: bool) -> None:
            if not answer.done():
                answer.set_result(is_allowed)

        self.question = DecodingQuestion(wire_bytes, decoded_bytes, settle)
        self._timer.start()
        try:
            return await answer
        finally:
            self.question = None
            self._timer.start()

    def close(self) -> None:
        """Let go of the bodies; the exchange stays readable."""
        self._timer.stop()
        self._pulse.stop()
        for store in (self.body, self.raw):
            with contextlib.suppress(OSError):
                store.close()
