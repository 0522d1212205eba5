"""The ways to show a body, in the order of their buttons; one begins in the first that fits, or that says so."""

from collections.abc import Callable
from dataclasses import dataclass

from antiphon.body.printers.languages import LAID_OUT
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_page import BodyPage

PRETTY, RAW = "pretty", "raw"
EVENTS = "events"
_PICTURES: frozenset[Language] = frozenset({"image", "svg"})
_TABLES: frozenset[Language] = frozenset({"csv", "form"})


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to show a body.

    Attributes:
        languages: What it is for; empty for everything.
        make: Makes its page, which imports what it needs only then; None for the rows of text.
        first_for: Languages that begin in this mode, wherever its button stands.
    """

    key: str
    title: str
    languages: frozenset[Language] = frozenset()
    make: Callable[[Theme], BodyPage] | None = None
    first_for: frozenset[Language] = frozenset()

    def fits(self, language: Language) -> bool:
        return not self.languages or language in self.languages


def _tree(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.tree_page import TreePage

    return TreePage(theme)


def _events(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.events_page import EventsPage

    return EventsPage(theme)


def _table(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.table_page import TablePage

    return TablePage(theme)


def _parts(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.parts_page import PartsPage

    return PartsPage(theme)


def _preview(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.preview_page import PreviewPage

    return PreviewPage(theme)


def _hex(theme: Theme) -> BodyPage:
    from antiphon.ui.viewer.hex_page import HexPage

    return HexPage(theme)


MODES = (
    Mode(PRETTY, "Pretty", frozenset(LAID_OUT)),
    Mode(RAW, "Raw"),
    Mode("tree", "Tree", frozenset({"json", "jsonlines"}), _tree),
    Mode(EVENTS, "Events", frozenset({"sse", "jsonlines"}), _events, frozenset({"sse"})),
    Mode("table", "Table", _TABLES, _table, _TABLES),
    Mode("parts", "Parts", frozenset({"multipart"}), _parts, frozenset({"multipart"})),
    Mode("preview", "Preview", _PICTURES | {"html"}, _preview, _PICTURES),
    Mode("hex", "Hex", make=_hex, first_for=frozenset({"binary"})),
)


def modes_of(language: Language) -> list[Mode]:
    """Return the modes that a body in *language* can be shown in."""
    return [mode for mode in MODES if mode.fits(language)]


def mode_of(language: Language, wanted: str | None) -> Mode:
    """Return the mode called *wanted* if it fits *language*, else the one that such a body begins in."""
    fitting = modes_of(language)
    chosen = next((mode for mode in fitting if mode.key == wanted), None)
    return chosen or next((mode for mode in fitting if language in mode.first_for), fitting[0])
