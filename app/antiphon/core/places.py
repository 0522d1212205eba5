"""Where Antiphon keeps what is its own: the platform's folders, or below `ANTIPHON_HOME` where that is set."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    config: Path
    """Settings: small, worth a backup."""
    data: Path
    """The session, unsaved drafts, the practice server's certificate: worth keeping."""
    cache: Path
    """Spool files of bodies: may vanish at any time."""


def places() -> Places:
    """Return the folders for this user (XDG base directories, Application Support, AppData); makes none of them."""
    home = os.environ.get("ANTIPHON_HOME")
    if home:
        root = Path(home)
        return Places(root / "config", root / "data", root / "cache")
    user = Path.home()
    if sys.platform == "darwin":
        support = user / "Library/Application Support/Antiphon"
        return Places(support, support, user / "Library/Caches/Antiphon")
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA") or user / "AppData/Local")
        roaming = Path(os.environ.get("APPDATA") or user / "AppData/Roaming")
        return Places(roaming / "Antiphon", local / "Antiphon", local / "Antiphon/Cache")
    return Places(
        _xdg("XDG_CONFIG_HOME", user / ".config") / "antiphon",
        _xdg("XDG_DATA_HOME", user / ".local/share") / "antiphon",
        _xdg("XDG_CACHE_HOME", user / ".cache") / "antiphon",
    )


def _xdg(variable: str, default: Path) -> Path:
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else default
