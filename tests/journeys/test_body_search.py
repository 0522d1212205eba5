"""Find in a response: text, whole words, expressions, back and forth."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.core.document import RequestDocument
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
LINES = 20_000
TEXT = b"".join(b'id %d, "void": identity \xc3\xa9\n' % number for number in range(LINES))


@pytest.fixture
def program(qtloop):
    return Program()


async def found(panel, count):
    await until(lambda: panel.finder.is_done and panel.finder.count == count, 20)


async def test_a_response_is_searched_by_text_whole_word_and_expression(qtloop, program):
    with RecordingServer(lambda _asked: reply(TEXT, "200 OK", "Content-Type: text/plain")) as server:
        program.window.run_command("request.new")
        page = program.window.request_page
        page.document.edit(RequestDocument("text", url=server.address))
        await program.sent(page)
    panel = page.response.body
    program.window.run_command("view.find")
    bar = panel.find_bar
    assert bar.isVisible()
    QTest.keyClicks(bar.field, "id")
    await found(panel, 3 * LINES)
    QTest.keyClick(bar.field, Key.Key_W, Mod.AltModifier)
    assert bar.word.isChecked()
    await found(panel, LINES)
    assert bar.count.text() == f"1 of {LINES:,}"
    QTest.keyClick(bar.field, Key.Key_Return, Mod.ShiftModifier)
    await until(lambda: bar.count.text() == f"{LINES:,} of {LINES:,}")
    assert panel.view.selected_text() == "id"
    assert panel.view.selection[0] == TEXT.rindex(b"id ")
    QTest.keyClick(bar.field, Key.Key_W, Mod.AltModifier)
    QTest.keyClick(bar.field, Key.Key_X, Mod.AltModifier)
    bar.field.setText(r"^id \d*7,")
    await found(panel, LINES // 10)
    program.window.run_command("request.cancel")
    assert not bar.isVisible()
    await program.close()
