"""One header as it goes out: what can stand in it, and the bytes that it becomes."""

import re
from typing import Literal

from antiphon.core.errors import UserError

Charset = Literal["utf-8", "latin-1"]

TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""RFC 9110 section 5.6.2."""
_BREAKS_OUT = re.compile(r"[\r\n\0]")


def field_bytes(text: str, charset: Charset = "utf-8") -> bytes:
    """Return *text* as it goes out; bytes that never were text (`surrogateescape`) as they came.

    Raises:
        UnicodeEncodeError: *charset* has no such character.
    """
    return text.encode(charset, "surrogateescape")


def shown(text: str) -> str:
    """Return *text* so that it can be written anywhere: what is no character becomes a question mark."""
    return text.encode(errors="replace").decode()


def check_field(name: str, value: str, charset: Charset = "utf-8") -> None:
    """Refuse a header that would break out of its line, or that *charset* cannot say; all else goes out as typed.

    Raises:
        UserError: it cannot be sent.
    """
    if not name or _BREAKS_OUT.search(name) or ":" in name:
        raise UserError(
            f"“{shown(name)}” cannot be a header's name.",
            "A name has no colon and no line break, and is not empty.",
        )
    if _BREAKS_OUT.search(value):
        raise UserError(
            f"The header {shown(name)} has a line break or a NUL.", "Put its value on one line, without them."
        )
    for text in (name, value):
        _check_charset(name, text, charset)


def _check_charset(name: str, text: str, charset: Charset) -> None:
    try:
        field_bytes(text, charset)
    except UnicodeEncodeError as error:
        lacking = f"“{text[error.start]}”" if charset == "latin-1" else ascii(text[error.start])
        raise UserError(
            f"The header {shown(name)} has {lacking}, which {charset} cannot say.",
            "Remove it, or send header values as UTF-8 (Options)."
            if charset == "latin-1"
            else "Remove it: it is half of a character.",
        ) from error
