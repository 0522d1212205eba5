"""POSIX shell words: any text but NUL, exactly, with the secrets as variables."""

import re

from antiphon.core.template import Pieces, text_of
from antiphon.snippets.names import Form, SecretNames, coalesced, has_secret

_BARE = re.compile(r"[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*")
_PLAIN_IN_DOUBLE = re.compile(r"[A-Za-z0-9 _@%+=:,./?&;#()<>|*~{}\[\]'^-]*")
"""What means nothing inside double quotes; `!` does, to an interactive shell."""


def word(text: str) -> str:
    """Return *text* as one word, quoted only where it must be (POSIX.1-2017, Shell Command Language 2.2)."""
    return text if _BARE.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


class ShellSecrets:
    def __init__(self) -> None:
        self.names = SecretNames()

    def word(self, pieces: Pieces, form: Form = "raw", *, always: bool = True) -> str:
        """Return *pieces* as one word; with *always* in quotes even where none are needed."""
        pieces = coalesced(pieces)
        if not has_secret(pieces):
            return quoted(text_of(pieces)) if always else word(text_of(pieces))
        if all(piece.is_secret or _PLAIN_IN_DOUBLE.fullmatch(piece.text) for piece in pieces):
            return '"' + "".join(self._in_double(pieces, index, form) for index in range(len(pieces))) + '"'
        return "".join(
            f'"${self._name(piece.text, pieces, index, form)}"' if piece.is_secret else quoted(piece.text)
            for index, piece in enumerate(pieces)
        )

    def _in_double(self, pieces: Pieces, index: int, form: Form) -> str:
        piece = pieces[index]
        if not piece.is_secret:
            return piece.text
        name = self._name(piece.text, pieces, index, form)
        after = "" if index + 1 == len(pieces) or pieces[index + 1].is_secret else pieces[index + 1].text[:1]
        return f"${{{name}}}" if re.match(r"[A-Za-z0-9_\[]", after) else f"${name}"

    def _name(self, text: str, pieces: Pieces, index: int, form: Form) -> str:
        is_encoded = form != "raw" and ("%" in text or (form == "form" and "+" in text))
        return self.names.name(pieces[index], form if is_encoded else "raw")


def printf_format(data: bytes) -> str:
    """Return *data* as a quoted format of `printf`, every byte that is not plain ASCII in octal.

    A leading `-` too: some shells take it for an option.
    """
    text = "".join(_printf_character(byte) for byte in data)
    return quoted(f"\\055{text[1:]}" if text.startswith("-") else text)


def _printf_character(byte: int) -> str:
    character = chr(byte)
    if character == "\n":
        return "\\n"
    if character in "\\%":
        return character * 2
    return character if 32 <= byte < 127 else f"\\{byte:03o}"
