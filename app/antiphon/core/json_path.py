"""The way to one value of a JSON document, as text."""

import re
from collections.abc import Sequence

PathPart = str | int
"""A member's name, or an element's number from 0."""

_NAME = re.compile(r"[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*")
_SHORT_ESCAPES = {
    "\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "'": r"\'", "\\": r"\\",
}  # fmt: skip


def path_text(path: Sequence[PathPart], *, is_short: bool = True) -> str:
    """Return *path* as a JSONPath query that selects this one value.

    Args:
        is_short: Write names that may stand after a dot so (`$.a[0]`); else the normalised form (`$['a'][0]`,
            RFC 9535 section 2.7).
    """
    return "$" + "".join(part_text(part, is_short=is_short) for part in path)


def part_text(part: PathPart, *, is_short: bool = True) -> str:
    """Return one part of a path, its dot or brackets with it."""
    if isinstance(part, int):
        return f"[{part}]"
    if is_short and _NAME.fullmatch(part):
        return f".{part}"
    return f"['{''.join(map(_escaped, part))}']"


def _escaped(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    return (
        f"\\u{ord(character):04x}"
        if ord(character) < 0x20 or 0xD800 <= ord(character) < 0xE000
        else character
    )
