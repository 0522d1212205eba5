"""Results of a filter as text: laid out JSON, or one piece of markup after the other."""

from antiphon.body.pretty import JsonPrinter
from antiphon.core.exact_json import json_text
from antiphon.render.filter_document import FilterDocument, Result
from antiphon.render.filter_sheet import Write


class ResultText:
    """Takes results one by one and writes them; `close` ends the text.

    Args:
        has_paths: Write an object of paths and values, for markup of paths and texts.
    """

    def __init__(self, document: FilterDocument, write: Write, *, has_paths: bool) -> None:
        self._document = document
        self._write = write
        self._has_paths = has_paths
        self._is_json = document.is_json or has_paths
        self._printer = JsonPrinter()
        self._lead = "{" if has_paths else "["
        self._is_empty = True

    def add(self, result: Result) -> None:
        if not self._is_json:
            self._write(_encoded(("" if self._is_empty else "\n") + self._document.text(result[1])))
        else:
            self._print(self._lead + self._named(result))
            self._lead = ","
        self._is_empty = False

    def close(self) -> None:
        if self._is_json:
            self._print((self._lead if self._is_empty else "") + ("}" if self._has_paths else "]"))
            self._write(self._printer.finish())

    def _named(self, result: Result) -> str:
        text = self._document.text(result[1])
        if not self._has_paths:
            return text
        text = text if self._document.is_json else json_text(text)
        return f"{json_text(self._document.path(result))}:{text}"

    def _print(self, text: str) -> None:
        self._write(self._printer.feed(_encoded(text)))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
