"""Where matches may be, told by a fast engine: an expression over bytes that finds at least what Python's `re` finds.

The tree of the expression is written anew in the words of Hyperscan, always so that it matches in at least the
places where the original does: look-arounds and boundaries are left out unless they can be kept, a character beyond
ASCII stands for any few bytes beyond ASCII. `re` then decides in those places; where there are none, it need not look.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from antiphon.body.shape import Node, children, inner_flags, member_of, ops, parsed

_ASCII = [chr(code) for code in range(128)]
_HIGH = r"\x80-\xff"
_ANY_HIGH = rf"[{_HIGH}]{{1,4}}"
_MOST_REPEATS = 64
_REPEATS = {ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT}
_ONE_CHARACTER = {ops.LITERAL, ops.NOT_LITERAL, ops.ANY, ops.IN}
_SIZE_LIMIT = 4000


class NoSieveError(Exception):
    """The expression cannot be sieved."""


class Sieve:
    """Finds candidates for matches of *pattern* in bytes of a charset.

    Raises:
        NoSieveError: There is no engine, it cannot take the expression, or the expression may match nothing at all.
    """

    def __init__(self, pattern: re.Pattern[str], charset: str) -> None:
        writer = _Writer(pattern, charset)
        source = writer.written()
        self.is_exact = writer.is_exact
        """Whether every candidate is a match, if they overlap the first of them."""
        self.is_exact_in_ascii = writer.is_exact_in_ascii
        """Whether one in ASCII is a match if it has the one length that matches have, and touches no end of the text."""
        self.width = writer.width if writer.is_exact else 0
        """Bytes of every match, if candidates are matches and have all the same length; else 0."""
        self._scan = _compiled(source, with_starts=not self.width)

    def candidates(self, text: memoryview) -> list[tuple[int, int]]:
        """Return start and end, by start: each match begins in one of them, though not always at its start."""
        if self.width:
            return [(end - self.width, end) for end in self.ends(text)]
        found: list[tuple[int, int]] = []
        keep = found.append
        self._scan(text, lambda _id, start, end, _flags, _context: keep((start, end)))
        found.sort()
        return found

    def ends(self, text: memoryview) -> list[int]:
        """Return where candidates of one `width` end."""
        found: list[int] = []
        keep = found.append
        self._scan(text, lambda _id, _start, end, _flags, _context: keep(end))
        found.sort()
        return found


def lines_beyond_ascii(text: bytes, first: int) -> list[tuple[int, int]]:
    """Return start and end of the lines, from that at *first* on, with other characters than those of ASCII."""
    ends: list[int] = []
    keep = ends.append
    _lines_scan()(memoryview(text)[first:], lambda _id, _start, end, _flags, _context: keep(end))
    lines = [(text.rfind(b"\n", 0, first + end - 1) + 1, first + end) for end in ends]
    tail = text.rfind(b"\n") + 1
    if not text[tail:].isascii():
        lines.append((tail, len(text)))
    return lines


@lru_cache(maxsize=1)
def _lines_scan() -> "_Scan":
    return _compiled(r"[\x80-\xff][\x00-\x09\x0b-\x7f]*\n", with_starts=False)


_Scan = Callable[[memoryview, Callable[[int, int, int, int, object], None]], None]


def _compiled(source: str, *, with_starts: bool = True) -> _Scan:
    try:
        import hyperscan as engine
    except ImportError as error:  # there is no wheel for this platform
        raise NoSieveError("no engine") from error
    flags = engine.HS_FLAG_MULTILINE | engine.HS_FLAG_DOTALL
    flags |= engine.HS_FLAG_SOM_LEFTMOST if with_starts else 0
    database = engine.Database(mode=engine.HS_MODE_BLOCK)
    try:
        database.compile(expressions=[source.encode("ascii")], ids=[0], elements=1, flags=[flags])
    except engine.error as error:
        raise NoSieveError(str(error)) from error

    def scan(text: memoryview, take: Callable[[int, int, int, int, object], None]) -> None:
        try:
            database.scan(text, match_event_handler=take)  # type: ignore[type-var]  # it takes any buffer
        except engine.error as error:
            raise NoSieveError(str(error)) from error

    return scan


class _Writer:
    """Writes the tree of an expression as one for the engine, in ASCII."""

    def __init__(self, pattern: re.Pattern[str], charset: str) -> None:
        self._tree = parsed(pattern)
        self._flags = pattern.flags
        self._charset = charset
        self._is_utf8 = charset == "utf-8"
        self._groups: dict[int, Any] = {}
        self._size = 0
        self.is_exact_in_ascii = True
        self.is_exact = all(op == ops.LITERAL for op, _argument in self._tree)
        if not self._is_utf8 and not has_one_byte_characters(charset):
            raise NoSieveError("characters of several bytes that hide in others")

    @property
    def width(self) -> int:
        """How many bytes a match has, if it is a row of characters that are as long as all their variants; else 0."""
        rows = [self._encodings(argument, self._flags) for _op, argument in self._tree]
        widths = [{len(encoded) for encoded in row} for row in rows]
        return sum(map(max, widths)) if all(len(width) == 1 for width in widths) else 0

    def written(self) -> str:
        if self._tree.getwidth()[0] == 0:
            raise NoSieveError("it may match nothing")
        return self._sequence(_without_tail(list(self._tree)), self._flags)

    def _sequence(self, nodes: Iterable[Node], flags: int) -> str:
        listed = list(nodes)
        words = []
        for index, (op, argument) in enumerate(listed):
            if _is_word_edge(op, argument):
                words.append(self._edge(op, argument, listed, index, flags))
            else:
                words.append(self._node(op, argument, flags))
        text = "".join(words)
        self._size += len(text)
        if self._size > 20 * _SIZE_LIMIT or len(text) > _SIZE_LIMIT:
            raise NoSieveError("too long")
        return text

    def _node(self, op: Any, argument: Any, flags: int) -> str:
        if op in _ONE_CHARACTER:
            return self._character(op, argument, flags)
        if op in _REPEATS:
            least, most, inside = argument
            self.is_exact_in_ascii &= least == most <= _MOST_REPEATS and op != ops.POSSESSIVE_REPEAT
            return self._repeat(least, most, inside, flags)
        match op:
            case ops.AT:
                is_kept = argument in {ops.AT_BEGINNING, ops.AT_END} and flags & re.MULTILINE
                self.is_exact_in_ascii &= bool(is_kept)
                return {ops.AT_BEGINNING: "^", ops.AT_END: "$"}.get(argument, "")
            case ops.SUBPATTERN:
                group, added, removed, inside = argument
                if group is not None:
                    self._groups[group] = inside
                return f"(?:{self._sequence(inside, inner_flags(flags, added, removed))})"
            case ops.GROUPREF:
                self.is_exact_in_ascii = False
                return f"(?:{self._sequence(self._groups[argument], flags)})"
            case ops.BRANCH | ops.ATOMIC_GROUP | ops.GROUPREF_EXISTS:
                self.is_exact_in_ascii &= op == ops.BRANCH
                parts = [self._sequence(part, flags) for part in children(op, argument)]
                missing = [""] if op == ops.GROUPREF_EXISTS and argument[2] is None else []
                return f"(?:{'|'.join(parts + missing)})"
            case ops.ASSERT | ops.ASSERT_NOT:
                self.is_exact_in_ascii = False
                return ""
        raise NoSieveError(f"unknown: {op}")

    def _repeat(self, least: int, most: int, inside: Any, flags: int) -> str:
        if len(inside) == 1 and inside[0][0] in _ONE_CHARACTER:
            return self._repeated_character(least, most, inside[0], flags)
        return f"(?:{self._sequence(inside, flags)}){_times(least, most)}"

    def _repeated_character(self, least: int, most: int, node: Node, flags: int) -> str:
        """Write a run of characters as a run of bytes, of which each character may take four."""
        within, high = self._bytes_of(*node, flags)
        if not high:
            return f"[{within}]{_times(least, most)}" if within else _nothing(least)
        return f"[{within}{high}]{_times(least, most if not self._is_utf8 else most * 4)}"

    def _character(self, op: Any, argument: Any, flags: int) -> str:
        if op == ops.LITERAL:
            return self._literal(argument, flags)
        within, high = self._bytes_of(op, argument, flags)
        if not high:
            return f"[{within}]" if within else _nothing(1)
        if not self._is_utf8:
            return f"[{within}{high}]"
        return f"(?:[{within}]|{_ANY_HIGH})" if within else _ANY_HIGH

    def _literal(self, code: int, flags: int) -> str:
        encodings = self._encodings(code, flags)
        if not encodings:
            raise NoSieveError("a character that the charset lacks")
        written = ["".join(f"\\x{byte:02x}" for byte in encoded) for encoded in encodings]
        return written[0] if len(written) == 1 else f"(?:{'|'.join(written)})"

    def _encodings(self, code: int, flags: int) -> list[bytes]:
        variants = variants_of(chr(code), flags) if flags & re.IGNORECASE else [chr(code)]
        return [encoded for encoded in map(self._encoded, variants) if encoded]

    def _encoded(self, character: str) -> bytes:
        try:
            return character.encode(self._charset, "surrogateescape")
        except UnicodeEncodeError:
            return b""

    def _bytes_of(self, op: Any, argument: Any, flags: int) -> tuple[str, str]:
        """Return the bytes that a node of one character matches, below and from 0x80, as parts of a class."""
        is_member = member_of([(op, argument)], flags)
        within = _ranges(code for code in range(128) if is_member(_ASCII[code]))
        if self._is_utf8:
            return within, _HIGH if _may_be_high(op, argument, flags) else ""
        high = bytes(range(128, 256)).decode(self._charset, "surrogateescape")
        return within, _ranges(128 + place for place, character in enumerate(high) if is_member(character))

    # Boundaries

    def _edge(self, op: Any, argument: Any, nodes: list[Node], index: int, flags: int) -> str:
        r"""Write `\b`, `(?<!\w)` or `(?!\w)` as the engine's `\b`, which knows ASCII only, where that misses nothing."""
        looks = 0 if op == ops.AT else argument[0]
        before = looks >= 0 and index > 0 and self._is_ascii_word(nodes[index - 1], flags)
        after = (
            looks <= 0
            and index + 1 < len(nodes)
            and self._is_ascii_word(nodes[index + 1], flags, is_first=True)
        )
        self.is_exact_in_ascii &= before or after
        return r"\b" if before or after else ""

    def _is_ascii_word(self, node: Node, flags: int, *, is_first: bool = False) -> bool:
        """Whether the last (or first) character that *node* matches is a letter, digit or `_` of ASCII."""
        op, argument = node
        if op == ops.SUBPATTERN:
            inside = list(argument[3])
            flags = inner_flags(flags, *argument[1:3])
            return bool(inside) and self._is_ascii_word(
                inside[0 if is_first else -1], flags, is_first=is_first
            )
        if op in _REPEATS:
            inside = list(argument[2])
            return argument[0] > 0 and len(inside) == 1 and self._is_ascii_word(inside[0], flags)
        if op not in _ONE_CHARACTER or _may_be_high(op, argument, flags):
            return False
        is_member = member_of([node], flags)
        return all(character.isalnum() or character == "_" for character in _ASCII if is_member(character))


