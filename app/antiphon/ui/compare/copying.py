"""All differences as text in the clipboard, gathered a few milliseconds at a time."""

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from antiphon.core.quantities import size_text
from antiphon.ui.compare.area import CompareArea
from antiphon.ui.compare.folds import SeenRow
from antiphon.ui.compare.row_words import copied

MOST_CHARACTERS = 16_000_000
_BUDGET_S = 0.003


class Copying(QObject):
    """Copies what an area shows; the newest copy wins."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._area: CompareArea | None = None
        self._tell: Callable[[str], None] = lambda _sentence: None
        self._lines: Iterator[str] = iter(())
        self._taken: list[str] = []
        self._size = 0
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._step)

    def follow(self, area: CompareArea, tell: Callable[[str], None]) -> None:
        """Copy from *area*, and say to *tell* when it is done."""
        self._area, self._tell = area, tell

    def start(self) -> None:
        self._lines, self._taken, self._size = self._differences(), [], 0
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._lines, self._taken = iter(()), []

    def _step(self) -> None:
        end = time.perf_counter() + _BUDGET_S
        for line in self._lines:
            self._taken.append(line)
            self._size += len(line) + 1
            if self._size > MOST_CHARACTERS:
                break
            if time.perf_counter() > end:
                return
        QGuiApplication.clipboard().setText("\n".join(self._taken))
        is_cut = self._size > MOST_CHARACTERS
        size = size_text(self._size)
        self._tell(
            f"The first {size} of the differences were copied."
            if is_cut
            else f"Copied {size} of differences."
        )
        self.stop()

    def _differences(self) -> Iterator[str]:
        area = self._area
        if area is None or area.folds is None or area.texts is None:
            return
        pieces = area.folds.pieces
        for number in pieces.differences:
            path = pieces.path(number)
            piece = pieces.piece(number)
            yield f"@@ {path or f'line {piece.left + 1}, line {piece.right + 1}'} @@"
            for place in range(pieces.counts[number]):
                yield from copied(SeenRow(number, pieces.row(number, place)), area.texts)
