"""Results of a filter as text: laid out JSON, or one piece of markup after the other."""

from antiphon.core.exact_json import json_text
from antiphon.render.filter_document import FilterDocument, Result
from antiphon.render.filter_sheet import Write

BATCH = 512
BATCH_CHARS = 1 << 14
"""Results that are gathered before they are written together; a large one is not kept waiting."""


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
        self._lead = "{\n  " if has_paths else "[\n  "
        self._is_empty = True
        self._pieces: list[str] = []

    def add(self, result: Result) -> None:
        if self._is_json:
            self._pieces.append(self._lead)
            self._pieces.append(self._named(result))
            self._lead = ",\n  "
        else:
            self._pieces.append(("" if self._is_empty else "\n") + self._document.text(result[1]))
        self._is_empty = False
        if len(self._pieces) >= BATCH or len(self._pieces[-1]) >= BATCH_CHARS:
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        text, self._pieces = "".join(self._pieces).encode("utf-8", "backslashreplace"), []
        self._write(text)

    def close(self) -> None:
        if self._is_json:
            opening, closing = "{}" if self._has_paths else "[]"
            self._pieces.append(opening + closing if self._is_empty else "\n" + closing)
        self.flush()

    def _named(self, result: Result) -> str:
        text = self._document.text(result[1])
        if not self._has_paths:
            return text
        text = text if self._document.is_json else json_text(text)
        return f"{json_text(self._document.path(result))}: {text}"
