"""What the engine asks of the program: a browser to sign in with, a code to show, a question to put."""

import asyncio
import webbrowser
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields

from antiphon.engine.loopback import listening
from antiphon.engine.session import Token
from antiphon.store.tokens import TokenStore
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.tasks import Tasks


class ProgramHost:
    """Implements `engine.session.Host`; its calls come on the window's loop.

    Args:
        tasks: Keeps the calls of *browse* that nobody waits for.
        notify: Shows a notice.
        withdraw: Takes a notice away, where it still stands: what it asked for is no longer awaited.
        copy: Puts a text into the clipboard.
        browse: Opens an address in the system's browser and tells whether it could; called in a thread.
        allows_decoding: Asks whether a body that grew from so many bytes to so many is to be unpacked further.
    """

    def __init__(
        self,
        tasks: Tasks,
        notify: Callable[[Notice], None],
        copy: Callable[[str], None],
        browse: Callable[[str], bool] = webbrowser.open,
        allows_decoding: Callable[[int, int], Awaitable[bool]] | None = None,
        withdraw: Callable[[Notice], None] = lambda _notice: None,
    ) -> None:
        self._tasks = tasks
        self._notify = notify
        self._withdraw = withdraw
        self._codes: dict[str, Notice] = {}
        self._copy = copy
        self.browse = browse
        self._allows_decoding = allows_decoding

    async def allows_decoding(self, wire_bytes: int, decoded_bytes: int) -> bool:
        if self._allows_decoding is None:
            return False
        return await self._allows_decoding(wire_bytes, decoded_bytes)

    async def authorize(self, url: str, redirect_url: str) -> str:
        """Open *url* in the browser and wait until it comes back.

        Raises:
            UserError: nothing can listen there, or nobody came back.
        """
        async with listening(url, redirect_url) as loopback:
            is_open = await asyncio.to_thread(self.browse, loopback.url)
            notice = self._waiting(loopback.url, is_open=is_open)
            self._notify(notice)
            try:
                return await loopback.came_back()
            finally:
                self._withdraw(notice)

    def show_device_code(self, code: str, url: str) -> None:
        copy = Action("Copy the code", lambda: self._copy(code), closes=False)
        visit = Action("Open the page", lambda: self._visit(url), closes=False)
        notice = Notice(f"Sign in with the code {code}", f"Type it in at {url}.", actions=(copy, visit))
        self._codes[code] = notice
        self._notify(notice)

    def hide_device_code(self, code: str) -> None:
        """Take the notice of *code* away: nobody waits for it any more."""
        if (notice := self._codes.pop(code, None)) is not None:
            self._withdraw(notice)

    def _visit(self, url: str) -> None:
        self._tasks.spawn(asyncio.to_thread(self.browse, url), "open the browser")

    def _waiting(self, url: str, *, is_open: bool) -> Notice:
        copy = (Action("Copy the address", lambda: self._copy(url), closes=False),)
        if is_open:
            return Notice("Sign in in your browser.", "The request goes on when it comes back.", actions=copy)
        return Notice("No browser could be opened.", "Open the address yourself to sign in.", "warning", copy)


class KeptTokens:
    """Implements `engine.session.Tokens` on a store."""

    def __init__(self, store: TokenStore) -> None:
        self._store = store

    def get(self, key: str) -> Token | None:
        kept = self._store.get(key) or {}
        if not isinstance(kept.get("access"), str):
            return None
        names = {field.name for field in fields(Token)}
        return Token(**{name: value for name, value in kept.items() if name in names})  # type: ignore[arg-type]

    def put(self, key: str, token: Token | None) -> None:
        self._store.put(key, None if token is None else asdict(token))
