"""Keys of a body in the window: they work wherever the focus is, and Esc leaves a bar before it ends anything."""

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from antiphon.body.store import BodyStore
from antiphon.ui.response.view import BODY, HEADERS
from tests.journeys.program import Program
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
CTRL_SHIFT = Mod.ControlModifier | Mod.ShiftModifier


@pytest.fixture
def program(qtloop):
    return Program()


async def edit(program, path):
    program.window.run_command("collection.sample")
    program.window.activateWindow()
    await until(program.window.isActiveWindow)
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, method="GET", url=f"{{{{baseUrl}}}}{path}"))
    return page


async def press(program, key, modifiers=Mod.NoModifier):
    """Press a key as the window system does, so that shortcuts of the window come first.

    Events are dealt with meanwhile, which must not happen inside a task.
    """
    pressed = asyncio.Event()

    def now():
        QTest.keyClick(program.window.windowHandle(), key, modifiers)
        pressed.set()

    QTimer.singleShot(0, now)
    await pressed.wait()


async def test_esc_leaves_the_bars_of_a_body_that_arrives_and_only_then_ends_it(program):
    page = await edit(program, "/stream/400?interval=0.05")
    program.window.run_command("request.send")
    panel = page.response.body
    await until(lambda: panel.view.source.size_bytes > 0, 20)
    await press(program, Key.Key_G, Mod.ControlModifier)
    assert panel.bars.go_bar.isVisible()
    await press(program, Key.Key_Escape)
    assert not panel.bars.go_bar.isVisible()
    await press(program, Key.Key_F, Mod.ControlModifier)
    assert panel.bars.find_bar.field.hasFocus()
    await press(program, Key.Key_Escape)
    assert not panel.bars.find_bar.isVisible()
    assert page.document.is_sending
    await press(program, Key.Key_Escape)
    await until(lambda: not page.document.is_sending)
    await program.close()


@pytest.mark.parametrize("mode", ["tree", "hex"])
async def test_esc_leaves_the_bar_of_a_page_and_goes_back_to_it(program, mode):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.choose_mode(mode)
    await press(program, Key.Key_F, Mod.ControlModifier)
    assert panel.bars.are_open
    await press(program, Key.Key_Escape)
    assert not panel.bars.are_open
    shown = panel._pages.currentWidget()
    assert shown.isAncestorOf(QApplication.focusWidget())
    await program.close()


async def test_keys_of_the_body_work_from_the_url_and_from_its_buttons(program):
    page = await edit(program, "/json")
    await program.sent(page)
    panel, response = page.response.body, page.response
    for focus in (page.editor.focus_url, panel.wrap.setFocus, response.tabs.setFocus):
        response.tabs.select(HEADERS)
        focus()
        was_wrapped, showed = panel.wrap.isChecked(), panel.view.shows_invisible
        await press(program, Key.Key_Z, Mod.AltModifier)
        await press(program, Key.Key_I, Mod.AltModifier)
        assert panel.wrap.isChecked() != was_wrapped
        assert panel.view.shows_invisible != showed
        assert response.tabs.current == BODY
        await press(program, Key.Key_M, Mod.AltModifier)
        assert isinstance(QApplication.activePopupWidget(), QMenu)
        QApplication.activePopupWidget().close()
        page.editor.focus_url()
        await press(program, Key.Key_L, CTRL_SHIFT)
        assert panel.view.hasFocus()
    await program.close()


async def test_f3_goes_to_the_next_match_from_anywhere_and_asks_where_nothing_is_looked_for(program):
    page = await edit(program, "/lines/50")
    await program.sent(page)
    panel = page.response.body
    page.editor.focus_url()
    await press(program, Key.Key_F3)
    assert panel.bars.find_bar.field.hasFocus()
    QTest.keyClicks(panel.bars.find_bar.field, "fox")
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.number == 0)
    page.editor.focus_url()
    await press(program, Key.Key_F3)
    await until(lambda: panel.bars.finder.number == 1)
    await press(program, Key.Key_F3, Mod.ShiftModifier)
    await until(lambda: panel.bars.finder.number == 0)
    await program.close()


async def test_a_way_to_show_a_body_without_places_asks_for_one_in_its_text(program):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.choose_mode("tree")
    await press(program, Key.Key_G, Mod.ControlModifier)
    assert panel.bars.go_bar.field.hasFocus()
    assert panel.modes.choice == "raw"
    await program.close()


