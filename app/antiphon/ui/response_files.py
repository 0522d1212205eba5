"""What a person takes out of a response: a body, a part of it, certificates; to a file, a program, another window."""

import asyncio
import mimetypes
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDrag
from PySide6.QtWidgets import QWidget

from antiphon.body.copying import copy_part, follow, part_of
from antiphon.body.store import BodySource
from antiphon.core.certificate import CertificateFacts
from antiphon.core.errors import UserError
from antiphon.core.exchange import Exchange
from antiphon.core.places import places
from antiphon.core.quantities import size_text
from antiphon.ui import dialogs
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.feed import ExchangeFeed
from antiphon.workbench.notice import Notice
from antiphon.workbench.trusted import write_pem
from antiphon.workbench.workbench import Workbench

DRAG_LIMIT_BYTES = 64 << 20
"""Up to this size a body is copied within the moment in which a drag begins."""
KEPT_OUTSIDE_S = 24 * 3600
"""How long what was opened or dragged is left for the other program."""
_WAIT_S = 0.02
_SUFFIXES = {"gzip": ".gz", "x-gzip": ".gz", "br": ".br", "zstd": ".zst", "deflate": ".zz"}
RUNNING = frozenset(
    [
        ".app",
        ".appimage",
        ".bat",
        ".cmd",
        ".com",
        ".cpl",
        ".desktop",
        ".exe",
        ".hta",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".msi",
        ".pif",
        ".ps1",
        ".reg",
        ".scr",
        ".sh",
        ".url",
        ".vbe",
        ".vbs",
        ".wsf",
    ]
)
"""Files that a double click runs."""


def file_name(exchange: Exchange) -> str:
    """Return a file name from Content-Disposition, else from the URL, without any folder in it."""
    head, last = exchange.head, exchange.last
    if head is None or last is None:
        return "response"
    disposition = head.get("content-disposition") or ""
    named = re.search(r"filename\*?=(?:UTF-8'[^']*')?\"?([^\";]+)", disposition, re.IGNORECASE)
    name = _plain(unquote(named.group(1)) if named else _last_segment(last.request.url))
    if "." not in name:
        media_type = (head.get("content-type") or "").partition(";")[0].strip()
        name += mimetypes.guess_extension(media_type) or ""
    return name[:120]


