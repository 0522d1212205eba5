"""The Tree mode in the window: chosen by its button, walked with keys, and back to the text."""

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from tests.journeys.program import Program
from tests.recording import RecordingServer
from tests.servers import reply
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
DOCUMENT = {"users": [{"name": "Ada", "tags": []}, {"name": "Grace", "tags": ["navy"]}], "count": 2}


@pytest.fixture
def program(qtloop):
    return Program()


async def answered(program, server):
    """Send a new request to *server* and return the panel that shows the body of its response."""
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, url=server.address))
    await program.sent(page)
    return page.response.body


async def test_a_response_is_walked_as_a_tree_by_keys_and_shown_in_the_text(qtloop, program):
    text = json.dumps(DOCUMENT).encode()
    body = reply(text, "200 OK", "Content-Type: application/json")
    with RecordingServer(answer=lambda _request: body) as server:
        panel = await answered(program, server)
        button = next(one for one in panel.modes.findChildren(QAbstractButton) if one.text() == "Tree")
        button.click()
        tree_page = panel._pages.currentWidget()
        tree = tree_page.tree
        await until(lambda: tree_page.model.rowCount(tree_page.model.index(0, 0)) == 2)
        tree.setFocus()
        for keys in (Key.Key_Down, Key.Key_Right):
            QTest.keyClick(tree, keys)
        await until(lambda: tree_page.model.rowCount(tree.currentIndex()) == 2)
        for keys in (Key.Key_Down, Key.Key_Down, Key.Key_Right):
            QTest.keyClick(tree, keys)
        await until(lambda: tree_page.model.rowCount(tree.currentIndex()) == 2)
        QTest.keyClick(tree, Key.Key_Down)
        QTest.keyClick(tree, Key.Key_P, Mod.ControlModifier | Mod.AltModifier)
        assert QGuiApplication.clipboard().text() == "$.users[1].name"
        QTest.keyClick(tree, Key.Key_C, Mod.ControlModifier)
        assert QGuiApplication.clipboard().text() == "Grace"
        QTest.keyClick(tree, Key.Key_R, Mod.ControlModifier | Mod.AltModifier)
        assert panel.modes.choice == "raw"
        assert panel.view.selected_text() == '"name": "Grace"'
    await program.close()


async def test_find_in_the_tree_opens_the_way_to_what_is_found(qtloop, program):
    text = json.dumps({"deep": [{"deeper": ["here", {"key": "needle"}]}]}).encode()
    body = reply(text, "200 OK", "Content-Type: application/json")
    with RecordingServer(answer=lambda _request: body) as server:
        panel = await answered(program, server)
        panel.choose_mode("tree")
        panel.bars.open_find()
        tree_page = panel._pages.currentWidget()
        QTest.keyClicks(tree_page.find_bar.field, "needle")
        await until(
            lambda: tree_page.tree.item and tree_page.path(tree_page.tree.item) == "$.deep[0].deeper[1].key"
        )
        assert [part.text() for part in tree_page.path_line.parts][-1] == ".key"
    await program.close()
