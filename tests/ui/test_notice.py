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
