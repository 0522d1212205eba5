"""Names for files that every system can hold, made from names for people."""

import re
import unicodedata
from pathlib import Path

_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"),
}
_OURS = {"folder", "opencollection", "environments", "node_modules", "__pycache__"}
_NOT_WORDS = re.compile(r"[^\w.()+@=~,;&$!'-]+")
_LONGEST_BYTES = 100


def file_stem(name: str, fallback: str, *, keeps_case: bool = False) -> str:
    """Return a file name without suffix for *name*, in lower case; *fallback* where nothing of it can stand.

    Kept are letters and digits of every script and harmless marks; spaces and the rest become `-`. Windows'
    reserved names (`con`, `com1.x`) and those with a meaning in a collection get a `-` behind.
    """
    text = name.encode(errors="replace").decode()
    text = text if keeps_case else text.lower()
    text = _NOT_WORDS.sub("-", unicodedata.normalize("NFC", text)).strip("-. ")
    text = text.encode()[:_LONGEST_BYTES].decode(errors="ignore").strip("-. ") or fallback
    if text.lower() in _OURS or text.split(".", 1)[0].rstrip().lower() in _RESERVED:
        first, dot, rest = text.partition(".")
        return f"{first}-{dot}{rest}"
    return text


def free_name(folder: Path, stem: str, suffix: str = "", *, ignoring: str = "") -> str:
    """Return *stem* + *suffix*, numbered where *folder* has something of that name on any disk.

    Args:
        ignoring: A name in the folder that does not count: the one being renamed.
    """
    taken = {_folded(name) for name in _names_in(folder) if name != ignoring}
    numbered = (f"{stem}-{number}{suffix}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem + suffix, *numbered) if _folded(name) not in taken)


def _names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()] if folder.is_dir() else []


def _folded(name: str) -> str:
    """Return *name* as a disk sees it that ignores case and how accents are composed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
