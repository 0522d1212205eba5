"""Bytes as hexadecimal and back: rows of a dump, what is copied, what is looked for, and where to go."""

import re
import struct
from typing import Literal

CopyForm = Literal["hex", "text", "python", "c"]

COPY_LIMITS_BYTES: dict[CopyForm, int] = {"hex": 1 << 20, "text": 1 << 20, "python": 1 << 18, "c": 1 << 18}
"""How much is copied at once in each form: what takes the window a few ms."""

_DOTS = bytes(byte if 32 <= byte < 127 else 0x2E for byte in range(256))
_ONLY_LETTERS = bytes(byte if 32 <= byte < 127 else 0x20 for byte in range(256))
_ONLY_DOTS = bytes(0x20 if 32 <= byte < 127 else 0x2E for byte in range(256))
_ZERO = re.compile(r"\b00\b")
_OTHER = re.compile(r"\b(?!00)\w\w\b")
_HEX = re.compile(r"(?:0x)?([0-9a-f]{2}(?:[\s,:-]*(?:0x|\\x)?[0-9a-f]{2})*)", re.IGNORECASE)
_SIGNS = re.compile(r"0x|\\x|[\s,:-]", re.IGNORECASE)
_C_LINE = 64
_C_SHORT: dict[int, str] = {0x22: '\\"', 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
_C_SIGNS = [_C_SHORT.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in range(256)]
"""Each byte inside a C string; octal, since a hexadecimal escape has no end."""


def letters(row: bytes) -> str:
    """Return a character for each byte: itself where it is printable ASCII, else a dot."""
    return row.translate(_DOTS).decode("ascii")


def pairs(row: bytes) -> str:
    """Return two digits for each byte with a blank between, and two after every eighth."""
    return "  ".join(row[start : start + 8].hex(" ") for start in range(0, len(row), 8))


def layers(row: bytes) -> tuple[str, str, str, str]:
    """Return what is painted of a row in four inks: zeros, other pairs, dots, letters; blanks where another has it."""
    text = pairs(row)
    dots, signs = row.translate(_ONLY_DOTS).decode(), row.translate(_ONLY_LETTERS).decode()
    return _OTHER.sub("  ", text), _ZERO.sub("  ", text), dots, signs


def pair_column(index: int) -> int:
    """Return in which column of `pairs` byte *index* of a row begins."""
    return 3 * index + index // 8


def pair_index(column: float, width: int) -> int:
    """Return which byte of a row of *width* stands at a column of `pairs`; the gap after a byte is its own."""
    return max(0, min(width - 1, int((column - int(column // 25)) // 3)))


def copied(content: bytes, form: CopyForm, charset: str = "utf-8") -> str:
    r"""Return *content* as it goes to the clipboard: `de ad`, decoded text, `b'\xde\xad'`, or C strings in lines."""
    match form:
        case "hex":
            return content.hex(" ")
        case "text":
            return content.decode(charset, "replace")
        case "python":
            return repr(content)
        case "c":
            lines = (content[start : start + _C_LINE] for start in range(0, max(1, len(content)), _C_LINE))
            return "\n".join(f'"{_c_escaped(line)}"' for line in lines)


def bytes_of_hex(text: str) -> bytes | None:
    r"""Return the bytes that *text* writes: `DE AD`, `dead`, `0xDE,0xAD`, `\xde\xad`; None where it writes none."""
    text = text.strip()
    digits = _SIGNS.sub("", text)
    if len(digits) % 2 or not _HEX.fullmatch(text.removeprefix("\\x").removeprefix("\\X")):
        return None
    return bytes.fromhex(digits)


def place_of(text: str, size_bytes: int, here: int = 0) -> int | None:
    """Return the offset that *text* names in a body: `4096`, `0x1000`, `1000h`, `50%`, `+16`, `-0x10`.

    Args:
        here: Where a sign counts from.

    None where it names none; what lies outside is brought to the nearest end.
    """
    text = text.strip().lower().replace(",", "").replace("_", "").replace(" ", "")
    if found := re.fullmatch(r"(\d{1,3}(?:\.\d+)?)%", text):
        offset = int(float(found[1]) * size_bytes / 100)
    elif found := re.fullmatch(r"([+-]?)(?:0x([0-9a-f]+)|([0-9a-f]+)h|(\d+))", text):
        sign, *digits = found.groups()
        number = int(digits[0] or digits[1] or digits[2], 10 if digits[2] else 16)
        offset = {"+": here + number, "-": here - number}.get(sign, number)
    else:
        return None
    return max(0, min(offset, size_bytes))


def readings(content: bytes) -> str:
    """Return what the first bytes of *content* mean as numbers: `0xde, 222, i8 -34 · u16 44510 le, 57005 be · ...`."""
    if not content:
        return ""
    signed = struct.unpack("b", content[:1])[0]
    words = [f"0x{content[0]:02x} = {content[0]}" + (f" or {signed}" if signed < 0 else "")]
    for size, code in ((2, "H"), (4, "I")):
        if len(content) >= size:
            little, big = (struct.unpack(order + code, content[:size])[0] for order in "<>")
            words.append(f"u{8 * size} {little} le, {big} be")
    return " · ".join(words)


def _c_escaped(line: bytes) -> str:
    return "".join(map(_C_SIGNS.__getitem__, line)).replace("??", "?\\?")
