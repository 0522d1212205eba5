"""The charset of text that nobody names, told from its bytes."""

import re

from antiphon.render.charset import meant_charset

SAMPLE_BYTES = 1 << 14
_CANDIDATES = (
    "cp1252", "cp1251", "cp1250", "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949",
    "cp1253", "cp1254", "cp1255", "cp1256", "iso8859_2",
)  # fmt: skip
_LATIN = {"cp1250", "cp1252", "cp1254", "iso8859-2"}
_HIGH = re.compile(r"[^\x00-\x7f]")
_SIGN_IN_WORD = re.compile(r"(?<=[A-Za-z])[\xa1-\xbf\x80-\x9f\ufffd]")
_WIDE_CHARS = 4
"""From so many characters on, a multibyte text is believed."""
_UTF8_SHARE = 3
"""So many characters of UTF-8 for each byte that is none: faulty text in it, which other charsets do not make by chance."""
_HEBREW_LETTERS = 40
_ICELANDIC = re.compile("[áéíóúæ]", re.IGNORECASE)
_TURKISH = re.compile("[ýþð]", re.IGNORECASE)
"""What ı, ş and ğ of windows-1254 are in windows-1252."""


def is_utf8(sample: bytes) -> bool:
    """Whether *sample*, which may end inside a character, is UTF-8."""
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.end == len(sample)
    return True


def guessed_charset(sample: bytes) -> str:
    """Return the codec that *sample*, which may begin and end inside a character, is most likely in.

    Takes some milliseconds, the first time some 30.
    """
    sample = sample[:SAMPLE_BYTES]
    if is_utf8(sample) or _is_faulty_utf8(sample):
        return "utf-8"
    from charset_normalizer import from_bytes  # imported for text that needs it only

    best = from_bytes(sample, cp_isolation=list(_CANDIDATES)).best()
    name = meant_charset(best.encoding) if best is not None else "cp1252"
    high = sum(byte > 127 for byte in sample)
    if name == "cp1251" and _is_hebrew(sample):
        return "cp1255"
    if name in _LATIN or (high < _WIDE_CHARS and not name.startswith("cp125")):
        return _western(sample, name)
    return name


def _is_faulty_utf8(sample: bytes) -> bool:
    """Whether all but a few characters beyond ASCII are UTF-8: one bad byte does not make it another charset."""
    wide = _HIGH.findall(sample.decode("utf-8", "surrogateescape"))
    faults = sum(1 for char in wide if "\udc80" <= char <= "\udcff")
    return len(wide) - faults >= _UTF8_SHARE * faults


def _is_hebrew(sample: bytes) -> bool:
    """Whether what reads as Cyrillic has no capitals and none of ы, ь, э, ю, я: those are no letters in windows-1255."""
    high = [byte for byte in sample if byte > 127]
    return len(high) >= _HEBREW_LETTERS and all(0xE0 <= byte <= 0xFA for byte in high)


def _western(sample: bytes, name: str) -> str:
    """Return windows-1252 unless it makes signs of letters (`są` would read `s¹`), as the most common by far."""
    text = sample.decode("cp1252", "replace")
    signs = len(_SIGN_IN_WORD.findall(text))
    if signs * 5 <= len(_HIGH.findall(text)):
        return "cp1254" if _TURKISH.search(text) and not _ICELANDIC.search(text) else "cp1252"
    return "cp1250" if name == "cp1252" else name
