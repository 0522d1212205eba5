"""The page of events: list, bar, one event, joined text, and that it leaves nothing running."""

import json
import threading

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from antiphon.body import events
from antiphon.body.events import BLOCK_EVENTS
from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_panel import BodyPanel
from antiphon.ui.viewer.events_page import _Saving
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
SSE = "text/event-stream"


class Shown:
    """A panel that shows a stream which the test makes."""

    def __init__(self, qtbot, content_type=SSE, size=(900, 600)):
        self.panel = BodyPanel(Theme("light"))
        qtbot.addWidget(self.panel, before_close_func=lambda widget: widget.close_work())
        self.panel.resize(*size)
        self.panel.show()
        self.store = BodyStore()
        self.content_type = content_type

    def come(self, text: bytes | str, *, is_over=False):
        self.store.append(text.encode() if isinstance(text, str) else text)
        self.panel.show_body(self.store, self.content_type, is_over)
        if self.content_type != SSE:
            self.panel.choose_mode("events")
        if self.is_page:
            while not self.page.index.is_current:
                self.page._work()
            self.page._work()
            self.page._tell(is_last=True)

    @property
    def is_page(self):
        return hasattr(self.panel._pages.currentWidget(), "bar")

    @property
    def page(self):
        return self.panel._pages.currentWidget()

    @property
    def seen(self):
        return self.page.list.seen_text()

    def data(self):
        return [row[-1] for row in self.seen]


@pytest.fixture
def shown(qtbot):
    shown = Shown(qtbot)
    yield shown
    shown.store.close()


@pytest.fixture
def lines(qtbot):
    shown = Shown(qtbot, "application/x-ndjson")
    yield shown
    shown.store.close()


def ticks(first, last, name="tick"):
    return "".join(f"id: {n}\nevent: {name}\ndata: n{n}\n\n" for n in range(first, last + 1))


def tokens(*words):
    return "".join(f"data: {json.dumps({'choices': [{'delta': {'content': word}}]})}\n\n" for word in words)


def held(view):
    return view.source.read(0, view.source.size_bytes).decode()


def test_a_stream_is_a_live_list_with_time_type_id_and_data(shown):
    shown.come(ticks(1, 2) + "data: plain\ndata: two\n\n")
    assert [row[1:] for row in shown.seen] == [
        ("tick", "1", "n1"),
        ("tick", "2", "n2"),
        ("message", "", "plain↵two"),
    ]
    assert all(row[0].startswith("+0.0") for row in shown.seen)
    shown.come("retry: 1500\n" + ticks(3, 3))
    assert shown.data()[-1] == "n3"
    assert shown.page.bar.count.text() == "4 events · last id 3 · retry 1,500 ms"


def test_events_come_first_for_streams_and_after_the_text_for_json_lines(shown, lines):
    shown.come(ticks(1, 1))
    assert shown.panel.modes.choice == "events"
    lines.store.append(b'{"a": 1}\n')
    lines.panel.show_body(lines.store, lines.content_type, True)
    assert lines.panel.modes.choice == "pretty"
    lines.panel.choose_mode("events")
    assert lines.data() == ['{"a": 1}']


def test_columns_that_say_nothing_are_not_there(lines):
    lines.come('{"a": 1}\n')
    assert [column.title for column in lines.page.list._columns] == ["Time", "Data"]
    lines.come('{"type": "ADDED"}\n')
    assert [row[1] for row in lines.seen] == ["", "ADDED"]