class ResponseFiles:
    """Takes what the response of *document* brought to places outside; *page* owns its questions."""

    def __init__(self, page: QWidget, workbench: Workbench, document: OpenDocument) -> None:
        self._page = page
        self._workbench = workbench
        self._document = document

    def save_body(self) -> None:
        """Ask where, and write what has arrived there."""
        if (feed := self._document.feed) is not None:
            name = file_name(feed.exchange)
            self._spawn(
                self._save("Save the body", name, feed.body, 0, feed.body.size_bytes), "save the body"
            )

    def save_received(self) -> None:
        """Ask where, and write the body there as it was received, its content coding not undone."""
        if (feed := self._document.feed) is not None:
            name = file_name(feed.exchange) + _suffix(feed.exchange)
            work = self._save("Save as received", name, feed.raw, 0, feed.raw.size_bytes)
            self._spawn(work, "save what was received")

    def save_part(self, source: BodySource, start: int, end: int) -> None:
        """Ask where, and write the bytes of *source* from *start* to *end* there."""
        if (feed := self._document.feed) is not None:
            name = file_name(feed.exchange)
            self._spawn(self._save("Save the selection", name, source, start, end), "save the selection")

    def save_certificates(self, certificates: Sequence[CertificateFacts]) -> None:
        """Ask where, and write *certificates* there as PEM."""
        self._spawn(self._save_certificates(certificates), "save the certificates")

    def send_and_save(self, send: Callable[[], None]) -> None:
        """Ask where, then *send*, and write the body there while it arrives."""
        self._spawn(self._send_and_save(send), "send and save")

    def open_elsewhere(self) -> None:
        """Open a copy of the body in the program that the system has for it."""
        self._spawn(self._open_elsewhere(), "open the body")

    def drag(self, handle: QWidget) -> None:
        """Let a copy of the body be dropped into another program, from *handle*."""
        feed = self._document.feed
        if feed is None or not feed.body.size_bytes:
            return
        if feed.body.size_bytes > DRAG_LIMIT_BYTES:
            self._tell(f"{size_text(feed.body.size_bytes)} are too much to drag.", "Save the body instead.")
            return
        file = _outside(file_name(feed.exchange))
        copy_part(feed.body, file, 0, feed.body.size_bytes)
        content, drag = QMimeData(), QDrag(handle)
        content.setUrls([QUrl.fromLocalFile(str(file))])
        drag.setMimeData(content)
        drag.exec(Qt.DropAction.CopyAction)

    async def _save(self, title: str, name: str, source: BodySource, start: int, end: int) -> None:
        file = await dialogs.ask_file_to_save(self._page.window(), title, name)
        if file is None:
            return
        try:
            await asyncio.to_thread(copy_part, source, file, start, end)
        except OSError as error:
            raise _not_saved(file, error) from error
        self._tell(f"Saved {file}.")

    async def _save_certificates(self, certificates: Sequence[CertificateFacts]) -> None:
        name = re.sub(r"[^\w.-]", "_", certificates[0].common_name) or "certificates"
        file = await dialogs.ask_file_to_save(self._page.window(), "Save the certificates", f"{name}.pem")
        if file is not None:
            await asyncio.to_thread(write_pem, file, certificates)
            self._tell(f"Saved {file}.")

    async def _send_and_save(self, send: Callable[[], None]) -> None:
        before = self._document.feed
        name = (
            file_name(before.exchange)
            if before is not None
            else _plain(_last_segment(self._document.draft.url))
        )
        file = await dialogs.ask_file_to_save(self._page.window(), "Send and save", name)
        if file is None:
            return
        send()
        while (feed := self._document.feed) is before or feed is None:
            if not self._document.is_sending:
                return  # it could not be sent, and that was told
            await asyncio.sleep(_WAIT_S)
        try:
            copied = await asyncio.to_thread(follow, feed.body, file, lambda: time.sleep(_WAIT_S))
            self._conclude(feed, file, copied)
        except OSError as error:
            raise _not_saved(file, error) from error

    def _conclude(self, feed: ExchangeFeed, file: Path, copied: int) -> None:
        if feed.exchange.state in {"failed", "cancelled"}:
            part = part_of(file)
            self._tell("The answer is not complete.", f"The {size_text(copied)} that arrived are in {part}.")
            return
        part_of(file).replace(file)
        self._tell(f"Saved {file} ({size_text(copied)}).")

    async def _open_elsewhere(self) -> None:
        feed = self._document.feed
        if feed is None or not feed.body.size_bytes:
            return
        name = file_name(feed.exchange)
        if Path(name).suffix.lower() in RUNNING:
            title = f"{name} could be run by the system, so it is not opened from here."
            raise UserError(title, "Save the body, and look at it there.")
        file = _outside(name)
        await asyncio.to_thread(copy_part, feed.body, file, 0, feed.body.size_bytes)
        file.chmod(0o400)  # what is changed in the other program would be lost
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
            raise UserError(
                f"The system has no program for {name}.", "Save the body, and open it from there."
            )

    def _spawn(self, work, name: str) -> None:
        self._workbench.tasks.spawn(work, name)

    def _tell(self, title: str, detail: str = "") -> None:
        self._workbench.notify(Notice(title, detail))


def _outside(name: str) -> Path:
    """Return a new place for a file called *name* that other programs read; older ones are removed."""
    folder = places().cache / "outside"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > KEPT_OUTSIDE_S:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=folder)) / name


def _not_saved(file: Path, error: OSError) -> UserError:
    return UserError(f"Could not save {file}.", f"{error.strerror or error}. Choose another place.")


def _last_segment(url: str) -> str:
    return unquote(urlsplit(url).path.rsplit("/", 1)[-1])


def _plain(name: str) -> str:
    """Return *name* as a file name: no folder, no character that a file system refuses."""
    return re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", name).strip(". ") or "response"


def _suffix(exchange: Exchange) -> str:
    coding = (exchange.head.get("content-encoding") or "") if exchange.head is not None else ""
    return _SUFFIXES.get(coding.strip().lower(), ".raw")