def _is_word_edge(op: Any, argument: Any) -> bool:
    if op == ops.AT:
        return bool(argument == ops.AT_BOUNDARY)
    return op == ops.ASSERT_NOT and list(argument[1]) == [(ops.IN, [(ops.CATEGORY, ops.CATEGORY_WORD)])]


def _without_tail(nodes: list[Node]) -> list[Node]:
    """Return *nodes* with no more at the end than a match must have: each place is then told once."""
    while nodes and nodes[-1][0] in _REPEATS:
        op, (least, _most, inside) = nodes.pop()
        if least:
            return [*nodes, (op, (least, least, inside))]
    return nodes


def _times(least: int, most: int) -> str:
    """Return how often, loosely where the numbers are large, since the engine unrolls them."""
    least = min(least, _MOST_REPEATS)
    if most > 4 * _MOST_REPEATS:
        return {0: "*", 1: "+"}.get(least, f"{{{least},}}")
    return f"{{{least},{most}}}"


def _nothing(least: int) -> str:
    if least:
        raise NoSieveError("a class that nothing belongs to")
    return ""


def _ranges(codes: Iterable[int]) -> str:
    """Return ascending byte values as the inside of a class."""
    spans: list[list[int]] = []
    for code in codes:
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return "".join(f"\\x{first:02x}-\\x{last:02x}" for first, last in spans)


