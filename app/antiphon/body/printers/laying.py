"""A printer at work: the rows of its text are counted on the way, so that a fault has a line and a column."""

from antiphon.body.printers.printer import Fault, Printer

_CONTINUATION = bytes(range(0x80, 0xC0))


class Laying:
    """A `Printer` around another."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._given = 0
        self._line = self._column = 1
        self._place: tuple[int, int] | None = None

    @property
    def fault(self) -> Fault | None:
        return self._printer.fault

    @property
    def place(self) -> tuple[int, int] | None:
        """Line and column of the fault in the text that is laid out, in characters of UTF-8, both from 1."""
        return self._place

    def feed(self, chunk: bytes) -> bytes:
        """Return the text that *chunk* completes."""
        return self._counted(self._printer.feed(chunk))

    def finish(self) -> bytes:
        """Return what was held back, and know whether the text is whole."""
        return self._counted(self._printer.finish())

    def _counted(self, text: bytes) -> bytes:
        if self._place is None:
            fault = self._printer.fault
            self._count(text if fault is None else text[: max(0, fault.shown_offset - self._given)])
            self._place = None if fault is None else (self._line, self._column)
            self._given += len(text)
        return text

    def _count(self, text: bytes) -> None:
        newlines = text.count(b"\n")
        last = text[text.rfind(b"\n") + 1 :] if newlines else text
        self._column = (1 if newlines else self._column) + len(last.translate(None, _CONTINUATION))
        self._line += newlines
