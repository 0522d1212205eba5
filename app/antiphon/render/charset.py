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
    ("big5hkscs", "Chinese (Big5)"),
    ("cp949", "Korean (EUC-KR)"),
    ("cp437", "DOS (code page 437)"),
)
"""What can be chosen by hand: codec and title."""
_TITLES = dict(CHARSETS) | {"utf-16": "UTF-16", "utf-32": "UTF-32", "ascii": "ASCII", "utf-8-sig": "UTF-8"}
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs",
    "cp950": "big5hkscs", "utf-8-sig": "utf-8",
}  # fmt: skip
"""What a label stands for on the web, where those who write it use all that its superset has (WHATWG Encoding, section 4.2)."""
_LABELS = {
    "windows-31j": "cp932", "x-sjis": "cp932", "windows-949": "cp949", "windows-874": "cp874", "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs", "x-euc-jp": "euc_jp", "iso-8859-8-i": "iso8859-8", "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
}  # fmt: skip
"""Labels that Python lacks."""
_NO_TEXT = {"utf-7", "unicode-escape", "raw-unicode-escape", "idna", "punycode", "charmap", "mbcs", "oem"}
"""Codecs that nobody means by a charset; UTF-7 lets ASCII stand for other characters, which has served attacks only."""
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
    if found and (name := meant_charset(found[1])):
        return name, "header"
    if name := _wide(first):
        return name, "bytes"
    if name := _declared(first):
        return name, "markup"
    return "utf-8", "nobody"


def known_charset(label: str) -> str:
    """Return the codec that *label* names; empty for one that Python lacks, or that is no charset of texts."""
    try:
        "".encode(label)  # refuses codecs between bytes (hex, zip) as well as unknown ones
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_TEXT else name


def meant_charset(label: str) -> str:
    """Return the codec that a header or a document means by *label*; empty where it means none."""
    label = label.strip().lower()
    name = _LABELS.get(label) or known_charset(label)
    return _MEANT.get(name, name)


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
    name = meant_charset(found[1].decode("latin-1")) if found else ""
    return "utf-8" if name.startswith(("utf-16", "utf-32")) else name


def _wide(first: bytes) -> str:
    """Return which UTF-16 or UTF-32 without a mark this is, told by zeros where ASCII has them; empty for neither.

    Either most of it is ASCII, or it begins with two characters of ASCII, as JSON and markup do.
    """
    for name, lanes in (("utf-32-le", (1, 2, 3)), ("utf-32-be", (0, 1, 2))):
        if len(first) >= 8 and not any(any(first[lane:8:4]) for lane in lanes) and _is_text(first, name, 4):
            return name
    even, odd = first[0::2], first[1::2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        is_likely = zeros.count(0) >= len(zeros) * _WIDE_SHARE and 0 not in others
        is_begun = zeros[:2] == bytes(2) and others[:2].isascii() and 0 not in others[:2]
        if len(first) >= 4 and (is_likely or is_begun) and _is_text(first, name, 2):
            return name
    return ""


def _is_text(first: bytes, codec: str, width_bytes: int) -> bool:
    text = first[: len(first) // width_bytes * width_bytes].decode(codec, "replace").removesuffix("\ufffd")
    return "\ufffd" not in text and all(char.isprintable() or char in "\r\n\t" for char in text)
