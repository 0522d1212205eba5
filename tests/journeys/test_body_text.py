"""Reading a response as text: folded, gone through by lines, its path told, its long lines wrapped; all by keys."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from antiphon.core.document import RequestDocument
from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
BODY = json.dumps(
    {"items": [{"id": number, "tags": ["a", "b"]} for number in range(300)], "end": True}
).encode()


@pytest.fixture
def program(qtloop):
    return Program()


@pytest.fixture
def server():
    answers = {
        "/json": (BODY, "application/json"),
        "/line": (b"word " * 40_000 + "t\tü\u200b\r\n".encode(), "text/plain; charset=utf-8"),
        "/page": (b"<h1>Hello</h1><script>alert(1)</script><p>there</p>", "text/html"),
        "/form": (b"name=J%C3%BCrgen&note=a+b", "application/x-www-form-urlencoded"),
    }

    def answer(asked):
        body, content_type = answers[asked.target]
        return reply(body, "200 OK", f"Content-Type: {content_type}")

    with RecordingServer(answer) as server:
        yield server


async def opened(program, server, path):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(path, url=server.address + path))
    await program.sent(page)
    panel = page.response.body
    await until(lambda: panel.view.index.is_current)
    panel.view.setFocus()
    return panel


def seen(panel):
    return [layout.text.shown for _number, layout, _y in panel.view.seen_rows()]


async def test_laid_out_json_is_folded_gone_through_and_its_paths_copied(qtloop, program, server):
    panel = await opened(program, server, "/json")
    view = panel.view
    QTest.keyClick(view, Key.Key_Left, Mod.AltModifier | Mod.ShiftModifier)
    await until(lambda: seen(panel) == ["{", '  "items": [', "  ],", '  "end": true', "}"])
    program.window.run_command("body.go_to")
    QTest.keyClicks(panel.bars.go_bar.field, "1400")
    QTest.keyClick(panel.bars.go_bar.field, Key.Key_Return)
    await until(lambda: view.index.line_of(view.caret) == 1399)
    assert len(seen(panel)) > 5  # what one goes to opens the fold
    QTest.keyClick(view, Key.Key_Home, Mod.ControlModifier)
    for _ in range(3):
        QTest.keyClick(view, Key.Key_Down)
    QTest.keyClick(view, Key.Key_Left, Mod.AltModifier)
    await until(lambda: len(view.folds) == 1)
    QTest.keyClick(view, Key.Key_Right, Mod.AltModifier)
    assert len(view.folds) == 0
    QTest.keyClick(view, Key.Key_Down)
    QTest.keyClick(view, Key.Key_End)
    await until(lambda: len(panel.structure.parts) == 4)
    QTest.keyClick(view, Key.Key_P, Mod.AltModifier)
    assert QGuiApplication.clipboard().text() == "$.items[0].id"
    await program.close()


async def test_a_long_line_is_wrapped_and_its_invisible_characters_are_written_out(qtloop, program, server):
    panel = await opened(program, server, "/line")
    view = panel.view
    rows = view.row_count
    QTest.keyClick(view, Key.Key_Z, Mod.AltModifier)
    assert view.is_wrapped
    assert sum(view.row_height(row) for row in range(rows)) > 100 * view.line_height
    QTest.keyClick(view, Key.Key_End, Mod.ControlModifier)
    QTest.keyClick(view, Key.Key_I, Mod.AltModifier)
    assert seen(panel)[-2].endswith("ü◌")
    QTest.keyClick(view, Key.Key_I, Mod.AltModifier)
    assert seen(panel)[-2].endswith("ü\u200b")
    await program.close()


async def test_keys_go_through_every_way_to_show_a_body(qtloop, program, server):
    panel = await opened(program, server, "/page")
    shown = []
    for _ in range(4):
        shown.append(panel.modes.choice)
        program.window.run_command("body.mode")
    assert shown == ["pretty", "raw", "preview", "hex"]
    assert panel.modes.choice == "pretty"
    await program.close()


async def test_a_page_is_previewed_and_a_form_is_a_table(qtloop, program, server):
    panel = await opened(program, server, "/page")
    panel.choose_mode("preview")
    page = panel._pages.currentWidget()
    await until(lambda: "pixels" in page.words.text() or page.area.accessibleDescription(), 20)
    assert not page.area.grab().isNull()
    panel = await opened(program, server, "/form")
    assert panel.modes.choice == "table"
    table = panel._pages.currentWidget()
    await until(lambda: table.view.rows.count == 2, 10)
    await program.close()
