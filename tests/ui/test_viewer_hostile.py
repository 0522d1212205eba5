"""Bodies that break other viewers: each opens, scrolls, finds and copies; the full sizes carry a mark."""

import random

import pytest
from PySide6.QtGui import QGuiApplication

from antiphon.body.search import Query
from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

MIB = 1 << 20
BODIES = {
    "random bytes": lambda size: random.Random(7).randbytes(min(size, 8 * MIB)) * max(1, size // (8 * MIB)),
    "open brackets": lambda size: b"[" * size,
    "half a character": lambda _size: "flows 流".encode()[:-1],
    "half characters": lambda size: "流".encode()[:2] * (size // 2),
    "a null byte per line": lambda size: b"ab\x00cd\n" * (size // 6),
    "empty lines": lambda size: b"\n" * (size // 10),
    "CR-only lines": lambda size: b"line\r" * (size // 5),
    "one line": lambda size: b"flow " * (size // 5),
    "open strings": lambda size: b'{"' * (size // 2),
    "backslashes": lambda size: b'"' + b"\\" * size,
}


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda panel: panel.close_work())
    panel.resize(700, 400)
    panel.show()
    return panel


async def used(panel, body, content_type, tmp_path):
    """Open *body* and do with it what a person would."""
    store = BodyStore(tmp_path)
    store.append(body)
    panel.show_body(store, content_type, True)
    panel.grab()
    panel.choose_mode("raw")
    await until(lambda: panel.view.index.is_current and panel.view.source is store, 60)
    view = panel.view
    for is_wrapped in (False, True):
        panel.set_wrapped(is_wrapped)
        for share in (0.0, 0.37, 0.99, 1.0):
            view.go_to_share(share)
            view.scroll_by(90)
            view.scroll_by(-30)
            panel.grab()
    middle = len(body) // 2
    needle = body[middle : middle + 1]
    if needle.isascii() and needle.decode().isprintable():
        panel.bars.finder.look_for(Query(needle.decode(), is_case_sensitive=True), moves=False)
        await until(lambda: panel.bars.finder.is_done, 120)
        assert panel.bars.finder.count >= min(body.count(needle), 1_000_000)
        panel.bars.finder.close()
    view.select(middle, min(len(body), middle + 9))
    view.copy()
    copied = body[middle : middle + 9].decode(view.charset, "replace")  # which may have been guessed by now
    assert QGuiApplication.clipboard().text() == copied
    panel.clear()
    store.close()


@pytest.mark.parametrize("content_type", ["", "application/json"])
@pytest.mark.parametrize("name", BODIES)
async def test_a_body_of_a_megabyte_opens_scrolls_finds_and_copies(
    qtloop, panel, name, content_type, tmp_path
):
    await used(panel, BODIES[name](MIB // 2), content_type, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
async def test_a_body_of_a_hundred_megabytes_opens_scrolls_finds_and_copies(qtloop, panel, name, tmp_path):
    await used(panel, BODIES[name](100 * MIB), "application/json", tmp_path)
