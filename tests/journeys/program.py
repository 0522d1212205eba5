"""The window over a workbench, as `ui.start` builds it, for journeys."""

import asyncio

from antiphon.ui.commands import window_commands
from antiphon.ui.request_page import RequestPage
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.workbench import Workbench
from tests.waiting import until


class Program:
    """The window over a workbench, as `ui.start` builds it."""

    def __init__(self):
        self.faults = []
        self.workbench = Workbench(lambda error, name: self.faults.append((error, name)))
        self.notices = []
        self.workbench.noticed.connect(self.notices.append)
        self.window = MainWindow(Theme("light"), self.workbench)
        self.window.take_commands(window_commands(self.window))
        self.window.resize(1200, 800)
        self.window.show()

    @property
    def page(self):
        return self.window.page

    def choose(self, name):
        """Double-click the request called *name* in the tree."""
        path = next(node.path for node in _nodes(self.workbench.current.tree.top) if node.name == name)
        self.window.sidebar.tree.open_asked.emit(path)
        return self.window.request_page

    async def sent(self, page=None):
        """Send the request in front and wait for the end of its exchange."""
        page = page or self.window.request_page
        before = page.document.feed
        self.window.run_command("request.send")
        await until(lambda: page.document.feed is not before and page.document.feed.exchange.is_over, 20)
        await asyncio.sleep(0.05)
        return page.document.feed.exchange

    async def close(self):
        self.window.may_close = True
        self.window._session.stop()
        self.window.close()
        for page in list(self.window.pages.all):
            if isinstance(page, RequestPage):
                page.close_page()
        await self.workbench.close()
        self.window.deleteLater()
        self.workbench.deleteLater()
        assert not self.faults, self.faults


def _nodes(folder):
    for child in folder.children:
        yield child
        yield from _nodes(child) if hasattr(child, "children") else ()