def _may_be_high(op: Any, argument: Any, flags: int) -> bool:
    """Whether a node of one character may match one beyond ASCII; true where in doubt."""
    if op == ops.LITERAL:
        return argument > 127 or bool(flags & re.IGNORECASE and len(variants_of(chr(argument), flags)) > 2)
    if op != ops.IN:
        return True
    return any(_item_may_be_high(item, value, flags) for item, value in argument)


def _item_may_be_high(item: Any, value: Any, flags: int) -> bool:
    match item:
        case ops.LITERAL:
            return _may_be_high(item, value, flags)
        case ops.RANGE:
            return value[1] > 127 or any(
                _may_be_high(ops.LITERAL, code, flags) for code in range(value[0], value[1] + 1)
            )
        case ops.CATEGORY:
            positive = {ops.CATEGORY_DIGIT, ops.CATEGORY_SPACE, ops.CATEGORY_WORD}
            return not flags & re.ASCII or value not in positive
        case _:
            return True


@lru_cache(maxsize=512)
def variants_of(character: str, flags: int) -> list[str]:
    """Return the characters that match *character* when case is ignored, itself included."""
    is_member = member_of([(ops.LITERAL, ord(character))], flags)
    others = (
        _ASCII_AND_KIN
        if character.isascii() and not flags & re.ASCII
        else _ASCII
        if character.isascii()
        else _cased()
    )
    return [character] + [other for other in others if other != character and is_member(other)]


_ASCII_AND_KIN = [*_ASCII, "\u0130", "\u0131", "\u017f", "\u212a"]
"""With the letters beyond ASCII that are the same as i, s and k where case is ignored."""


@lru_cache(maxsize=1)
def _cased() -> list[str]:
    """Return every character that has another case."""
    characters = map(chr, range(0x1F000))
    return [
        character
        for character in characters
        if character.swapcase() != character
        or character.lower() != character
        or character.upper() != character
    ]


@lru_cache(maxsize=8)
def has_one_byte_characters(charset: str) -> bool:
    """Whether each byte is one character of its own in *charset*, the lower half being ASCII."""
    every = bytes(range(256))
    try:
        characters = every.decode(charset, "surrogateescape")
        return (
            characters[:128] == every[:128].decode("ascii")
            and len(set(characters)) == 256
            and characters.encode(charset, "surrogateescape") == every
            and len(codecs.decode(b"\xe2\x82\xac", charset, "surrogateescape")) == 3
        )
    except UnicodeError:
        return False
