"""Small pictures of many kinds, made here."""

import struct
import zlib

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage


def painted(width=40, height=30, color="red", alpha=False):
    kind = QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32
    image = QImage(width, height, kind)
    image.fill(QColor(color))
    return image


def written(image, kind):
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return bytes(buffer.data())


def gif(colors, delay_cs=5, side=2):
    """Return an animated GIF, a frame of one colour for each of *colors*, that repeats for ever."""
    table = b"".join(bytes(QColor(color).getRgb()[:3]) for color in colors).ljust(12, b"\0")
    frames = b""
    for index in range(len(colors)):
        frames += b"\x21\xf9\x04\x00" + struct.pack("<H", delay_cs) + b"\0\0"
        frames += b"\x2c\0\0\0\0" + struct.pack("<HH", side, side) + b"\0"
        frames += b"\x02" + _lzw([index] * side * side) + b"\0"
    head = b"GIF89a" + struct.pack("<HH", side, side) + b"\xf1\0\0" + table
    return head + b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0" + frames + b";"


def _lzw(pixels):
    """Return pixels of two bits as LZW that clears its table before it grows."""
    codes = [code for pixel in pixels for code in (4, pixel)] + [5]
    number = sum(code << (3 * place) for place, code in enumerate(codes))
    packed = number.to_bytes(-(-3 * len(codes) // 8), "little")
    return bytes([len(packed)]) + packed


def huge_png(side=30_000):
    """Return a PNG of a few bytes that says it is *side* pixels wide and high."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def turned_jpeg(width=40, height=20):
    """Return a JPEG whose Exif says that it was taken with the camera held upright (orientation 6)."""
    raw = written(painted(width, height), "JPG")
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    return raw[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + raw[2:]
