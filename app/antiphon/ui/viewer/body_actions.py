"""What keys do with a body, as one table: for the panel that shows it, and for the window around it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import SignalInstance
from PySide6.QtGui import QKeyEvent, QKeySequence

from antiphon.ui.viewer.bars import Bars
from antiphon.ui.viewer.encodings import Encodings
from antiphon.ui.widgets.buttons import QuietButton


class Acted(Protocol):
    """The panel that shows the body."""

    bars: Bars
    encodings: Encodings
    wrap: QuietButton
    more: QuietButton
    save_button: QuietButton
    open_requested: SignalInstance

    def go_to_fault(self) -> None: ...
    def toggle_invisible(self) -> None: ...
    def enter(self) -> None: ...


@dataclass(frozen=True, slots=True)
class BodyAction:
    """Something that can be done with a body, wherever the focus is in the request's page."""

    id: str
    title: str
    keys: str
    run: Callable[[Acted], object]
    is_anywhere: bool = False
    """Its keys mean nothing else outside the request's page."""


BODY_ACTIONS = (
    BodyAction("body.enter", "Go to the response body", "Ctrl+Shift+L", lambda body: body.enter(), True),
    BodyAction(
        "body.next_match", "Next match in the response", "F3", lambda body: body.bars.find_next(1), True
    ),
    BodyAction(
        "body.previous_match",
        "Match before in the response",
        "Shift+F3",
        lambda body: body.bars.find_next(-1),
        True,
    ),
    BodyAction("body.fault", "Go to what is wrong with the body", "F8", lambda body: body.go_to_fault()),
    BodyAction("body.wrap", "Wrap long lines", "Alt+Z", lambda body: body.wrap.click()),
    BodyAction("body.invisible", "Invisible characters", "Alt+I", lambda body: body.toggle_invisible()),
    BodyAction(
        "body.encoding", "Encoding of the response…", "Alt+E", lambda body: body.encodings.open_menu()
    ),
    BodyAction("body.save", "Save the body…", "Alt+S", lambda body: body.save_button.click()),
    BodyAction("body.open", "Open the body in its program", "Alt+O", lambda body: body.open_requested.emit()),
    BodyAction("body.more", "More for the body", "Alt+M", lambda body: body.more.click()),
)


def action_of(event: QKeyEvent) -> BodyAction | None:
    """Return what the keys of *event* do, None where they do nothing here."""
    pressed = QKeySequence(event.keyCombination())
    return next((action for action in BODY_ACTIONS if QKeySequence(action.keys) == pressed), None)
