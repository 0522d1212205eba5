"""Render resources/icons/antiphon.svg in the sizes that desktops ask for: `python packaging/icons.py`."""

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ICONS = Path(__file__).parents[1] / "resources/icons"
PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09"}
"""Apple's names for PNG images in an .icns file, by size in pixels."""


def png(svg: QSvgRenderer, size: int) -> bytes:
    """Return the picture as a square PNG of *size* pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    svg.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def ico(images: dict[int, bytes]) -> bytes:
    """Return a Windows icon that holds *images* (PNG by size), as it may since Windows Vista."""
    head = struct.pack("<HHH", 0, 1, len(images))
    offset = len(head) + 16 * len(images)
    entries = []
    for size, image in images.items():
        entries.append(struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(image), offset))
        offset += len(image)
    return head + b"".join(entries) + b"".join(images.values())


def icns(images: dict[int, bytes]) -> bytes:
    """Return an Apple icon that holds *images* (PNG by size)."""
    parts = [ICNS_TYPES[size] + struct.pack(">I", len(image) + 8) + image for size, image in images.items()]
    return b"icns" + struct.pack(">I", 8 + sum(map(len, parts))) + b"".join(parts)


def main() -> None:
    application = QGuiApplication(sys.argv)
    svg = QSvgRenderer(str(ICONS / "antiphon.svg"))
    images = {size: png(svg, size) for size in PNG_SIZES}
    for size, image in images.items():
        (ICONS / f"antiphon-{size}.png").write_bytes(image)
    (ICONS / "antiphon.ico").write_bytes(ico({size: images[size] for size in ICO_SIZES}))
    (ICONS / "antiphon.icns").write_bytes(icns({size: images[size] for size in ICNS_TYPES}))
    del application


if __name__ == "__main__":
    main()
