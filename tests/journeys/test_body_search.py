"""Finding in a body: whole words, expressions, while it arrives, and back and forth among more than are kept."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from antiphon.body import matches as keeping
from antiphon.ui.viewer import find_bar
from tests.journeys.program import Program
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
LINES = 30_000


@pytest.fixture
def program(qtloop):
    return Program()


def edit(program, path):
    """Give the sample's first request another address."""
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(replace(page.document.draft, method="GET", url=f"{{{{baseUrl}}}}{path}"))
    return page


async def find(program, panel, text):
    program.window.run_command("view.find")
    panel.bars.find_bar.field.clear()
    QTest.keyClicks(panel.bars.find_bar.field, text)
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.number is not None, 20)


async def test_words_and_expressions_are_found_in_a_large_body(program):
    page = edit(program, f"/lines/{LINES}")
    await program.sent(page)
    panel = page.response.body
    bar, finder = panel.bars.find_bar, panel.bars.finder
    await find(program, panel, "100")
    everywhere = finder.count
    QTest.keyClick(bar.field, Key.Key_W, Mod.AltModifier)
    assert bar.word.isChecked()
    await until(lambda: finder.is_done and 0 < finder.count < everywhere)
    QTest.keyClick(bar.field, Key.Key_X, Mod.AltModifier)
    await find(program, panel, "^ +1[02]0")
    assert finder.count == 2
    await until(lambda: bar.count.text() == "2 of 2")
    QTest.keyClick(bar.field, Key.Key_Return)
    assert panel.view.selected_text().strip() == "100"
    QTest.keyClick(bar.field, Key.Key_Escape)
    assert not bar.isVisible()
    await program.close()


async def test_sending_again_looks_for_the_same_in_the_new_body_and_leaves_the_focus_in_the_field(program):
    page = edit(program, f"/lines/{LINES}")
    await program.sent(page)
    panel = page.response.body
    await find(program, panel, "1999")
    first = panel.bars.finder.count
    assert first > 0
    await program.sent(page)
    await until(lambda: panel.bars.finder.is_done and panel.bars.finder.count == first)
    assert panel.bars.find_bar.field.text() == "1999"
    assert program.window.focusWidget() is panel.bars.find_bar.field
    panel.view.setFocus()
    await program.sent(page)
    assert program.window.focusWidget() is panel.view
    await program.close()


async def test_next_and_previous_reach_matches_whose_places_are_not_kept(program, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT_LIMIT", 1000)
    page = edit(program, f"/lines/{LINES}")
    await program.sent(page)
    panel = page.response.body
    finder = panel.bars.finder
    for is_regex in (False, True):
        panel.bars.find_bar.regex.setChecked(is_regex)
        await find(program, panel, "f.x" if is_regex else "fox")
        count = finder.count
        assert count == LINES
        QTest.keyClick(panel.bars.find_bar.field, Key.Key_Return, Mod.ShiftModifier)
        await until(lambda: finder.number == count - 1)
        await until(lambda: panel.view.grab() and finder.between(*panel.view.selection))
        assert finder.between(*panel.view.selection) == [finder._current]
        QTest.keyClick(panel.bars.find_bar.field, Key.Key_Return, Mod.ShiftModifier)
        await until(lambda: finder.number == count - 2)
        QTest.keyClick(panel.bars.find_bar.field, Key.Key_Return)
        QTest.keyClick(panel.bars.find_bar.field, Key.Key_Return)
        await until(lambda: finder.number == 0)
    await program.close()


async def test_matches_are_counted_while_the_body_arrives(program):
    page = edit(program, "/stream/6?interval=0.15")
    program.window.run_command("request.send")
    panel = page.response.body
    await until(lambda: page.document.feed is not None and page.document.feed.body.size_bytes > 0, 20)
    await until(panel.isVisible)
    panel.choose_mode("raw")
    program.window.run_command("view.find")
    QTest.keyClicks(panel.bars.find_bar.field, '"')
    await until(lambda: panel.bars.finder.count > 0)
    early = panel.bars.finder.count
    assert panel.bars.find_bar.count.text().endswith("+")
    await until(lambda: panel.bars.finder.is_done, 20)
    assert panel.bars.finder.count > early
    await until(lambda: not panel.bars.find_bar.count.text().endswith("+"))
    await program.close()


async def test_which_match_is_shown_and_how_many_there_are_is_said(program, monkeypatch):
    said = []
    monkeypatch.setattr(find_bar, "announce", lambda _bar, words: said.append(words))
    page = edit(program, "/lines/50")
    await program.sent(page)
    panel = page.response.body
    await find(program, panel, "fox")
    await until(lambda: said[-1:] == ["1 of 50"])
    QTest.keyClick(panel.bars.find_bar.field, Key.Key_Return)
    await until(lambda: said[-1] == "2 of 50")
    assert len(said) == len(set(said))
    panel.bars.find_bar.field.setText("fox!")
    await until(lambda: said[-1] == "none")
    await program.close()
