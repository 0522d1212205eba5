"""What an open filter does: its bar, its page of results, and the work between them."""

import csv
import io
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from antiphon.body.store import SpooledSource
from antiphon.core.quantities import size_text
from antiphon.render.filter import COPY_LIMIT_BYTES, Filter, Form, Results
from antiphon.render.filter_languages import FILTERED, MARKUP
from antiphon.render.filter_sheet import ROW_LIMIT, CsvAsk
from antiphon.render.filter_suggestion import STARTS_BYTES, suggested
from antiphon.render.media import Language
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.filter_bar import FilterBar
from antiphon.ui.viewer.filter_page import FilterPage

POLL_MS = 30
REST_MS = 120_000
"""After this time without a question the process is ended; it is started again for the next."""


class FilterWork(QObject):
    """Tell it with `follow` what body there is; it filters that while its bar is open, and the next one too.

    The page of results takes the body's place where `is_shown`; `changed` says that this, or what is in it, changed.
    """

    changed = Signal()
    closed = Signal()
    """The bar was open and is not any more."""
    told = Signal(str, str)
    """Level and sentence of a notice for the user."""
    used = Signal(str)
    """This expression is worth remembering."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = FilterBar(theme, parent)
        self.page = FilterPage(theme, parent)
        self.bar.hide()
        self._filter: Filter | None = None
        self._body: SpooledSource | None = None
        self._language: Language = "text"
        self._charset = "utf-8"
        self._asked: tuple[str, str] | None = None
        self._told = ""
        self._single_cell = False
        self._saves_to: Path | None = None
        self._is_stopped = False
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._rest = QTimer(self, interval=REST_MS, singleShot=True)
        self._rest.timeout.connect(self._end_process)
        self._connect()

    @property
    def is_on(self) -> bool:
        """Whether the bar is open."""
        return not self.bar.isHidden()

    @property
    def is_shown(self) -> bool:
        """Whether results stand in for the body."""
        return self.is_on and self._results is not None

    def open(self) -> None:
        """Open the bar, or bring it into focus."""
        self.bar.open()
        self._look()
        self.changed.emit()

    def close(self) -> bool:
        """Close bar and results, and end the process; tell whether the bar was open."""
        was_on = self.is_on
        if was_on and self._results is not None:
            self._remember()
        self.bar.hide()
        self._end()
        if was_on:
            self.changed.emit()
            self.closed.emit()
        return was_on

    def follow(self, body: SpooledSource, language: Language, charset: str) -> bool:
        """Take note of the body that is there; the expression is looked for once it is over.

        Returns:
            Whether results stand in for it.
        """
        if body is not self._body or (language, charset) != (self._language, self._charset):
            self.forget()
            self._body, self._language, self._charset = body, language, charset
            self.bar.show_language(is_markup=language in MARKUP)
        if self._asked is None:
            self._look()
        return self.is_shown

    def forget(self) -> None:
        """Let go of the body; bar and expression stay for the next one."""
        self._body = None
        self._end()

    def close_work(self) -> None:
        """End all background work for good."""
        self.forget()
        self.page.close_work()

    @property
    def _results(self) -> Results | None:
        return self._filter.results if self._filter is not None else None

    # Asking

    def _look(self) -> None:
        """Look for what the bar says, unless that is looked for already."""
        expression = self.bar.expression
        body = self._body
        if not self.is_on or body is None:
            return
        if self._language not in FILTERED:
            self._tell("not for this kind of body")
        elif not body.is_finished:
            self._tell("waits for the whole body" if expression else "")
        elif not expression:
            self._show_body()
        elif (expression, self.bar.form) != self._asked:
            self._start(body, expression)

    def _show_body(self) -> None:
        """Show the body again: there is nothing to look for."""
        self._tell("")
        if self._filter is not None:
            self._end()
            self.changed.emit()

    def _start(self, body: SpooledSource, expression: str) -> None:
        self._asked = expression, self.bar.form
        self._is_stopped = False
        if self._filter is None:
            self._filter = Filter(body, self._language, self._charset)
        self._filter.look_for(expression, self.bar.form)
        self._timer.start()
        self._poll()

    def _end(self) -> None:
        self._timer.stop()
        self._rest.stop()
        self._asked = None
        self._told = ""
        self.page.clear()
        if self._filter is not None:
            self._filter.close()
        self._filter = None
        self._tell("")

    def _stop(self) -> None:
        """End the process in the middle of its work; what it found so far stays."""
        if self._filter is not None:
            self._filter.cancel()
            self._timer.stop()
            self._is_stopped = True
            self._show()

    def _end_process(self) -> None:
        """Give back the memory of a process that nobody asks; results stay."""
        if self._filter is not None and not self._filter.is_busy:
            self._filter.cancel()

    # Answers

    def _poll(self) -> None:
        one = self._filter
        if one is None:
            self._timer.stop()
            return
        one.step()
        self._take_csv(one)
        if not one.is_busy:
            self._timer.stop()
            self._rest.start()
        if one.error and one.error != self._told:
            self.told.emit("warning", one.error)
        self._told = one.error
        self._show()

    def _show(self) -> None:
        one = self._filter
        assert one is not None
        if one.results is not None:
            self.page.show_results(one.results, self._language)
            self._tell_note(one.results)
        self.bar.tell(self._words(one), fault=one.fault, is_busy=one.is_looking)
        self.bar.set_savable(one.results is not None and one.results.count > 0 and not one.is_busy)
        self.changed.emit()

    def _words(self, one: Filter) -> str:
        if one.error:
            return "not filtered"
        if self._is_stopped:
            return f"stopped at {one.count:,}"
        if one.is_looking:
            return _progress(one, self._body)
        if one.is_busy:
            return "writing CSV…"
        count = one.count
        return "none" if count == 0 else "1 result" if count == 1 else f"{count:,} results"

    def _tell_note(self, results: Results) -> None:
        """Tell once what the results lack."""
        notes = [results.note] if results.note else []
        if results.has_more_columns:
            notes.append(f"The first {len(results.columns)} columns are shown; CSV has more.")
        if results.form == "table" and results.count > ROW_LIMIT:
            notes.append(f"The first {ROW_LIMIT:,} rows are shown; CSV has all.")
        results.note, results.has_more_columns = "", False
        if notes:
            self.told.emit("info", " ".join(notes))

    def _tell(self, words: str) -> None:
        self.bar.tell(words)
        self.bar.set_savable(False)

    # Copying and saving

    def _copy(self, ask: CsvAsk) -> None:
        if self._filter is None or self._filter.is_busy:
            return
        spans = ask.spans or ()
        self._single_cell = len(ask.columns or ()) == 1 and len(spans) == 1 and spans[0][0] == spans[0][1]
        self._filter.copy_csv(ask)
        self._timer.start()

    def _ask_where(self) -> None:
        dialog = QFileDialog(self.bar, "Save the results as CSV")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("results.csv")
        dialog.filesSelected.connect(lambda paths: self.save(Path(paths[0])))
        dialog.open()

    def save(self, path: Path) -> None:
        """Write all results to *path* as CSV."""
        if self._filter is not None and self._results is not None:
            self._saves_to = path
            self._filter.save_csv(self.page.table.whole(), path)
            self._timer.start()

    def _take_csv(self, one: Filter) -> None:
        if one.copied is not None:
            content, one.copied = one.copied, None
            QGuiApplication.clipboard().setText(self._copied_text(content))
        if one.saved_bytes is not None:
            size, one.saved_bytes = one.saved_bytes, None
            self.told.emit("info", f"Saved {self._saves_to} ({size_text(size)}).")

    def _copied_text(self, content: bytes) -> str:
        if len(content) > COPY_LIMIT_BYTES:
            content = content[:COPY_LIMIT_BYTES]
            self.told.emit("info", "Only the first 16 MiB were copied. Save as CSV to have all of it.")
        text = content.decode("utf-8", "replace")
        if self._single_cell:
            return next(csv.reader(io.StringIO(text, newline=""), delimiter="\t"), [""])[0]
        return text

    def _enter(self) -> None:
        """Take Return: look again where that was stopped or failed, and remember the expression."""
        if self._is_stopped or (self._filter is not None and self._filter.error):
            self._asked = None
            self._look()
        self._remember()

    def _remember(self) -> None:
        if self._filter is not None and self._filter.fault is None and self.bar.expression:
            self.used.emit(self.bar.expression)

    def _connect(self) -> None:
        self.bar.closed.connect(self.close)
        self.bar.asked.connect(lambda _expression: self._look())
        self.bar.entered.connect(self._enter)
        self.bar.form_chosen.connect(self._take_form)
        self.bar.stop_asked.connect(self._stop)
        self.bar.save_asked.connect(self._ask_where)
        self.page.table.save_asked.connect(self._ask_where)
        self.page.table.copy_asked.connect(self._copy)
        self.page.text_asked.connect(self._show_values)
        self.page.notice.connect(lambda sentence: self.told.emit("info", sentence))

    def _take_form(self, form: Form) -> None:
        """Show results in another form; a table without an expression is one of the body's own list."""
        body = self._body
        if form == "table" and not self.bar.expression and body is not None:
            self.bar.field.setText(suggested(self._language, body.read(0, STARTS_BYTES)))
        self._look()

    def _show_values(self) -> None:
        self.bar.forms.show_choice("values")
        self._look()


def _progress(one: Filter, body: SpooledSource | None) -> str:
    if one.read_bytes is None:
        return f"{one.count:,} so far…" if one.count else "filtering…"
    size = size_text(body.size_bytes) if body is not None else ""
    return f"reading {size}…" if one.read_bytes == 0 else f"read {size_text(one.read_bytes)} of {size}…"
