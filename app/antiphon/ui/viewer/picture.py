"""One picture, drawing or page that a helper process decodes and draws piece by piece."""

import json
import queue
import subprocess
import threading
import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from antiphon.body.helper_process import started
from antiphon.body.spool import SpoolFile
from antiphon.body.store import SpooledSource
from antiphon.ui.viewer.picture_command import SOURCE_LIMIT_BYTES, picture_command

PATIENCE_S = 10.0
"""So long may the process think about one answer."""
_POLL_MS = 8
_READ_BYTES = 1 << 19


@dataclass(frozen=True, slots=True)
class Piece:
    """What is asked to be drawn: pixels of the whole at *zoom*; *window* is the width that text is laid out for."""

    zoom: float
    x: float
    y: float
    width: int
    height: int
    window: float
    advance: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the picture is.

    Attributes:
        size: Width and height in pixels; of HTML it is told with each piece.
        too_large: Its size where that is more than is decoded.
    """

    format: str = ""
    size: tuple[float, float] = (0, 0)
    has_alpha: bool = False
    is_animated: bool = False
    is_text: bool = False
    notes: tuple[str, ...] = ()
    too_large: tuple[int, int] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A piece that was drawn; *delay_ms* until the next frame, -1 where there is none."""

    piece: Piece
    image: QImage
    size: tuple[float, float]
    delay_ms: int
    pixels: bytes = field(repr=False)
    """What the image points to."""


class Picture(QObject):
    """Opened once, asked many times: the newest question wins. `close` must be called."""

    told = Signal()
    """`facts` are known."""
    drawn = Signal()
    """`last` is another."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.facts: Facts | None = None
        self.last: Drawn | None = None
        self._helper: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_closed = False
        self._fault = ""
        self._thread: threading.Thread | None = None
        self._answers: queue.SimpleQueue[tuple[dict, bytes] | None] = queue.SimpleQueue()
        self._asked: Piece | None = None
        self._wanted: Piece | None = None
        self._since_s = 0.0
        self._timer = QTimer(self, interval=_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def open(self, body: SpooledSource, kind: str, charset: str, ground: str) -> None:
        """Start the process on what is there of *body*; `told` follows, with an error where it cannot be."""
        self._thread = threading.Thread(
            target=self._run, args=(body, kind, charset, ground), name="picture", daemon=True
        )
        self._thread.start()
        self._wait()

    def ask(self, piece: Piece) -> None:
        """Ask for a piece to be drawn; one that waits still is forgotten."""
        self._wanted = piece
        if self._asked is None and self.facts is not None:
            self._send()

    @property
    def is_busy(self) -> bool:
        return self._timer.isActive()

    @property
    def process_id(self) -> int | None:
        return None if self._helper is None else self._helper.pid

    def close(self) -> None:
        """Stop the process and wait for it."""
        self._timer.stop()
        self._asked = self._wanted = None
        with self._lock:
            self._is_closed = True
            helper, self._helper = self._helper, None
            if helper is not None:
                helper.kill()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if helper is not None:
            helper.wait()
            for pipe in (helper.stdin, helper.stdout):
                try:
                    pipe.close()
                except BrokenPipeError:
                    pass  # a question was still in the buffer

    def _wait(self) -> None:
        self._since_s = time.monotonic()
        self._timer.start()

    def _send(self) -> None:
        helper, piece = self._helper, self._wanted
        if helper is None or piece is None:
            return
        self._asked, self._wanted = piece, None
        order = {name: getattr(piece, name) for name in Piece.__slots__}
        try:
            helper.stdin.write(json.dumps(order).encode() + b"\n")
            helper.stdin.flush()
        except OSError:
            pass  # it has ended, which the reading thread tells
        self._wait()

    # In a thread

    def _run(self, body: SpooledSource, kind: str, charset: str, ground: str) -> None:
        """Start the process and take its answers until it ends; the last one is None."""
        size = min(body.size_bytes, SOURCE_LIMIT_BYTES)
        mirror = None
        try:
            spool = body.spool
            if spool is None:
                spool = mirror = self._mirrored(body, size)
            helper = self._started(picture_command(spool, size, kind, charset, ground), spool)
            if helper is not None:
                self._read(helper)
        except OSError as error:
            self._fault = error.strerror or str(error)
        finally:
            if mirror is not None:
                mirror.close()
        self._answers.put(None)

    def _mirrored(self, body: SpooledSource, size: int) -> SpoolFile:
        """Return a file with what is only in memory, or begins somewhere else."""
        mirror = SpoolFile.create(None)
        for offset in range(0, size, _READ_BYTES):
            if self._is_closed:
                break
            mirror.write(body.read(offset, min(_READ_BYTES, size - offset)), offset)
        return mirror

    def _started(self, command: list[str], spool: SpoolFile) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._is_closed:
                return None
            self._helper = started(command, spool)
            return self._helper

    def _read(self, helper: "subprocess.Popen[bytes]") -> None:
        while line := helper.stdout.readline():
            try:
                words = json.loads(line)
            except ValueError:
                return
            left, pieces = words.get("bytes", 0), []
            while left and (taken := helper.stdout.read(min(left, _READ_BYTES))):
                pieces.append(taken)
                left -= len(taken)
            self._answers.put((words, b"".join(pieces)))

    # In the window

    def _poll(self) -> None:
        while not self._answers.empty():
            answer = self._answers.get()
            if answer is None:
                early = "The decoder ended early" if self.facts is None or self._asked else ""
                self._fail(self._fault or early)
                return
            self._take(*answer)
        if self._timer.isActive() and time.monotonic() - self._since_s > PATIENCE_S:
            self._fail(f"It takes longer than {PATIENCE_S:.0f} s to draw")

    def _take(self, words: dict, pixels: bytes) -> None:
        self._timer.stop()
        if self.facts is None:
            size = words.get("size", (0, 0))
            too_large = words.get("too_large")
            self.facts = Facts(
                words["format"],
                tuple(size),
                bool(words.get("has_alpha")),
                bool(words.get("is_animated")),
                bool(words.get("is_text")),
                tuple(words.get("notes", ())),
                tuple(too_large) if too_large else None,
                words.get("error", ""),
            )
            self.told.emit()
        elif self._asked is not None:
            image = QImage(pixels, words["width"], words["height"], QImage.Format.Format_ARGB32_Premultiplied)
            self.last = Drawn(self._asked, image, tuple(words["size"]), words["delay_ms"], pixels)
            self._asked = None
            self.drawn.emit()
        if self._wanted is not None and self._asked is None:
            self._send()

    def _fail(self, sentence: str) -> None:
        self.close()
        if sentence:
            self.facts = Facts(error=sentence)
            self.told.emit()
