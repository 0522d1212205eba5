"""Shows and forgets the cookies of the environment in front."""

import time
from collections.abc import Callable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QWidget

from antiphon.ui.theme import Theme
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Notice
from antiphon.workbench.workbench import Workbench

Place = tuple[OpenCollection | None, OpenDocument | None]


class CookieActions:
    """Acts on the cookie jar that is used in front.

    Args:
        in_front: Tells the collection whose cookies are used, and the request.
        front_changed: Says that another is in front.
    """

    def __init__(
        self,
        owner: QWidget,
        theme: Theme,
        workbench: Workbench,
        in_front: Callable[[], Place],
        front_changed: SignalInstance,
    ) -> None:
        self._owner = owner
        self._theme = theme
        self._workbench = workbench
        self._in_front = in_front
        self._front_changed = front_changed

    def manage(self) -> None:
        """Show the cookies, in a page beside the window."""
        from antiphon.ui.cookies.page import CookiesPage, InFront

        page = self._owner.findChild(CookiesPage)
        if page is None:
            page = CookiesPage(self._theme, self._workbench, lambda: InFront(*self._in_front()), self._owner)
            self._front_changed.connect(page.refresh_soon)
        page.show()
        page.raise_()
        page.activateWindow()

    def forget(self) -> None:
        """Empty the jar."""
        self._workbench.tasks.spawn(self._forget(), "forget cookies")

    async def _forget(self) -> None:
        jar = await self._workbench.sending.jars.loaded(self._in_front()[0])
        count = len(jar.snapshot(time.time()))
        jar.clear()
        self._workbench.notify(Notice("Forgot 1 cookie." if count == 1 else f"Forgot {count} cookies."))
