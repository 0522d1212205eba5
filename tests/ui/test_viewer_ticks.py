import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from antiphon.body.query import Query
from antiphon.body.search import Search
from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.hex_view import HexView
from antiphon.ui.viewer.match_ticks import TICK_PX
from tests.waiting import until

LINES = 3000


@pytest.fixture
def view(qtbot):
    view = BodyView(Theme("light"))
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    return view


def store_with(lines: set[int]) -> BodyStore:
    """Return `LINES` lines of uneven length, of which *lines* hold a needle."""
    chance = random.Random(3)
    store = BodyStore()
    store.append(
        b"\n".join(
            b"x" * chance.randrange(90) + (b"needle" if line in lines else b"") for line in range(LINES)
        )
    )
    store.finish()
    return store


def show(view, store) -> None:
    """Show *store*, and let Qt give the bar its place."""
    view.set_source(store)
    QApplication.processEvents()
    assert view.verticalScrollBar().isVisible()


def found(store, word="needle") -> Search:
    search = Search(store, Query(word, is_case_sensitive=True))
    search._run()
    return search


def lines_told(view) -> list[int]:
    """Return the lines at which ticks stand, by the length of the bar."""
    return [y * LINES // view.match_ticks.height() for y in view.match_ticks.ticks]


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_ticks_stand_where_the_bar_leads_to_what_was_found(view, is_wrapped):
    lines = {40, 1000, 2500}
    store = store_with(lines)
    view.set_wrapped(is_wrapped)
    show(view, store)
    view.set_found(found(store))
    block_lines = 65536 / (store.size_bytes / LINES)  # as exact as the index is without reading
    slack = block_lines + LINES * TICK_PX / view.match_ticks.height()
    told = lines_told(view)
    assert len(told) == 3
    assert all(abs(line - near) <= slack for line, near in zip(sorted(lines), told, strict=True))
    assert view.match_ticks.size() == view.verticalScrollBar().size()


def test_many_matches_fill_the_bar_and_none_leave_it_empty(view):
    store = store_with(set(range(LINES)))
    show(view, store)
    view.set_found(found(store))
    height = view.match_ticks.height()
    assert view.match_ticks.ticks == list(range(0, height // TICK_PX * TICK_PX, TICK_PX))
    view.set_found(None)
    assert view.match_ticks.ticks == []


def test_a_match_of_the_last_byte_has_a_tick(view):
    store = BodyStore()
    store.append(b"line\n" * 500 + b"z")
    store.finish()
    show(view, store)
    view.set_found(found(store, "z"))
    assert view.match_ticks.ticks == [(view.match_ticks.height() // TICK_PX - 1) * TICK_PX]


def test_another_body_has_no_ticks(view):
    store = store_with({5})
    show(view, store)
    view.set_found(found(store))
    show(view, store_with(set()))
    assert view.match_ticks.ticks == []


def test_the_current_match_is_painted_in_full_colour(view):
    store = store_with({1500})
    show(view, store)
    search = found(store)
    view.set_found(search, search.match(0))
    [y] = view.match_ticks.ticks
    bar = view.verticalScrollBar().grab().toImage()
    ratio = bar.width() / view.verticalScrollBar().width()
    at = bar.pixelColor(int((view.match_ticks.width() - 2) * ratio), int((y + 1) * ratio))
    assert at == view._theme.color("accent")


def test_a_click_on_a_tick_leads_to_what_was_found(view, qtbot):
    lines = {1500}
    store = store_with(lines)
    show(view, store)
    view.set_found(found(store))
    bar = view.verticalScrollBar()
    place = QPoint(bar.width() - 2, view.match_ticks.ticks[0])
    assert bar.childAt(place) is None  # nothing that would take the click
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=place)  # goes there in every style
    assert abs(view._scroll.row - 1500) < 200


async def test_ticks_come_while_the_body_arrives(qtbot, qtloop, view):
    store = BodyStore()
    store.append(b"needle\n" + b"line\n" * 5000)
    show(view, store)
    search = Search(store, Query("needle", is_case_sensitive=True)).start()
    try:
        view.set_found(search)
        await until(lambda: search.count == 1)
        view.set_found(search)
        await until(lambda: len(view.match_ticks.ticks) == 1)
        store.append(b"line\n" * 5000 + b"needle\n")
        store.finish()
        await until(lambda: search.count == 2)
        view.set_found(search)
        await until(lambda: len(view.match_ticks.ticks) == 2)
        assert view.match_ticks.ticks[0] == 0
        assert view.match_ticks.ticks[1] > view.match_ticks.height() * 0.9
    finally:
        search.cancel()


def test_hex_has_ticks_too(qtbot):
    view = HexView(Theme("light"))
    qtbot.addWidget(view)
    view.resize(700, 300)
    view.show()
    store = BodyStore()
    store.append(bytes(50_000) + b"needle" + bytes(50_000))
    store.finish()
    show(view, store)
    view.set_found(found(store))
    [y] = view.match_ticks.ticks
    assert abs(y - view.match_ticks.height() / 2) <= 2 * TICK_PX
