"""The request editor as it is used: one document goes in, edited ones come out, nothing echoes."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QToolTip

from antiphon.core.document import (
    FileBody,
    FormBody,
    FormField,
    Header,
    MultipartBody,
    NoBody,
    Param,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Variable,
)
from antiphon.core.prepared import PreparedHeader
from antiphon.core.template import Scope, layer
from antiphon.ui import style
from antiphon.ui.request.code_edit import CodeEdit
from antiphon.ui.request.progress import Progress
from antiphon.ui.request.request_editor import RequestEditor
from antiphon.ui.theme import Theme

PARAMS, HEADERS, BODY, AUTH, OPTIONS = range(5)
DRAFT = RequestDocument(
    "List",
    "GET",
    "{{base_url}}/users/:login?per_page=100",
    params=(Param("login", "psf", "path"), Param("per_page", "100", description="Page size")),
    headers=(Header("Accept", "application/json"), Header("X-Off", "1", enabled=False)),
)
SCOPE = Scope((layer("environment Local", [Variable("base_url", "http://x")]),))


@pytest.fixture
def editor(qapp, qtbot):
    theme = Theme("light")
    style.install(theme)
    editor = RequestEditor(theme)
    qtbot.addWidget(editor)
    editor.told = []
    editor.edited.connect(editor.told.append)
    editor.resize(900, 420)
    editor.setVisible(True)
    editor.activateWindow()
    QApplication.processEvents()
    editor.set_scope(SCOPE)
    editor.show(DRAFT)
    return editor


def panel(editor, index):
    editor.select_panel(index)
    return editor._panels[index]


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def test_showing_a_document_tells_nothing_and_counts_what_is_sent(editor):
    for index in range(editor.panel_count):
        editor.select_panel(index)
    assert editor.told == []
    assert editor.tabs.titles() == ["Params 2", "Headers 1", "Body", "Auth", "Options"]


def test_panels_are_built_when_first_shown(qapp, qtbot):
    editor = RequestEditor(Theme("light"))
    qtbot.addWidget(editor)
    assert list(editor._panels) == [PARAMS]
    editor.select_panel(AUTH)
    assert set(editor._panels) == {PARAMS, AUTH}


def test_typing_the_url_changes_the_rows_with_it(editor):
    type_into(editor.url_line.url, "/a/:id?x=1&y=2")
    assert editor.told[-1].url == "/a/:id?x=1&y=2"
    assert [(param.name, param.value, param.kind) for param in editor.told[-1].params] == [
        ("id", "", "path"),
        ("x", "1", "query"),
        ("y", "2", "query"),
    ]
    assert editor._panels[PARAMS].table.model.index(0, 1).data() == ":id"


def test_typing_a_row_changes_the_url_with_it(editor):
    table = panel(editor, PARAMS).table
    table.model.setData(table.model.index(1, 2), "50")
    assert editor.told[-1].url == "{{base_url}}/users/:login?per_page=50"
    assert editor.url_line.url.text() == editor.told[-1].url
    table.model.toggle(table.model.index(1, 0))
    assert editor.url_line.url.text() == "{{base_url}}/users/:login"
    assert not editor.told[-1].params[1].enabled


def test_a_path_variables_value_leaves_the_url_alone(editor):
    table = panel(editor, PARAMS).table
    table.model.setData(table.model.index(0, 2), "torvalds")
    assert editor.told[-1].params[0] == Param("login", "torvalds", "path")
    assert editor.told[-1].url == DRAFT.url


def test_showing_what_was_just_told_keeps_cursor_and_undo(editor):
    editor.edited.connect(editor.show)
    url = editor.url_line.url
    url.setFocus()
    url.setCursorPosition(3)
    QTest.keyClicks(url, "z")
    assert url.cursorPosition() == 4 and url.isUndoAvailable()
    url.undo()
    assert url.text() == DRAFT.url == editor.told[-1].url


def test_line_breaks_pasted_into_the_url_vanish(editor):
    url = editor.url_line.url
    url.setFocus()
    url.selectAll()
    QApplication.clipboard().setText("http://x/\n  a?b=1\n")
    url.paste()
    assert url.text() == "http://x/a?b=1" == editor.told[-1].url


def test_a_method_is_typed_in_any_case_or_chosen_from_the_list(editor):
    method = editor.url_line.method
    type_into(method, "delete")
    assert editor.told[-1].method == "DELETE"
    QTest.keyClick(method, Qt.Key.Key_Down)
    menu = method.findChild(QMenu)
    next(action for action in menu.actions() if action.text() == "PUT").trigger()
    assert editor.told[-1].method == "PUT" and method.text() == "PUT"
    menu.close()


def test_return_sends_and_while_running_the_button_cancels(editor):
    told = []
    editor.send_requested.connect(lambda: told.append("send"))
    editor.cancel_requested.connect(lambda: told.append("cancel"))
    QTest.keyClick(editor.url_line.url, Qt.Key.Key_Return)
    editor.set_running(True)
    editor.show_progress(Progress(1_000_000, 4_000_000, "1.00 MB / 4.00 MB"))
    editor.grab()
    editor.show_progress(Progress(5_000_000, None, "5.00 MB"))
    editor.grab()
    QTest.keyClick(editor.url_line.url, Qt.Key.Key_Return)
    editor.url_line.send.click()
    editor.set_running(False)
    editor.url_line.send.click()
    assert told == ["send", "cancel", "send"]


def test_focus_url_selects_it_all(editor):
    editor.focus_url()
    assert editor.url_line.url.hasFocus() and editor.url_line.url.selectedText() == DRAFT.url


def test_headers_are_told_and_added_ones_only_shown(editor):
    editor.show_automatic(
        [PreparedHeader("Accept", "x", "this request"), PreparedHeader("Authorization", "Bearer abc", "auth")]
    )
    model = panel(editor, HEADERS).table.model
    assert model.rowCount() == 4
    assert model.index(3, 2).data() == "Bearer ••••••••"
    assert model.index(3, 3).data() == "Added by Auth"
    model.setData(model.index(2, 1), "X-New")
    assert editor.told[-1].headers == (*DRAFT.headers, Header("X-New", ""))


AUTOMATIC = (
    PreparedHeader("Accept", "x", "this request"),
    PreparedHeader("User-Agent", "antiphon/1", "automatic"),
    PreparedHeader("Authorization", "Basic x", "auth"),
)


def test_an_automatic_header_is_left_out_by_its_check_box_and_stays_listed(editor):
    headers = panel(editor, HEADERS)
    editor.show_automatic(AUTOMATIC)
    model = headers.table.model
    box = model.index(3, 0)
    assert model.index(3, 1).data() == "User-Agent" and model.is_toggled(box)
    headers.table.view._activate(box)
    assert editor.told[-1].options.omitted_headers == ("user-agent",)
    editor.show_automatic(AUTOMATIC)
    assert (model.index(3, 1).data(), model.index(3, 3).data()) == ("User-Agent", "Left out"), "in its place"
    assert model.index(4, 1).data() == "Authorization"
    assert box.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    editor.grab()
    headers.table.view._activate(box)
    assert editor.told[-1].options.omitted_headers == ()


def test_a_header_of_auth_has_no_check_box(editor):
    editor.show_automatic(AUTOMATIC)
    model = panel(editor, HEADERS).table.model
    box = model.index(4, 0)
    assert model.index(4, 1).data() == "Authorization" and not model.is_toggled(box)
    assert box.data(Qt.ItemDataRole.CheckStateRole) is None
    model.toggle(box)
    assert editor.told == []


def test_a_left_out_header_of_the_file_is_listed_without_a_value(editor):
    editor.show(replace(DRAFT, options=RequestOptions(omitted_headers=("accept-encoding",))))
    model = panel(editor, HEADERS).table.model
    assert (model.index(3, 1).data(), model.index(3, 2).data()) == ("Accept-Encoding", "")
    assert editor.tabs.titles()[OPTIONS] == "Options"


def test_warnings_stand_above_the_headers_and_in_the_title(editor):
    headers = panel(editor, HEADERS)
    assert not headers.warning.isVisible()
    editor.show_warnings(("There is no Host.", "TRACE may not have a body."))
    assert headers.warning.text() == "There is no Host.\nTRACE may not have a body."
    assert headers.warning.isVisible()
    assert editor.tabs.titles()[HEADERS] == "Headers 1 · 2 warnings"
    editor.show_warnings(())
    assert not headers.warning.isVisible() and editor.tabs.titles()[HEADERS] == "Headers 1"


def test_each_kind_of_body_keeps_what_it_held(editor):
    body = panel(editor, BODY)

    def choose(kind):
        body.kinds._buttons[kind].click()

    choose("json")
    QTest.keyClicks(body.findChild(CodeEdit), '{"a":1}')
    assert editor.told[-1].body == TextBody("json", '{"a":1}')
    choose("form")
    table = body._pages["form"]
    table.model.setData(table.model.index(0, 1), "name")
    assert editor.told[-1].body == FormBody((FormField("name", ""),))
    choose("none")
    assert editor.told[-1].body == NoBody()
    choose("json")
    assert editor.told[-1].body == TextBody("json", '{"a":1}')
    choose("form")
    assert editor.told[-1].body == FormBody((FormField("name", ""),))
    assert editor.tabs.titles()[BODY] == "Body 1"


def test_a_text_goes_along_to_another_language(editor):
    editor.show(replace(DRAFT, body=TextBody("text", "<a/>")))
    panel(editor, BODY).kinds._buttons["xml"].click()
    assert editor.told[-1].body == TextBody("xml", "<a/>")


def test_a_language_without_a_button_keeps_its_own(editor):
    editor.show(replace(DRAFT, body=TextBody("sparql", "SELECT")))
    body = panel(editor, BODY)
    assert body.kinds.choice == "sparql"
    QTest.keyClicks(body.findChild(CodeEdit), "x")
    assert editor.told[-1].body == TextBody("sparql", "xSELECT")


@pytest.mark.parametrize("text", ["a\u00a0b", "a\r\nb\r\nc", "tab\there", "\u2028", "", "\n"])
def test_editing_a_body_changes_only_what_was_typed(editor, text):
    editor.show(replace(DRAFT, body=TextBody("text", text)))
    code = panel(editor, BODY).findChild(CodeEdit)
    assert editor.told == []
    code.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(code, "!")
    assert editor.told[-1].body.text == text + "!"


def test_the_body_editor_indents_and_comes_back(editor):
    editor.show(replace(DRAFT, body=TextBody("json", "")))
    code = panel(editor, BODY).findChild(CodeEdit)
    QTest.keyClicks(code, "{}")
    code.moveCursor(QTextCursor.MoveOperation.Left)
    QTest.keyClick(code, Qt.Key.Key_Return)
    QTest.keyClicks(code, "1")
    assert code.written() == "{\n  1\n}"
    QTest.keyClick(code, Qt.Key.Key_Backspace)
    QTest.keyClick(code, Qt.Key.Key_Backspace)
    assert code.written() == "{\n\n}"
    code.selectAll()
    QTest.keyClick(code, Qt.Key.Key_Tab)
    assert code.written() == "  {\n  \n  }"
    QTest.keyClick(code, Qt.Key.Key_Backtab)
    assert code.written() == "{\n\n}"
    QTest.keyClick(code, Qt.Key.Key_Escape)
    assert not code.hasFocus()


def test_format_lays_json_out_as_one_undoable_edit(editor):
    editor.show(replace(DRAFT, body=TextBody("json", '{"a":1.50,"b":{{x}}}')))
    body = panel(editor, BODY)
    body.format.click()
    assert editor.told[-1].body.text == '{\n  "a": 1.50,\n  "b": {{x}}\n}'
    assert len(editor.told) == 1
    body.findChild(CodeEdit).undo()
    assert editor.told[-1].body.text == '{"a":1.50,"b":{{x}}}'


def test_a_fault_in_json_is_said_with_its_line_and_goes(editor):
    editor.show(replace(DRAFT, body=TextBody("json", '{\n"a": }')))
    text = panel(editor, BODY)._text()
    assert "line 2" in text.fault.text() and text.fault.isVisible()
    editor.show(replace(DRAFT, body=TextBody("json", '{"a": 1}')))
    assert not text.fault.isVisible()
    editor.show(replace(DRAFT, body=TextBody("text", "{")))
    assert not text.fault.isVisible()


def test_a_part_takes_files_named_from_the_collection(editor, tmp_path):
    editor.set_base_dir(tmp_path)
    (tmp_path / "a.png").write_bytes(b"x")
    editor.show(replace(DRAFT, body=MultipartBody((Part("f", is_file=True, content_type="image/png"),))))
    body = panel(editor, BODY)
    body._pages["multipart"].file_wanted.emit(0)
    dialog = body.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "a.png")])
    dialog.close()
    assert editor.told[-1].body.parts == (Part("f", "", ("a.png",), is_file=True, content_type="image/png"),)


def test_a_file_body_is_typed_or_chosen(editor, tmp_path):
    editor.show(replace(DRAFT, body=FileBody("x.bin")))
    form = panel(editor, BODY)._pages["file"]
    type_into(form.content_type, "text/csv")
    form.choose.click()
    dialog = form.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "b.csv")])
    dialog.close()
    assert editor.told[-1].body == FileBody(str(tmp_path / "b.csv"), "text/csv")


def test_a_foreign_panel_is_added_and_selected(editor):
    label = QLabel("code")
    index = editor.add_panel("Snippet", label)
    editor.select_panel(index)
    assert label.isVisible() and editor.current_panel == index
    editor.select_panel(99)
    assert editor.current_panel == index


def test_all_panels_can_be_painted_in_dark_and_zoomed(editor):
    editor.show(replace(DRAFT, body=TextBody("json", '{"a": {{gone}}}')))
    theme = editor._theme
    for index in range(editor.panel_count):
        editor.select_panel(index)
        theme.choose("dark")
        theme.zoom_by(1)
        editor.resize(620, 400)
        image = editor.grab().toImage()
        assert image.pixelColor(image.width() - 3, image.height() - 3) == theme.color("bg"), index
        theme.choose("light")
    theme.zoom_by(0)


def test_every_control_has_a_name(editor):
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QTableView

    for index in range(editor.panel_count):
        editor.select_panel(index)
    for kind in (QLineEdit, QPlainTextEdit, QTableView, QComboBox, QAbstractButton):
        for widget in editor.findChildren(kind):
            if (
                widget.objectName().startswith("qt_")
                or widget.metaObject().className() == "QTableCornerButton"
            ):
                continue
            words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert words or widget.objectName() in {"ScrollLeftButton", "ScrollRightButton"}, widget


def colours_of(code, number):
    """Return the colours that the line *number* is painted in."""
    formats = code.document().findBlockByNumber(number).layout().formats()
    return {made.format.foreground().color().name() for made in formats}


def test_lines_are_coloured_when_they_come_into_view(editor):
    lines = "\n".join(f'  "n{number}": {{{{gone}}}},' for number in range(2000))
    editor.show(replace(DRAFT, body=TextBody("json", "{\n" + lines + "\n}")))
    code = panel(editor, BODY).findChild(CodeEdit)
    theme = editor._theme
    both = {theme.color(token).name() for token in ("key", "punctuation", "delete")}
    assert colours_of(code, 1) == both
    assert colours_of(code, 1500) == set()
    code.verticalScrollBar().setValue(1495)
    assert colours_of(code, 1500) == both
    editor.set_scope(Scope((layer("environment Local", [Variable("gone", "1")]),)))
    assert theme.color("delete").name() not in colours_of(code, 1500)
    theme.choose("dark")
    assert theme.color("punctuation").name() in colours_of(code, 1500)


def test_pasted_lines_are_coloured_too(editor):
    editor.show(replace(DRAFT, body=TextBody("json", "")))
    code = panel(editor, BODY).findChild(CodeEdit)
    QApplication.clipboard().setText('{\n"a": true\n}')
    code.paste()
    QApplication.processEvents()
    assert editor._theme.color("constant").name() in colours_of(code, 1)


def hovered(widget, point):
    QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point)))
    return QToolTip.text()


def test_hovering_over_a_variable_says_its_value_and_where_it_comes_from(editor):
    url = editor.url_line.url
    assert hovered(url, QPoint(30, url.height() // 2)) == "base_url = http://x\nfrom environment Local"
    editor.show(replace(DRAFT, body=TextBody("json", "{{base_url}}")))
    code = panel(editor, BODY).findChild(CodeEdit)
    QToolTip.hideText()
    place = code.cursorRect().center() + code.viewport().pos() + QPoint(20, 0)
    assert hovered(code, place).startswith("base_url = http://x")
    QToolTip.hideText()