def test_the_list_follows_the_newest_until_one_scrolls_up_and_a_button_counts_what_came(shown):
    shown.come(ticks(1, 100))
    events = shown.page.list
    assert shown.data()[-1] == "n100"
    assert not events.jump.isVisible()
    wheel = QWheelEvent(
        QPointF(50, 50), QPointF(50, 50), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Mod.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    events.wheelEvent(wheel)
    top = shown.data()[0]
    shown.come(ticks(101, 1234))
    assert shown.data()[0] == top
    assert events.jump.isVisible()
    assert events.jump.text() == "Jump to the newest (+1,134)"
    events.jump.click()
    assert shown.data()[-1] == "n1234"
    shown.come(ticks(1235, 1235))
    assert shown.data()[-1] == "n1235"
    assert not events.jump.isVisible()


def test_no_jump_is_offered_where_all_is_seen(shown):
    shown.come(ticks(1, 3))
    shown.page.list.choose(0)
    shown.come(ticks(4, 5))
    assert not shown.page.list.is_following
    assert not shown.page.list.jump.isVisible()
    shown.come(ticks(6, 60))
    assert shown.page.list.jump.text() == "Jump to the newest (+57)"
    assert shown.data()[0] == "n1"


def test_the_list_is_driven_by_keys_and_says_the_chosen_event(shown):
    shown.come(ticks(1, 100))
    events = shown.page.list
    chosen = lambda: shown.page.list.current
    for key, number in (
        (Key.Key_Home, 0), (Key.Key_Down, 1), (Key.Key_Down, 2), (Key.Key_Up, 1), (Key.Key_End, 99), (Key.Key_Up, 98),
    ):  # fmt: skip
        QTest.keyClick(events, key)
        assert chosen() == number
    QTest.keyClick(events, Key.Key_PageUp)
    assert 70 < chosen() < 97
    assert events.accessibleDescription().startswith(f"Event {chosen() + 1} of 100: +0.")
    assert events.accessibleDescription().endswith(f"tick, {chosen() + 1}, n{chosen() + 1}")
    QTest.keyClick(events, Key.Key_Home)
    assert shown.data()[0] == "n1"


def test_a_filter_works_on_what_came_and_on_what_comes(shown):
    shown.come(ticks(1, 50))
    shown.page.bar.field.setText("N4")
    assert shown.data() == ["n4", *(f"n{n}" for n in range(40, 50))]
    shown.come(ticks(51, 60, "other"))
    shown.come(ticks(400, 400))
    assert shown.data()[-1] == "n400"
    assert shown.page.bar.count.text().startswith("12 of 61 events")
    shown.page.bar.field.setFocus()
    QTest.keyClick(shown.page.bar.field, Key.Key_Escape)
    assert shown.page.bar.count.text().startswith("61 events")


def test_esc_leaves_a_field_for_the_list(shown):
    shown.come(tokens("a"))
    shown.page.detail.path.setFocus()
    QTest.keyClick(shown.page.detail.path, Key.Key_Escape)
    assert shown.page.list.hasFocus()
    shown.page.bar.field.setFocus()
    QTest.keyClick(shown.page.bar.field, Key.Key_Escape)
    assert shown.page.list.hasFocus()


def test_one_type_is_shown_alone(shown):
    shown.come(ticks(1, 3))
    types = shown.page.bar.types
    assert not types.isVisible(), "there is but one"
    shown.come(ticks(4, 5, "other") + "data: x\n\n")
    assert [types.itemText(row) for row in range(types.count())] == ["All types", "message", "tick", "other"]
    assert types.isVisible()
    types.choose(types.itemData(3))
    assert shown.data() == ["n4", "n5"]
    shown.page.bar.field.setText("5")
    assert shown.data() == ["n5"]
    types.choose("")
    shown.page.bar.field.clear()
    assert len(shown.data()) == 6


def test_a_pause_lets_the_list_stand_still_and_counts_on(shown):
    shown.come(ticks(1, 3))
    QTest.keyClick(shown.page.list, Key.Key_P, Mod.AltModifier)
    shown.come(ticks(4, 9))
    assert shown.data() == ["n1", "n2", "n3"]
    assert shown.page.bar.pause.text() == "Resume (+6 new)"
    shown.page.bar.pause.click()
    assert shown.data()[-1] == "n9"
    assert shown.page.bar.pause.text() == "Pause"


def test_the_chosen_event_stands_beside_the_list_laid_out_where_it_is_json(shown):
    shown.come('id: 7\ndata: {"a":\ndata: 1.50}\n\n' + ticks(8, 9))
    detail = shown.page.detail
    assert detail._pages.currentWidget() is detail._no_event
    assert not detail.copy_button.isEnabled()
    shown.page.list.choose(0)
    assert held(detail.event_view) == '{\n  "a": 1.50\n}'
    assert detail.caption.text().startswith("Event 1 · message · id 7 · +0.0")
    shown.page.list.choose(1)
    assert held(detail.event_view) == "n8"


def test_data_and_event_are_copied_as_they_came(shown):
    shown.come('id: 7\ndata: {"a":\ndata: 1}\n\n')
    shown.page.list.choose(0)
    board = QGuiApplication.clipboard()
    QTest.keyClick(shown.page.list, Key.Key_C, Mod.ControlModifier)
    assert board.text() == '{"a":\n1}'
    QTest.keyClick(shown.page.list, Key.Key_C, Mod.AltModifier)
    assert board.text() == 'id: 7\ndata: {"a":\ndata: 1}\n'
    board.setText("")
    shown.panel.copy()
    assert board.text() == '{"a":\n1}'
    shown.page.detail.event_view.select(0, 1)
    shown.panel.copy()
    assert board.text() == "{"


def test_an_event_is_shown_in_the_text(shown):
    shown.come(": a comment\n\n" + ticks(1, 3), is_over=True)
    shown.page.list.choose(1)
    QTest.keyClick(shown.page.list, Key.Key_Return)
    assert shown.panel.modes.choice == "raw"
    assert shown.panel.view.selected_text() == "id: 2\nevent: tick\ndata: n2\n"


def test_tokens_are_joined_at_once_where_the_shape_is_well_known(shown):
    shown.come(tokens("Good", " morning"))
    detail = shown.page.detail
    assert detail.is_joining
    assert detail.path.text() == "choices[0].delta.content"
    shown.come(tokens(", ", "Ada") + "data: [DONE]\n\n")
    assert held(detail.joined_view) == "Good morning, Ada"
    assert detail.caption.text() == "17 bytes · 4 events"
    detail.copy_button.click()
    assert QGuiApplication.clipboard().text() == "Good morning, Ada"


@pytest.mark.parametrize("size", [(620, 250), (900, 600)])
def test_the_path_of_the_joined_field_can_be_read_however_narrow_the_page_is(qtbot, size):
    shown = Shown(qtbot, size=size)
    shown.come(tokens("Good", " morning"))
    path = shown.page.detail.path
    assert path.width() >= path.fontMetrics().horizontalAdvance(path.text())
    shown.store.close()


def test_any_field_is_joined_and_a_wrong_path_says_so(lines):
    lines.come('{"a": {"b": "x"}}\n{"a": {"b": 2}}\nno json\n')
    detail = lines.page.detail
    assert not detail.is_joining
    QTest.keyClick(lines.page.list, Key.Key_J, Mod.AltModifier)
    assert detail._pages.currentWidget() is detail._no_field
    detail.path.setText("a..b")
    assert detail.path.accessibleDescription() == "This is no path from the character 2 on."
    detail.path.setText("a.b")
    lines.page._work()
    assert held(detail.joined_view) == "x2"
    assert detail.path.accessibleDescription() == ""


async def test_the_joined_text_stays_at_its_end_while_it_grows(qtloop, shown):
    shown.come(tokens(*(f"line {n}\n" for n in range(200))))
    view = shown.page.detail.joined_view
    bar = view.verticalScrollBar()
    await until(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    shown.come(tokens("more\n" * 50))
    longer = bar.maximum() + 1
    await until(lambda: bar.maximum() >= longer and bar.value() == bar.maximum())
    view.scroll_by(-500)
    before, longer = bar.value(), bar.maximum() + 1
    shown.come(tokens("more\n" * 50))
    await until(lambda: bar.maximum() >= longer)
    shown.page._work()
    assert bar.value() == before < bar.maximum()


def test_a_field_that_the_user_named_is_joined_in_the_next_body_too(lines):
    lines.come('{"a": "x", "b": "y"}\n')
    detail = lines.page.detail
    detail.choose("joined")
    QTest.keyClicks(detail.path, "b")
    lines.panel.clear()
    assert detail.joined is None or detail.joined.text.size_bytes == 0
    lines.store.close()
    lines.store = BodyStore()
    lines.come('{"a": "1", "b": "2"}\n')
    assert (detail.path.text(), detail.is_joining, held(detail.joined_view)) == ("b", True, "2")


def test_a_list_without_rows_says_why(shown):
    shown.come("retry: 5\n\n")
    assert shown.page.list.empty_words() == "No event yet"
    shown.come(ticks(1, 3))
    shown.page.bar.field.setText("nothing like it")
    assert shown.data() == []
    assert shown.page.list.empty_words() == "No event fits the filter"
    shown.panel.grab()


async def test_the_joined_text_is_saved(qtloop, shown, tmp_path):
    shown.come(tokens("Good", " morning"))
    shown.page.detail.save_button.click()
    dialog = shown.page.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
    shown.page.write_joined(tmp_path / "joined.txt")
    await until(lambda: shown.panel.notice.isVisible())
    assert (tmp_path / "joined.txt").read_text() == "Good morning"
    shown.page.write_joined(tmp_path / "no" / "joined.txt")
    await until(lambda: "could not be written" in shown.panel.notice.text)


def test_an_event_cut_short_is_told(shown):
    shown.come(ticks(1, 1) + "data: half", is_over=True)
    assert shown.data() == ["n1"]
    assert "ends inside an event" in shown.page.bar.count.text()


def test_find_goes_to_the_filter_and_back_to_the_list(shown):
    shown.come(ticks(1, 3))
    shown.panel.bars.open_find()
    assert shown.page.bar.field.hasFocus()
    QTest.keyClick(shown.page.bar.field, Key.Key_Return)
    assert shown.page.list.hasFocus()


def test_the_menu_says_what_can_be_done_and_its_keys(shown):
    shown.come(ticks(1, 1))
    shown.page.list.choose(0)
    shown.page.list.menu_asked.emit(QPoint(10, 10))
    menu = shown.page.findChild(QMenu)
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Copy data", "Copy event", "Show in the text", "Jump to the newest",
    ]  # fmt: skip
    menu.close()


def test_another_body_begins_anew_and_nothing_runs_on(shown):
    shown.come(tokens("a", "b"))
    page = shown.page
    page.bar.field.setText("x")
    page.toggle_pause()
    other = BodyStore()
    other.append(ticks(1, 2).encode())
    shown.panel.show_body(other, SSE, True)
    page._tell(is_last=True)
    assert shown.data() == ["n1", "n2"]
    assert (page.bar.field.text(), page.bar.pause.isChecked(), page.detail.is_joining) == ("", False, False)
    page.bar.field.setText("x")
    page.toggle_pause()
    shown.panel.clear()
    assert not page._timer.isActive()
    assert page.detail.joined is None
    other.close()


async def test_work_goes_on_by_itself_and_ends_with_the_body(qtloop, shown):
    shown.store.append(ticks(1, 20_000).encode())
    shown.panel.show_body(shown.store, SSE, False)
    await until(lambda: shown.page.index.count == 20_000)
    assert shown.page._timer.isActive()
    shown.store.append(ticks(1, 1).encode())
    shown.panel.show_body(shown.store, SSE, True)
    await until(lambda: not shown.page._timer.isActive())
    assert shown.page.index.count == 20_001
    shown.page.bar.field.setText("n20000")
    await until(lambda: shown.data() == ["n20000"])
    await until(lambda: not shown.page._timer.isActive())


def test_hidden_bytes_and_marks_in_the_data_are_shown_and_never_obeyed(shown):
    shown.come(b": " + b"-" * 2000 + b"\ndata: <b>bold</b>\x00\x1b[31m\tx\xff\n\n")
    shown.page.list.choose(0)
    assert shown.data() == ["<b>bold</b>␀␛[31m x\ufffd"]


def test_every_control_has_a_name_and_the_buttons_a_tip(shown):
    shown.come(tokens("a"))
    page = shown.page
    focusable = [
        widget for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(page) and not widget.focusProxy()
    ]  # fmt: skip
    nameless = [
        widget for widget in focusable if not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert not nameless
    assert all(button.toolTip() for button in (page.bar.pause, page.list.jump, page.detail.copy_button))


@pytest.mark.parametrize("size", [(360, 240), (900, 300), (2400, 1300)])
def test_it_fits_where_it_is_small_and_where_it_is_large(qtbot, size):
    shown = Shown(qtbot, size=size)
    shown.come(ticks(1, 500))
    shown.panel.grab()
    assert shown.data()[-1] == "n500"
    assert shown.panel.width() == size[0]
    is_wide = shown.page._split.orientation() == Qt.Orientation.Horizontal
    assert is_wide == (shown.page.width() > 2 * shown.page.height())
    shown.store.close()


def test_a_page_that_is_not_seen_does_nothing_and_catches_up_when_it_is(shown):
    shown.come(ticks(1, 3))
    page = shown.page
    assert page._timer.isActive()
    shown.panel.choose_mode("raw")
    assert not page._timer.isActive()
    shown.store.append(ticks(4, 5).encode())
    shown.panel.show_body(shown.store, SSE, False)
    assert (page.index.count, page._timer.isActive()) == (3, False)
    shown.panel.choose_mode("events")
    assert page.index.count == 5
    assert shown.data()[-1] == "n5"


def test_a_list_that_was_scrolled_up_stays_at_its_event_when_the_oldest_are_forgotten(lines, monkeypatch):
    monkeypatch.setattr(events, "EVENT_LIMIT", BLOCK_EVENTS)
    lines.come("".join(f"{n}\n" for n in range(2 * BLOCK_EVENTS - 10)))
    lines.page.list.choose(BLOCK_EVENTS + 500)
    top = lines.data()[0]
    lines.come("".join(f"{n}\n" for n in range(30)))
    assert lines.page.index.first == BLOCK_EVENTS
    assert lines.data()[0] == top
    assert lines.page.list.current == BLOCK_EVENTS + 500
    assert "no longer listed" in lines.page.bar.count.text()
    lines.page.list.choose(BLOCK_EVENTS)
    lines.come("".join(f"{n}\n" for n in range(BLOCK_EVENTS)))
    lines.page.copy_event()
    assert lines.page._chosen is None, "what is forgotten cannot be copied"


def test_a_text_that_goes_away_while_it_is_saved_ends_the_saving_with_a_word(shown, tmp_path):
    said, steps = [], threading.Event()

    class Endless:
        size_bytes = 1 << 50

        def read(self, _offset, _count):
            steps.set()
            return b"x"

    saving = _Saving(Endless(), tmp_path / "joined.txt", said.append)
    assert steps.wait(5)
    saving.end()
    assert said == [f"{tmp_path / 'joined.txt'} was not written: the response is gone."]


def test_types_and_joined_text_have_keys(shown):
    shown.come('event: a\ndata: {"text": "one "}\n\nevent: b\ndata: {"text": "two"}\n\n', is_over=True)
    page = shown.page
    page.detail.path.setText("text")
    page._work()
    QTest.keyClick(page.list, Key.Key_K, Mod.AltModifier)
    assert QGuiApplication.clipboard().text() == "one two"
    saved = []
    page.detail.save_asked.connect(lambda: saved.append(True))
    page.detail.save_asked.disconnect(page.save_joined)
    QTest.keyClick(page.list, Key.Key_V, Mod.AltModifier)
    assert saved == [True]
    QTest.keyClick(page.list, Key.Key_Y, Mod.AltModifier)
    assert page.bar.types.view().isVisible()
    page.bar.types.hidePopup()
    QTest.keyClick(page.bar.types, Key.Key_P, Mod.AltModifier)
    assert page.bar.pause.isChecked()


def test_the_field_that_is_joined_can_be_read_and_typed_in_a_small_window(qtbot):
    small = Shown(qtbot, size=(620, 220))
    small.come('data: {"choices": [{"delta": {"content": "one"}}]}\n\n', is_over=True)
    detail = small.page.detail
    detail.choose("joined")
    for width in (280, 700):
        detail.resize(width, 200)
        detail.layout().activate()
        assert detail.path.width() > detail.path.fontMetrics().horizontalAdvance("choices[0].delta.content")
    small.panel.clear()
    small.store.close()
