"""Namespaces of an XML document and the prefixes that stand for them in expressions and titles."""

import re
from collections.abc import Iterable
from html import unescape
from itertools import chain, count
from typing import Any

DEFAULT_PREFIX = "d"
"""What stands in an expression for the namespace that a document uses without a prefix."""
PREFIX_LIMIT = 100
_DECLARED_CHARS = 1000
_DECLARED = re.compile(r"""\sxmlns(?::([^\s=:"'<>/]+))?\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


class DeclaredNamespaces:
    """Prefixes and namespaces in the order of a document, looked for in its text: a tree tells them for each element only."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], None] = {}
        self._before = ""

    def feed(self, piece: str) -> None:
        """Look through the next piece of the text."""
        if len(self.found) < PREFIX_LIMIT and "xmlns" in (text := self._before + piece):
            for one in _DECLARED.finditer(text):
                self.found.setdefault((one[1] or "", unescape(one[2] or one[3] or "")))
        self._before = (self._before + piece)[-_DECLARED_CHARS:]


def prefixes(root: Any, declared: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Return the namespaces that an expression may use by prefix.

    Args:
        declared: Prefixes, empty for none, and their namespaces in the order of the document.

    What the root declares comes first, then what is declared deeper. Namespaces without a prefix, or whose prefix has
    another meaning before, are `d`, `d2`, `d3` ...
    """
    names = {prefix: namespace for prefix, namespace in root.nsmap.items() if prefix}
    if default := root.nsmap.get(None):  # `xmlns=""` is none
        names[_free_name(names)] = default
    for prefix, namespace in declared:
        if not namespace or len(names) >= PREFIX_LIMIT:
            continue
        if prefix and prefix not in names:
            names[prefix] = namespace
        elif namespace not in names.values():
            names[_free_name(names)] = namespace
    return names


def _free_name(names: dict[str, str]) -> str:
    numbered = (f"{DEFAULT_PREFIX}{number}" for number in count(2))
    return next(name for name in chain([DEFAULT_PREFIX], numbered) if name not in names)


def short_name(name: str, element: Any) -> str:
    """Return *name* with the document's prefix in place of its namespace."""
    if not name.startswith("{"):
        return name
    namespace, _brace, local = name[1:].partition("}")
    prefix = next((known for known, full in element.nsmap.items() if full == namespace and known), None)
    return f"{prefix}:{local}" if prefix else local
