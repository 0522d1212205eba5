"""Text as a table of lines with a hash each; very long lines are cut where a page or a script would be broken."""

import re
from array import array

LONG_BYTES = 1000
"""Lines beyond this are cut after `>`, `;` or `}`; where there is none, after `PIECE_BYTES`."""
PIECE_BYTES = 4096

_PIECE = re.compile(rb"[^>;}]{0,%d}[>;}]*" % (PIECE_BYTES - 64), re.DOTALL)


class TextRows:
    """The rows of a text.

    Attributes:
        starts: Where each row begins in the text; one more for the end.
        texts: Hash of each row, its newline not included.
        lines: The number of the line that begins in each row, 0 where a line goes on.
        ends_open: Whether the last line has no newline.
        is_cut: Whether a line was cut.
    """

    def __init__(self) -> None:
        self.starts = array("Q")
        self.texts = array("q")
        self.lines = array("I")
        self.ends_open = False
        self.is_cut = False
        self._parts: list[bytes] = []
        self._place = 0
        self._line = 0

    def __len__(self) -> int:
        return len(self.texts)

    def feed(self, text: bytes) -> None:
        *lines, rest = text.split(b"\n")
        if lines:
            lines[0] = b"".join(self._parts) + lines[0]
            self._parts = []
            for line in lines:
                self._take(line)
        self._parts.append(rest)

    def finish(self) -> None:
        line = b"".join(self._parts)
        if line:
            self._take(line)
            self._place -= 1
        self.ends_open = bool(line)
        self.starts.append(self._place)

    def _take(self, line: bytes) -> None:
        self._line += 1
        if len(line) <= LONG_BYTES:
            self._add(line, self._line)
            self._place += len(line) + 1
            return
        number = self._line
        for found in _PIECE.finditer(line):
            if piece := found[0]:
                self._add(piece, number)
                self._place += len(piece)
                self.is_cut |= number == 0
                number = 0
        self._place += 1

    def _add(self, piece: bytes, line: int) -> None:
        self.starts.append(self._place)
        self.texts.append(hash(piece))
        self.lines.append(line)
