"""JSON values whose numbers keep the text that they were written with: `1.0` stays `1.0`, a long integer whole.

What parsing loses all the same: of names that an object has twice the last value wins, blanks and the spelling of
escapes are gone.
"""

import json
import re
from collections.abc import Callable, Sequence
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

Layout = Sequence[tuple[str, str, str, str]]
"""For each depth what comes before the first item, between items, after the last one, and between name and value."""

DEEPEST_INDENT = 100
"""Levels beyond this one stay in one row, as in a body that is laid out."""
ON_ONE_LINE: Layout = (("", ", ", "", ": "),)
LAID_OUT: Layout = (
    *(
        ("\n" + "  " * (depth + 1), ",\n" + "  " * (depth + 1), "\n" + "  " * depth, ": ")
        for depth in range(DEEPEST_INDENT)
    ),
    ("", ",", "", ": "),
)
"""As `antiphon.body.pretty` does it."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class ExactFloat(float):
    """A number that compares as a float and is written as `text`."""

    __slots__ = ("text",)
    text: str


def parsed(text: str) -> Any:
    """Return the JSON in *text*; a number that Python would write in another way is an `ExactFloat`.

    Raises:
        ValueError: It is not JSON (`json.JSONDecodeError` where the place is known).
        RecursionError: It is nested too deeply.
    """
    text = text.removeprefix("\ufeff")
    return json.loads(text, parse_int=_whole, parse_float=_broken, parse_constant=_refused)


def json_text(value: Any, layout: Layout = ON_ONE_LINE, depth: int = 0) -> str:
    """Return *value* as JSON, numbers as they were written; a lone surrogate is written as an escape.

    Args:
        depth: Levels that *value* stands in already, where *layout* moves lines to the right.
    """
    spell = _SPELLED.get(type(value))
    if spell is not None:
        return spell(value)
    out: list[str] = []
    _write(value, out, layout, depth)
    return "".join(out)


def _write(value: dict[str, Any] | list[Any], out: list[str], layout: Layout, depth: int) -> None:
    """Append *value*, a container, to *out*: dispatched by exact types, since there are millions of values."""
    inner, comma, outer, colon = layout[min(depth, len(layout) - 1)]
    if not value:
        out.append("{}" if isinstance(value, dict) else "[]")
    elif isinstance(value, dict):
        lead = "{" + inner
        for name, member in value.items():
            spell = _SPELLED.get(type(member))
            if spell is None:
                out.append(f"{lead}{_quoted(name)}{colon}")
                _write(member, out, layout, depth + 1)
            else:
                out.append(f"{lead}{_quoted(name)}{colon}{spell(member)}")
            lead = comma
        out.append(outer + "}")
    else:
        lead = "[" + inner
        for item in value:
            spell = _SPELLED.get(type(item))
            if spell is None:
                out.append(lead)
                _write(item, out, layout, depth + 1)
            else:
                out.append(lead + spell(item))
            lead = comma
        out.append(outer + "]")


def _quoted(text: str) -> str:
    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


_SPELLED: dict[type, Callable[[Any], str]] = {
    str: _quoted,
    ExactFloat: attrgetter("text"),
    int: int.__repr__,
    float: float.__repr__,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _value: "null",
}


def _whole(text: str) -> int | ExactFloat:
    """Return the number; one beyond the interpreter's limit (4,300 digits) compares as a float."""
    if text == "-0":
        return _exact(text)
    try:
        return int(text)
    except ValueError:
        return _exact(text)


def _broken(text: str) -> float:
    number = float(text)
    return number if repr(number) == text else _exact(text)


def _exact(text: str) -> ExactFloat:
    number = ExactFloat(text)
    number.text = text
    return number


def _refused(word: str) -> Any:
    raise ValueError(f"{word} is not JSON (RFC 8259 section 6)")
