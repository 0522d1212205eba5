"""Which printer lays out which language."""

from typing import Final

from antiphon.body.pretty import JsonPrinter
from antiphon.body.printers.printer import Printer

LAID_OUT: Final = ("json", "jsonlines")
"""Languages that have a printer."""


def printer_of(language: str, *, is_quick: bool = False) -> Printer:
    """Return a printer for *language*, one of `LAID_OUT`.

    Args:
        is_quick: Take the one that is quick with large text, and holds the interpreter for longer.
    """
    match language:
        case "json" | "jsonlines" if is_quick:
            from antiphon.body.printers.windows import WindowedJsonPrinter, WindowedLinesPrinter

            return WindowedJsonPrinter() if language == "json" else WindowedLinesPrinter()
        case "json" | "jsonlines":
            return JsonPrinter(is_lines=language == "jsonlines")
    raise ValueError(f"no printer for {language}")
