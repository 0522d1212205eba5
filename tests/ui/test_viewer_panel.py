"""`BodyPanel`: its states, modes, find bar, and that it leaves nothing running."""

import errno
import json
import os
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
DOCUMENT = {"name": "requests", "tags": ["http", "python"], "score": 1.0}
LARGE = json.dumps([{"id": number, "name": "x" * 50} for number in range(20_000)]).encode()


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.close_work())
    panel.resize(700, 400)
    panel.show()
    return panel


@pytest.fixture
def body():
    stores = []

    def body(text: bytes | str, *, is_over: bool = True) -> BodyStore:
        store = BodyStore()
        stores.append(store)
        store.append(text.encode() if isinstance(text, str) else text)
        if is_over:
            store.finish()
        return store

    yield body
    for store in stores:
        store.close()


def seen(panel) -> str:
    source = panel.view.source
    return source.read(0, source.size_bytes).decode()


def page(panel):
    return panel._pages.currentWidget()


def words(panel) -> str:
    current = page(panel)
    return f"{current._title.text()} {current._text.text()}"


def test_small_json_is_pretty_at_once(panel, body):
    panel.show_body(body(json.dumps(DOCUMENT)), "application/json", True)
    assert panel.is_pretty
    assert seen(panel) == json.dumps(DOCUMENT, indent=2)
    assert not panel._timer.isActive()


def test_raw_shows_the_body_as_it_came_and_stays_chosen(panel, body):
    text = json.dumps(DOCUMENT)
    panel.show_body(body(text), "application/json", True)
    panel.choose_mode("raw")
    assert (seen(panel), panel.is_pretty) == (text, False)
    panel.show_body(body("[1]"), "application/json", True)
    assert seen(panel) == "[1]"
    panel.choose_mode("pretty")
    assert seen(panel) == "[\n  1\n]"


def test_only_the_modes_that_fit_are_offered(panel, body):
    panel.show_body(body("plain"), "text/plain", True)
    assert not panel.modes._buttons["pretty"].isVisible()
    assert panel.modes._buttons["hex"].isVisible()
    panel.show_body(body("{}"), "application/json", True)
    assert panel.modes._buttons["pretty"].isVisible()


def test_invalid_json_is_laid_out_up_to_the_fault_which_is_told_and_led_to(panel, body):
    panel.show_body(body('{"a": 1, "é": 2, "b": tru, "c":3}'), "application/json", True)
    assert panel.is_pretty
    assert seen(panel) == '{\n  "a": 1,\n  "é": 2,\n  "b": tru, "c":3}'
    assert "Not valid JSON at line 4, column 8" in panel.notice.text
    panel.notice._actions[0].click()
    assert panel.view.selected_text() == "t"
    assert panel.focusWidget() is panel.view


def test_what_is_wrong_is_told_once_for_each_body_and_choice(panel, body):
    store = body("[1,,2]")
    panel.show_body(store, "application/json", True)
    panel.notice.dismiss()
    panel.show_body(store, "application/json", True)
    assert not panel.notice.isVisible()
    panel.choose_mode("raw")
    panel.choose_mode("pretty")
    assert "line 3" in panel.notice.text
    panel.show_body(body("[2]"), "application/json", True)
    assert not panel.notice.isVisible()


def test_json_cut_short_stays_pretty_and_says_so(panel, body):
    panel.show_body(body('{"a": [1, 2'), "application/json", True)
    assert panel.is_pretty
    assert seen(panel).startswith('{\n  "a": [\n    1,')
    assert "cut short" in panel.notice.text


def test_an_empty_body_says_so_only_when_it_is_over(panel):
    store = BodyStore()
    panel.show_body(store, "application/json", False)
    assert "Waiting" in words(panel)
    panel.show_body(store, "application/json", True)
    assert "Empty body" in words(panel)


