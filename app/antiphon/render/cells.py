"""Text of tables: the cells of a record, and which form a table has."""

import re
from codecs import BOM_UTF8
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from antiphon.body.records import START, RecordForm, record_ends

DELIMITERS: tuple[tuple[str, str], ...] = ((",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Pipe"))
SNIFFED_RECORDS = 50
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?")
_SHOWN = (
    {code: 0x2400 + code for code in range(32)}
    | {10: "↵", 13: None}
    | dict.fromkeys(range(0xDC80, 0xDD00), 0xFFFD)
)


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is written.

    Attributes:
        has_header: The first record names the columns.
    """

    delimiter: str = ","
    separator: bytes = b"\n"
    has_header: bool = True

    @property
    def records(self) -> RecordForm:
        return RecordForm(self.separator, self.delimiter.encode())


def decoded(content: bytes, charset: str) -> str:
    """Return text with a surrogate for each byte that is none; what the charset cannot escape is U+FFFD."""
    try:
        return content.decode(charset, "surrogateescape")
    except UnicodeError:
        return content.decode(charset, "replace")


def shown(text: str) -> str:
    """Return *text* on one line, with pictures for what cannot be seen."""
    return text if text.isprintable() else text.translate(_SHOWN)


def cells_of(text: str, delimiter: str = ",") -> list[str]:
    """Return the fields of a record (RFC 4180); a quote inside a field that does not begin with one is itself."""
    text = text.removesuffix("\n").removesuffix("\r")
    if '"' not in text:
        return text.split(delimiter)
    cells, place = [], 0
    while True:
        cell, place = _cell(text, place, delimiter)
        cells.append(cell)
        if place >= len(text):
            return cells
        place += 1
        if place == len(text):
            return [*cells, ""]


def _cell(text: str, place: int, delimiter: str) -> tuple[str, int]:
    """Return the field at *place* and where its delimiter stands."""
    quoted = ""
    if text.startswith('"', place):
        close = _close(text, place + 1)
        quoted, place = text[place + 1 : close].replace('""', '"'), min(close + 1, len(text))
    end = text.find(delimiter, place)
    end = len(text) if end < 0 else end
    return quoted + text[place:end], end


def _close(text: str, place: int) -> int:
    """Return where the quote stands that ends a field; the text's end where there is none."""
    while (found := text.find('"', place)) >= 0:
        if not text.startswith('"', found + 1):
            return found
        place = found + 2
    return len(text)


def sniffed(content_type: str, sample: bytes, charset: str) -> TableForm:
    """Return the form in which *sample*, the first thousand bytes of a table, makes the most even rows."""
    sample = sample.removeprefix(BOM_UTF8)
    separator = b"\r" if b"\r" in sample and b"\n" not in sample else b"\n"
    forms = [TableForm(delimiter, separator) for delimiter, _title in DELIMITERS]
    if "tab-separated" in content_type.lower():
        forms = [TableForm("\t", separator)]
    best = max(forms, key=lambda form: _evenness(_rows(sample, form, charset)))
    rows = _rows(sample, best, charset)
    named = re.search(r"header\s*=\s*(present|absent)", content_type, re.IGNORECASE)
    has_header = named[1].lower() == "present" if named else _looks_like_titles(rows)
    return TableForm(best.delimiter, separator, has_header)


def _rows(sample: bytes, form: TableForm, charset: str) -> list[list[str]]:
    ends = record_ends(sample, START, form.records)[0][:SNIFFED_RECORDS]
    starts = [0, *ends]
    rows = [sample[start:end] for start, end in zip(starts, ends, strict=False)] or [sample]
    separator = form.separator.decode()
    return [cells_of(decoded(row, charset).removesuffix(separator), form.delimiter) for row in rows]


def _evenness(rows: list[list[str]]) -> tuple[float, int]:
    """Return the share of rows that have the most common number of fields, and that number; 1 is no table."""
    width, count = Counter(map(len, rows)).most_common(1)[0]
    return (count / len(rows), width) if width > 1 else (0.0, 1)


def _looks_like_titles(rows: list[list[str]]) -> bool:
    first = [cell.strip() for cell in rows[0]]
    are_words = all(cell and not _NUMBER.fullmatch(cell) for cell in first)
    return are_words and len(set(first)) == len(first)


def form_text(content: bytes, charset: str = "utf-8") -> str:
    """Return a name or value of `application/x-www-form-urlencoded` as it was meant (WHATWG URL, section 5.1)."""
    return decoded(unquote_to_bytes(content.replace(b"+", b" ")), charset)
