"""XML laid out for reading: rows begin between tags only, and never in an element that has text beside its children.

An element that holds text is left as it is, with all that is in it. Where the text comes more than 16 KiB after the
first child, what was laid out before stays so. Tags, comments, CDATA and declarations are never touched (grammar:
XML 1.0, section 2).
"""

import re
from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

from antiphon.body.printers.lexing import DEEPEST_INDENT, INDENT, LONGEST_HELD_BYTES, LexingPrinter

LOOKAHEAD_BYTES: Final = 1 << 14
MOST_LEVELS: Final = 1 << 20

_TEXT = re.compile(rb"[^<]*+")
_SPACE = re.compile(rb"[ \t\r\n]*+")
_NAME = re.compile(rb"<([A-Za-z_:\x80-\xff][^\s/>\"'<]*+)")
_END_TAG = re.compile(rb"</([^\s/>\"'<]++)[ \t\r\n]*+>")
_TAG = re.compile(rb"<[^\s/>\"'<]++(?:[^\"'<>]++|\"[^\"<]*+\"|'[^'<]*+')*>")
_PART = re.compile(
    rb"([^<]*+)(?:(<([A-Za-z_:\x80-\xff][^\s/>\"'<]*+)(?:\s(?:[^\"'<>/]++|\"[^\"<]*+\"|'[^'<]*+')*)?"
    rb"(?:(/)>|>(?:[^<]*+(</)\3>)?))|(</([^\s/>\"'<]++)[ \t\r\n]*+>))"
)
"""Text, and after it an element that holds at most text, a start tag, or an end tag: most of most documents."""
_WHITE = b" \t\r\n"
_PLAIN = re.compile(rb"[^\"'<>]*+")
_QUOTED = {b'"': re.compile(rb'[^"<]*+'), b"'": re.compile(rb"[^'<]*+")}
_SPACE_KEPT = re.compile(rb"\sxml:space\s*=\s*(?:\"preserve\"|'preserve')")
_DOCTYPE_PART = re.compile(rb"[^\"'\[\]<>]*+")
_OPENINGS = ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>"))
_LINES = tuple(b"\n" + INDENT * depth for depth in range(DEEPEST_INDENT + 1))

_BEGIN, _STARTED, _ENDED, _TEXTED = range(4)
"""What came last: nothing, a start tag, any other markup, text."""


_NEVER = 1 << 62


@dataclass(slots=True)
class _Element:
    parent: "_Element | None"
    kept_from: int = _NEVER
    """Offset of the first text in it, which makes that it stays as it is."""


class _Gap(NamedTuple):
    """A place where a row may begin."""

    offset: int
    parent: _Element | None
    depth: int
    spaces: bytes
    """What stood there."""


def _shown_gap(gap: _Gap) -> bytes:
    offset, element, depth, spaces = gap
    limit = offset + LOOKAHEAD_BYTES
    while element is not None:
        if element.kept_from <= limit:
            return spaces
        element = element.parent
    return _LINES[depth]