@pytest.mark.parametrize("content_type", ["audio/wav", "image/png"])
def test_a_binary_body_is_shown_as_text_where_that_is_asked_for_and_the_way_back_is_seen(
    panel, body, content_type
):
    panel.show_body(body(bytes(range(256)) * 10), content_type, True)
    panel.choose_mode("raw")
    assert page(panel) is panel.view
    assert panel.modes.isVisible()
    panel.modes.buttons[-1].click()
    assert page(panel) is panel._made["hex"]
    panel.reveal(16, 4)
    assert page(panel) is panel.view
    assert panel.view.selection == (16, 20)


def test_the_menu_has_what_the_buttons_do_each_with_its_key(panel, body):
    panel.show_body(body('{"a": 1}'), "application/json", True)
    rows = dict(action.text().partition("\t")[::2] for action in panel._menu().actions() if action.text())
    for words, keys in (("Filter…", "Ctrl+Shift+F"), ("Save…", "Alt+S"), ("Fold block", "Alt+Left")):
        assert rows[words] == keys
    assert all(rows.values())


async def test_bars_of_the_text_go_where_another_page_is_shown(qtloop, panel, body):
    panel.show_body(body(b'{"name": 1}'), "application/json", True)
    for open_bar in (panel.bars.open_find, panel.bars.open_go):
        panel.choose_mode("pretty")
        open_bar()
        panel.choose_mode("tree")
        assert not panel.bars.are_open
        assert panel.window().focusWidget() is panel.page.tree


async def test_ctrl_c_copies_a_picture_as_what_is_seen(qtloop, panel, body):
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>'
    )
    QGuiApplication.clipboard().clear()
    panel.show_body(body(svg), "image/svg+xml", True)
    panel.enter()
    await until(lambda: panel.page.area.facts is not None)
    await until(lambda: panel.page.area.copy())
    QGuiApplication.clipboard().clear()
    QTest.keyClick(panel.page.area, Key.Key_C, Mod.ControlModifier)
    assert not QGuiApplication.clipboard().image().isNull()


def test_tab_goes_from_the_modes_to_the_buttons_as_they_are_seen(panel, body):
    panel.show_body(body('{"a": 1}'), "application/json", True)
    controls = panel.controls
    panel.modes.buttons[0].setFocus()
    seen = [controls.focusWidget()]
    while seen[-1] is not panel.more:
        QTest.keyClick(seen[-1], Key.Key_Tab)
        seen.append(panel.window().focusWidget())
    places = [button.mapTo(panel, QPoint()).x() for button in seen]
    assert len(places) == 8
    assert places == sorted(places)


def test_a_mode_chosen_by_key_takes_the_focus_along_to_what_it_shows(panel, body):
    panel.show_body(body('{"type": "log"}\n' * 5), "application/x-ndjson", True)
    panel.enter()
    for _mode in range(5):
        panel.next_mode()
        shown = page(panel)
        focus = panel.window().focusWidget()
        assert focus is getattr(shown, "read_in", shown)


async def test_a_body_is_pretty_while_it_arrives(qtloop, panel, body):
    store = body('{"a": 1, ', is_over=False)
    panel.show_body(store, "application/json", False)
    assert seen(panel) == '{\n  "a": 1,'
    store.append(b'"b": 2}')
    panel.show_body(store, "application/json", True)
    await until(lambda: seen(panel) == '{\n  "a": 1,\n  "b": 2\n}')
    await until(lambda: not panel._timer.isActive())


async def test_a_large_body_is_laid_out_by_a_process_that_is_gone_afterwards(qtloop, panel, body):
    panel.show_body(body(LARGE), "application/json", True)
    process = panel._reading.pretty.process_id
    assert process is not None
    await until(lambda: panel._reading.pretty.is_finished, 30)
    assert seen(panel) == json.dumps(json.loads(LARGE), indent=2)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_showing_another_body_ends_all_work_on_the_first(panel, body):
    panel.show_body(body(LARGE), "application/json", True)
    pretty, process = panel._reading.pretty, panel._reading.pretty.process_id
    panel.bars.find_bar.open("name")
    panel.show_body(body("[]"), "application/json", True)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert pretty.size_bytes == 0
    panel.close_work()
    assert not [thread for thread in threading.enumerate() if thread.name in {"search", "colours"}]


