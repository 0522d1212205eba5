"""Plain values written as YAML: block style, two spaces, LF, no folding, and nothing that could be read otherwise."""

import re
from collections.abc import Iterable

from antiphon.core.errors import UserError
from antiphon.store.yamltree import Raw, Value, is_not_text

_PLAIN = re.compile(r"[A-Za-z0-9_/](?:[^\n:#]|:(?=\S)|(?<=\S)#)*(?<=\S)|[A-Za-z0-9_/]")
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z0-9_/](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?")
_ESCAPED = re.compile(
    r'["\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]'
)
_NOT_LITERAL = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_SECTIONS = {"info", "http", "request", "runtime", "settings", "examples", "docs", "items", "extensions"}
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


class Quoted(str):
    """A text that is written in quotes even where plain would do: a variable's value."""

    __slots__ = ()


def whole_file(value: dict[str, Value]) -> str:
    """Return a file of *value*, its large sections apart by a blank line."""
    lines = [f"{key(name)}:{after_colon(each, 0)}\n" for name, each in value.items()]
    gaps = ("\n" if at and name in _SECTIONS else "" for at, name in enumerate(value))
    return "".join(gap + line for gap, line in zip(gaps, lines, strict=True))


def after_colon(value: Value, column: int) -> str:
    """Return what follows `key:`, the key standing in *column*: a blank and a scalar, or lines of their own."""
    if isinstance(value, dict) and value:
        return "\n" + _indented(column + 2) + entries(value, column + 2)
    if isinstance(value, list) and value:
        return "\n" + _indented(column + 2) + items(value, column + 2)
    return " " + _leaf(value, column)


def entries(value: dict[str, Value], column: int) -> str:
    """Return the lines of a mapping whose keys stand in *column*; the first line's indentation is left out."""
    lines = (f"{key(name)}:{after_colon(each, column)}" for name, each in value.items())
    return _joined(lines, column)


def items(value: list[Value], column: int) -> str:
    """Return the lines of a list whose dashes stand in *column*; the first line's indentation is left out."""
    return _joined((f"- {item(each, column)}" for each in value), column)


def item(value: Value, column: int) -> str:
    """Return what follows `- `, the dash standing in *column*."""
    if isinstance(value, dict) and value:
        return entries(value, column + 2)
    if isinstance(value, list) and value:
        return items(value, column + 2)
    return _leaf(value, column)


def flow(value: Value) -> str:
    """Return *value* on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key(name)}: {flow(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(each) for each in value) + "]"
        case _:
            return scalar(value, in_flow=True)


def scalar(value: Value, *, style: str = "", in_flow: bool = False) -> str:
    """Return a scalar on one line, in the *style* it had (`'` or `"`) where its text allows."""
    if isinstance(value, Raw):
        return value.text or "null"
    text = str(value)
    if style == "'" and not _ESCAPED.search(text.replace('"', "").replace("\\", "")):
        return "'" + text.replace("'", "''") + "'"
    plain = _PLAIN_IN_FLOW if in_flow else _PLAIN
    if style == '"' or isinstance(value, Quoted) or not plain.fullmatch(text):
        return quoted(text)
    return quoted(text) if is_not_text(text) or not text.isprintable() else text


def quoted(text: str) -> str:
    """Return *text* in double quotes, with escapes only for what could not stand there."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def literal(text: str, column: int) -> str | None:
    """Return *text* as a literal block indented to *column*, from `|` on; None where YAML could not say it so.

    The key or dash before it stands two columns to the left.
    """
    lines = text.split("\n")
    if len(lines) < 2 or not text.strip() or _NOT_LITERAL.search(text) or lines[-1].isspace():
        return None
    if not lines[-1] and not lines[-2].strip():
        return None  # `|+` would take the blank line behind it for its own
    chomp = "-" if lines[-1] else ""
    hint = "2" if text.lstrip("\n")[0].isspace() else ""
    body = lines if lines[-1] else lines[:-1]
    return f"|{hint}{chomp}\n" + "\n".join(_indented(column) + line if line else "" for line in body)


def key(name: str) -> str:
    return scalar(name, in_flow=True)


def _leaf(value: Value, column: int) -> str:
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    block = literal(value, column + 2) if isinstance(value, str) else None
    return scalar(value) if block is None else block


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    number = ord(character)
    if 0xD800 <= number <= 0xDFFF:
        raise UserError(
            "A text holds half a character, which no file can hold.", f"It is U+{number:04X}: delete it."
        )
    short = _SHORT.get(character)
    if short is not None:
        return short
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )


def _indented(column: int) -> str:
    return " " * column


def _joined(lines: Iterable[str], column: int) -> str:
    return ("\n" + _indented(column)).join(lines)