class XmlPrinter(LexingPrinter):
    """A `Printer` of XML and SVG."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[bytes] = []
        self._elements: list[_Element] = []
        self._undecided: deque[_Gap | bytes] = deque()
        self._last = _BEGIN
        self._spaces = b""
        self._has_root = False
        self._inside = b""
        self._quote = b""
        self._is_in_tag = False
        self._has_slash = False
        self._brackets = 0

    def _token(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._is_in_tag:
            return self._tag_rest(text, place)
        if self._inside:
            return self._inside_rest(text, place, is_end=is_end)
        if self._last != _BEGIN and (after := self._parts(text, place)) > place:
            return after
        if text[place : place + 1] != b"<":
            return self._text(text, place, is_end=is_end)
        following = text[place + 1 : place + 2]
        if following == b"/":
            return self._end_tag(text, place)
        if following in {b"!", b"?"}:
            return self._declaration(text, place, is_end=is_end)
        return None if not following and not is_end else self._start_tag(text, place)

    def _parts(self, text: bytes, place: int) -> int:
        """Lay out text, tags and elements that hold at most text, as long as they follow each other.

        Returns where they end.
        """
        names, elements, add, base = self._names, self._elements, self._undecided.append, self._taken
        while 0 < len(names) == len(elements) < DEEPEST_INDENT:
            part = _PART.match(text, place)
            if part is None or part.end() - place > LONGEST_HELD_BYTES:
                break
            before, opening, name, is_empty, is_closed, closing, closed_name = part.groups()
            if closing and closed_name != names[-1]:
                break
            if before and (self._last == _TEXTED or before.strip(_WHITE)):
                self._keep(place)
                self._put_out(before)
                self._last, before = _TEXTED, b""
            if self._last == _TEXTED or (closing and self._last == _STARTED):
                self._put_out(self._spaces + before + (opening or closing))
            else:
                start = base + part.start(2 if opening else 6)
                add(_Gap(start, elements[-1], len(names) - bool(closing), before or self._spaces))
                add(opening or closing)
            self._spaces = b""
            self._last = _ENDED
            if closing:
                names.pop()
                elements.pop()
            elif not is_empty and not is_closed:
                self._opened(name, opening)
            place = part.end()
        return place

    def _opened(self, name: bytes, tag: bytes) -> None:
        self._names.append(name)
        if len(self._names) <= DEEPEST_INDENT:
            parent = self._elements[-1] if self._elements else None
            keeps = b"xml:space" in tag and _SPACE_KEPT.search(tag) is not None
            self._elements.append(_Element(parent, 0 if keeps else _NEVER))
        self._last = _STARTED

    def _drained(self) -> bytes:
        self._decide(self._taken)
        return super()._drained()

    def _end(self) -> str:
        self._flush()
        if self._names:
            return f"the text ends where </{_shown(self._names[-1])}> should be"
        if self._rest or self._inside or self._is_in_tag:
            return "the text ends inside a tag, a comment or a declaration"
        return "" if self._has_root else "the text ends where an element should be"

    # Text

    def _text(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        end = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        is_long = end - place > LONGEST_HELD_BYTES and self._names
        if end == len(text) and not is_end and not is_long:
            return None
        if (end == len(text) or text[end : end + 1] == b"<") and not is_long and self._last != _TEXTED:
            self._spaces = text[place:end]
            return end
        if not self._names:
            self._put_out(text[place:end])
            self._fail(end, f"text {'after' if self._has_root else 'before'} the outermost element")
            return None
        end = _TEXT.match(text, place).end()  # type: ignore[union-attr]
        self._keep(place)
        self._put_out(text[place:end])
        self._last = _TEXTED
        return end

    def _keep(self, place: int) -> None:
        """Leave the element that is open as it is, for there is text in it."""
        if 0 < len(self._names) == len(self._elements):
            element = self._elements[-1]
            element.kept_from = min(element.kept_from, self._taken + place)
        self._put_spaces()

    # Markup

    def _start_tag(self, text: bytes, place: int) -> int | None:
        name = _NAME.match(text, place)
        if name is None or len(name[1]) > LONGEST_HELD_BYTES:
            self._fail(place, "a < that begins no tag")
            return None
        tag = _TAG.match(text, place)
        size = (tag.end() if tag else len(text)) - place
        if tag is None and size <= LONGEST_HELD_BYTES and _is_open(text, place):
            return None
        if not self._names and self._has_root:
            self._fail(place, f"<{_shown(name[1])}> after the outermost element")
            return None
        if len(self._names) >= MOST_LEVELS:
            self._fail(place, "more than a million levels")
            return None
        self._begin_row(place, len(self._names))
        self._has_root = True
        self._opened(name[1], tag[0] if tag is not None and size <= LONGEST_HELD_BYTES else b"")
        if tag is not None:
            self._put_out(tag[0])
            if tag[0].endswith(b"/>"):
                self._close()
            return tag.end()
        self._is_in_tag, self._has_slash = True, False
        self._put_out(name[0])
        return name.end()

    def _tag_rest(self, text: bytes, place: int) -> int | None:
        """Pass on more of a tag that is too long to be held."""
        pattern = _QUOTED[self._quote] if self._quote else _PLAIN
        end = pattern.match(text, place).end()  # type: ignore[union-attr]
        if end > place:
            self._has_slash = not self._quote and text[end - 1 : end] == b"/"
        self._put_out(text[place:end])
        following = text[end : end + 1]
        if following == b"<":
            self._fail(end, "a < inside a tag")
            return None
        self._put_out(following)
        if following == b">":
            self._is_in_tag = False
            if self._has_slash:
                self._close()
        elif following:
            self._quote = b"" if self._quote else following
            self._has_slash = False
        return end + len(following)

    def _close(self) -> None:
        if len(self._elements) == len(self._names):
            self._elements.pop()
        self._names.pop()
        self._last = _ENDED

    def _end_tag(self, text: bytes, place: int) -> int | None:
        tag = _END_TAG.match(text, place)
        if tag is None and text.find(b">", place) < 0 and len(text) - place <= LONGEST_HELD_BYTES:
            return None
        if not self._names or tag is None or tag[1] != self._names[-1]:
            wanted = f"</{_shown(self._names[-1])}>" if self._names else "the outermost element"
            found = f"</{_shown(tag[1])}>" if tag else "a faulty tag"
            self._fail(place, f"{found} where {wanted} should {'be' if self._names else 'begin'}")
            return None
        if self._last == _ENDED:
            self._begin_row(place, len(self._names) - 1)
        self._put_spaces()
        self._put_out(tag[0])
        self._close()
        return tag.end()

    def _declaration(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        for opening, closing in _OPENINGS:
            if text.startswith(opening, place):
                if opening == b"<![CDATA[":
                    self._keep(place)
                else:
                    self._begin_row(place, len(self._names))
                self._inside = closing
                self._put_out(opening)
                self._last = _TEXTED if opening == b"<![CDATA[" else self._last
                return place + len(opening)
            if opening.startswith(text[place:]) and not is_end:
                return None
        if self._names:
            self._fail(place, "a declaration inside an element")
            return None
        self._begin_row(place, 0)
        self._put_out(b"<!")
        self._inside, self._brackets = b">", 0
        return place + 2

    def _inside_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Pass on more of a comment, a CDATA section, an instruction or a document type."""
        if self._inside == b">":
            return self._doctype_rest(text, place, is_end=is_end)
        end, is_over = _reach(text, place, self._inside, is_end=is_end)
        self._put_out(text[place:end])
        if not is_over:
            return end if end > place else None
        self._last = _TEXTED if self._inside == b"]]>" else _ENDED
        self._inside = b""
        return end

    def _doctype_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Pass on more of a document type, whose declarations may hold brackets, quotes and comments."""
        if self._quote:
            end, is_over = _reach(text, place, self._quote, is_end=is_end)
            self._put_out(text[place:end])
            self._quote = b"" if is_over else self._quote
            return end if end > place else None
        end = _DOCTYPE_PART.match(text, place).end()  # type: ignore[union-attr]
        following = text[end : end + 1]
        if following == b"<" and b"<!--".startswith(text[end:]) and not is_end:
            self._put_out(text[place:end])
            return end if end > place else None
        self._put_out(text[place : end + 1])
        if following in {b'"', b"'"}:
            self._quote = following
        elif text.startswith(b"<!--", end):
            self._quote = b"-->"
        elif following in {b"[", b"<"}:
            self._brackets += 1
        elif following == b"]" or (following == b">" and self._brackets):
            self._brackets -= 1
        elif following == b">":
            self._inside, self._last = b"", _ENDED
        return end + len(following)

    # Rows

    def _begin_row(self, place: int, depth: int) -> None:
        """Let a row begin before the markup at *place* where there is no text beside it."""
        spaces, self._spaces = self._spaces, b""
        is_too_deep = depth > DEEPEST_INDENT or len(self._names) > len(self._elements)
        if self._last in {_BEGIN, _TEXTED} or is_too_deep:
            self._put_out(spaces)
            return
        parent = self._elements[-1] if self._elements else None
        self._undecided.append(_Gap(self._taken + place, parent, depth, spaces))

    def _put_spaces(self) -> None:
        if self._spaces:
            self._put_out(self._spaces)
            self._spaces = b""

    def _put_out(self, piece: bytes) -> None:
        if self._undecided:
            self._undecided.append(piece)
        elif piece:
            self._put(piece)

    def _decide(self, offset: int) -> None:
        """Decide on the gaps that are too far back from *offset* to be waited for."""
        undecided, limit, put = self._undecided, offset - LOOKAHEAD_BYTES, self._out.append
        while undecided:
            first = undecided[0]
            if type(first) is _Gap:
                if first.offset > limit:
                    return
                first = _shown_gap(first)
            put(first)  # type: ignore[arg-type]  # it is a gap no more
            undecided.popleft()

    def _flush(self) -> None:
        self._put(*(_shown_gap(piece) if isinstance(piece, _Gap) else piece for piece in self._undecided))
        self._undecided.clear()
        if self._names or self._failed:
            self._put_spaces()


def _reach(text: bytes, place: int, closing: bytes, *, is_end: bool) -> tuple[int, bool]:
    """Return how far what *closing* ends goes on in *text*, and whether it is over there."""
    end = text.find(closing, place)
    if end >= 0:
        return end + len(closing), True
    return len(text) if is_end else max(place, len(text) - len(closing) + 1), False


def _is_open(text: bytes, place: int) -> bool:
    """Whether the tag at *place* is not wrong yet, only unfinished."""
    end = place + 1
    while end < len(text):
        end = _PLAIN.match(text, end).end()  # type: ignore[union-attr]
        quote = text[end : end + 1]
        if quote not in _QUOTED:
            return not quote
        end = _QUOTED[quote].match(text, end + 1).end()  # type: ignore[union-attr]
        if text[end : end + 1] not in {quote, b""}:
            return False
        end += 1
    return True


def _shown(name: bytes) -> str:
    return name[:40].decode("utf-8", "replace")
