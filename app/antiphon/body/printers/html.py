"""HTML laid out for reading: rows begin at the edges of blocks, where white space is not shown.

White space between words may become a row's end, never nothing; none comes where there was none, but at the edge of a
block. `pre`, `textarea`, `script`, `style` and comments are never touched. HTML has no faults: what is wrong is shown
where it stands (tags and raw text: WHATWG HTML, section 13.1; implied ends: 13.1.2.4).
"""

import re
from typing import Final

from antiphon.body.printers.lexing import DEEPEST_INDENT, INDENT, LONGEST_HELD_BYTES, LexingPrinter

MOST_LEVELS: Final = 1 << 12
LONGEST_TAG_BYTES: Final = 8 << 20
"""Of one that is held: with a picture in it (`data:`) a tag is long. What goes on after this is given as it came."""

_BLOCKS = frozenset(
    b"html head body address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure "
    b"footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol optgroup option p pre search "
    b"section summary table caption colgroup col thead tbody tfoot tr td th ul".split()
)
_UNSEEN = frozenset(b"base link meta title script style template noscript frame param source track".split())
"""Shown nowhere: a row may begin beside them where no words are beside them either."""
_VOID = frozenset(
    b"area base br col embed frame hr img input link meta param source track wbr basefont bgsound keygen".split()
)
_KEPT = frozenset(b"pre textarea script style title xmp iframe noembed noframes listing plaintext".split())
"""What is in them is not touched, up to their end tag."""
_CELLS = frozenset({b"td", b"th"})
_CLOSES = {
    b"li": frozenset({b"li"}),
    b"dt": frozenset({b"dt", b"dd"}),
    b"dd": frozenset({b"dt", b"dd"}),
    b"option": frozenset({b"option"}),
    b"optgroup": frozenset({b"option", b"optgroup"}),
    b"td": _CELLS,
    b"th": _CELLS,
    b"tr": _CELLS | {b"tr"},
    b"tbody": _CELLS | {b"tr", b"thead", b"tbody"},
    b"tfoot": _CELLS | {b"tr", b"thead", b"tbody"},
    b"body": frozenset({b"head"}),
}
"""Which open elements a start tag ends, besides a `p` that any block ends."""

_KEPT_ENDS = {name: re.compile(rb"</" + name + rb"(?:[ \t\r\n\f/][^>]*+)?>", re.IGNORECASE) for name in _KEPT}
_OWN_WORDS = frozenset({b"template", b"noscript"})
"""Unseen, but blocks may be in them: the words around them are beside each other all the same."""

_SPACE = re.compile(rb"[ \t\r\n\f]++")
_VALUE = rb"=[ \t\r\n\f]*+(?:\"[^\"]*+\"|'[^']*+'|[^ \t\r\n\f>\"'][^ \t\r\n\f>]*+|(?=>))"
_TAG_REST = rb"(?:[^>=]++|" + _VALUE + rb")*>"
_TAG = rb"<(/?)([A-Za-z][^ \t\r\n\f/>]*+)" + _TAG_REST
_INLINE_TAG = rb"</?(?:a|abbr|b|br|code|em|i|img|small|span|strong|sub|sup|u)(?=[ \t\r\n\f/>])" + _TAG_REST
_WORD = rb"(?:[^< \t\r\n\f]++|" + _INLINE_TAG + rb")+"
_WORDS = _WORD + rb"(?:[ \t\r\f]++" + _WORD + rb")*"
_PART = re.compile(rb"([ \t\r\n\f]*+)(?:(" + _WORDS + rb")|(" + _TAG + rb"))")
"""Words of one line, or a tag, with the white space before it; a quote means something after `=` only."""
_TAG_BEGINS = re.compile(rb"</?[A-Za-z]")
_COMMENT_END, _MARKUP_END = re.compile(rb"--!?>"), re.compile(rb">")
_LINES = tuple(b"\n" + INDENT * depth for depth in range(DEEPEST_INDENT + 1))

_BEGIN, _BLOCK_STARTED, _BLOCK_ENDED, _UNSEEN_ENDED, _INLINE = range(5)
"""What came last."""


