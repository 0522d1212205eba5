"""Parameters of a header field, `form-data; name="a"; filename*=UTF-8''%C3%A9` (RFC 9110 section 5.6.6, RFC 2231, RFC 8187)."""

import re
from urllib.parse import unquote_to_bytes

_PARAMETER = re.compile(r""";\s*([^\s;=]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;]*))|;""", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_PART = re.compile(r"(.+?)(?:\*(\d{1,3}))?(\*)?")
_EXTENDED = re.compile(r"([\w.:+-]*)'[^']*'(.*)", re.DOTALL)


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of *value* by name, in lower case; what stands before the first `;` is none of them.

    Of a name that comes twice the first one counts. One that is written with its charset (`name*=`), or in pieces
    (`name*0=`), has the plain name here and wins over a plain one. A backslash in quotes escapes only a quote or
    another backslash, as a file name of Windows needs it.
    """
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(_without_first(value)):
        if found[1] is None:
            continue
        said = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        parted = _PART.fullmatch(found[1].lower())
        assert parted is not None
        name, number, star = parted.groups()
        if number is None and star is None:
            plain.setdefault(name, said)
        else:
            pieces.setdefault(name, {}).setdefault(int(number or 0), (said, star is not None))
    return plain | {name: _joined(parts) for name, parts in pieces.items() if 0 in parts}


def _without_first(value: str) -> str:
    start = value.find(";")
    return value[start:] if start >= 0 else ""


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Return pieces 0, 1, 2 ... as one text; the first says the charset of those that are percent-encoded."""
    first, is_extended = parts[0]
    charset = "utf-8"
    if is_extended and (found := _EXTENDED.fullmatch(first)):
        charset, first = found[1] or "utf-8", found[2]
    texts = [(first, is_extended)]
    while len(texts) in parts:
        texts.append(parts[len(texts)])
    raw = b"".join(
        unquote_to_bytes(text) if is_encoded else text.encode(charset_or_utf8(charset), "replace")
        for text, is_encoded in texts
    )
    return raw.decode(charset_or_utf8(charset), "replace")


def charset_or_utf8(name: str) -> str:
    """Return *name* where it is one of the charsets of RFC 8187 and its kin that Python knows, else `utf-8`."""
    is_known = re.fullmatch(
        r"(?i)utf-8|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-(jp|kr)|gb\d+|gbk|big5",
        name,
    )
    try:
        "".encode(name if is_known else "utf-8")
    except LookupError:
        return "utf-8"
    return name if is_known else "utf-8"
