"""The same layout as `JsonPrinter` gives, an order of magnitude sooner: valid windows of the text go to a C library.

A window begins where an item of an array or object begins, and ends before a comma. With the brackets that are open
put before it and their counterparts behind it, it is a document of its own, which `msgspec` lays out or refuses. What
it takes is right by grammar alone, so places to cut and brackets may be guessed; what it refuses goes through
`JsonPrinter`, which knows the fault or that there is none. Memory is a few windows, whatever the size of the text.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from antiphon.body.pretty import DEEPEST_INDENT, INDENT, JsonPrinter
from antiphon.body.printers.printer import Fault

WINDOW_BYTES: Final = 1 << 18
SMALLEST_WINDOW_BYTES: Final = 1 << 11
"""What is shorter, and what is refused in windows of this size, the other printer takes."""

_CLOSING = {ord("{"): b"}", ord("["): b"]"}
_PAIRS = {b"}": b"{", b"]": b"["}
_BRACKETS = b"{}[]"
_OTHERS = bytes(byte for byte in range(256) if byte not in _BRACKETS)
_TOO_DEEP = b"\n" + INDENT * (DEEPEST_INDENT + 1)
_COMMAS = (b',"', b",{", b', "', b", {", b",\n", b",")
"""What stands between two items, the likeliest first: a comma before a quote is hardly ever part of a string."""
_TAIL_BYTES = 1 << 12


class WindowedJsonPrinter:
    """A `Printer` of JSON, the same in text and faults as `JsonPrinter`.

    Args:
        largest_bytes, smallest_bytes: How much is laid out at a time.
    """

    def __init__(
        self, largest_bytes: int = WINDOW_BYTES, smallest_bytes: int = SMALLEST_WINDOW_BYTES
    ) -> None:
        self._printer = JsonPrinter()
        self._largest_bytes = self._window_bytes = largest_bytes
        self._smallest_bytes = smallest_bytes
        self._slow_bytes = 0

    @property
    def fault(self) -> Fault | None:
        return self._printer.fault

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""
        out: list[bytes] = []
        place = 0
        while place < len(chunk):
            if self.fault is not None:
                out.append(self._printer.feed(chunk[place:]))
                break
            taken = self._take_window(chunk, place, out) or self._take_slowly(chunk, place, out)
            place += taken
        return b"".join(out)

    def finish(self) -> bytes:
        """Return what was held back, and know whether the document is whole."""
        return self._printer.finish()

    def _take_slowly(self, chunk: bytes, place: int, out: list[bytes]) -> int:
        """Lay out as little as leads to the next place where a window may begin."""
        if self._printer.is_in_string:
            end = chunk.find(b'"', place)
        else:
            end = chunk.find(b",", place + self._slow_bytes)
        end = len(chunk) if end < 0 else end + 1
        self._slow_bytes = 0
        out.append(self._printer.feed(chunk[place:end]))
        return end - place

    def _take_window(self, chunk: bytes, place: int, out: list[bytes]) -> int:
        """Lay out one window that begins at *place*, and return its size; 0 where there is none."""
        if len(chunk) - place < self._smallest_bytes or (joint := self._printer.joint) is None:
            return 0
        brackets, is_next = joint
        window = chunk[place : _last_comma(chunk, place, min(place + self._window_bytes, len(chunk)))]
        for laid_out, after in _layouts(window, brackets, is_next=is_next):
            self._printer.pass_over(len(window), len(laid_out), after)
            self._window_bytes = min(2 * self._window_bytes, self._largest_bytes)
            out.append(laid_out)
            return len(window)
        self._narrow()
        return 0

    def _narrow(self) -> None:
        """After a refusal look at less at a time; at the least, let the other printer pass the place."""
        if self._window_bytes <= self._smallest_bytes:
            self._slow_bytes = self._smallest_bytes
        self._window_bytes = max(self._window_bytes // 8, self._smallest_bytes)


class WindowedLinesPrinter:
    """A `Printer` of JSON Lines, the same in text and faults as `JsonPrinter(is_lines=True)`."""

    def __init__(self) -> None:
        self._printer = JsonPrinter(is_lines=True)

    @property
    def fault(self) -> Fault | None:
        return self._printer.fault

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""
        return b"".join([self._line(line) for line in chunk.splitlines(keepends=True)])

    def finish(self) -> bytes:
        """Return what was held back, and know whether the last document is whole."""
        return self._printer.finish()

    def _line(self, line: bytes) -> bytes:
        begins = self._printer.begins_line
        if begins is None or not line.endswith(b"\n"):
            return self._printer.feed(line)
        laid_out = _document(line)
        if laid_out is None:
            return self._printer.feed(line)
        laid_out = begins + laid_out
        self._printer.pass_over(len(line), len(laid_out), b"")
        return laid_out


def _layouts(window: bytes, brackets: bytes, *, is_next: bool) -> Iterator[tuple[bytes, bytes]]:
    """Yield *window* laid out with the brackets open after it; nothing where it is not JSON there.

    At first all brackets are counted, which is quick, then those outside strings.
    """
    for counted in (bytes, _without_strings):
        after = _brackets_after(brackets, counted(window)) if window else None
        laid_out = _laid_out(window, brackets, after, is_next=is_next) if after else None
        if laid_out is not None and after is not None:
            yield laid_out, after


def _document(text: bytes) -> bytes | None:
    """Return *text* laid out as one document; None where it is none, or too deep to be indented all the way."""
    try:
        laid_out: bytes = msgspec.json.format(text, indent=len(INDENT))
    except (msgspec.MsgspecError, RecursionError):
        return None
    return None if _TOO_DEEP in laid_out else laid_out


def _laid_out(window: bytes, before: bytes, after: bytes, *, is_next: bool) -> bytes | None:
    """Return *window* laid out between open brackets; None where it is not JSON there.

    An item is put before or behind it where a comma makes one necessary, lest `[1,]` or `[,1]` be taken.
    """
    front, shown_front = _opened(before)
    back, shown_back = _closed(after)
    if is_next:
        is_object = before.endswith(b"{")
        front += b'"":0,' if is_object else b"0,"
        shown_front += _row(len(before)) + (b'"": 0,' if is_object else b"0,")
    text = _document(front + window + back)
    if text is None or not (text.startswith(shown_front) and text.endswith(shown_back)):
        return None
    return text[len(shown_front) : -len(shown_back)]


def _opened(brackets: bytes) -> tuple[bytes, bytes]:
    """Return the text that opens *brackets*, and the same laid out."""
    text, shown = b"", b""
    for depth, bracket in enumerate(brackets):
        last = brackets[depth - 1 : depth]
        key, shown_key = (b'"":', b'"": ') if last == b"{" else (b"", b"")
        text += key + bytes([bracket])
        shown += (_row(depth) if depth else b"") + shown_key + bytes([bracket])
    return text, shown


def _closed(brackets: bytes) -> tuple[bytes, bytes]:
    """Return the text of one more item and what closes *brackets*, and the same laid out."""
    is_object = brackets.endswith(b"{")
    text = b',"":0' if is_object else b",0"
    shown = b"," + _row(len(brackets)) + (b'"": 0' if is_object else b"0")
    for depth in range(len(brackets) - 1, -1, -1):
        text += _CLOSING[brackets[depth]]
        shown += _row(depth) + _CLOSING[brackets[depth]]
    return text, shown


def _row(depth: int) -> bytes:
    return b"\n" + INDENT * depth


def _last_comma(text: bytes, start: int, end: int) -> int:
    """Return where the last comma is that seems to part items; *start* if there is none."""
    tail = max(start, end - _TAIL_BYTES)
    for comma in _COMMAS:
        place = text.rfind(comma, tail, end)
        if place >= 0:
            return place
    return max(start, text.rfind(b",", start, end))


def _without_strings(text: bytes) -> bytes:
    """Return *text* without what stands in quotes: right for valid JSON only."""
    single = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(single.split(b'"')[::2])


def _brackets_after(before: bytes, text: bytes) -> bytes | None:
    """Return the brackets that are open after *text*, none of them in strings; None if all are closed, or too many."""
    left = text.translate(None, _OTHERS)
    for _depth in range(DEEPEST_INDENT):
        size = len(left)
        left = left.replace(b"{}", b"").replace(b"[]", b"")
        if len(left) == size:
            break
    else:
        return None
    opened = left.lstrip(b"}]")
    for bracket in (
        left[place : place + 1] for place in range(min(len(left) - len(opened), len(before) + 1))
    ):
        if not before.endswith(_PAIRS[bracket]):
            return None
        before = before[:-1]
    after = before + opened
    if b"}" in opened or b"]" in opened or len(after) > DEEPEST_INDENT:
        return None
    return after or None
