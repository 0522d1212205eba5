"""The body: a kind, and for each kind its own editor; each keeps what it held while kinds are tried out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from antiphon.core.document import (
    Body,
    FileBody,
    FormBody,
    FormField,
    MultipartBody,
    NoBody,
    Part,
    RequestDocument,
    TextBody,
)
from antiphon.core.template import Scope
from antiphon.ui.request.file_body import FileBodyForm
from antiphon.ui.request.panel import Panel
from antiphon.ui.request.text_body import TextBodyEditor
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.files import choose_files, relative_to
from antiphon.ui.widgets.rows import CHECK, DESCRIPTION, NAME, VALUE, Column, Row
from antiphon.ui.widgets.table import RowsTable

KINDS = (
    ("none", "None"),
    ("json", "JSON"),
    ("text", "Text"),
    ("xml", "XML"),
    ("sparql", "SPARQL"),
    ("form", "Form"),
    ("multipart", "Multipart"),
    ("file", "File"),
)
_TEXT_KINDS = {"json", "text", "xml", "sparql"}
_PART_COLUMNS = (
    CHECK,
    NAME,
    Column("is_file", "Kind", 0),
    VALUE,
    Column("content_type", "Content type", 18, is_mono=True),
    DESCRIPTION,
)


def kind_of(body: Body) -> str:
    """Return the key of *body*'s kind in `KINDS`."""
    match body:
        case NoBody():
            return "none"
        case TextBody(language=language):
            return language
        case FormBody():
            return "form"
        case MultipartBody():
            return "multipart"
        case FileBody():
            return "file"
        case _:
            assert_never(body)


class BodyPanel(Panel):
    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._scope = Scope()
        self._base_dir: Path | None = None
        self._kept: dict[str, Body] = {}
        self._pages: dict[str, QWidget] = {}
        self.kinds = Segmented(theme, KINDS, name="Kind of body", parent=self)
        self.kinds.chosen.connect(self._choose)
        self.format = QuietButton(theme, "Format", tip="Lay the JSON out on lines of its own", parent=self)
        self.format.clicked.connect(lambda: self._text().lay_out_json())
        self._stack = QStackedWidget(self)
        self._lay_out()
        self.show_draft()

    @staticmethod
    def mark(draft: RequestDocument) -> str:
        """Return what the tab says behind its title: how many rows are sent, or a dot for any other body."""
        match draft.body:
            case NoBody():
                return ""
            case FormBody(fields=rows) | MultipartBody(parts=rows):
                return str(sum(row.enabled for row in rows) or "")
            case _:
                return "•"

    def show_draft(self) -> None:
        body = self.draft.body
        kind = kind_of(body)
        self._kept[kind] = body
        self.kinds.set_choice_visible("sparql", kind == "sparql")
        self.kinds.show_choice(kind)
        self.format.setVisible(kind == "json")
        self._show_body(body)

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        for page in self._pages.values():
            if isinstance(page, RowsTable | TextBodyEditor | FileBodyForm):
                page.set_scope(scope)

    def set_base_dir(self, folder: Path | None) -> None:
        """Name files chosen inside *folder* relative to it."""
        self._base_dir = folder

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE)
        row.addWidget(self.kinds)
        row.addStretch()
        row.addWidget(self.format)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.kinds)

    def _choose(self, kind: str) -> None:
        body = self._kept.get(kind)
        if body is None:
            body = self._fresh(kind)
        self.tell(replace(self.draft, body=body))
        self.show_draft()

    def _fresh(self, kind: str) -> Body:
        """Return an empty body of *kind*; a text goes along from one language to another."""
        if kind in _TEXT_KINDS:
            text = self.draft.body.text if isinstance(self.draft.body, TextBody) else ""
            return TextBody(kind, text)
        empty: dict[str, Body] = {"form": FormBody(), "multipart": MultipartBody(), "file": FileBody()}
        return empty.get(kind, NoBody())

    def _show_body(self, body: Body) -> None:
        match body:
            case NoBody():
                self._stack.setCurrentWidget(self._page("none", self._nothing))
            case TextBody():
                self._text().show(body)
                self._stack.setCurrentWidget(self._text())
            case FormBody(fields=fields):
                table = self._page("form", self._form)
                table.show_rows([_form_row(field) for field in fields])
                self._stack.setCurrentWidget(table)
            case MultipartBody(parts=parts):
                table = self._page("multipart", self._multipart)
                table.show_rows([_part_row(part) for part in parts])
                self._stack.setCurrentWidget(table)
            case FileBody():
                form = self._page("file", self._file)
                form.show(body)
                self._stack.setCurrentWidget(form)
            case _:
                assert_never(body)

    def _take(self, body: Body) -> None:
        self._kept[kind_of(body)] = body
        self.tell(replace(self.draft, body=body))

    def _page(self, key: str, make: Callable[[], QWidget]) -> QWidget:
        if key not in self._pages:
            page = self._pages[key] = make()
            self._stack.addWidget(page)
        return self._pages[key]

    def _text(self) -> TextBodyEditor:
        return self._page("text", self._text_page)

    def _text_page(self) -> TextBodyEditor:
        editor = TextBodyEditor(self.theme, self)
        editor.set_scope(self._scope)
        editor.edited.connect(self._take)
        return editor

    def _nothing(self) -> QWidget:
        label = QLabel("No body is sent. Choose a kind above to add one.", self)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        label.setEnabled(False)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        return label

    def _form(self) -> RowsTable:
        table = RowsTable(self.theme, "Field", parent=self)
        table.set_scope(self._scope)
        table.edited.connect(lambda rows: self._take(FormBody(tuple(map(_field, rows)))))
        return table

    def _multipart(self) -> RowsTable:
        table = RowsTable(self.theme, "Part", columns=_PART_COLUMNS, bulk_edit=False, parent=self)
        table.set_scope(self._scope)
        table.edited.connect(lambda rows: self._take(MultipartBody(tuple(map(_part, rows)))))
        table.file_wanted.connect(self._choose_part_files)
        return table

    def _file(self) -> FileBodyForm:
        form = FileBodyForm(self.theme, lambda: self._base_dir, self)
        form.set_scope(self._scope)
        form.edited.connect(self._take)
        return form

    def _choose_part_files(self, number: int) -> None:
        table = self._page("multipart", self._multipart)

        def take(paths: list[str]) -> None:
            named = tuple(relative_to(path, self._base_dir) for path in paths)
            table.model.change(number, paths=named, is_file=True)

        choose_files(self, "Choose files for this part", take, several=True, folder=self._base_dir)


def _form_row(field: FormField) -> Row:
    return Row(field.name, field.value, field.enabled, field.description)


def _field(row: Row) -> FormField:
    return FormField(row.name, row.value, row.enabled, row.description)


def _part_row(part: Part) -> Row:
    return Row(
        part.name,
        part.value,
        part.enabled,
        part.description,
        is_file=part.is_file,
        paths=part.paths,
        content_type=part.content_type,
    )


def _part(row: Row) -> Part:
    return Part(row.name, row.value, row.paths, row.is_file, row.content_type, row.enabled, row.description)
