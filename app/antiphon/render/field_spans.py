"""Colours of rows whose language is too small for a lexer: form bodies and tables of separated values."""

import re
from collections.abc import Callable

from antiphon.render.media import Language
from antiphon.render.spans import Shade, Span

_FORM = re.compile(r"(?P<key>[^&=\s]++)|(?P<value>=(?P<string>[^&\s]*+))|(?P<punctuation>&)")
_CELL = re.compile(
    r'(?P<string>"(?:[^"]|"")*+"?+)|(?P<number>(?<![^,;\t])[-+]?\d[\d.]*+(?:[eE][-+]?\d++)?+(?=[,;\t\r]|\Z))'
    r"|(?P<punctuation>[,;\t])"
)
_SHADES: dict[str, Shade] = {
    "key": "key",
    "string": "string",
    "number": "number",
    "punctuation": "punctuation",
}


def form_spans(text: str) -> list[Span]:
    """Return the spans of one row of a form body: names, values, and what stands between."""
    found: list[Span] = []
    for match in _FORM.finditer(text):
        if match["value"]:
            found.append(Span(match.start(), 1, "punctuation"))
            if match["string"]:
                found.append(Span(match.start() + 1, len(match["string"]), "string"))
        else:
            found.append(_span(match))
    return found


def table_spans(text: str) -> list[Span]:
    """Return the spans of one row of separated values: what is quoted, numbers, and the separators."""
    return [_span(match) for match in _CELL.finditer(text)]


FIELD_SPANS: dict[Language, Callable[[str], list[Span]]] = {"form": form_spans, "csv": table_spans}
"""Languages whose rows are coloured each by itself."""


def _span(match: re.Match[str]) -> Span:
    return Span(match.start(), match.end() - match.start(), _SHADES[match.lastgroup or ""])
