"""The ways to show a body, in the order of their buttons; the first that fits is where one begins."""

from collections.abc import Callable
from dataclasses import dataclass

from antiphon.body.printers.languages import LAID_OUT
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage

PRETTY, RAW = "pretty", "raw"
EVENTS, LINES = "events", "lines"


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to show a body.

    Attributes:
        languages: What it is for; empty for everything.
        make: Makes its page, which imports what it needs only then; None for the rows of text.
    """

    key: str
    title: str
    languages: frozenset[Language] = frozenset()
    make: Callable[[Theme], BodyPage] | None = None

    def fits(self, language: Language) -> bool:
        return not self.languages or language in self.languages


def _events(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.events_page import EventsPage

    return EventsPage(theme)


MODES = (
    Mode(EVENTS, "Events", frozenset({"sse"}), _events),
    Mode(PRETTY, "Pretty", frozenset(LAID_OUT)),
    Mode(RAW, "Raw"),
    Mode(LINES, "Events", frozenset({"jsonlines"}), _events),
)


def modes_of(language: Language) -> list[Mode]:
    """Return the modes that a body in *language* can be shown in."""
    return [mode for mode in MODES if mode.fits(language)]
