"""The path below a JSON text, and brackets that belong together."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

TEXT = json.dumps({"items": [{"id": 1, "tags": ["a", "b"]}, {"id": 2, "odd name": {}}], "n": 5}, indent=2)


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda panel: panel.close_work())
    panel.resize(700, 400)
    panel.show()
    return panel


def shown(panel, text=TEXT, content_type="application/json", mode="raw"):
    store = BodyStore()
    store.append(text.encode())
    panel.show_body(store, content_type, True)
    panel.choose_mode(mode)
    return panel.view


def parts(panel):
    return "".join(button.text() for button in panel.structure.parts)


async def test_the_path_of_the_caret_stands_below_the_text(qtloop, panel):
    view = shown(panel)
    for needle, path in (('"b"', "$.items[0].tags[1]"), ("odd name", "$.items[1]['odd name']"), ("5", "$.n")):
        view.reveal(TEXT.index(needle) + 1)
        await until(lambda path=path: parts(panel) == path)


async def test_the_path_is_that_of_the_laid_out_text_too(qtloop, panel):
    view = shown(panel, json.dumps(json.loads(TEXT)), mode="pretty")
    view.reveal(view._body.read(0, 1000).decode().index('"b"') + 1)
    await until(lambda: parts(panel) == "$.items[0].tags[1]")


async def test_a_part_leads_to_where_its_value_begins(qtloop, panel):
    view = shown(panel)
    view.reveal(TEXT.index('"b"') + 1)
    await until(lambda: "tags" in parts(panel))
    panel.structure.parts[1].click()
    assert view.caret == TEXT.index('"items"')


async def test_a_key_copies_the_path(qtloop, panel):
    view = shown(panel)
    view.reveal(TEXT.index('"b"') + 1)
    await until(lambda: "tags" in parts(panel))
    QTest.keyClick(view, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert QGuiApplication.clipboard().text() == "$.items[0].tags[1]"


async def test_the_bracket_at_the_caret_and_its_partner_are_marked(qtloop, panel):
    view = shown(panel)
    opening = TEXT.index("[")
    closing = TEXT.index("]", TEXT.index("odd name"))
    view.select(opening, opening)
    await until(lambda: view._brackets == (opening, closing))
    view.select(closing + 1, closing + 1)
    await until(lambda: view._brackets == (closing, opening))
    view.select(2, 2)
    await until(lambda: view._brackets == ())


def test_text_that_is_no_json_has_no_path(panel):
    shown(panel, "plain [words]", "text/plain")
    assert not panel.structure.isVisible()
    shown(panel)
    assert panel.structure.isVisible()
    panel.choose_mode("hex")
    assert not panel.structure.isVisible()


async def test_nothing_is_gone_through_before_the_caret_moves(qtloop, panel):
    shown(panel, "[" + "1," * 100_000 + "1]")
    assert panel.structure._outline is None
    panel.view.reveal(150_001)
    await until(lambda: parts(panel) == "$[75000]")
