"""JSON as it is typed, `{{variables}}` included: its tokens for colouring, and the place of a fault."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.core.template import references

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))'
    r'|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<constant>\b(?:true|false|null)\b)"
    r"|(?P<punctuation>[{}\[\],:]+)"
)
_ATOM = re.compile(r'"(?:[^"\\]|\\.)*"?|\{\{[^{}]+\}\}|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_OPENING = {"{": "}", "[": "]"}
_CLOSING = {"}", "]"}
_MARKS = {*_OPENING, *_CLOSING, ",", ":"}


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
    """Return the first fault of *text* as JSON, a variable standing for any value; None for valid or blank text."""
    if not text.strip():
        return None
    try:
        json.loads(_plain(text), parse_constant=_refuse, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        return JsonFault(error.lineno, error.colno, error.msg)
    except RecursionError:
        return JsonFault(1, 1, "Nested too deeply")
    except _NoConstantError as error:
        line = text.count("\n", 0, max(0, text.find(error.word))) + 1
        return JsonFault(line, 1, f"{error.word} is no JSON value")
    return None


class _NoConstantError(Exception):
    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _refuse(word: str) -> None:
    raise _NoConstantError(word)


def _plain(text: str) -> str:
    """Return *text* with every variable replaced by a number of the same length."""
    pieces, position = [], 0
    for reference in references(text):
        pieces += [text[position : reference.start], "1" * (reference.end - reference.start)]
        position = reference.end
    return "".join([*pieces, text[position:]])


def laid_out_json(text: str, indent: str = "  ") -> str:
    """Return *text* with one member or item a line; only white space between tokens changes, faults stay.

    No parse: numbers keep every digit, strings every escape, and `{{variables}}` stay whole.
    """
    lines: list[str] = [""]
    depth = 0
    atoms = [match.group() for match in _ATOM.finditer(text)]
    for number, atom in enumerate(atoms):
        after = atoms[number + 1] if number + 1 < len(atoms) else ""
        if atom in _OPENING:
            lines[-1] += atom
            if after != _OPENING[atom]:
                depth += 1
                lines.append(indent * depth)
        elif atom in _CLOSING:
            if number and _OPENING.get(atoms[number - 1]) != atom:
                depth = max(0, depth - 1)
                if lines[-1].strip():
                    lines.append("")
                lines[-1] = indent * depth
            lines[-1] += atom
        elif atom == ",":
            lines[-1] += atom
            lines.append(indent * depth)
        else:
            lines[-1] += ": " if atom == ":" else atom
            if after and after not in _MARKS and atom not in _MARKS:
                lines[-1] += " "
    return "\n".join(line.rstrip() if not line.strip() else line for line in lines)
