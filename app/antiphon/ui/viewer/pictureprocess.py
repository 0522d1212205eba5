"""The helper process that decodes and draws what is previewed: pictures, SVG, HTML.

What a server sent is decoded here, so that a bomb, an endless layout or a fault in a decoder costs a process that can be
stopped, not the window. Started as `python -m antiphon.ui.viewer.pictureprocess SOURCE SIZE KIND CHARSET GROUND`, the source
as `SpoolFile.shared_argument` gives it. It writes a line of JSON that says what this is, then for each line of JSON on
standard input, `{"zoom", "x", "y", "width", "height", "advance"}`, one that says what follows, and the pixels (ARGB32,
premultiplied) of that piece. It ends when standard input closes.
"""

import json
import os
import sys
from collections.abc import Iterator
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QGuiApplication,
    QImage,
    QImageReader,
    QPainter,
    QPalette,
    QTextDocument,
)
from PySide6.QtSvg import QSvgRenderer

from antiphon.body.spool import SpoolFile
from antiphon.render.picture_bytes import is_cut_short, mended_png, picture_format
from antiphon.render.safe_markup import MarkupError, safe_html, safe_svg
from antiphon.ui.viewer.picture_command import PIXEL_LIMIT, SOURCE_LIMIT_BYTES

SVG_LIMIT_BYTES = 4 << 20
HTML_LIMIT_BYTES = 1 << 20
PIECE_LIMIT = 8_000
"""Longest side of a piece that is drawn."""
MEMORY_LIMIT_BYTES = 3 << 30
_ALLOCATION_LIMIT_MB = 4 * PIXEL_LIMIT // 1_000_000 + 64
_LEAST_DELAY_MS = 20
"""Frames that ask for less are shown as browsers do, ten a second."""
_DRAWINGS = {"svg", "svgz", "pdf"}
"""What Qt would draw as a picture, and read files for."""
_HTML_MARGIN = 16
_SVG_SIDE = 300
"""Side of an SVG that does not say how large it is."""


class _Drawable(Protocol):
    facts: dict[str, object]

    def draw(self, painter: QPainter, piece: QRectF, zoom: float) -> None:
        """Draw what lies in *piece*, in pixels of the whole at *zoom*, at the painter's origin."""

    def size(self, width: float, zoom: float) -> tuple[float, float]:
        """Return the size of the whole at zoom 1, seen in a window of *width*."""

    def advance(self) -> int:
        """Go to the next frame; return ms until the one after it, -1 if there is none."""

    def delay_ms(self) -> int:
        """Return ms until the next frame, -1 if there is none."""


class _Picture:
    """A raster picture, perhaps of many frames, of which one is kept."""

    def __init__(self, raw: bytes) -> None:
        self._raw = QByteArray(raw)
        self._reader = self._opened()
        if bytes(self._reader.format()).decode() in _DRAWINGS:
            self.facts = {"format": "", "error": "It says to be a picture and is a drawing"}
            return
        size = self._reader.size()
        self.facts = {
            "format": picture_format(raw) or bytes(self._reader.format()).decode().upper(),
            "notes": [],
        }
        self._image = QImage()
        if size.width() * size.height() > PIXEL_LIMIT:
            self.facts["too_large"] = [size.width(), size.height()]
            return
        self._image = self._reader.read()
        self._is_mended = self._image.isNull() and self._mend(raw)
        if self._image.isNull():
            self.facts["error"] = self._reader.errorString()
            if is_cut_short(raw):
                self.facts["error"] = "It is cut short, and what came is not enough to decode"
            return
        self._note(raw)

    def _opened(self) -> QImageReader:
        self._device = QBuffer(self._raw)
        self._device.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(self._device)
        reader.setDecideFormatFromContent(True)
        reader.setAutoTransform(True)
        return reader

    def _mend(self, raw: bytes) -> bool:
        mended = mended_png(raw, 4 * PIXEL_LIMIT * 2)
        if mended is None:
            return False
        self._raw = QByteArray(mended)
        self._reader = self._opened()
        self._image = self._reader.read()
        return True

    def _note(self, raw: bytes) -> None:
        notes: list[str] = []
        if is_cut_short(raw):
            notes.append("cut short: what came is shown")
        if self._reader.transformation().value:
            notes.append("turned as its Exif says")
        self._is_animated = self._reader.supportsAnimation() and self._reader.imageCount() != 1
        if self._is_animated:
            count = self._reader.imageCount()
            notes.append(f"{count:,} frames" if count > 1 else "animated")
        self.facts |= {
            "size": [self._image.width(), self._image.height()],
            "has_alpha": self._image.hasAlphaChannel(),
            "is_animated": self._is_animated,
            "notes": notes,
        }

    def size(self, width: float, zoom: float) -> tuple[float, float]:
        return self._image.width(), self._image.height()

    def draw(self, painter: QPainter, piece: QRectF, zoom: float) -> None:
        source = QRectF(piece.x() / zoom, piece.y() / zoom, piece.width() / zoom, piece.height() / zoom)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 1)
        painter.drawImage(QRectF(0, 0, piece.width(), piece.height()), self._image, source)

    def advance(self) -> int:
        if not self._is_animated:
            return -1
        image = self._reader.read()
        if image.isNull():  # the last one was shown: from the beginning again
            self._reader = self._opened()
            image = self._reader.read()
        if not image.isNull():
            self._image = image
        return self.delay_ms()

    def delay_ms(self) -> int:
        if not self._is_animated:
            return -1
        delay = self._reader.nextImageDelay()
        return delay if delay >= _LEAST_DELAY_MS else 100


