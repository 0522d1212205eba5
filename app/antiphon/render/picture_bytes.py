"""What the bytes of a picture tell before and besides decoding: its format, and whether it is all there."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

PNG = b"\x89PNG\r\n\x1a\n"
_FORMATS = (
    (PNG, "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"\x00\x00\x01\x00", "ICO"),
)  # fmt: skip
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column and row, and steps, of each pass of an interlaced PNG (PNG section 8.2)."""


def picture_format(raw: bytes) -> str:
    """Return the name of the format that the first bytes say; empty for another."""
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "WebP"
    return next((name for start, name in _FORMATS if raw.startswith(start)), "")


def is_cut_short(raw: bytes) -> bool:
    """Whether a picture ends before its format says that it does."""
    match picture_format(raw):
        case "PNG":
            return not any(kind == b"IEND" for kind, _content in _chunks(raw))
        case "JPEG":
            return not raw.rstrip(b"\x00").endswith(b"\xff\xd9")
        case "GIF":
            return not raw.rstrip(b"\x00").endswith(b";")
        case "BMP":
            return len(raw) < max(6, int.from_bytes(raw[2:6], "little"))
        case "WebP":
            return len(raw) < int.from_bytes(raw[4:8], "little") + 8
    return False


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    bits: int
    """Of one pixel."""
    is_interlaced: bool

    @property
    def size_bytes(self) -> int:
        """Return how large the picture is once it is decompressed, a filter byte before each line."""
        passes = _ADAM7 if self.is_interlaced else ((0, 0, 1, 1),)
        total = 0
        for left, top, across, down in passes:
            columns = -(-max(0, self.width - left) // across)
            lines = -(-max(0, self.height - top) // down)
            total += lines * (1 + -(-columns * self.bits // 8)) if columns else 0
        return total


def mended_png(raw: bytes, limit_bytes: int) -> bytes | None:
    """Return a PNG that was cut short as a whole one, its missing lines empty; None where there is nothing to mend.

    Args:
        limit_bytes: A picture that is larger once decompressed is not mended.
    """
    chunks = list(_chunks(raw))
    header = _header(chunks[0][1]) if chunks and chunks[0][0] == b"IHDR" else None
    if header is None or header.size_bytes > limit_bytes:
        return None
    squeezed = b"".join(content for kind, content in chunks if kind == b"IDAT")
    try:
        pixels = zlib.decompressobj().decompress(squeezed, header.size_bytes)
    except zlib.error:
        return None
    if not pixels:
        return None
    pixels += bytes(header.size_bytes - len(pixels))
    before = [chunk for chunk in chunks if chunk[0] in {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"eXIf"}]
    whole = [*before, (b"IDAT", zlib.compress(pixels, 1)), (b"IEND", b"")]
    return PNG + b"".join(_chunk(kind, content) for kind, content in whole)


def _header(content: bytes) -> _Header | None:
    if len(content) < 13:
        return None
    width, height, depth, colour, _packed, _filter, interlaced = struct.unpack(">IIBBBBB", content[:13])
    if colour not in _CHANNELS or not width or not height:
        return None
    return _Header(width, height, depth * _CHANNELS[colour], bool(interlaced))


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give kind and content of each chunk; of the last as much as there is."""
    place = len(PNG)
    while place + 8 <= len(raw):
        size, kind = struct.unpack(">I4s", raw[place : place + 8])
        yield kind, raw[place + 8 : place + 8 + size]
        place += 12 + size


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
