"""Which printer lays out which language."""

from typing import Final

from antiphon.body.pretty import JsonPrinter
from antiphon.body.printers.printer import Printer

LAID_OUT: Final = ("json", "jsonlines", "xml", "svg", "html", "css", "javascript", "form")
"""Languages that have a printer."""


class FormPrinter:
    """A `Printer` of form bodies: a row for each field."""

    @property
    def fault(self) -> None:
        return None

    def feed(self, chunk: bytes) -> bytes:
        """Return *chunk* with its fields on rows."""
        return chunk.replace(b"&", b"&\n")

    def finish(self) -> bytes:
        return b""


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
        case "xml" | "svg":
            from antiphon.body.printers.xml import XmlPrinter

            return XmlPrinter()
        case "html":
            from antiphon.body.printers.html import HtmlPrinter

            return HtmlPrinter()
        case "css":
            from antiphon.body.printers.css import CssPrinter

            return CssPrinter()
        case "javascript":
            from antiphon.body.printers.javascript import JavaScriptPrinter

            return JavaScriptPrinter()
        case "form":
            return FormPrinter()
    raise ValueError(f"no printer for {language}")
