"""The token of OAuth 2.0 beside its form: how it stands, and the buttons that fetch, cancel and forget it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer

from antiphon.core.context import Context
from antiphon.core.document import Auth, OAuth2Auth, RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.prepare import prepare
from antiphon.core.prepared import PreparedRequest
from antiphon.ui.request.auth_panel import AuthPanel
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.tokens import TokenState
from antiphon.workbench.workbench import Workbench

_SETTLE_MS = 250
_TICK_MS = 10_000


class TokenDesk(QObject):
    """Serves one panel; a token belongs to an environment, so the collection is asked for each time."""

    def __init__(
        self,
        panel: AuthPanel,
        workbench: Workbench,
        collection: Callable[[], OpenCollection | None],
        context: Callable[[], Context],
    ) -> None:
        super().__init__(panel)
        self._panel = panel
        self._workbench = workbench
        self._collection = collection
        self._context = context
        self._state = TokenState()
        self._fetching: asyncio.Task[None] | None = None
        self._fetched_for: object = None
        self._is_closed = False
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(lambda: self._do(self._look(), "look at a token"))
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._say)
        panel.token_wanted.connect(self._settle.start)
        panel.fetch_asked.connect(self.fetch)
        panel.cancel_asked.connect(self.cancel)
        panel.edited.connect(self._look_at_kind)
        panel.token_wanted.connect(self._look_at_kind)
        panel.forget_asked.connect(lambda: self._do(self._forget(), "forget a token"))
        panel.destroyed.connect(self._close)
        if isinstance(panel.draft.auth, OAuth2Auth):
            self._settle.start()

    def fetch(self) -> None:
        """Fetch a token, unless one is being fetched."""
        if self._fetching is not None:
            return
        self._panel.show_fetching()
        self._fetched_for = _kind(self._panel.draft.auth)
        task = self._workbench.sending.fetch_token(self._collection(), self.prepared)
        self._fetching = self._workbench.tasks.spawn(task, "fetch a token")
        self._fetching.add_done_callback(self._fetched)

    def cancel(self) -> None:
        """Wait for no token any more; the form is free at once."""
        if self._fetching is not None:
            task, self._fetching = self._fetching, None
            task.cancel()
            self._say()

    def prepared(self) -> PreparedRequest:
        """Return a request with the auth of the panel, for the sake of its token.

        Raises:
            UserError: a variable has no value.
        """
        draft = self._panel.draft
        options, variables = draft.options, draft.variables
        document = RequestDocument(
            url="http://localhost", auth=draft.auth, options=options, variables=variables
        )
        return prepare(document, self._context())

    def _do(self, job: Coroutine[Any, Any, None], name: str) -> None:
        self._workbench.tasks.spawn(job, name)

    async def _look(self) -> None:
        try:
            auth = self.prepared().auth
            if isinstance(auth, OAuth2Auth):
                self._state = await self._workbench.sending.token_state(self._collection(), auth)
        except UserError:
            self._state = TokenState()  # what is missing is marked where it is typed
        if not self._is_closed:
            self._tick.start()
            self._say()

    def _fetched(self, task: asyncio.Task[None]) -> None:
        """Free the form, however *task* ended, and look at what is kept now."""
        if task is self._fetching:
            self._fetching = None
            self._say()
            if not self._is_closed and not task.cancelled():
                self._do(self._look(), "look at a token")

    def _look_at_kind(self, *_draft: RequestDocument) -> None:
        """Cancel where the form shows another kind of auth, or another flow, than the one that waits."""
        if _kind(self._panel.draft.auth) != self._fetched_for:
            self.cancel()

    async def _forget(self) -> None:
        auth = self.prepared().auth
        if isinstance(auth, OAuth2Auth):
            await self._workbench.sending.forget_token(self._collection(), auth)
        await self._look()

    def _say(self) -> None:
        if not self._is_closed and self._fetching is None:
            self._panel.show_token(self._state.words(), has_token=self._state.is_kept)

    def _close(self) -> None:
        self._is_closed = True
        self.cancel()


def _kind(auth: Auth) -> object:
    """Return what makes it another question: the kind of auth, and the flow where it has one."""
    return type(auth), auth.flow if isinstance(auth, OAuth2Auth) else ""
