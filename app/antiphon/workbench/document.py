"""A request that is open: what is saved, what is typed, and its latest exchange."""

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from antiphon.body.store import BodyStore
from antiphon.core.document import RequestDocument
from antiphon.core.events import Event
from antiphon.core.prepare import Context, prepare, scope_of
from antiphon.core.prepared import PreparedHeader, PreparedRequest
from antiphon.core.template import Scope
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.questions import AllowsDecoding
from antiphon.workbench.tasks import Tasks

_PAINT_S = 0.02
"""The window paints that it is sending before the clock starts: painting while it runs made times 4 ms too long."""


class Send(Protocol):
    """Carries one request out; *allows* is asked whether a body is to be unpacked beyond the limit.

    Where a content coding is undone, the bytes as they were received go to *raw*.
    """

    async def __call__(
        self,
        prepared: PreparedRequest,
        body: BodyStore,
        emit: Callable[[Event], None],
        allows: AllowsDecoding | None = None,
        raw: BodyStore | None = None,
    ) -> None: ...


class Sender(Protocol):
    """Who carries a request out, once all it needs has been started."""

    async def ready(self, collection: OpenCollection | None) -> Send: ...


class OpenDocument(QObject):
    """One tab's request. It is dirty when its draft is not what is saved."""

    edited = Signal()
    """The draft, the saved text or the place on disk is another."""
    sent = Signal()
    """A new feed has taken the place of the last one."""
    sending_changed = Signal()
    kept_changed = Signal()
    """Another answer is kept for comparing."""

    def __init__(
        self,
        draft: RequestDocument,
        collection: OpenCollection | None = None,
        path: str = "",
        parent: QObject | None = None,
        *,
        outside: Callable[[], Context] = Context,
    ) -> None:
        """Open *draft*, saved at *path* of *collection*; without a path it was never saved.

        *outside* gives what the program says to a request that is in no collection.
        """
        super().__init__(parent)
        self.collection = collection
        self.path = path
        self._outside = outside
        self.saved: RequestDocument | None = draft if path else None
        self.draft = draft
        self.feed: ExchangeFeed | None = None
        self.previous: ExchangeFeed | None = None
        """The last answer before `feed`, for comparing."""
        self.kept: ExchangeFeed | None = None
        """The answer that the user keeps for comparing, whatever is sent after it; may be `feed` or `previous`."""
        self.is_preview = False
        self.key = f"{collection.root}|{path}" if collection is not None and path else _new_key()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_dirty(self) -> bool:
        """Tell whether closing would lose something; an untouched new request would not."""
        return self.draft != (self.saved if self.saved is not None else RequestDocument(name=self.draft.name))

    @property
    def is_sending(self) -> bool:
        return self._task is not None and not self._task.done()

    def context(self) -> Context:
        return self.collection.context(self.path) if self.collection is not None else self._outside()

    def scope(self) -> Scope:
        return scope_of(self.draft, self.context())

    def prepared(self) -> PreparedRequest:
        """Return what would be sent now, or raise the `UserError` that keeps it from being sent."""
        return prepare(self.draft, self.context())

    def offered_headers(self) -> tuple[PreparedHeader, ...]:
        """Return the headers that would be sent now if none of the automatic ones were left out.

        Raises:
            UserError: as `prepared`.
        """
        options = replace(self.draft.options, omitted_headers=())
        return prepare(replace(self.draft, options=options), self.context()).headers

    def edit(self, draft: RequestDocument) -> None:
        if draft != self.draft:
            self.draft = draft
            self.is_preview = False
            self.edited.emit()

    def placed(self, collection: OpenCollection, path: str, saved: RequestDocument) -> None:
        """Note that *saved* now stands at *path* of *collection*; the draft takes over its name and order."""
        self.collection, self.path, self.saved = collection, path, saved
        self.draft = replace(self.draft, name=saved.name, seq=saved.seq)
        self.key = f"{collection.root}|{path}"
        self.edited.emit()

    def unplaced(self) -> None:
        """Note that the file is gone: what is typed here is all there is of it."""
        self.saved, self.path = None, ""
        self.key = _new_key()
        self.edited.emit()

    def send(self, tasks: Tasks, sender: Sender) -> None:
        """Send the draft; its exchange appears as `feed`. A request that is running is cancelled first."""
        self.cancel()
        before = self._task if self.is_sending else None
        self._task = tasks.spawn(self._send(sender, before), f"send {self.draft.name}")
        self._task.add_done_callback(lambda _task: self.sending_changed.emit())
        self.sending_changed.emit()

    def cancel(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()

    def keep(self) -> None:
        """Keep the answer that is there now for comparing, in place of the one that was kept before."""
        former, self.kept = self.kept, self.feed
        self._drop(former)
        self.kept_changed.emit()

    def close(self) -> None:
        """End what runs, and then let go of the body and of itself: an exchange that is ending still writes."""
        self.cancel()
        if self._task is not None and not self._task.done():
            self._task.add_done_callback(lambda _task: self._let_go())
        else:
            self._let_go()

    def _let_go(self) -> None:
        for feed in (self.feed, self.previous, self.kept):
            if feed is not None:
                feed.close()
        self.deleteLater()

    async def _send(self, sender: Sender, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await _ended(before)
        send = await sender.ready(self.collection)
        prepared = self.prepared()
        former, self.feed = self.feed, ExchangeFeed(self)
        feed = self.feed
        if former is not None and former.exchange.head is not None:
            former.settle()
            former, self.previous = self.previous, former
        self.sent.emit()
        self._drop(former)
        await asyncio.sleep(_PAINT_S)
        await send(prepared, feed.body, feed.accept, feed.allows_decoding, feed.raw)

    def _drop(self, feed: ExchangeFeed | None) -> None:
        """Let go of *feed*, unless it is still one of those that are kept."""
        if feed is not None and feed not in {self.feed, self.previous, self.kept}:
            feed.close()
            feed.deleteLater()


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait until *task* has ended; a cancel is heeded after that: what *task* writes into must stay until then."""
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        raise asyncio.CancelledError


def _new_key() -> str:
    return f"new|{uuid.uuid4()}"


def merged(base: RequestDocument, mine: RequestDocument, theirs: RequestDocument) -> RequestDocument | None:
    """Return *mine* with what *theirs* changed since *base*, or None where both changed the same field."""
    changes = {}
    for field in fields(RequestDocument):
        was, ours, other = (getattr(document, field.name) for document in (base, mine, theirs))
        if other in {was, ours}:
            continue
        if ours != was:
            return None
        changes[field.name] = other
    return replace(mine, **changes)
