"""Pictures that end too soon are recognised, and a PNG is mended."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.picture_bytes import PNG, is_cut_short, mended_png, picture_format


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width=20, height=30, interlaced=0):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    pixels = b"".join(
        b"\0" + bytes((row * 7 + column) % 251 for column in range(width * 3)) for row in range(height)
    )
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (png(), "PNG"), (b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF89a", "GIF"), (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"BM", "BMP"), (b"\0\0\1\0", "ICO"), (b"text", ""), (b"", ""),
    ],
)  # fmt: skip
def test_formats_are_told_by_their_first_bytes(raw, name):
    assert picture_format(raw) == name


@pytest.mark.parametrize(
    "whole",
    [
        png(), b"\xff\xd8\xff" + b"x" * 9 + b"\xff\xd9", b"GIF89a....;", b"BM" + struct.pack("<I", 20) + b"x" * 14,
        b"RIFF" + struct.pack("<I", 12) + b"WEBP" + b"x" * 8,
    ],
)  # fmt: skip
def test_a_picture_that_ends_too_soon_is_recognised(whole):
    assert not is_cut_short(whole)
    assert is_cut_short(whole[:-4] if not whole.startswith(PNG) else whole[:-14])


def lines_of(raw):
    place, squeezed = len(PNG), b""
    while place < len(raw):
        size, kind = struct.unpack(">I4s", raw[place : place + 8])
        squeezed += raw[place + 8 : place + 8 + size] if kind == b"IDAT" else b""
        place += size + 12
    return zlib.decompress(squeezed)


def test_a_mended_png_has_what_came_and_nothing_else():
    whole = png()
    mended = mended_png(whole[: len(whole) * 2 // 3], 1 << 20)
    before, after = lines_of(whole), lines_of(mended)
    assert len(before) == len(after)
    same = next(place for place in range(len(before)) if before[place] != after[place])
    assert same > 100
    assert not any(after[same:])


@given(some.binary(max_size=60), some.integers(0, 400))
def test_mending_any_bytes_does_no_harm(noise, cut):
    raw = png()[:cut] + noise
    is_cut_short(raw)
    mended = mended_png(raw, 1 << 16)
    assert mended is None or not is_cut_short(mended)


def test_what_is_too_large_is_not_mended():
    assert mended_png(png()[:-20], 100) is None
