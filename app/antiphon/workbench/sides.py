"""What can be compared: an answer, or a file that was saved."""

import time
from dataclasses import dataclass
from pathlib import Path

from antiphon.body.compare import ComparedSide
from antiphon.body.spool import SpoolFile
from antiphon.body.store import BodyStore
from antiphon.core.errors import UserError
from antiphon.core.exchange import Exchange
from antiphon.render.media import SNIFFED_BYTES, media_of
from antiphon.workbench.feed import ExchangeFeed


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; it holds the bytes by itself, until `close`."""

    title: str
    body: ComparedSide
    exchange: Exchange | None = None
    """None for a file."""

    def close(self) -> None:
        self.body.body.close()


def side_of(feed: ExchangeFeed, name: str) -> Side:
    """Return the answer of *feed* under a *name* (`Answer before`).

    Raises:
        UserError: there is no room for it on the disk.
    """
    head = feed.exchange.head
    content_type = (head.get("content-type") or "") if head is not None else ""
    media = media_of(content_type, feed.body.read(0, SNIFFED_BYTES))
    title = " · ".join(
        part
        for part in (name, head.status_text if head else feed.exchange.state, _ended_at(feed.exchange))
        if part
    )
    try:
        body = _spooled(feed.body)
    except OSError as error:
        raise UserError("The answer cannot be compared.", error.strerror or str(error)) from error
    return Side(title, ComparedSide(body, media.language, media.charset), feed.exchange)


def side_of_file(path: Path) -> Side:
    """Return the file at *path*, read where it lies.

    Raises:
        UserError: it cannot be read.
    """
    try:
        body = SpoolFile.of_file(path)
    except OSError as error:
        raise UserError(f"{path.name} cannot be read.", error.strerror or str(error)) from error
    media = media_of("", body.read(0, SNIFFED_BYTES))
    is_lines = path.suffix.lower() in {".jsonl", ".ndjson"} and media.language != "binary"
    return Side(path.name, ComparedSide(body, "jsonlines" if is_lines else media.language, media.charset))


def _spooled(body: BodyStore) -> SpoolFile:
    """Return the bytes of *body* in a file of their own, copied only where they are in memory, and few."""
    if body.spool is not None:
        return body.spool.again()
    file = SpoolFile.create(None)
    rest, offset = body.read(0, body.size_bytes), 0
    try:
        while rest:
            taken = file.write(rest, offset)
            rest, offset = rest[taken:], offset + taken
    except OSError:
        file.close()
        raise
    return file


def _ended_at(exchange: Exchange) -> str:
    """Return the time of day when *exchange* ended."""
    if exchange.ended is None:
        return ""
    ago_s = time.perf_counter() - exchange.ended
    return time.strftime("%H:%M:%S", time.localtime(time.time() - ago_s))