class HtmlPrinter(LexingPrinter):
    """A `Printer` of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[bytes] = []
        self._has_rows = [True]
        self._last = _BEGIN
        self._has_words = False
        self._had_words: list[bool] = []
        """For each of `_OWN_WORDS` that is open."""
        self._spaces = b""
        self._kept = b""
        self._comment_end: re.Pattern[bytes] | None = None

    def _token(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        if self._kept:
            return self._kept_rest(text, place, is_end=is_end)
        if self._comment_end is not None:
            return self._comment_rest(text, place, is_end=is_end)
        if (after := self._parts(text, place)) > place:
            return after
        if (space := _SPACE.match(text, place)) is not None:
            is_whole = space.end() < len(text) or is_end or space.end() - place > LONGEST_HELD_BYTES
            self._spaces += space[0] if is_whole else b""
            return space.end() if is_whole else None
        if len(text) - place < len("<!--") and not is_end:
            return None
        if text[place + 1 : place + 2] in {b"!", b"?"}:
            return self._comment(text, place)
        return self._unfinished(text, place, is_end=is_end)

    def _parts(self, text: bytes, place: int) -> int:
        """Lay out words and whole tags as long as they follow each other, and return where they end."""
        while (part := _PART.match(text, place)) is not None:
            spaces, words, tag, slash, name = part.groups()
            self._spaces += spaces
            place = part.end()
            if words:
                self._put_inline(words)
            elif slash:
                self._end_tag(name.lower(), tag)
            else:
                self._start_tag(name.lower(), tag)
                if self._kept:
                    break
        return place

    # Words and what lies between tags

    def _put_inline(self, piece: bytes) -> None:
        """Put *piece* into the row, on a new one after a block."""
        is_beside_unseen = self._last == _UNSEEN_ENDED and (self._spaces or not self._has_words)
        is_wrapped = self._last == _INLINE and b"\n" in self._spaces
        if self._last == _BLOCK_ENDED or is_beside_unseen or is_wrapped:
            self._begin_row()
        elif self._last != _BLOCK_STARTED:
            self._put(self._spaces)
        self._spaces = b""
        self._put(piece)
        self._last, self._has_words = _INLINE, True

    def _begin_row(self) -> None:
        self._put(_LINES[min(len(self._names), DEEPEST_INDENT)])
        self._has_rows[-1] = True

    def _comment(self, text: bytes, place: int) -> int:
        self._comment_end = _COMMENT_END if text.startswith(b"<!--", place) else _MARKUP_END
        if self._last == _INLINE or (self._spaces and self._last == _BEGIN):
            self._put(
                self._spaces if b"\n" not in self._spaces else _LINES[min(len(self._names), DEEPEST_INDENT)]
            )
        elif self._last == _BLOCK_ENDED or self._spaces or (self._last != _BEGIN and not self._has_words):
            self._begin_row()
        self._spaces = b""
        self._put(text[place : place + 2])
        return place + 2

    def _comment_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        assert self._comment_end is not None
        found = self._comment_end.search(text, place)
        if found is None:
            end = len(text) if is_end else max(place, len(text) - len("--!"))
            self._put(text[place:end])
            return end if end > place else None
        self._put(text[place : found.end()])
        self._comment_end = None
        if self._last != _INLINE:
            self._last = _UNSEEN_ENDED
        return found.end()

    # Tags

    def _unfinished(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Wait for the rest of a tag; what has none, or is too long, is not touched."""
        is_tag = _TAG_BEGINS.match(text, place) is not None
        if is_tag and not is_end and len(text) - place <= LONGEST_TAG_BYTES:
            return None
        end = len(text) if is_tag else place + 1
        self._put_inline(text[place:end])
        return end

    def _start_tag(self, name: bytes, tag: bytes) -> None:
        if name in _BLOCKS:
            self._end_implied(name)
            self._spaces = b""
            if self._last != _BEGIN:
                self._begin_row()
            self._put(tag)
            self._opened(name)
        elif name in _UNSEEN:
            self._put_unseen(tag)
            if name in _OWN_WORDS and len(self._had_words) < MOST_LEVELS:
                self._had_words.append(self._has_words)
        else:
            self._put_inline(tag)
        if name in _KEPT and not tag.endswith(b"/>"):
            self._kept = name

    def _opened(self, name: bytes) -> None:
        self._has_words = False
        if name in _VOID or len(self._names) >= MOST_LEVELS:
            self._last = _BLOCK_ENDED
            return
        self._last = _BLOCK_STARTED
        if name not in _KEPT:
            self._names.append(name)
            self._has_rows.append(False)

    def _end_implied(self, name: bytes) -> None:
        """Close what a start tag of *name* ends without a word."""
        if self._names and self._names[-1] == b"p":
            self._pop()
        closes = _CLOSES.get(name, frozenset())
        while self._names and self._names[-1] in closes:
            self._pop()

    def _put_unseen(self, tag: bytes) -> None:
        if self._last != _BEGIN and (self._spaces or not self._has_words):
            self._begin_row()
        self._spaces = b""
        self._put(tag)
        self._last = _UNSEEN_ENDED

    def _end_tag(self, name: bytes, tag: bytes) -> None:
        if name in _UNSEEN:
            if name in _OWN_WORDS and self._had_words:
                self._has_words |= self._had_words.pop()
            self._put_unseen(tag)
        elif name not in _BLOCKS or (name != b"p" and name not in self._names):
            self._put_inline(tag)  # as what ends nothing means nothing
        else:
            self._spaces = b""
            has_rows = self._closed(name)
            if has_rows:
                self._begin_row()
            self._put(tag)
            self._last, self._has_words = _BLOCK_ENDED, False

    def _closed(self, name: bytes) -> bool:
        """Close *name* and what is open in it, and return whether its end tag stands on a row of its own."""
        if name not in self._names:
            return self._has_rows[-1]
        has_rows = False
        while self._names:
            innermost = self._names[-1]
            has_rows = self._pop() or has_rows or innermost != name
            if innermost == name:
                break
        return has_rows

    def _pop(self) -> bool:
        self._names.pop()
        return self._has_rows.pop()

    def _kept_rest(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Pass on what is in an element that is not touched, its end tag too."""
        found = _KEPT_ENDS[self._kept].search(text, place)
        if found is None:
            begins = text.find(b"</", max(place, text.rfind(b">") + 1))
            is_far = begins < 0 or len(text) - begins > LONGEST_HELD_BYTES
            end = len(text) if is_end else max(place, len(text) - 1) if is_far else begins
            self._put(text[place:end])
            return end if end > place else None
        self._put(text[place : found.end()])
        if self._kept in _BLOCKS:
            self._last = _BLOCK_ENDED
        self._kept = b""
        return found.end()
