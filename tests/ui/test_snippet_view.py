"""The panel that shows a request as code: languages, colours, copying, and the way there by keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from antiphon.ui.snippet_view import SnippetPanel, spans_of
from antiphon.ui.theme import DARK, LIGHT, Theme

LANGUAGES = [("curl", "curl"), ("httpx-sync", "Python httpx"), ("requests", "Python requests")]
PYTHON = 'import httpx\n\n# it is\nresponse = httpx.get(\n    "https://example.org",\n    content="""a\n{1}\n😀b""",\n)\n'


@pytest.fixture
def theme(qapp):
    return Theme("light")


@pytest.fixture
def panel(qtbot, theme):
    panel = SnippetPanel(theme)
    qtbot.addWidget(panel)
    panel.set_languages(LANGUAGES, "httpx-sync")
    panel.resize(700, 300)
    QWidget.show(panel)
    panel.activateWindow()
    QApplication.processEvents()
    return panel


def coloured(panel) -> dict[str, str]:
    """Return the colour of each coloured run that the view shows, by its text."""
    found = {}
    block = panel.code.document().begin()
    while block.isValid():
        for look in block.layout().formats():
            text = block.text().encode("utf-16-le")[2 * look.start : 2 * (look.start + look.length)]
            found[text.decode("utf-16-le")] = look.format.foreground().color().name().upper()
        block = block.next()
    return found


def test_languages_are_offered_and_showing_a_choice_says_nothing(panel):
    heard = []
    panel.language_chosen.connect(heard.append)
    assert panel.picker.choice == "httpx-sync"
    panel.set_languages(LANGUAGES, "curl")
    assert panel.picker.choice == "curl"
    assert heard == []


def test_choosing_a_language_tells_its_key(panel):
    heard = []
    panel.language_chosen.connect(heard.append)
    panel.setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert panel.picker.choice == "requests"
    assert heard[-1] == "requests"


def test_other_languages_replace_the_picker(panel):
    before = panel.picker
    panel.set_languages(LANGUAGES[:2], "curl")
    assert panel.picker is not before
    panel.set_languages(LANGUAGES[:2], "httpx-sync")
    assert panel.picker.choice == "httpx-sync"
    assert panel.focusProxy() is panel.picker


def test_copy_gives_the_whole_text_character_for_character(panel):
    text = "curl 'a\u00a0b'\n  -d 'x\u2028y'\n"
    panel.show(text, "bash")
    QTest.mouseClick(panel.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text
    assert panel.copy.text() == "Copied"
    panel.show("curl", "bash")
    assert panel.copy.text() == "Copy"


def test_selected_text_is_copied_character_for_character(panel):
    panel.show("a\u00a0b\nc", "bash")
    panel.code.selectAll()
    panel.code.copy()
    assert QGuiApplication.clipboard().text() == "a\u00a0b\nc"


def test_text_can_be_selected_by_keyboard_and_not_edited(panel):
    panel.show("curl x", "bash")
    panel.code.setFocus()
    QTest.keyClicks(panel.code, "typed")
    assert panel.code.toPlainText() == "curl x"
    QTest.keyClick(panel.code, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert panel.code.textCursor().selectedText() == "curl x"


def test_tab_goes_from_the_languages_to_copy_and_the_code(panel):
    panel.show("curl x", "bash")
    panel.setFocus()
    seen = []
    for _ in range(6):
        seen.append(QApplication.focusWidget())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert seen.index(panel.copy) < seen.index(panel.code)
    assert seen[0].parent() is panel.picker


def test_equal_text_keeps_the_selection_and_other_text_the_scroll_position(panel):
    lines = "\n".join(f"line {number}" for number in range(200))
    panel.show(lines, "bash")
    panel.code.selectAll()
    panel.show(lines, "bash")
    assert panel.code.textCursor().hasSelection()
    panel.code.moveCursor(QTextCursor.MoveOperation.Start)
    panel.code.verticalScrollBar().setValue(90)
    panel.show(lines + "\nmore", "bash")
    assert panel.code.verticalScrollBar().value() == 90


def test_code_is_coloured_from_the_theme_and_follows_it(panel, theme):
    panel.show(PYTHON, "python")
    QApplication.processEvents()
    light = coloured(panel)
    assert light["import"] == LIGHT.constant
    assert light["# it is"] == LIGHT.faint
    assert light['"https://example.org"'] == LIGHT.string
    assert light['😀b"""'] == LIGHT.string
    theme.choose("dark")
    assert coloured(panel)["import"] == DARK.constant


def test_a_shell_variable_stands_out_of_its_string(panel):
    panel.show("# Set in the environment first: TOKEN\ncurl 'x' \\\n  -H \"A: $TOKEN\"\n", "bash")
    shown = coloured(panel)
    assert shown["$TOKEN"] == LIGHT.constant
    assert shown["# Set in the environment first: TOKEN"] == LIGHT.faint


def test_a_very_long_text_stays_plain():
    assert spans_of(["x = 1" * 40_000], "python") == [[]]


def test_lines_never_wrap_and_the_view_has_a_name(panel):
    assert panel.code.lineWrapMode() == panel.code.LineWrapMode.NoWrap
    assert panel.code.accessibleName() == "Snippet"
    assert panel.picker.accessibleName() == "Language of the snippet"
