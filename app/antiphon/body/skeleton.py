"""What is left of JSON text when strings, scalars and whole containers are taken out: brackets and commas.

A few calls of C per 4 KiB do the work, so that the structure of 100 MB is counted in half a second without any library.
"""

import re
from typing import Final

from antiphon.body.strings import ESCAPED, INSIDE, OUTSIDE

VALUE: Final = ord("v")
"""In lists of tokens, beside the brackets and the comma: here a line of JSON Lines has its first byte."""

_STRUCTURE = b"[]{},"
_OTHERS = bytes(sorted(set(range(256)) - set(_STRUCTURE)))
_WHOLE = re.compile(rb"\[,*+\]|\{,*+\}")
_PASSES = 16
"""Levels that end inside one cell and are taken out by the expression; more are counted one by one."""

# JSON Lines: everything that is not white space stays, as an x, to tell lines from blank ones.
_BLANK = b" \t\r\x0b\x0c:"
_MARKS = bytes(byte if byte in _STRUCTURE + b"\n" else ord("x") for byte in range(256))
_WHOLE_MARKED = re.compile(rb"\[[,x\n]*+\]|\{[,x\n]*+\}")

_REST_OF_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*"?', re.DOTALL)
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"?'
_TOKENS = re.compile(_STRING + rb'|\\[\\"]|[\[\]{},]', re.DOTALL)
_LINE_TOKENS = re.compile(_STRING + rb'|\\[\\"]|[\[\]{},\n]|[^\s"\[\]{},:]++', re.DOTALL)
_PARTNERS = {ord("]"): ord("["), ord("}"): ord("{")}
_OPENING, _CLOSING = frozenset(b"[{"), frozenset(b"]}")


def skeleton(text: bytes, state: int, *, is_lines: bool = False) -> tuple[bytes, int, bool]:
    """Return the brackets and commas of *text* that belong to no container within it.

    With them come the string state after *text*, and whether any string begins or ends in it.

    Args:
        state: Of strings before *text*, as in `body.strings`; but a newline ends no string here.
        is_lines: Keep newlines, too, and an `x` for what is neither structure nor white space.
    """
    if state == ESCAPED:
        text, state = text[1:], INSIDE
    ends_escaped = False
    if b"\\" in text:
        ends_escaped = bool((len(text) - len(text.rstrip(b"\\"))) & 1)
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    pieces = text.split(b'"')
    after = (state + len(pieces) - 1) & 1
    outside = pieces[state::2]
    if is_lines:
        # An x for each string: also for one that only ends here.
        joined = (b'"' if state == INSIDE else b"") + b'"'.join(outside) + (b'"' if after == INSIDE else b"")
        bare = joined.translate(_MARKS, _BLANK)
        reduced = _reduced(bare, _WHOLE_MARKED, b"x")
    else:
        reduced = _reduced(b"".join(outside).translate(None, _OTHERS), _WHOLE, b"")
    return reduced, ESCAPED if after == INSIDE and ends_escaped else after, len(pieces) > 1


def tokens(text: bytes, state: int, *, is_lines: bool = False) -> list[tuple[int, int]]:
    """Return place and byte of each bracket and comma of *text* that is in no string; of newlines where *is_lines*.

    Where *is_lines*, `VALUE` stands at strings and words, too: some of them are the first byte of a line.
    """
    place = 1 if state == ESCAPED else 0
    if state != OUTSIDE:
        rest = _REST_OF_STRING.match(text, place)
        place = rest.end() if rest else place
    pattern = _LINE_TOKENS if is_lines else _TOKENS
    found = [(match.start(), text[match.start()]) for match in pattern.finditer(text, place)]
    if is_lines:
        structure = frozenset(_STRUCTURE + b"\n")
        return [(at, byte if byte in structure else VALUE) for at, byte in found]
    return [token for token in found if token[1] not in b'"\\']


def _reduced(text: bytes, whole: re.Pattern[bytes], instead: bytes) -> bytes:
    """Return *text* with every container that begins and ends in it replaced."""
    for _turn in range(_PASSES):
        rest = whole.sub(instead, text)
        if len(rest) == len(text):
            return rest
        text = rest
    return _reduced_by_hand(text, instead)


def _reduced_by_hand(text: bytes, instead: bytes) -> bytes:
    out = bytearray()
    opened: list[int] = []
    for byte in text:
        if byte in _CLOSING and opened and out[opened[-1]] == _PARTNERS[byte]:
            del out[opened.pop() :]
            out += instead
            continue
        if byte in _OPENING:
            opened.append(len(out))
        elif byte in _CLOSING:
            opened.clear()  # it fits nothing: what was open before it can never end
        out.append(byte)
    return bytes(out)
