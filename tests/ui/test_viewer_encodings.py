"""The encoding of a body in the panel: told, detected, chosen by hand, and what is no text counted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

RUSSIAN = "Все люди рождаются свободными и равными в своем достоинстве и правах. " * 3


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.close_work())
    panel.resize(900, 400)
    panel.show()
    return panel


def show(panel, content, content_type="text/plain", *, is_over=True):
    store = BodyStore()
    store.append(content)
    panel.show_body(store, content_type, is_over)
    return store


def text(panel):
    panel.view.select_all()
    return panel.view.selected_text()


async def settled(panel):
    await until(lambda: panel.encodings.is_settled)


async def test_text_that_nobody_names_is_detected_and_shown_anew(qtloop, panel):
    show(panel, RUSSIAN.encode("cp1251"))
    assert "�" in text(panel)
    await until(lambda: text(panel) == RUSSIAN)
    assert panel.encodings.button.text() == "windows-1251 ▾"
    assert "detected" in panel.encodings.button.toolTip()
    await settled(panel)
    assert panel.encodings.undecodable_count == 0


async def test_what_the_header_says_is_kept_and_what_is_no_text_is_counted(qtloop, panel):
    show(panel, "né café".encode("latin-1"), "text/plain; charset=utf-8")
    await until(lambda: panel.encodings.button.text() == "UTF-8, 2 bad ▾")
    assert "2 bytes are not UTF-8" in panel.encodings.button.toolTip()
    assert "by header" in panel.encodings.menu().actions()[0].text()
    await settled(panel)


async def test_a_choice_by_hand_holds_for_the_next_body_until_it_is_taken_back(qtloop, panel):
    show(panel, "né".encode("latin-1"), "text/plain; charset=utf-8")
    menu = panel.encodings.menu()
    next(one for one in menu.actions() if one.text() == "Western (windows-1252)").trigger()
    assert text(panel) == "né"
    show(panel, "été".encode("latin-1"), "text/plain; charset=utf-8")
    assert text(panel) == "été"
    panel.encodings.menu().actions()[0].trigger()
    assert text(panel) == "�t�"
    await settled(panel)


async def test_a_wide_encoding_chosen_by_hand_is_read(qtloop, panel):
    show(panel, "[1, 2]".encode("utf-16-le"), "application/json; charset=utf-8")
    panel.choose_mode("raw")
    panel.encodings.choose("utf-16-le")
    panel._work()
    assert panel.view.source.read(0, 100) == b"[\n  1,\n  2\n]"
    await settled(panel)


async def test_bytes_that_no_text_has_far_from_the_start_are_found(qtloop, panel):
    store = show(panel, b"a" * 100_000, is_over=False)
    store.append("ä".encode("latin-1") + b"b" * 100)
    panel.show_body(store, "text/plain", True)
    await until(lambda: panel.encodings.button.text() == "windows-1252 ▾")
    await settled(panel)


async def test_the_menu_opens_by_key(qtloop, panel):
    show(panel, b"text")
    QTest.keyClick(panel.view, Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    menu = panel.encodings.button.findChild(QMenu)
    assert menu.isVisible()
    menu.close()
    await settled(panel)


def test_a_picture_has_no_encoding(panel):
    show(panel, b"\x89PNG\r\n\x1a\n\x00\x00", "image/png")
    assert not panel.encodings.button.isEnabled()


async def test_a_log_that_begins_like_json_is_text_as_soon_as_more_has_come(qtloop, panel):
    store = show(panel, b"[2026", is_over=False)
    assert panel.modes.choice == "pretty"
    store.append(b"-11-25 10:00:00] started\n" * 100)
    panel.show_body(store, "text/plain", True)
    assert panel._media.language == "text"
    await settled(panel)


async def test_the_menu_opens_on_the_encoding_that_is_chosen(qtloop, panel):
    show(panel, b"text")
    for chosen in (None, "cp1252"):
        panel.encodings.choose(chosen)
        panel.encodings.open_menu()
        menu = QApplication.activePopupWidget()
        assert menu.activeAction().isChecked()
        assert (menu.activeAction() is menu.actions()[0]) == (chosen is None)
        menu.close()
    await settled(panel)
