"""The data of one event as a body of its own, laid out where it is JSON."""

import time
from pathlib import Path

from antiphon.body.events import EventIndex
from antiphon.body.pretty_body import PrettyBody
from antiphon.body.store import BodySource, BodyStore


class EventData:
    """Grows by `step` until `is_finished`; `close` gives everything back.

    Attributes:
        error: Why the data could not be kept.
    """

    def __init__(self, index: EventIndex, number: int, folder: Path | None = None) -> None:
        self.error = ""
        self._pieces = index.data_pieces(number)
        self._folder = folder
        self._data = BodyStore(folder)
        self._pretty: PrettyBody | None = None
        self._is_plain = False

    @property
    def is_finished(self) -> bool:
        return self._data.is_finished and (self._pretty is None or self._pretty.is_finished)

    @property
    def data(self) -> BodyStore:
        """The data as it came."""
        return self._data

    @property
    def shown(self) -> BodySource:
        """The data laid out where it is JSON, else as it came; another object once it turns out to be none."""
        return self._data if self._pretty is None or self._is_plain else self._pretty

    @property
    def is_json(self) -> bool:
        return self._pretty is not None and not self._is_plain

    def step(self, budget_s: float) -> None:
        """Work for about *budget_s* seconds; a full disk ends it with `error`."""
        try:
            self._gather(time.perf_counter() + budget_s)
        except OSError as error:
            self.error = error.strerror or str(error)
            self._data.finish()
        if self._pretty is not None:
            self._pretty.step(budget_s)
            self._is_plain = bool(self._pretty.fault or self._pretty.error)

    def close(self) -> None:
        """Give back memory and disk, and end the helper process."""
        if self._pretty is not None:
            self._pretty.close()
        self._data.close()

    def _gather(self, end: float) -> None:
        while not self._data.is_finished and time.perf_counter() < end:
            piece = next(self._pieces, None)
            if piece is None:
                self._data.finish()
            else:
                self._data.append(piece)
        if self._pretty is None and self._data.read(0, 64).lstrip()[:1] in {b"{", b"["}:
            self._pretty = PrettyBody(self._data, folder=self._folder)
