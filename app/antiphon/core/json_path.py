"""The way to one value of a JSON document, as text."""

from collections.abc import Sequence

PathPart = str | int
"""A member's name, or an element's number from 0."""

_SHORT_ESCAPES = {
    "\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", "'": r"\'", "\\": r"\\",
}  # fmt: skip


def path_text(path: Sequence[PathPart], *, is_short: bool = True) -> str:
    """Return *path* as a JSONPath query that selects this one value.

    Args:
        is_short: Write names of letters, digits and underscores after a dot (`$.a[0]`); else the normalised form (`$['a'][0]`,
            RFC 9535 section 2.7).
    """
    return "$" + "".join(part_text(part, is_short=is_short) for part in path)


def part_text(part: PathPart, *, is_short: bool = True) -> str:
    """Return one part of a path, its dot or brackets with it."""
    if isinstance(part, int):
        return f"[{part}]"
    if is_short and part.isidentifier():
        return f".{part}"
    return f"['{''.join(map(_escaped, part))}']"


def _escaped(character: str) -> str:
    short = _SHORT_ESCAPES.get(character)
    if short is not None:
        return short
    is_unprinted = ord(character) < 0x20 or 0xD800 <= ord(character) < 0xE000
    return f"\\u{ord(character):04x}" if is_unprinted else character
