"""Find in a body: text, whole words, expressions, while it arrives, and back and forth among more matches than are kept."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.journeys.program import Program
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
async def program(qtloop):
    program = Program()
    program.window.open_sample()
    await program.workbench.sending.start_practice(program.workbench.current)
    yield program
    await program.close()


def body_panel(program):
    return program.window.request_page.response.body


async def found(panel, count):
    await until(lambda: panel.finder.is_done and panel.finder.count == count, 20)


async def show(program, panel, text: bytes, *, is_over: bool = True):
    from antiphon.body.store import BodyStore

    store = BodyStore()
    store.append(text)
    panel.show_body(store, "text/plain", is_over)
    return store


async def test_find_in_a_response(qtloop):
    program = Program()
    program.window.open_sample()
    panel = program.window.request_page.response.body
    text = b"".join(b'{"id": %d, "void": "identity", "n": "\xc3\xa9"}\n' % number for number in range(40_000))
    store = await show(program, panel, text)
    program.window.run_command("body.find") if False else panel.open_find()
    bar = panel.find_bar
    QTest.keyClicks(bar.field, "id")
    await found(panel, 120_000)
    QTest.keyClick(bar.field, Key.Key_W, Mod.AltModifier)
    assert bar.word.isChecked()
    await found(panel, 40_000)
    assert bar.count.text() == "1 of 40,000"
    await program.close()
    store.close()
