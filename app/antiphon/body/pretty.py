"""JSON laid out for reading, token by token: nothing is parsed, so not one digit, escape or duplicate key changes.

`JsonPrinter` takes any chunks and holds no more than one unfinished token. Where text stops being JSON it reports a
fault and gives the rest as it came (grammar: RFC 8259).
"""

import re
from typing import Final

from antiphon.body.printers.printer import Fault

INDENT: Final = b"  "
DEEPEST_INDENT: Final = 100
"""What lies in deeper levels stays on one row: a megabyte of `[` would become terabytes of spaces."""
LONGEST_NUMBER_BYTES: Final = 1 << 16

_BOM = b"\xef\xbb\xbf"
_SPACE = rb"[ \t\n\r]*+"
# No possessive groups: before CPython 3.11.5 they lose bytes when what they hold has alternatives (gh-106052).
_STRING_REST = rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*'
_STRING = rb'"' + _STRING_REST + rb'"'
_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
_SCALAR = rb"(?:" + _STRING + rb"|" + _NUMBER + rb"|true|false|null)"

_MEMBER = re.compile(
    _SPACE + rb"(" + _STRING + rb")" + _SPACE + rb":" + _SPACE + rb"(" + _SCALAR + rb")" + _SPACE + rb"([,}])"
)
_ELEMENT = re.compile(_SPACE + rb"(" + _SCALAR + rb")" + _SPACE + rb"([,\]])")
_SPACES = re.compile(_SPACE)
_WORD = re.compile(rb"[^\s\"{}\[\],:]*+")
_VALUE = re.compile(_NUMBER + rb"|true|false|null")
_INSIDE = re.compile(_STRING_REST)
_OPENING = rb"(?:(\[[\[ \t\n\r]*+)|\{" + _SPACE + rb"(" + _STRING + rb")" + _SPACE + rb":" + _SPACE + rb")"
_OPENINGS = re.compile(_OPENING + rb"+")
_OPENING_PARTS = re.compile(_OPENING)
"""Brackets that open, with the name of the first member."""
_CLOSINGS = re.compile(rb"[\]}]++")
_PARTNERS = bytes.maketrans(b"]}", b"[{")
_PARTIAL_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?")

_SHOWN_BYTES = 20
"""How much of a wrong word is told."""

_ROOT, _VALUE_DUE, _FIRST_ELEMENT, _FIRST_KEY, _KEY_DUE, _COLON_DUE, _AFTER, _IN_STRING, _IN_KEY = range(9)
_LINES = tuple(b"\n" + INDENT * depth for depth in range(DEEPEST_INDENT + 1))
_WANTED = {
    _ROOT: "a value",
    _VALUE_DUE: "a value",
    _FIRST_ELEMENT: "a value or ]",
    _FIRST_KEY: "a name in quotes or }",
    _KEY_DUE: "a name in quotes",
    _COLON_DUE: "a colon",
    _AFTER: "a comma or a closing bracket",
    _IN_STRING: "the end of a string",
    _IN_KEY: "the end of a name",
}


