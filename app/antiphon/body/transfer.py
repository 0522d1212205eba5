"""The content of a part that came as base64 or quoted-printable (RFC 2045 section 6), as a body of its own."""

import binascii
import re
from pathlib import Path
from typing import Protocol

from antiphon.body.store import BodySource
from antiphon.body.transcoded import ConvertedBody

CODINGS = frozenset({"base64", "quoted-printable"})
_LONGEST_LINE_BYTES = 1 << 16
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


class _Decoder(Protocol):
    def decode(self, content: bytes, final: bool) -> bytes: ...


class _Base64:
    """Takes what belongs to the alphabet and leaves out everything else, padding and line breaks above all."""

    def __init__(self) -> None:
        self._rest = b""

    def decode(self, content: bytes, final: bool) -> bytes:
        digits = self._rest + _NO_BASE64.sub(b"", content)
        whole = len(digits) // 4 * 4
        self._rest = digits[whole:]
        decoded = binascii.a2b_base64(digits[:whole])
        if final and len(self._rest) > 1:
            decoded += binascii.a2b_base64(self._rest + b"=" * (4 - len(self._rest)))
        return decoded


class _QuotedPrintable:
    def __init__(self) -> None:
        self._rest = b""

    def decode(self, content: bytes, final: bool) -> bytes:
        content = self._rest + content
        end = len(content) if final else content.rfind(b"\n") + 1
        if not end and len(content) > _LONGEST_LINE_BYTES:
            end = len(content) - 2
            end -= (content[end - 1 : end] == b"=") + 2 * (content[end - 2 : end - 1] == b"=")
        self._rest = content[end:]
        return binascii.a2b_qp(content[:end])


class DecodedBody(ConvertedBody):
    """A `BodySource` that grows by `step`.

    Args:
        coding: One of `CODINGS`.
    """

    def __init__(self, source: BodySource, coding: str, folder: Path | None = None) -> None:
        super().__init__(source, folder)
        self._decoder: _Decoder = _Base64() if coding == "base64" else _QuotedPrintable()

    def converted(self, chunk: bytes, *, is_last: bool) -> bytes:
        return self._decoder.decode(chunk, is_last)
