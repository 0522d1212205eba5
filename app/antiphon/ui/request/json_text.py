"""JSON as it is typed, `{{variables}}` included: its tokens for colouring, its layout, and the place of a fault.

A variable may stand for any value, so it is put aside as a number before anybody looks at the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.body.pretty import JsonPrinter
from antiphon.core.template import references

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))'
    r'|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<constant>\b(?:true|false|null)\b)"
    r"|(?P<punctuation>[{}\[\],:]+)"
)
_SEVENS = re.compile("7+")


@dataclass(frozen=True, slots=True)
class JsonToken:
    """Characters from *start* to *end* of a line; *kind* is also the token of the colour."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class JsonFault:
    """What is wrong first; *line* and *column* count from 1."""

    line: int
    column: int
    sentence: str


def json_tokens(line: str) -> Iterator[JsonToken]:
    """Yield the tokens of one *line*; JSON has none that goes over a line's end."""
    for match in _TOKEN.finditer(line):
        yield JsonToken(match.start(), match.end(), match.lastgroup or "punctuation")


def json_fault(text: str) -> JsonFault | None:
    """Return the first fault of *text* as JSON; None for valid or blank text."""
    if not text.strip():
        return None
    plain = _with_variables_as(text, lambda length: "1" * length).encode("utf-8", "replace")
    printer = JsonPrinter()
    printer.feed(plain)
    printer.finish()
    if printer.fault is None:
        return None
    before = plain[: printer.fault.offset].decode("utf-8", "replace")
    line = before.count("\n") + 1
    return JsonFault(line, len(before) - (before.rfind("\n") + 1) + 1, printer.fault.sentence)


def laid_out_json(text: str) -> str | None:
    """Return *text* with one member or item a line, or None where it is not JSON.

    No parse: numbers keep every digit, strings every escape, and variables stay whole.
    """
    mark = _mark_for(text)
    printer = JsonPrinter()
    plain = _with_variables_as(text, lambda _length: mark)
    shown = (printer.feed(plain.encode("utf-8", "surrogatepass")) + printer.finish()).decode(
        "utf-8", "surrogatepass"
    )
    if printer.fault is not None:
        return None
    for reference in references(text):
        shown = shown.replace(mark, text[reference.start : reference.end], 1)
    return shown


def _mark_for(text: str) -> str:
    """Return a number that stands nowhere in *text*, and cannot come about where it meets other digits."""
    longest = max((len(run) for run in _SEVENS.findall(text)), default=0)
    return f"1{'7' * (longest + 1)}1"


def _with_variables_as(text: str, stand_in) -> str:
    """Return *text* with `stand_in(length)` in place of every variable of that length."""
    pieces, position = [], 0
    for reference in references(text):
        pieces += [text[position : reference.start], stand_in(reference.end - reference.start)]
        position = reference.end
    return "".join([*pieces, text[position:]])
