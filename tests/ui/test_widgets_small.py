"""Tabs, buttons, notices, fields: by keyboard, by name, and without a signal nobody asked for."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from antiphon.core.document import Variable
from antiphon.core.template import Scope, layer
from antiphon.ui import style
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import PrimaryButton, QuietButton, Segmented
from antiphon.ui.widgets.completion import completed, open_name
from antiphon.ui.widgets.empty import EmptyState
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.files import relative_to
from antiphon.ui.widgets.notice import NoticeBar
from antiphon.ui.widgets.secret import SecretField
from antiphon.ui.widgets.tabbar import PanelTabs

SCOPE = Scope((layer("environment Local", [Variable("base_url", "http://x"), Variable("base_path", "/v1")]),))


@pytest.fixture
def theme(qapp):
    theme = Theme("light")
    style.install(theme)
    return theme


@pytest.fixture
def shown(qtbot):
    def show(widget):
        qtbot.addWidget(widget)
        widget.setVisible(True)
        widget.activateWindow()
        QApplication.processEvents()
        return widget

    return show


def test_tabs_put_counts_behind_titles_and_take_them_back(theme, shown):
    tabs = shown(PanelTabs(theme))
    tabs.add("Params", 2)
    tabs.add("Headers", 0)
    assert tabs.titles() == ["Params 2", "Headers"]
    tabs.set_count(0, None)
    tabs.set_count(1, 7)
    assert tabs.titles() == ["Params", "Headers 7"]


def test_adding_tabs_selects_nothing_and_arrows_do(theme, shown):
    tabs = shown(PanelTabs(theme))
    chosen = []
    tabs.selected.connect(chosen.append)
    for title in ("Params", "Headers", "Body"):
        tabs.add(title)
    assert chosen == []
    bar = tabs.focusProxy()
    QTest.keyClick(bar, Qt.Key.Key_Right)
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert chosen == [1, 2] and tabs.current == 2


def test_send_becomes_cancel_by_text_and_name(theme, shown):
    button = shown(PrimaryButton(theme, "Send"))
    button.set_calm(True, "Cancel")
    assert (button.text(), button.accessibleName()) == ("Cancel", "Cancel")
    button.grab()
    button.set_calm(False, "Send")
    assert button.accessibleName() == "Send"
    button.grab()


def test_an_icon_button_has_the_name_of_what_it_does(theme, shown):
    button = shown(QuietButton(theme, icon="close", tip="Close this notice (Esc)"))
    assert button.accessibleName() == "Close this notice"
    button.grab()


def test_a_choice_tells_what_the_user_chose_but_not_what_was_shown(theme, shown):
    choice = shown(Segmented(theme, (("pretty", "Pretty"), ("raw", "Raw")), name="Mode"))
    told = []
    choice.chosen.connect(told.append)
    choice.show_choice("raw")
    assert choice.choice == "raw" and told == []
    choice.setFocus()
    QTest.keyClick(choice.focusProxy(), Qt.Key.Key_Left)
    assert choice.choice == "pretty"
    assert told == ["pretty"]


def test_a_notice_says_its_level_in_words_and_runs_its_action(theme, shown):
    bar = NoticeBar(theme)
    shown(bar)
    ran = []
    bar.tell("error", "Could not save.", "The disk is full.", [("Try again", lambda: ran.append(1))])
    assert bar.isVisible()
    assert bar.accessibleName() == "Error: Could not save. The disk is full."
    buttons = {button.text(): button for button in bar.findChildren(QuietButton)}
    buttons["Try again"].click()
    assert ran == [1] and not bar.isVisible()


def test_a_later_notice_replaces_an_earlier_one(theme, shown):
    bar = shown(NoticeBar(theme))
    bar.tell("info", "One.", actions=[("A", lambda: None)])
    bar.tell("warning", "Two.")
    assert bar.text == "Two."
    bar.grab()


def test_an_empty_state_offers_its_buttons(theme, shown):
    ran = []
    state = shown(EmptyState(theme, "Nothing yet", "Open something.", [("Open", lambda: ran.append(1))]))
    state.findChild(PrimaryButton).click()
    assert ran == [1]
    state.grab()


def test_showing_the_same_text_keeps_cursor_and_undo(theme, shown):
    field = shown(Field(theme, "Name"))
    QTest.keyClicks(field, "hello")
    field.setCursorPosition(2)
    field.show_text("hello")
    assert field.cursorPosition() == 2 and field.isUndoAvailable()


def test_colouring_variables_changes_neither_text_nor_undo_nor_cursor(theme, shown):
    field = shown(Field(theme, "Value", mono=True, variables=True))
    edits = []
    field.textEdited.connect(edits.append)
    field.set_scope(SCOPE)
    QTest.keyClicks(field, "a{{base_url}}b{{gone}}")
    assert edits[-1] == "a{{base_url}}b{{gone}}" and len(edits) == len(field.text())
    assert field.cursorPosition() == len(field.text())
    assert [(run.start, run.end, run.is_missing) for run in field.runs(field.text())] == [
        (1, 13, False),
        (14, 22, True),
    ]
    field.grab()
    field.undo()
    assert field.text() != "a{{base_url}}b{{gone}}"


def test_the_chip_moves_with_text_that_is_wider_than_the_field(theme, shown):
    field = shown(Field(theme, "Value", mono=True, variables=True))
    field.resize(120, 32)
    field.setText("x" * 60 + "{{gone}}")
    field.end(False)
    field.set_scope(SCOPE)
    image = field.grab().toImage()
    selection = theme.color("selection").name()
    colours = {image.pixelColor(x, 16).name() for x in range(40, 118)} | {
        image.pixelColor(x, 8).name() for x in range(40, 118)
    }
    assert selection in colours


@pytest.mark.parametrize(
    ("text", "cursor", "name"),
    [
        ("{{", 2, ""),
        ("x{{ba", 5, "ba"),
        ("{{ ba", 5, "ba"),
        ("{{base}}", 8, None),
        ("plain", 5, None),
        ("{{a}}{{b", 8, "b"),
    ],
)
def test_a_name_is_being_typed_after_two_braces(text, cursor, name):
    assert open_name(text, cursor) == name


@pytest.mark.parametrize(
    ("text", "cursor", "after"),
    [
        ("{{ba", 4, "{{base_url}}"),
        ("x/{{ba/y", 6, "x/{{base_url}}/y"),
        ("{{ba}}/y", 4, "{{base_url}}/y"),
        ("{{ba/{{other}}", 4, "{{base_url}}/{{other}}"),
    ],
)
def test_completing_puts_the_name_in_braces(text, cursor, after):
    result, place = completed(text, cursor, "base_url")
    assert result == after
    assert result[:place].endswith("{{base_url}}")


def test_a_name_is_offered_after_two_braces_and_return_takes_it(theme, shown):
    field = shown(Field(theme, "URL", variables=True))
    field.set_scope(SCOPE)
    field.setFocus()
    sent = []
    field.returnPressed.connect(lambda: sent.append(1))
    edits = []
    field.textEdited.connect(edits.append)
    QTest.keyClicks(field, "{{base_u")
    assert field.is_completing
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "{{base_url}}" == edits[-1]
    assert not field.is_completing and sent == []
    field.undo()
    assert field.text() == "{{base_u"
    field.setText("http://x")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert sent == [1]


def test_a_literal_secret_is_dots_and_a_variable_is_not(theme, shown):
    secret = shown(SecretField(theme, "Password"))
    QTest.keyClicks(secret.field, "hunter2")
    assert secret.is_hidden_text
    secret.field.setText("{{password}}")
    assert not secret.is_hidden_text
    secret.field.setText("x{{password}}")
    assert secret.is_hidden_text
    eye = secret.findChild(QuietButton)
    eye.click()
    assert secret.field.echoMode() == QLineEdit.EchoMode.Normal
    assert eye.accessibleName() == "Hide password"


def test_a_file_inside_the_collection_is_named_from_there(tmp_path):
    assert relative_to(str(tmp_path / "a" / "b.png"), tmp_path) == "a/b.png"
    assert relative_to("/elsewhere/b.png", tmp_path) == "/elsewhere/b.png"
    assert relative_to("/elsewhere/b.png", None) == "/elsewhere/b.png"


def test_widgets_follow_the_theme_while_they_are_shown(theme, shown):
    field = shown(Field(theme, "URL"))
    before = field.grab().toImage().pixelColor(20, 6).name()
    theme.choose("dark")
    assert field.grab().toImage().pixelColor(20, 6).name() != before


def test_escape_takes_the_list_of_names_away_and_typing_brings_it_back(theme, shown):
    field = shown(Field(theme, "URL", variables=True))
    field.set_scope(SCOPE)
    QTest.keyClicks(field, "{{")
    assert field.is_completing
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not field.is_completing and field.text() == "{{"
    QTest.keyClicks(field, "b")
    assert field.is_completing


def test_a_choice_in_a_narrow_place_cuts_its_words_and_keeps_them_apart(qtbot):
    choice = Segmented(
        Theme("light"), [("a", "httpx (async)"), ("b", "requests"), ("c", "curl")], name="Language"
    )
    qtbot.addWidget(choice)
    choice.resize(130, 26)
    choice.show()
    places = sorted(
        (button.geometry() for button in choice.findChildren(QAbstractButton)), key=lambda place: place.left()
    )
    assert all(before.right() < after.left() for before, after in zip(places, places[1:], strict=False))
    assert {button.toolTip() for button in choice.findChildren(QAbstractButton)} == {
        "httpx (async)",
        "requests",
        "curl",
    }


def test_icons_are_read_once_and_early():
    from antiphon.ui import icons
    from antiphon.ui.theme import Theme

    color = Theme("dark").color("dim")
    assert list(icons.prepared(color)) == icons.icon_names()
    misses = icons._renderer.cache_info().misses
    assert len(list(icons.prepared(color))) == len(icons.icon_names())
    assert icons._renderer.cache_info().misses == misses


def test_tab_comes_to_the_choice_that_was_made_for_the_user(theme, shown):
    choice = shown(Segmented(theme, (("a", "A"), ("b", "B"), ("c", "C")), name="Mode"))
    choice.buttons[2].click()
    choice.show_choice("b")
    reached = [button.text() for button in choice.buttons if button.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert reached == ["B"]


def test_the_next_choice_is_one_that_is_seen_and_is_told(theme, shown):
    choice = shown(Segmented(theme, (("a", "A"), ("b", "B"), ("c", "C")), name="Mode"))
    told = []
    choice.chosen.connect(told.append)
    choice.set_choice_visible("b", False)
    choice.choose_next()
    choice.choose_next()
    assert told == ["c", "a"]
