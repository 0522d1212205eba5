"""JSON values whose numbers keep the text that they were written with: `1.0` stays `1.0`, a long integer whole.

What parsing loses all the same: of names that an object has twice the last value wins, blanks and the spelling of
escapes are gone.
"""

import json
import re
from typing import Any

_encoded = json.JSONEncoder(ensure_ascii=False).encode
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


def json_text(value: Any, separators: tuple[str, str] = (", ", ": ")) -> str:
    """Return *value* as JSON on one line, numbers as they were written; a lone surrogate is written as an escape."""
    out: list[str] = []
    _write(value, out, *separators)
    return "".join(out)


def _write(value: Any, out: list[str], comma: str, colon: str) -> None:
    match value:
        case str():
            out.append(_quoted(value))
        case ExactFloat():
            out.append(value.text)
        case dict():
            lead = "{"
            for name, member in value.items():
                out.append(f"{lead}{_quoted(name)}{colon}")
                _write(member, out, comma, colon)
                lead = comma
            out.append("}" if value else "{}")
        case list():
            lead = "["
            for item in value:
                out.append(lead)
                _write(item, out, comma, colon)
                lead = comma
            out.append("]" if value else "[]")
        case _:
            out.append(_encoded(value))


def _quoted(text: str) -> str:
    quoted = _encoded(text)
    if quoted.isascii():
        return quoted
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


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
