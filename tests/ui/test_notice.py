"""A notice goes by itself only where it asks for nothing, and not while it is read."""

import pytest
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import delete

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


async def test_what_had_the_focus_and_is_deleted_gets_none(qtloop, bar):
    window = bar.window()
    other, gone = QLineEdit(window), QLineEdit(window)
    other.show()
    gone.show()
    bar.way_back.otherwise = other.setFocus
    window.activateWindow()
    gone.setFocus()
    await until(gone.hasFocus)
    bar.tell("warning", "Gone.", "", [("Go on", lambda: None)])
    bar._actions[0].setFocus()
    delete(gone)
    bar._actions[0].click()
    assert other.hasFocus()


async def test_an_action_that_copies_leaves_the_notice(qtloop, bar):
    bar.tell("info", "The code is 1.", "", [("Copy", lambda: None)], closes=False)
    bar._actions[0].click()
    assert bar.isVisible()
    bar.dismiss()


LONG = "The server showed a certificate for another name than the one that was asked for in the request"


async def test_a_long_notice_has_its_detail_below_and_a_short_one_beside(qtloop, bar):
    bar.setFixedWidth(700)
    bar.tell("error", f"{LONG}: WDJB-MJHT", LONG, [("Go on", lambda: None)])
    await until(lambda: bar._detail.y() > bar._sentence.y())
    assert bar._detail.width() == bar._sentence.width() > 450
    assert bar.heightForWidth(700) < 7 * bar.fontMetrics().height()
    bar.tell("error", "No.", "Try again.", [("Go on", lambda: None)])
    await until(lambda: bar._detail.x() > bar._sentence.x())
    bar.resize(700, bar.heightForWidth(700))
    assert bar._detail.y() == bar._sentence.y() and bar._sentence.width() >= bar._sentence.sizeHint().width()
    assert bar._detail.width() >= bar._detail.sizeHint().width()
    bar.dismiss()


async def test_the_x_of_a_question_is_one_of_its_answers(qtloop, bar):
    said = []
    bar.tell(
        "warning",
        "Go on?",
        "",
        [("Go on", lambda: said.append(True))],
        close=("Stop here", lambda: said.append(False)),
    )
    assert bar._close.toolTip() == bar._close.accessibleName() == "Stop here"
    bar._close.click()
    assert said == [False] and not bar.isVisible()
    bar.tell("info", "Copied.")
    assert "Close" in bar._close.toolTip()
    bar._close.click()
    assert said == [False]
