"""A response's body into a file, with a name that its headers suggest; certificates into another."""

import asyncio
import mimetypes
import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from PySide6.QtWidgets import QWidget

from antiphon.core.certificate import CertificateFacts
from antiphon.core.exchange import Exchange
from antiphon.ui import dialogs
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Notice
from antiphon.workbench.trusted import write_pem
from antiphon.workbench.workbench import Workbench

_SUFFIXES = {"gzip": ".gz", "x-gzip": ".gz", "br": ".br", "zstd": ".zst", "deflate": ".zz"}


def file_name(exchange: Exchange) -> str:
    """Return a file name from Content-Disposition, else from the URL, without any folder in it."""
    head, last = exchange.head, exchange.last
    if head is None or last is None:
        return "response"
    disposition = head.get("content-disposition") or ""
    named = re.search(r"filename\*?=(?:UTF-8'[^']*')?\"?([^\";]+)", disposition, re.IGNORECASE)
    name = unquote(named.group(1)) if named else unquote(urlsplit(last.request.url).path.rsplit("/", 1)[-1])
    name = re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", name).strip(". ") or "response"
    if "." not in name:
        media_type = (head.get("content-type") or "").partition(";")[0].strip()
        name += mimetypes.guess_extension(media_type) or ""
    return name[:120]


async def save_body(parent: QWidget, workbench: Workbench, document: OpenDocument) -> None:
    """Ask where, and write what has arrived of *document*'s answer there."""
    feed = document.feed
    if feed is None:
        return
    file = await dialogs.ask_file_to_save(parent, "Save the body", file_name(feed.exchange))
    if file is not None:
        await asyncio.to_thread(feed.body.save_to, file)
        workbench.notify(Notice(f"Saved {file}."))


async def save_received(parent: QWidget, workbench: Workbench, document: OpenDocument) -> None:
    """Ask where, and write the body there as it was received, its content coding not undone."""
    feed = document.feed
    if feed is None:
        return
    name = file_name(feed.exchange) + _suffix(feed.exchange)
    file = await dialogs.ask_file_to_save(parent, "Save as received", name)
    if file is not None:
        await asyncio.to_thread(feed.raw.save_to, file)
        workbench.notify(Notice(f"Saved {file}."))


def _suffix(exchange: Exchange) -> str:
    coding = (exchange.head.get("content-encoding") or "") if exchange.head is not None else ""
    return _SUFFIXES.get(coding.strip().lower(), ".raw")


async def save_certificates(
    parent: QWidget, workbench: Workbench, certificates: Sequence[CertificateFacts]
) -> None:
    """Ask where, and write *certificates* there as PEM."""
    name = re.sub(r"[^\w.-]", "_", certificates[0].common_name) or "certificates"
    file = await dialogs.ask_file_to_save(parent, "Save the certificates", f"{name}.pem")
    if file is not None:
        await asyncio.to_thread(write_pem, file, certificates)
        workbench.notify(Notice(f"Saved {file}."))