async def test_finding_goes_to_the_first_match_and_on_around_the_end(qtloop, panel, body):
    panel.show_body(body("one two one two one"), "text/plain", True)
    panel.bars.open_find()
    QTest.keyClicks(panel.bars.find_bar.field, "ONE")
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.number == 0)
    places = []
    for keys in (
        (Key.Key_Return, Mod.NoModifier),
        (Key.Key_F3, Mod.NoModifier),
        (Key.Key_F3, Mod.NoModifier),
    ):
        QTest.keyClick(panel.bars.find_bar.field, *keys)
        places.append(panel.view.selection[0])
    for keys in ((Key.Key_F3, Mod.ShiftModifier), (Key.Key_Return, Mod.ShiftModifier)):
        QTest.keyClick(panel.bars.find_bar.field, *keys)
        places.append(panel.view.selection[0])
    assert places == [8, 16, 0, 16, 8]
    assert panel.bars.find_bar.count.text() == "2 of 3"


async def test_case_and_expressions_narrow_what_is_found(qtloop, panel, body):
    panel.show_body(body("One one on3"), "text/plain", True)
    panel.bars.open_find()
    panel.bars.find_bar.field.setText("o.3|o.e")
    await until(lambda: panel.bars.finder.is_done)
    assert panel.bars.finder.count == 0
    panel.bars.find_bar.regex.click()
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.count == 3)
    panel.bars.find_bar.case.click()
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.count == 2)
    panel.bars.find_bar.field.setText("(")
    assert "not a regular expression" in panel.bars.find_bar.count.text()


async def test_switching_modes_searches_what_is_shown_then(qtloop, panel, body):
    panel.show_body(body('{"a":1,"b":1}'), "application/json", True)
    panel.bars.open_find()
    panel.bars.find_bar.field.setText(": 1")
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.count == 2)
    panel.choose_mode("raw")
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.count == 0)


def test_escape_closes_the_find_bar_and_gives_the_focus_back(panel, body):
    panel.show_body(body("text"), "text/plain", True)
    QTest.keyClick(panel.view, Key.Key_F, Mod.ControlModifier)
    assert panel.bars.find_bar.isVisible()
    QTest.keyClick(panel.bars.find_bar.field, Key.Key_Escape)
    assert not panel.bars.find_bar.isVisible()
    assert panel.focusWidget() is panel.view


def test_the_selected_word_is_what_is_looked_for(panel, body):
    panel.show_body(body("find this word"), "text/plain", True)
    panel.view.select(5, 9)
    panel.bars.open_find()
    assert panel.bars.find_bar.field.text() == "this"


def test_the_copy_button_copies_the_body_where_nothing_is_selected(panel, body):
    panel.show_body(body("all of it"), "text/plain", True)
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == "all of it"


def test_latin1_is_read_as_such(panel, body):
    panel.show_body(body("né".encode("latin-1")), "text/plain; charset=iso-8859-1", True)
    panel.view.select_all()
    assert panel.view.selected_text() == "né"


def test_controls_can_move_into_a_row_of_tabs(panel, qtbot):
    place = QWidget()
    qtbot.addWidget(place)
    panel.take_controls().setParent(place)
    assert not panel._top.isVisible()
    panel.controls.setParent(panel)


def test_every_control_has_a_name_and_a_button_with_an_icon_a_tooltip(panel):
    for button in panel.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text(), button
        assert button.toolTip() or button.text(), button
    for widget in (panel.view, panel.bars.find_bar.field, panel.modes):
        assert widget.accessibleName()


def test_the_menu_offers_to_copy_only_what_is_selected(panel, body):
    panel.show_body(body("some words"), "text/plain", True)
    panel.view.select(0, 4)
    panel.view.customContextMenuRequested.emit(QPoint(5, 5))
    menu = panel.findChild(QMenu)
    actions = {action.text().partition("\t")[0]: action for action in menu.actions()}
    assert actions["Copy"].isEnabled()
    actions["Select all"].trigger()
    assert panel.view.selected_text() == "some words"
    menu.close()