class _Drawing:
    """An SVG, as it stands: nothing in it moves."""

    def __init__(self, raw: bytes, charset: str) -> None:
        self.facts: dict[str, object] = {"format": "SVG", "notes": ["nothing outside is loaded"]}
        self._renderer = QSvgRenderer()
        try:
            if len(raw) > SVG_LIMIT_BYTES:
                raise MarkupError(f"It is larger than {SVG_LIMIT_BYTES >> 20} MiB, up to which SVG is drawn.")
            drawable = self._renderer.load(QByteArray(safe_svg(raw.decode(charset, "replace"))))
        except MarkupError as error:
            self.facts["error"] = str(error)
            return
        size = self._renderer.defaultSize()
        self._size = (
            (float(size.width()), float(size.height())) if not size.isEmpty() else (_SVG_SIDE, _SVG_SIDE)
        )
        if not drawable:
            self.facts["error"] = "It is no SVG"
        self.facts |= {"size": list(self._size), "has_alpha": True, "is_animated": False}

    def size(self, width: float, zoom: float) -> tuple[float, float]:
        return self._size

    def draw(self, painter: QPainter, piece: QRectF, zoom: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(-piece.x(), -piece.y(), self._size[0] * zoom, self._size[1] * zoom)
        self._renderer.render(painter, whole)

    def advance(self) -> int:
        return -1

    def delay_ms(self) -> int:
        return -1


class _Paper(QTextDocument):
    """Rich text that loads nothing; a picture that is asked for is an empty one, else Qt looks for a file itself."""

    def loadResource(self, kind: int, name: QUrl) -> object:
        if kind == QTextDocument.ResourceType.ImageResource.value:
            image = QImage(QSize(1, 1), QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            return image
        return None


class _Page:
    """HTML as Qt's rich text understands it, laid out for the width that is there."""

    def __init__(self, raw: bytes, charset: str, ground: str) -> None:
        notes = ["scripts, pictures and style sheets are not loaded"]
        if len(raw) > HTML_LIMIT_BYTES:
            notes.append(f"the first {HTML_LIMIT_BYTES >> 20} MiB")
        self.facts: dict[str, object] = {
            "format": "HTML",
            "size": [0, 0],
            "has_alpha": False,
            "is_animated": False,
            "is_text": True,
            "notes": notes,
        }
        self._ground = QColor(ground)
        self._paper = _Paper()
        self._paper.setUndoRedoEnabled(False)
        self._paper.setDocumentMargin(_HTML_MARGIN)
        self._paper.setHtml(safe_html(raw[:HTML_LIMIT_BYTES].decode(charset, "replace")))

    def size(self, width: float, zoom: float) -> tuple[float, float]:
        if abs(self._paper.textWidth() - width / zoom) > 0.5:
            self._paper.setTextWidth(width / zoom)
        size = self._paper.size()
        return size.width(), size.height()

    def draw(self, painter: QPainter, piece: QRectF, zoom: float) -> None:
        painter.fillRect(QRectF(0, 0, piece.width(), piece.height()), self._ground)
        painter.translate(-piece.x(), -piece.y())
        painter.scale(zoom, zoom)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = QRectF(piece.x() / zoom, piece.y() / zoom, piece.width() / zoom, piece.height() / zoom)
        context.palette.setColor(QPalette.ColorRole.Text, _ink_on(self._ground))
        self._paper.documentLayout().draw(painter, context)

    def advance(self) -> int:
        return -1

    def delay_ms(self) -> int:
        return -1


def _ink_on(ground: QColor) -> QColor:
    """Return black on a light ground and white on a dark one."""
    return QColor.fromHsl(0, 0, 10 if ground.lightness() > 127 else 245)


def _made(raw: bytes, kind: str, charset: str, ground: str) -> _Drawable:
    match kind:
        case "svg":
            return _Drawing(raw, charset)
        case "html":
            return _Page(raw, charset, ground)
        case _ if raw[:200].lstrip().startswith((b"<svg", b"<?xml", b"<!--")):
            return _Drawing(raw, "utf-8")
        case _:
            return _Picture(raw)


def main() -> int:
    """Draw what is asked for until standard input closes; return the exit code."""
    source, size, kind, charset, ground = sys.argv[1:6]
    _limit_memory()
    if hasattr(os, "nice"):
        os.nice(5)  # the window comes first
    if sys.platform != "win32":  # there the offscreen platform has no fonts
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QGuiApplication(sys.argv[:1])
    QImageReader.setAllocationLimit(_ALLOCATION_LIMIT_MB)
    spool = SpoolFile.open_shared(source)
    drawable = _made(spool.read(0, min(int(size), SOURCE_LIMIT_BYTES)), kind, charset, ground)
    _tell(drawable.facts)
    if "size" in drawable.facts and "error" not in drawable.facts:
        for order in _orders():
            _answer(drawable, order)
    del application
    return 0


def _orders() -> Iterator[dict]:
    for line in sys.stdin:
        yield json.loads(line)


def _answer(drawable: _Drawable, order: dict) -> None:
    delay_ms = drawable.advance() if order.get("advance") else drawable.delay_ms()
    zoom = float(order["zoom"])
    sides = (max(1, min(int(order[side]), PIECE_LIMIT)) for side in ("width", "height"))
    size = drawable.size(float(order["window"]), zoom)
    image = QImage(QSize(*sides), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    piece = QRectF(float(order["x"]), float(order["y"]), image.width(), image.height())
    drawable.draw(painter, piece, zoom)
    painter.end()
    pixels = memoryview(image.constBits())
    _tell(
        {
            "width": image.width(),
            "height": image.height(),
            "size": size,
            "delay_ms": delay_ms,
            "bytes": len(pixels),
        }
    )
    sys.stdout.buffer.write(pixels)
    sys.stdout.buffer.flush()


def _tell(words: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(words).encode() + b"\n")
    sys.stdout.buffer.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


if __name__ == "__main__":
    sys.exit(main())
