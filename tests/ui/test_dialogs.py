"""Questions by keyboard: Return answers with the button that has the focus, Esc with the one that changes nothing."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from antiphon.ui import dialogs
from antiphon.ui.theme import Theme
from tests.waiting import until

ANSWERS = (("save", "Save"), ("discard", "Discard"), ("keep", "Keep editing"))


@pytest.fixture
def owner(qtbot):
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    return owner


async def answer(owner, *keys):
    """Return what pressing *keys* in the question answers."""
    question = dialogs.Question(Theme("light"), "Save?", "", ANSWERS, owner)
    asked = asyncio.ensure_future(question.ask())  # noqa: TID251 - awaited below
    await until(lambda: question.isVisible() and question.focusWidget() is not None)
    for key in keys:
        QTest.keyClick(question.focusWidget(), key)
    return await asked


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ((Qt.Key.Key_Return,), "save"),
        ((Qt.Key.Key_Escape,), "keep"),
        ((Qt.Key.Key_Backtab, Qt.Key.Key_Return), "discard"),
        ((Qt.Key.Key_Tab, Qt.Key.Key_Return), "keep"),
        ((Qt.Key.Key_Tab, Qt.Key.Key_Tab, Qt.Key.Key_Space), "discard"),
    ],
)
async def test_keys_answer_with_the_button_they_are_on(qtloop, owner, keys, expected):
    assert await answer(owner, *keys) == expected


async def test_a_name_is_needed_before_ok(qtloop, owner):
    asked = asyncio.ensure_future(dialogs.ask_name(owner, Theme("light"), "New folder"))  # noqa: TID251
    question = await until(lambda: owner.findChild(dialogs.Question))
    field = question.findChild(QLineEdit)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not asked.done()
    QTest.keyClicks(field, " Orders ")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert await asked == "Orders"


async def test_a_folder_is_chosen_by_its_readable_name(qtloop, owner):
    folders = [("", "Shop"), ("1-orders", "1 Orders")]
    asked = asyncio.ensure_future(  # noqa: TID251
        dialogs.ask_folder_of(owner, Theme("light"), "Move to", folders, "1-orders")
    )
    question = await until(lambda: owner.findChild(dialogs.Question))
    assert question.findChild(QComboBox).currentText() == "1 Orders"
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert await asked == "1-orders"