class JsonPrinter:
    """Feed it chunks, take what is laid out; what follows a `fault` comes as it came.

    Args:
        is_lines: Take one document after the other (JSON Lines), each on rows of its own; after a fault the next
            line begins anew.
    """

    def __init__(self, *, is_lines: bool = False) -> None:
        self.fault: Fault | None = None
        self._is_lines = is_lines
        self._state = _ROOT
        self._open = bytearray()
        self._rest = b""
        self._taken = 0
        self._given = 0
        self._is_begun = False
        self._has_value = False
        self._is_raw = False
        self._failed: tuple[int, str] | None = None

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""
        return self._run(self._rest + chunk, is_end=False)

    def finish(self) -> bytes:
        """Return what was held back, and know whether the document is whole."""
        text = self._run(self._rest, is_end=True)
        if not self._is_raw and not self._is_whole and self.fault is None:
            sentence = f"the text ends where {_WANTED[self._state]} should be"
            self.fault = Fault(self._taken + len(self._rest), sentence, self._given + len(self._rest))
        rest, self._rest = self._rest, b""
        return text + rest

    @property
    def depth(self) -> int:
        """Objects and arrays that are open."""
        return len(self._open)

    @property
    def is_in_string(self) -> bool:
        return self._state in {_IN_STRING, _IN_KEY}

    @property
    def joint(self) -> tuple[bytes, bool] | None:
        """The brackets that are open and whether a comma came last, where the next byte begins an item; else None.

        None, too, where more levels are open than are indented.
        """
        if len(self._open) > DEEPEST_INDENT:
            return None
        is_first = self._state in {_FIRST_ELEMENT, _FIRST_KEY} or (
            self._state == _ROOT and not self._has_value
        )
        is_next = self._state == _KEY_DUE or (self._state == _VALUE_DUE and self._open.endswith(b"["))
        if self._is_raw or self._rest or not self._is_begun or not (is_first or is_next):
            return None
        return bytes(self._open), is_next

    @property
    def begins_line(self) -> bytes | None:
        """What comes before the next document of JSON Lines; None where the next byte does not begin one."""
        if self._is_raw or self._rest or not self._is_begun or self._state != _ROOT:
            return None
        return b"\n" if self._has_value else b""

    def pass_over(self, taken_bytes: int, given_bytes: int, brackets: bytes) -> None:
        """Take note that text from the `joint` to the end of a value was laid out elsewhere.

        Args:
            brackets: What is open after it.
        """
        self._taken += taken_bytes
        self._given += given_bytes
        self._open = bytearray(brackets)
        self._after_value()

    @property
    def _is_whole(self) -> bool:
        is_closed = not self._open and self._state in {_AFTER, _ROOT}
        return (self._has_value or self._is_lines) and is_closed and not self._rest

    def _run(self, text: bytes, *, is_end: bool) -> bytes:
        out: list[bytes] = []
        if not self._is_begun and len(text) < len(_BOM) and _BOM.startswith(text) and not is_end:
            self._rest = text
            return b""
        place = self._begin(text, out)
        while True:
            place = self._pass_raw(text, place, out) if self._is_raw else place
            place = self._advance(text, place, out, is_end=is_end)
            if self._failed is None:
                break
            place = self._begin_raw(out)
        self._rest = text[place:]
        self._taken += place
        laid_out = b"".join(out)
        self._given += len(laid_out)
        return laid_out

    def _begin_raw(self, out: list[bytes]) -> int:
        """Turn to giving text as it came, and return where it begins."""
        assert self._failed is not None
        place, sentence = self._failed
        self._failed = None
        out.append(self._seam())
        self._is_raw = True
        if self.fault is None:
            self.fault = Fault(self._taken + place, sentence, self._given + sum(map(len, out)))
        return place

    def _seam(self) -> bytes:
        """Return what parts the rest from the text that is laid out."""
        if self._state in {_FIRST_KEY, _KEY_DUE, _FIRST_ELEMENT} or (
            self._state == _VALUE_DUE and self._open.endswith(b"[")
        ):
            return self._line()
        if self._state == _ROOT and self._has_value:
            return b"\n"
        return b" " if self._state in {_AFTER, _COLON_DUE} else b""

    def _pass_raw(self, text: bytes, place: int, out: list[bytes]) -> int:
        """Give all as it came; of JSON Lines the line only."""
        end = text.find(b"\n", place) if self._is_lines else -1
        if end < 0:
            out.append(text[place:])
            return len(text)
        out.append(text[place:end])
        self._is_raw = False
        self._open.clear()
        self._state, self._has_value = _ROOT, True
        return end

    def _begin(self, text: bytes, out: list[bytes]) -> int:
        """Pass over a byte order mark."""
        has_mark = not self._is_begun and text.startswith(_BOM)
        self._is_begun = True
        if has_mark:
            out.append(_BOM)
        return len(_BOM) if has_mark else 0

    def _advance(self, text: bytes, place: int, out: list[bytes], *, is_end: bool) -> int:
        """Lay out tokens from *place* and return where the first unfinished one begins."""
        while self._failed is None and not self._is_raw:
            if self._state in {_IN_STRING, _IN_KEY}:
                after = self._string_rest(text, place, out)
            else:
                place = self._scalars(text, place, out)
                place = _SPACES.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
                after = None if place == len(text) else self._token(text, place, out, is_end=is_end)
            if after is None:
                break
            place = after
        return place

    def _scalars(self, text: bytes, place: int, out: list[bytes]) -> int:
        """Lay out members or elements with scalar values as long as they follow each other: most of most bodies."""
        if self._state in {_FIRST_KEY, _KEY_DUE}:
            next_one, due = _MEMBER.match, _KEY_DUE
        elif self._open.endswith(b"[") and self._state in {_FIRST_ELEMENT, _VALUE_DUE}:
            next_one, due = _ELEMENT.match, _VALUE_DUE
        else:
            return place
        line = self._line()
        while (match := next_one(text, place)) is not None:
            place = match.end()
            out.append(line + b": ".join(match.groups()[:-1]))
            self._state = due
            if match[match.lastindex or 0] != b",":
                self._close(out)
                return place
            out.append(b",")
        return place

    def _token(self, text: bytes, place: int, out: list[bytes], *, is_end: bool) -> int | None:
        """Take the token at *place* and return where it ends; None if it goes on beyond *text*, or is wrong."""
        token = text[place : place + 1]
        if token == b'"' and self._state in {_FIRST_KEY, _KEY_DUE, _ROOT, _VALUE_DUE, _FIRST_ELEMENT}:
            return self._string(place, out)
        if len(self._open) > DEEPEST_INDENT and (after := self._flat_run(text, place, out)):
            return after
        if token in {b"{", b"["} and self._state in {_ROOT, _VALUE_DUE, _FIRST_ELEMENT}:
            self._before_value(out)
            out.append(token)
            self._open += token
            self._state = _FIRST_KEY if token == b"{" else _FIRST_ELEMENT
        elif self._may_close(token):
            self._close(out)
        elif token == b"," and self._state == _AFTER and self._open:
            out.append(token)
            self._state = _KEY_DUE if self._open.endswith(b"{") else _VALUE_DUE
        elif token == b":" and self._state == _COLON_DUE:
            out.append(b": ")
            self._state = _VALUE_DUE
        else:
            return self._word(text, place, out, is_end=is_end)
        return place + 1

    def _flat_run(self, text: bytes, place: int, out: list[bytes]) -> int | None:
        """Take brackets that follow each other below the deepest indent, and return where they end: None if none do."""
        if self._state in {_VALUE_DUE, _FIRST_ELEMENT} and (run := _OPENINGS.match(text, place)):
            for brackets, name in _OPENING_PARTS.findall(run[0]):
                opened = brackets.translate(None, b" \t\n\r") or b"{"
                self._open += opened
                out.append(b"{" + name + b": " if name else opened)
                self._state = _VALUE_DUE if name else _FIRST_ELEMENT
            return run.end()
        if not self._may_close(text[place : place + 1]):
            return None
        closings = _CLOSINGS.match(text, place)[0]  # type: ignore[index]  # it matches what may close
        closings = closings[: len(self._open) - DEEPEST_INDENT]
        while not self._open.endswith(closings.translate(_PARTNERS)[::-1]):
            closings = closings[: len(closings) // 2]
        del self._open[-len(closings) :]
        self._after_value()
        out.append(closings)
        return place + len(closings)

    def _string(self, place: int, out: list[bytes]) -> int:
        if self._state in {_FIRST_KEY, _KEY_DUE}:
            out.append(self._line())
            self._state = _IN_KEY
        else:
            self._before_value(out)
            self._state = _IN_STRING
        out.append(b'"')
        return place + 1

    def _string_rest(self, text: bytes, place: int, out: list[bytes]) -> int | None:
        end = _INSIDE.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        out.append(text[place:end])
        if text[end : end + 1] == b'"':
            out.append(b'"')
            self._after_string()
            return end + 1
        escape = _PARTIAL_ESCAPE.match(text, end)
        if end < len(text) and (escape is None or escape.end() < len(text)):
            what = "an escape that JSON does not know" if escape else "a control character inside a string"
            self._fail(end, what)
            return None
        return None if end == place else end

    def _after_string(self) -> None:
        if self._state == _IN_KEY:
            self._state = _COLON_DUE
        else:
            self._after_value()

    def _word(self, text: bytes, place: int, out: list[bytes], *, is_end: bool) -> int | None:
        end = _WORD.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        if end == len(text) and not is_end and end - place < _SHOWN_BYTES:
            pass  # the rest of it may be in the next chunk
        elif self._state not in {_ROOT, _VALUE_DUE, _FIRST_ELEMENT} or end == place:
            self._fail(place, f"{_shown(text[place : max(end, place + 1)])} where {self._wanted()} should be")
        elif end - place > LONGEST_NUMBER_BYTES:
            self._fail(place, "a number of more than 64 KiB")
        elif end == len(text) and not is_end:
            pass
        elif _VALUE.fullmatch(text, place, end) is None:
            self._fail(place, f"{_shown(text[place:end])} where {self._wanted()} should be")
        else:
            self._before_value(out)
            out.append(text[place:end])
            self._after_value()
            return end
        return None

    def _before_value(self, out: list[bytes]) -> None:
        if self._open.endswith(b"["):
            out.append(self._line())
        elif not self._open and self._has_value:
            out.append(b"\n")

    def _after_value(self) -> None:
        self._has_value = True
        self._state = _ROOT if self._is_lines and not self._open else _AFTER

    def _may_close(self, token: bytes) -> bool:
        match token:
            case b"}":
                return self._state in {_FIRST_KEY, _AFTER} and self._open.endswith(b"{")
            case b"]":
                return self._state in {_FIRST_ELEMENT, _AFTER} and self._open.endswith(b"[")
        return False

    def _close(self, out: list[bytes]) -> None:
        bracket = b"}" if self._open.endswith(b"{") else b"]"
        stays = self._state in {_FIRST_KEY, _FIRST_ELEMENT} or len(self._open) > DEEPEST_INDENT
        del self._open[-1]
        out.append(bracket if stays else self._line() + bracket)
        self._after_value()

    def _line(self) -> bytes:
        return _LINES[len(self._open)] if len(self._open) <= DEEPEST_INDENT else b""

    def _wanted(self) -> str:
        return "the end of the text" if self._state == _AFTER and not self._open else _WANTED[self._state]

    def _fail(self, place: int, sentence: str) -> None:
        self._failed = (place, sentence)


def pretty(text: bytes) -> bytes:
    """Return a whole JSON text laid out.

    Raises:
        ValueError: It is not JSON; the sentence says where.
    """
    printer = JsonPrinter()
    shown = printer.feed(text) + printer.finish()
    if printer.fault is not None:
        raise ValueError(f"{printer.fault.sentence} (byte {printer.fault.offset})")
    return shown


def _shown(token: bytes) -> str:
    word = token[:_SHOWN_BYTES].decode("utf-8", "replace")
    return word if word.isprintable() else repr(word)
