"""What rows a table of a JSON body would have, told from its first bytes: an expression to begin with."""

import re

from antiphon.render.media import Language

STARTS_BYTES = 1 << 16
"""So much of a body is looked through."""
_LIST = re.compile(r'(?<!\\)"((?:[^"\\\x00-\x1f]|\\["\\/bfnrt])*)"\s*:\s*\[\s*\{')
_SHORT = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def suggested(language: Language, start: bytes) -> str:
    """Return an expression for the items of the list that a body begins with, or of its first list of objects; "" for none.

    Args:
        start: Its first bytes, in UTF-8 or another charset in which ASCII is ASCII.
    """
    text = start.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if language == "jsonlines" or (language == "json" and text.startswith("[")):
        return "$[*]"
    found = _LIST.search(text) if language == "json" else None
    if found is None:
        return ""
    name = found[1]
    return f"$..{name}[*]" if _SHORT.fullmatch(name) else f'$..["{name}"][*]'