@pytest.mark.parametrize("modifiers", [Mod.AltModifier, Mod.ControlModifier | Mod.AltModifier])
async def test_a_letter_that_alt_makes_is_typed_in_a_field_and_a_key_elsewhere(program, modifiers):
    page = await edit(program, "/json")
    await program.sent(page)
    for focus, is_typed in ((page.editor.focus_url, True), (page.response.body.enter, False)):
        focus()
        override = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_S, modifiers, "ß")
        override.ignore()
        QApplication.sendEvent(QApplication.focusWidget(), override)
        assert override.isAccepted() == is_typed
    await program.close()


@pytest.mark.parametrize("mode", ["pretty", "tree", "hex"])
async def test_the_size_that_ctrl_and_the_wheel_chose_is_remembered(program, mode):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.choose_mode(mode)
    panel.enter()
    viewport = QApplication.focusWidget().viewport()
    place, up = QPointF(50, 20), QPoint(0, 120)
    wheel = QWheelEvent(
        place, viewport.mapToGlobal(place), QPoint(), up, Qt.MouseButton.NoButton, Mod.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(viewport, wheel)
    assert program.workbench.settings.zoom == program.window.theme.zoom > 1
    await program.close()


async def test_who_reads_a_body_and_sends_again_is_back_in_the_body(program):
    page = await edit(program, "/json")
    await program.sent(page)
    await press(program, Key.Key_L, CTRL_SHIFT)
    await program.sent(page)
    await until(page.response.body.view.hasFocus)
    page.editor.focus_url()
    await program.sent(page)
    assert not page.response.isAncestorOf(QApplication.focusWidget())
    await program.close()


async def test_esc_closes_what_is_told_of_a_broken_body(program):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.notice.tell("warning", "Not valid JSON.", "", (("Go there", lambda: None),))
    await press(program, Key.Key_L, CTRL_SHIFT)
    await press(program, Key.Key_Escape)
    assert not panel.notice.isVisible()
    await program.close()


async def test_keys_of_the_page_that_shows_a_body_work_from_the_tabs_and_buttons(program):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.choose_mode("tree")
    await until(lambda: panel.page.tree.item is not None)
    page.response.tabs.setFocus()
    await press(program, Key.Key_P, Mod.ControlModifier | Mod.AltModifier)
    assert QGuiApplication.clipboard().text() == "$"
    panel.choose_mode("hex")
    panel.page.view.select(2, 6)
    panel.more.setFocus()
    await press(program, Key.Key_R, Mod.ControlModifier | Mod.AltModifier)
    assert panel.view.selection == (2, 6)
    await program.close()


async def test_f8_goes_to_what_is_wrong_or_says_that_nothing_is(program):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    page.editor.focus_url()
    await press(program, Key.Key_F8)
    assert "Nothing wrong" in panel.notice.text
    for mode, content in (("pretty", b'{"a": tru}'), ("tree", b'{"a": [1, 2}')):
        store = BodyStore()
        store.append(content)
        panel.clear()
        panel.show_body(store, "application/json", is_over=True)
        panel.choose_mode(mode)
        await until(lambda: panel.page is None or panel.page.fault_button.isVisible())
        await press(program, Key.Key_F8)
        assert panel.view.hasFocus() and panel.view.selection[0] > 0
    panel.clear()
    await program.close()


async def test_before_a_response_nothing_is_asked_that_cannot_be_answered(program):
    page = await edit(program, "/delay/5")
    program.window.run_command("request.send")
    await until(lambda: page.document.is_sending)
    page.editor.focus_url()
    focus = QApplication.focusWidget()
    for key, modifiers in (
        (Key.Key_F, Mod.ControlModifier),
        (Key.Key_F, CTRL_SHIFT),
        (Key.Key_G, Mod.ControlModifier),
    ):
        await press(program, key, modifiers)
    assert QApplication.focusWidget() is focus
    assert not page.response.body.bars.are_open
    assert not page.response.body.controls.isVisible()
    await press(program, Key.Key_Escape)
    await until(lambda: not page.document.is_sending)
    await program.close()


@pytest.mark.parametrize("mode", ["pretty", "tree"])
async def test_case_words_and_expressions_are_switched_from_anywhere_while_the_find_bar_is_open(
    program, mode
):
    page = await edit(program, "/json")
    await program.sent(page)
    panel = page.response.body
    panel.choose_mode(mode)
    await press(program, Key.Key_F, Mod.ControlModifier)
    bar = (panel.page or panel.bars).find_bar
    for focus in (panel.enter, panel.more.setFocus, page.editor.focus_url):
        focus()
        for key, toggle in ((Key.Key_C, bar.case), (Key.Key_W, bar.word), (Key.Key_X, bar.regex)):
            was_on = toggle.isChecked()
            await press(program, key, Mod.AltModifier)
            assert toggle.isChecked() != was_on
    panel.bars.close_one()
    await program.close()
