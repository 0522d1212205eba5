"""Where what an open request inherits stands, and for which host its client certificate would be."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

from antiphon.core.document import InheritAuth
from antiphon.core.errors import UserError
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument


def lending_folder(collection: OpenCollection, path: str) -> str:
    """Return the nearest folder above *path* that says an auth, empty for the collection."""
    folders = [str(part) for part in PurePosixPath(path).parents if part.name]
    for folder in folders:
        if collection.has_settings(folder) and not isinstance(
            collection.own_defaults(folder).auth, InheritAuth
        ):
            return folder
    return ""


def host_of(document: OpenDocument) -> str:
    """Return host and port of the hop that failed last, else of the request; nothing where it has no host yet."""
    feed = document.feed
    last = feed.exchange.last if feed is not None else None
    try:
        url = last.request.url if last is not None else document.prepared().url
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return f"{host}:{parts.port}" if parts.port else host
    except (UserError, ValueError):
        return ""
