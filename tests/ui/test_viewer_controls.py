"""Every control of a body, whatever way it is shown: it has a name and a tip, is reached by Tab, and its key is known."""

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QScrollBar

from antiphon.body.store import BodyStore
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_actions import BODY_ACTIONS
from antiphon.ui.viewer.body_panel import BodyPanel
from tests.waiting import until

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "bodies.md"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
MULTIPART = b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--\r\n"
SHOWN = {
    "pretty": (b'{"a": [1, 2]}', "application/json"),
    "raw": (b"some text\n", "text/plain"),
    "tree": (b'{"a": [1, 2]}', "application/json"),
    "events": (b'event: a\ndata: {"t": 1}\n\nevent: b\ndata: 2\n\n', "text/event-stream"),
    "table": (b"a,b\n1,2\n", "text/csv"),
    "parts": (MULTIPART, "multipart/mixed; boundary=b"),
    "preview": (SVG, "image/svg+xml"),
    "hex": (bytes(range(256)), "application/octet-stream"),
}
_KEY = re.compile(r"\b(?:(?:Ctrl|Alt|Shift)\+)+\w+|\bF\d+\b")


@pytest.fixture
def panel(qtbot):
    panel = BodyPanel(Theme("light"))
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.close_work())
    panel.resize(1000, 500)
    panel.show()
    return panel


async def show(panel, mode):
    content, content_type = SHOWN[mode]
    store = BodyStore()
    store.append(content)
    panel.show_body(store, content_type, True)
    panel.choose_mode(mode)
    await until(lambda: panel.modes.choice == mode and not panel._timer.isActive())
    if mode == "preview":
        await until(lambda: panel.page.area.facts is not None)
    return store


def controls(panel):
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    return [widget for kind in kinds for widget in panel.findChildren(kind) if widget.isVisible()]


def bars(panel):
    """Open one bar after the other, and none at first."""
    yield
    for open_bar in (panel.bars.open_find, panel.bars.open_go):
        open_bar()
        yield
        panel.bars.close_one()


@pytest.mark.parametrize("mode", SHOWN)
async def test_every_control_has_a_name_and_a_tip_and_its_key_stands_in_the_guide(qtloop, panel, mode):
    store = await show(panel, mode)
    guide = GUIDE.read_text(encoding="utf-8")
    for _bar in bars(panel):
        for control in controls(panel):
            told = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
            assert told, control
            assert control.toolTip() or not isinstance(control, QAbstractButton), told
            for key in _KEY.findall(control.toolTip()):
                assert key in guide, f"{told}: {key}"
    panel.clear()
    store.close()


@pytest.mark.parametrize("mode", SHOWN)
async def test_no_two_controls_that_are_seen_together_have_one_key(qtloop, panel, mode):
    store = await show(panel, mode)
    for _bar in bars(panel):
        owners: dict[str, str] = {action.keys: action.id for action in BODY_ACTIONS}
        known = {
            "Ctrl+C",
            "Alt+Z",
            "Alt+E",
            "Alt+S",
            "Alt+M",
            "F3",
            "Shift+F3",
            "F8",
        }  # more than one button names them
        for control in controls(panel):
            if type(control).__name__ == "_Segment":
                continue  # one key for all of a row
            for key in set(_KEY.findall(control.toolTip())) - known:
                assert key not in owners, f"{key}: {owners[key]}, {control.toolTip()}"
                owners[key] = control.toolTip()
    panel.clear()
    store.close()


@pytest.mark.parametrize("mode", SHOWN)
async def test_tab_comes_to_every_control_that_can_be_used(qtloop, panel, mode):
    store = await show(panel, mode)
    panel.more.setFocus()
    reached = []
    while panel.window().focusWidget() not in reached:
        reached.append(panel.window().focusWidget())
        panel.focusNextChild()
    missed = [
        control.toolTip()
        for control in controls(panel)
        if control.isEnabled() and control not in reached and control.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert not missed
    assert not [one for one in reached if isinstance(one, QScrollBar)]
    panel.clear()
    store.close()


def test_the_guide_names_the_keys_of_all_actions():
    guide = GUIDE.read_text(encoding="utf-8")
    for action in BODY_ACTIONS:
        assert QKeySequence(action.keys).toString(QKeySequence.SequenceFormat.PortableText) in guide, (
            action.id
        )
