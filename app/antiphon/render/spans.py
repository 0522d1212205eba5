"""Which characters of a row have which colour: JSON by its tokens, other languages by pygments."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from antiphon.render.media import Language

Shade = Literal["key", "string", "number", "constant", "punctuation", "faint"]
"""A colour token of the theme."""


class Span(NamedTuple):
    """*length* characters from *start* that have one colour; what no span covers is plain text."""

    start: int
    length: int
    shade: Shade


OPENINGS = ("", '"', '"\\')
"""What the row lacks at its front, by the state of strings before it (`antiphon.body.strings`)."""

_JSON = re.compile(
    r'"(?P<string>[^"\\]*+(?:\\.[^"\\]*+)*+\\?+"?+)(?P<colon>\s*+:)?+'
    r"|(?P<number>-?\d[\d.eE+-]*+)|(?P<constant>true|false|null)|(?P<punctuation>[{}\[\],:]++)"
)

LEXERS: dict[Language, tuple[str, str]] = {
    "xml": ("pygments.lexers.html", "XmlLexer"),
    "svg": ("pygments.lexers.html", "XmlLexer"),
    "html": ("pygments.lexers.html", "HtmlLexer"),
    "javascript": ("pygments.lexers.javascript", "JavascriptLexer"),
    "css": ("pygments.lexers.css", "CssLexer"),
    "yaml": ("pygments.lexers.data", "YamlLexer"),
}
"""Languages that pygments colours, with module and class of the lexer: only what is needed is imported."""

_SHADES: tuple[tuple[str, Shade], ...] = (
    ("Token.Comment", "faint"),
    ("Token.Name.Tag", "key"),
    ("Token.Name.Attribute", "constant"),
    ("Token.Name.Entity", "constant"),
    ("Token.Name.Property", "key"),
    ("Token.Name.Class", "key"),
    ("Token.Name.Function", "key"),
    ("Token.Keyword", "constant"),
    ("Token.Name.Constant", "constant"),
    ("Token.Literal.Number", "number"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Scalar", "string"),
    ("Token.Punctuation", "punctuation"),
    ("Token.Operator", "punctuation"),
)


def json_spans(text: str, state: int = 0) -> list[Span]:
    """Return the spans of one row of JSON, valid or not.

    Args:
        state: State of strings before the row (`antiphon.body.strings`): not 0 where a forced break cut a string.
    """
    lacking = OPENINGS[state]
    shift = len(lacking)
    found = []
    for match in _JSON.finditer(lacking + text):
        start, end, shade = _json_span(match)
        start = max(start, shift)
        if start < end:
            found.append(Span(start - shift, end - start, shade))
        if match["colon"]:
            found.append(Span(match.end() - 1 - shift, 1, "punctuation"))
    return found


def _json_span(match: re.Match[str]) -> tuple[int, int, Shade]:
    if match["string"] is not None:
        return match.start(), match.end("string"), "key" if match["colon"] else "string"
    if match["number"] is not None:
        return match.start(), match.end(), "number"
    return match.start(), match.end(), "constant" if match["constant"] else "punctuation"


def block_spans(language: Language, rows: Sequence[str]) -> list[list[Span]]:
    """Return the spans of each of *rows*, read together by pygments as one text.

    Slow, 0.4 to 7 MB/s: for the visible rows only, outside the window's thread.
    """
    spans: list[list[Span]] = [[] for _ in rows]
    if language not in LEXERS:
        return spans
    row, column = 0, 0
    for shade, value in _tokens(language, "\n".join(rows)):
        pieces = value.split("\n")
        for number, piece in enumerate(pieces):
            if number:
                row, column = row + 1, 0
            if piece and shade and row < len(spans):
                spans[row].append(Span(column, len(piece), shade))
            column += len(piece)
    return spans


def _tokens(language: Language, text: str) -> Iterator[tuple[Shade | None, str]]:
    from importlib import import_module

    module, name = LEXERS[language]
    lexer = getattr(import_module(module), name)(stripnl=False, stripall=False, ensurenl=False)
    for kind, value in lexer.get_tokens(text):
        yield _shade(str(kind)), value


def _shade(kind: str) -> Shade | None:
    return next((shade for prefix, shade in _SHADES if kind.startswith(prefix)), None)
