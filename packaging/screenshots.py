"""Paint the README's pictures: `python packaging/screenshots.py [FOLDER]` (docs/pictures) opens the real window,
sends requests of the sample and keeps what it shows, light and dark. Needs a screen, or Xvfb.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["ANTIPHON_HOME"] = tempfile.mkdtemp(prefix="antiphon-pictures-")

from qasync import QEventLoop

from antiphon.core.collection import requests_below
from antiphon.ui.commands import window_commands
from antiphon.ui.response.view import BODY, TIMELINE
from antiphon.ui.start import application
from antiphon.ui.style import install
from antiphon.ui.theme import Theme
from antiphon.ui.window import MainWindow
from antiphon.workbench.workbench import Workbench

SIZE = (1360, 860)
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "pictures"


async def until(predicate: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not predicate():
        if time.monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.02)


async def sent(window: MainWindow, workbench: Workbench, name: str) -> None:
    collection = workbench.current
    assert collection is not None
    node = next(node for node in requests_below(collection.tree.top) if node.name == name)
    window.open_request(collection, node.path)
    page = window.request_page
    assert page is not None
    before = page.document.feed
    window.send()
    await until(lambda: page.document.feed not in (None, before) and page.document.feed.exchange.is_over)
    await asyncio.sleep(0.4)


async def taken(window: MainWindow, name: str) -> None:
    await asyncio.sleep(0.3)
    window.grab().save(str(FOLDER / f"{name}.png"))


async def pictures(window: MainWindow, theme: Theme, workbench: Workbench) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    window.open_sample()
    for name in ("A path variable", "JSON", "Query parameters", "HTTP/2 over TLS"):
        await sent(window, workbench, name)
    page = window.request_page
    assert page is not None
    for choice in ("light", "dark"):
        theme.choose(choice)
        page.response.tabs.select(BODY)
        await taken(window, f"window-{choice}")
    page.response.tabs.select(TIMELINE)
    await taken(window, "timeline-dark")
    collection = workbench.current
    assert collection is not None
    folder = next(node for node in collection.tree.top.children if "ive users" in node.name)
    window.run_folder(folder.path)
    window.send()
    run = workbench.runs[-1]
    await until(lambda: run.rows and not run.is_running)
    theme.choose("light")
    await taken(window, "run-light")
    window.may_close = True
    window.close()
    await workbench.close()


def main() -> None:
    app = application()
    workbench = Workbench(lambda error, where: print(where, repr(error), file=sys.stderr))
    theme = Theme("light")
    install(theme)
    window = MainWindow(theme, workbench)
    window.take_commands(window_commands(window))
    window.resize(*SIZE)
    window.show()
    loop = QEventLoop(app)
    with loop:
        loop.run_until_complete(pictures(window, theme, workbench))


main()
