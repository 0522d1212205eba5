"""Which charset a body is in, and who says so: its first bytes, its header, its own markup, or nobody."""

import codecs
import re
from typing import Literal

CharsetOrigin = Literal["bom", "header", "markup", "bytes", "chosen", "nobody"]
"""Who said which charset it is; `bytes`: it was told from the bytes; `chosen`: by hand."""

ORIGIN_WORDS: dict[CharsetOrigin, str] = {
    "bom": "by its byte order mark",
    "header": "by header",
    "markup": "as the document says",
    "bytes": "detected",
    "chosen": "chosen",
    "nobody": "nothing says otherwise",
}
CHARSETS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("cp1252", "Western (windows-1252)"),
    ("iso8859-1", "Western (ISO-8859-1)"),
    ("iso8859-15", "Western (ISO-8859-15)"),
    ("utf-16-le", "UTF-16 LE"),
    ("utf-16-be", "UTF-16 BE"),
    ("cp1250", "Central European (windows-1250)"),
    ("iso8859-2", "Central European (ISO-8859-2)"),
    ("cp1251", "Cyrillic (windows-1251)"),
    ("koi8-r", "Cyrillic (KOI8-R)"),
    ("cp1253", "Greek (windows-1253)"),
    ("cp1254", "Turkish (windows-1254)"),
    ("cp1255", "Hebrew (windows-1255)"),
    ("cp1256", "Arabic (windows-1256)"),
    ("cp932", "Japanese (Shift_JIS)"),
    ("euc_jp", "Japanese (EUC-JP)"),
    ("gb18030", "Chinese (GB18030)"),
    ("big5", "Chinese (Big5)"),
    ("cp949", "Korean (EUC-KR)"),
    ("cp437", "DOS (code page 437)"),
)
"""What can be chosen by hand: codec and title."""
_TITLES = dict(CHARSETS) | {"utf-16": "UTF-16", "utf-32": "UTF-32", "ascii": "ASCII", "utf-8-sig": "UTF-8"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER = re.compile(r';\s*charset\s*=\s*"?([^";\s]+)', re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"""<meta[\s/][^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)
_XML = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']""")
_CSS = re.compile(rb'@charset "([^"]+)";')
_WIDE_SHARE = 0.4
"""Share of bytes of one half that are zero in UTF-16 of which most is ASCII."""


def charset_of(content_type: str, first: bytes) -> tuple[str, CharsetOrigin]:
    """Return the codec of a body and who says so: a byte order mark, then the header, then the document itself.

    Args:
        first: The first 1024 bytes, the reach of a declaration in HTML (WHATWG HTML, "prescan a byte stream").
    """
    for bom, name in _BOMS:
        if first.startswith(bom):
            return name, "bom"
    found = _HEADER.search(content_type)
    if found and (name := known_charset(found[1])):
        return name, "header"
    if name := _wide(first):
        return name, "bytes"
    if name := _declared(first):
        return name, "markup"
    return "utf-8", "nobody"


def known_charset(label: str) -> str:
    """Return the codec that *label* names; empty for one that Python lacks, or that is none between bytes and text."""
    try:
        "".encode(label)  # refuses codecs between bytes (hex, zip) as well as unknown ones
        return codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""


def charset_title(codec: str) -> str:
    """Return a codec as people call it: `UTF-8`, `Western (windows-1252)`."""
    return _TITLES.get(codec) or codec.replace("_", "-").upper()


def short_title(codec: str) -> str:
    """Return the name alone, for a button: `windows-1252`."""
    title = charset_title(codec)
    return title[title.index("(") + 1 : -1] if title.endswith(")") else title


def _declared(first: bytes) -> str:
    """Return what a meta element, an XML declaration or a CSS rule says; UTF-16 there means UTF-8, as it was readable."""
    start = first.lstrip(b" \t\r\n")
    found = _XML.match(start) or _CSS.match(start)
    if found is None and start.startswith(b"<"):
        found = _META.search(_COMMENT.sub(b"", first))
    name = known_charset(found[1].decode("latin-1").strip()) if found else ""
    if name.startswith(("utf-16", "utf-32")):
        return "utf-8"
    # "latin1" and "ascii" are labels of windows-1252 (WHATWG Encoding, section 4.2).
    return "cp1252" if name in {"iso8859-1", "ascii"} else name


def _wide(first: bytes) -> str:
    """Return which UTF-16 without a mark this is, told by zeros in every other byte of what else is ASCII text."""
    even, odd = first[0::2], first[1::2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(first) < 4 or zeros.count(0) < len(zeros) * _WIDE_SHARE or 0 in others:
            continue
        text = first[: len(first) // 2 * 2].decode(name, "replace")
        if all(char.isprintable() or char in "\r\n\t\ufffd" for char in text):
            return name
    return ""
