"""Where the caret stands in a JSON text: its path below the rows, and the bracket that belongs to the one at the caret."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from antiphon.body.outline import Outline
from antiphon.body.store import SpooledSource
from antiphon.core.json_path import part_text, path_text
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.body_view import BodyView
from antiphon.ui.viewer.path_line import PathLine

JSON = frozenset({"json", "jsonlines"})
SETTLE_MS = 60
"""How long the caret rests before its path is looked for."""
STEP_MS = 16
_BRACKETS = frozenset(b"{}[]")


class StructureLine(PathLine):
    """Follows the caret of *view*; the text is gone through only once the caret was moved."""

    def __init__(self, theme: Theme, view: BodyView) -> None:
        super().__init__(theme)
        self._view = view
        self._text: tuple[SpooledSource, Language, str] | None = None
        self._outline: Outline | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        self.hide()
        view.moved.connect(lambda: self._timer.start(SETTLE_MS) if self._text is not None else None)
        self.chosen.connect(self._go)

    def follow(self, source: SpooledSource | None, language: Language, charset: str) -> None:
        """Tell of carets in *source* from now on; of none in a text that is no JSON."""
        text = (source, language, charset) if source is not None and language in JSON else None
        if text != self._text:
            self.close_work()
            self._text = text
            self.show_parts(("$",) if text is not None else ())
            self.set_seen(True)

    def set_seen(self, is_text_seen: bool) -> None:
        """Stand below the text while it is seen, where there is something to tell."""
        self.setVisible(is_text_seen and self._text is not None)

    def close_work(self) -> None:
        """End the work on the text and forget it."""
        self._timer.stop()
        if self._outline is not None:
            self._outline.close()
        self._text = self._outline = None
        self._view.set_brackets(())

    def copy_path(self) -> None:
        """Copy the path of the value at the caret."""
        if self._outline is not None:
            QGuiApplication.clipboard().setText(path_text(self._outline.path_at(self._place())))

    def _look(self) -> None:
        """Go through the text as far as the caret, a little at a time, and show what is there."""
        if self._text is None:
            return
        source, language, charset = self._text
        if self._outline is None:
            self._outline = Outline(source, is_lines=language == "jsonlines", charset=charset)
        outline, caret = self._outline, self._view.caret
        outline.step()
        if outline.known_bytes < min(caret + 1, source.size_bytes) and not outline.is_finished:
            self._timer.start(STEP_MS)
            return
        path = outline.path_at(self._place())
        self.show_parts(("$", *map(part_text, path)))
        self._mark(outline, source, caret)

    def _place(self) -> int:
        """Return the offset whose value is meant: behind a row's last comma it is what the row holds."""
        index, caret = self._view.index, self._view.caret
        row = index.rows(index.row_of(caret), 1)[0]
        held = row.content.rstrip(b" \t\r,")
        is_behind = row.start + len(held) <= caret and len(held) > 0
        return row.start + len(held) - 1 if is_behind else caret

    def _mark(self, outline: Outline, source: SpooledSource, caret: int) -> None:
        """Mark the bracket after the caret, else the one before it, and its partner."""
        for offset in (caret, caret - 1):
            if offset >= 0 and source.read(offset, 1)[:1] and source.read(offset, 1)[0] in _BRACKETS:
                partner = outline.matching_bracket(offset)
                self._view.set_brackets(() if partner is None else (offset, partner))
                if partner is None and not outline.is_finished:
                    self._timer.start(STEP_MS * 4)
                return
        self._view.set_brackets(())

    def _go(self, number: int) -> None:
        """Go to where the value begins whose part was chosen; the root's number is 0."""
        if self._outline is None:
            return
        trail = self._outline.trail_at(self._place())
        root = self._outline.root
        node = trail[number - 1] if 0 < number <= len(trail) else root
        if node is not None:
            self._view.reveal(node.start if node.key_start is None else node.key_start)
            self._view.setFocus()