async def test_text_that_no_longer_fits_on_the_disk_is_not_taken_for_the_whole(
    qtloop, panel, body, monkeypatch
):
    store = body("first\n".encode("utf-16"), is_over=False)
    panel.show_body(store, "text/plain; charset=utf-16", False)
    source = panel.view.source

    def full(*_chunk):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(source._text, "append", full)
    store.append("second\n".encode("utf-16-le"))
    panel.show_body(store, "text/plain; charset=utf-16", True)
    await until(panel.notice.isVisible)
    assert "The text ends before the body does." in panel.notice.text
    assert panel.view.source is source
    assert seen(panel) == "first\n"


@pytest.mark.parametrize("charset", ["utf-16", "utf-32", "utf-16-le"])
def test_json_in_wide_characters_is_read_and_laid_out(panel, body, charset):
    store = body('{"a": "é日"}'.encode(charset))
    panel.show_body(store, f"application/json; charset={charset}", True)
    panel._work()
    assert seen(panel) == '{\n  "a": "é日"\n}'
    panel.choose_mode("raw")
    assert seen(panel) == '{"a": "é日"}'


async def test_an_open_find_bar_looks_in_the_next_body_too(qtloop, panel, body):
    panel.show_body(body("one"), "text/plain", True)
    panel.bars.open_find()
    panel.bars.find_bar.field.setText("one")
    await until(lambda: panel.bars.finder.count == 1)
    panel.show_body(body("two one one"), "text/plain", True)
    await until(lambda: panel.bars.finder.count == 2)
    assert panel.view.caret == 0


@pytest.mark.parametrize(
    ("media_type", "text", "shown"),
    [
        ("application/xml", "<a><b>c</b></a>", "<a>\n  <b>c</b>\n</a>"),
        ("image/svg+xml", "<svg><g/></svg>", "<svg>\n  <g/>\n</svg>"),
        ("text/html", "<ul><li>a</ul>", "<ul>\n  <li>a\n</ul>"),
        ("text/css", "a{b:c}", "a {\n  b: c\n}"),
        ("application/x-ndjson", '{"a":1}\nno\n[2]\n', '{\n  "a": 1\n}\nno\n[\n  2\n]'),
        ("application/x-www-form-urlencoded", "a=1&b=2", "a=1&\nb=2"),
        ("text/javascript", "if(a){b()}" + " " * 200 + "c()", "if(a) {\n  b()\n}\nc()"),
    ],
)
def test_other_languages_are_laid_out_too(panel, body, media_type, text, shown):
    panel.show_body(body(text), media_type, True)
    panel.choose_mode("pretty")
    assert seen(panel) == shown


def test_xml_that_is_wrong_says_where(panel, body):
    panel.show_body(body("<a><b>1</b><c></a>"), "application/xml", True)
    panel.choose_mode("pretty")
    assert seen(panel) == "<a>\n  <b>1</b>\n  <c></a>"
    assert "Not valid XML at line 3, column 6: </a> where </c> should be" in panel.notice.text


def test_little_room_leaves_one_button_for_the_modes_and_the_menu(panel, body):
    panel.show_body(body('{"a": 1}'), "application/json", True)
    full = panel.controls.full_width
    panel.controls.set_compact(True)
    assert not panel.modes.isVisible()
    assert panel.controls.mode_button.isVisible()
    assert panel.controls.mode_button.accessibleName() == "How the body is shown: Pretty"
    assert not panel.copy_button.isVisible()
    assert panel.more.isVisible()
    assert panel.controls.full_width == full
    panel.controls.mode_button.click()
    menu = next(menu for menu in panel.controls.findChildren(QMenu))
    next(action for action in menu.actions() if action.text() == "Raw").trigger()
    assert not panel.is_pretty
    menu.close()
    panel.controls.set_compact(False)
    assert panel.modes.isVisible()


def test_the_next_mode_follows_the_last_by_the_first(panel, body):
    panel.show_body(body('{"a": 1}'), "application/json", True)
    before = panel.modes.choice
    seen_modes = set()
    for _ in range(20):
        panel.next_mode()
        seen_modes.add(panel.modes.choice)
        if panel.modes.choice == before:
            break
    assert panel.modes.choice == before
    assert {"pretty", "raw"} <= seen_modes
