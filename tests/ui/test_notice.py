"""A notice goes by itself only where it asks for nothing, and not while it is read."""

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget

from antiphon.ui.theme import Theme
from antiphon.ui.widgets.notice import NoticeBar
from tests.waiting import until


@pytest.fixture
def bar(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    bar = NoticeBar(Theme("light"), window)
    field = QLineEdit(window)
    field.setFocus()
    bar._passing.setInterval(20)
    window.show()
    yield bar


async def test_a_note_goes_by_itself(qtloop, bar):
    bar.tell("info", "Copied.")
    assert bar.isVisible()
    await until(lambda: not bar.isVisible())


@pytest.mark.parametrize(
    ("level", "actions"), [("error", ()), ("warning", ()), ("info", [("Undo", lambda: None)])]
)
async def test_what_wants_an_answer_stays(qtloop, bar, level, actions):
    bar.tell("info", "Copied.")
    bar.tell(level, "Deleted.", "", actions)
    assert not bar._passing.isActive()
    assert bar.isVisible()


async def test_a_note_stays_while_the_focus_is_on_it(qtloop, bar):
    bar.tell("info", "Copied.")
    bar.window().activateWindow()
    bar._close.setFocus()
    await until(bar._close.hasFocus)
    bar._pass()
    assert bar.isVisible()
    assert bar._passing.isActive()
    bar.dismiss()


async def test_an_action_gives_the_focus_back_to_what_had_it(qtloop, bar):
    window = bar.window()
    other, field = QLineEdit(window), window.findChild(QLineEdit)
    other.show()
    window.activateWindow()
    field.setFocus()
    await until(field.hasFocus)
    bar.tell("info", "Deleted.", "", [("Undo", lambda: None)])
    bar._actions[0].setFocus()
    bar._actions[0].click()
    assert field.hasFocus()


async def test_where_that_is_gone_it_goes_where_the_place_says(qtloop, bar):
    window = bar.window()
    other, field = QLineEdit(window), window.findChild(QLineEdit)
    other.show()
    bar.way_back.otherwise = other.setFocus
    window.activateWindow()
    field.setFocus()
    await until(field.hasFocus)
    bar.tell("warning", "Gone.", "", [("Go on", lambda: None)])
    bar._actions[0].setFocus()
    field.hide()
    bar.tell("warning", "Gone too.", "", [("Go on", lambda: None)])
    assert other.hasFocus()


async def test_an_action_that_copies_leaves_the_notice(qtloop, bar):
    bar.tell("info", "The code is 1.", "", [("Copy", lambda: None)], closes=False)
    bar._actions[0].click()
    assert bar.isVisible()
    bar.dismiss()
