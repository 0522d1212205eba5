"""What a body that is no plain text looks like in the window: a picture, a table, parts, bytes, another encoding."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.ui.pictures import gif, painted, written
from tests.waiting import until

CSV = "name,city\n" + "".join(f'"Person {number}, Jr.",Zürich\n' for number in range(5000))
PARTS = (
    b'--XX\r\nContent-Disposition: form-data; name="data"\r\nContent-Type: application/json\r\n\r\n{"a":[1]}\r\n'
    b'--XX\r\nContent-Disposition: form-data; name="pic"; filename="p.png"\r\nContent-Type: image/png\r\n\r\n'
)


def answers():
    picture = written(painted(300, 200), "PNG")
    return {
        "/picture": reply(picture, "200 OK", "Content-Type: image/png"),
        "/animated": reply(gif(["red", "blue"]), "200 OK", "Content-Type: image/gif"),
        "/table": reply(CSV.encode(), "200 OK", "Content-Type: text/csv"),
        "/parts": reply(
            PARTS + picture + b"\r\n--XX--\r\n", "200 OK", "Content-Type: multipart/form-data; boundary=XX"
        ),
        "/latin": reply("Füße über Übermut".encode("latin-1"), "200 OK", "Content-Type: text/plain"),
        "/bytes": reply(bytes(range(256)) * 8, "200 OK", "Content-Type: application/octet-stream"),
    }


@pytest.fixture
def server():
    replies = answers()
    with RecordingServer(answer=lambda request: replies[request.target]) as server:
        yield server


async def opened(program, server, path):
    """Send a request for *path* and return the panel that shows its body."""
    page = program.window.request_page
    if page is None:
        program.window.run_command("request.new")
        page = program.window.request_page
    page.document.edit(replace(page.document.draft, url=server.address + path))
    await program.sent(page)
    return page.response.body


def shown(panel):
    return panel._pages.currentWidget()


def mode(panel, key):
    """Choose a mode by its button."""
    panel.modes._buttons[key].click()
    return shown(panel)


@pytest.fixture
def program(qtloop):
    return Program()


async def test_a_picture_is_seen_zoomed_and_looked_at_as_bytes(qtloop, program, server):
    panel = await opened(program, server, "/picture")
    page = shown(panel)
    await until(lambda: page.area._picture is not None and page.area._picture.last is not None)
    assert page.words.text().startswith("PNG, 300 × 200 pixels")
    page.area.setFocus()
    QTest.keyClick(page.area, Qt.Key.Key_1)
    assert page.area.zoom == 1.0
    QTest.keyClick(page.area, Qt.Key.Key_Plus)
    assert page.area.zoom == 1.25
    assert not panel.encodings.button.isEnabled()
    hex_page = mode(panel, "hex")
    for opened_by in ("view.find", "body.go_to"):
        program.window.run_command(opened_by)
        assert hex_page.has_bar
        QTest.keyClick(program.window.focusWidget(), Qt.Key.Key_Escape)
        assert not hex_page.has_bar
    assert hex_page.view.source.read(0, 4) == b"\x89PNG"
    panel = await opened(program, server, "/animated")
    assert shown(panel) is hex_page, "what was chosen for pictures is kept"
    page = mode(panel, "preview")
    await until(lambda: page.area._picture is not None and page.area._picture.last is not None)
    assert "2 frames" in page.words.text()
    await program.close()


async def test_bytes_are_found_gone_to_and_copied_by_the_keyboard(qtloop, program, server):
    panel = await opened(program, server, "/bytes")
    page = shown(panel)
    program.window.run_command("view.find")
    QTest.keyClicks(page.find_bar.field, "fe ff 00 01")
    await until(lambda: page.find_bar.count.text() == "1 of 7")
    assert page.view.selection == (254, 258)
    QTest.keyClick(page.find_bar.field, Qt.Key.Key_Escape)
    program.window.run_command("body.go_to")
    assert page.go_bar.isVisible()
    QTest.keyClicks(page.go_bar.field, "0x41")
    QTest.keyClick(page.go_bar.field, Qt.Key.Key_Return)
    QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    page.copy_menu().actions()[2].trigger()
    assert QGuiApplication.clipboard().text() == "b'AB'"
    await program.close()


async def test_a_csv_is_a_table_whose_rows_lead_to_the_text(qtloop, program, server):
    panel = await opened(program, server, "/table")
    page = shown(panel)
    await until(lambda: page.view.rows.count == 5000)
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert page.view.cell == (4999, 1)
    assert page.words.text().endswith("row 5,000, city   Zürich")
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == "Zürich"
    program.window.run_command("view.find")
    QTest.keyClicks(page.find_bar.field, "Person 4321")
    await until(lambda: page.view.cell == (4321, 0))
    QTest.keyClick(page.find_bar.field, Qt.Key.Key_Escape)
    assert page.find_bar.isHidden()
    assert program.window.focusWidget() is page.view
    QTest.keyClick(page.view, Qt.Key.Key_Return)
    await until(lambda: panel.view.selected_text() == '"Person 4321, Jr.",Zürich\n')
    await program.close()


async def test_parts_are_shown_and_lead_to_the_text(qtloop, program, server):
    panel = await opened(program, server, "/parts")
    page = shown(panel)
    await until(lambda: page.list.rows.count == 2 and page.view.text.source.size_bytes)
    source = page.view.text.source
    assert source.read(0, 99) == b'{\n  "a": [\n    1\n  ]\n}'
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    await until(lambda: hasattr(page.view.currentWidget(), "area"))
    preview = page.view.currentWidget()
    await until(lambda: preview.area._picture is not None and preview.area._picture.last is not None)
    assert "300 × 200" in preview.words.text()
    page.reveal_button.click()
    await until(lambda: panel.view.selection[0] == PARTS.index(b'Content-Disposition: form-data; name="pic"'))
    await program.close()


async def test_latin_text_is_read_right_and_another_encoding_can_be_chosen(qtloop, program, server):
    panel = await opened(program, server, "/latin")
    await until(lambda: panel.encodings.button.text() == "windows-1252 ▾")
    panel.view.select_all()
    await until(lambda: panel.view.selected_text() == "Füße über Übermut" or panel.view.select_all())
    actions = {action.text(): action for action in panel.encodings.menu().actions()}
    actions["Cyrillic (windows-1251)"].trigger()
    panel.view.select_all()
    await until(lambda: panel.view.selected_text().startswith("FьЯe") or panel.view.select_all())
    panel = await opened(program, server, "/latin")
    assert panel.encodings.button.text().startswith("windows-1251")
    await program.close()
