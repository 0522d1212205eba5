"""What the printers that go from token to token have in common: chunks, what is held back, and the rest after a fault."""

from typing import Final

from antiphon.body.printers.printer import Fault

INDENT: Final = b"  "
DEEPEST_INDENT: Final = 100
"""Deeper levels are not moved further right, and get no rows of their own."""
LONGEST_HELD_BYTES: Final = 1 << 16
"""What is not known to be a whole token after this many bytes is taken for as much as is there."""

_BOM = b"\xef\xbb\xbf"


class LexingPrinter:
    """A `Printer`; a subclass says what a token is, by `_token` and `_end`."""

    def __init__(self) -> None:
        self._fault: Fault | None = None
        self._out: list[bytes] = []
        self._rest = b""
        self._taken = 0
        self._given = 0
        self._is_begun = False
        self._failed: tuple[int, str] | None = None

    @property
    def fault(self) -> Fault | None:
        return self._fault

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""
        return self._run(self._rest + chunk, is_end=False)

    def finish(self) -> bytes:
        """Return what was held back, and know whether the text is whole."""
        text = self._run(self._rest, is_end=True)
        if self._fault is None:
            sentence = self._end()
            text += self._drained()
            if sentence:
                self._fault = Fault(self._taken + len(self._rest), sentence, self._given + len(self._rest))
        rest, self._rest = self._rest, b""
        return text + rest

    def _token(self, text: bytes, place: int, *, is_end: bool) -> int | None:
        """Lay out the token at *place* by `_put` and return where it ends; None where it goes on beyond *text*."""
        raise NotImplementedError

    def _end(self) -> str:
        """Lay out what is left, and return what lacks at the end of the text; nothing where it is whole."""
        return ""

    def _flush(self) -> None:
        """Put what is still undecided."""

    def _put(self, *pieces: bytes) -> None:
        self._out += pieces

    def _fail(self, place: int, sentence: str) -> None:
        self._failed = (place, sentence)

    def _run(self, text: bytes, *, is_end: bool) -> bytes:
        if self._fault is not None:
            return text
        if not self._is_begun and len(text) < len(_BOM) and _BOM.startswith(text) and not is_end:
            self._rest = text
            return b""
        place = self._begin(text)
        while place < len(text) and self._failed is None:
            after = self._token(text, place, is_end=is_end)
            if after is None:
                break
            place = after
        if self._failed is not None:
            return self._with_rest(text)
        self._rest = text[place:]
        self._taken += place
        return self._drained()

    def _begin(self, text: bytes) -> int:
        """Pass over a byte order mark."""
        has_mark = not self._is_begun and text.startswith(_BOM)
        self._is_begun = True
        if has_mark:
            self._put(_BOM)
        return len(_BOM) if has_mark else 0

    def _with_rest(self, text: bytes) -> bytes:
        """Return what is laid out and, from the fault on, the text as it came."""
        assert self._failed is not None
        place, sentence = self._failed
        self._flush()
        laid_out = self._drained()
        self._fault = Fault(self._taken + place, sentence, self._given)
        self._rest = b""
        return laid_out + text[place:]

    def _drained(self) -> bytes:
        text = b"".join(self._out)
        self._out.clear()
        self._given += len(text)
        return text
