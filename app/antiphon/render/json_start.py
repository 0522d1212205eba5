"""Whether text that says nothing of itself is JSON: its beginning has to read as JSON, not its first character only.

A log begins like JSON, too (`[2026-11-25 10:00:01] started`, `{not json`).
"""

import json
import re
from typing import Literal

Kind = Literal["json", "jsonlines", "text"]

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")
_LIKELY = re.compile(r'\{\s*(?:"|\}|$)|\[')
_NAMED = re.compile(r'(?:\[\s*)?\{\s*"[^"\n]*"\s*:')
"""A member of an object: what begins like that is meant as JSON, and a fault in it is told."""
_BEGUN = re.compile(r"\s*(?:-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?|[.eE][+-]?\d*)?$")
"""What is left where the text ends inside a word or a number."""
_ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,4})?$")


def json_kind(start: str) -> Kind:
    """Return what text is that begins with *start*, which may end anywhere: JSON, a value on each line, or neither."""
    place, is_on_lines, count = _blanks_end(start, 0), True, 0
    while place < len(start) or not count:
        end = _value_end(start, place)
        if end is None:
            return "text"
        following = _blanks_end(start, end)
        is_last = following == len(start)
        is_on_lines &= "\n" not in start[place:end] and (is_last or "\n" in start[end:following])
        place, count = following, count + 1
    return "jsonlines" if count > 1 and is_on_lines else "json"


def _value_end(start: str, place: int) -> int | None:
    """Return where the value at *place* ends, the end of the text where it has a fault; None for what is no JSON."""
    if not _LIKELY.match(start, place):
        return None
    try:
        return _DECODER.raw_decode(start, place)[1]
    except RecursionError:
        return len(start)
    except json.JSONDecodeError as error:
        is_meant = _may_go_on(start, error) or _NAMED.match(start, place)
        return len(start) if is_meant else None


def _may_go_on(start: str, error: json.JSONDecodeError) -> bool:
    """Whether the fault is that the text ends."""
    is_cut = error.msg.startswith("Unterminated string") or _ESCAPE_BEGUN.search(start)
    return bool(is_cut or _BEGUN.match(start, error.pos))


def _blanks_end(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    assert found is not None
    return found.end()
