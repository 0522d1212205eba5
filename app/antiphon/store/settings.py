"""What the user chose for the program itself: `settings.json` in the configuration folder."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, cast, get_args

from antiphon.core.document import ProxyMode, ProxySettings, TrustStore
from antiphon.core.places import places
from antiphon.store.atomic import write_atomically
from antiphon.store.files import told

_THEMES = ("system", "light", "dark")
_PROXY_TEXTS = ("url", "username", "bypass")
_PROXY_MODES = tuple(mode for mode in get_args(ProxyMode) if mode != "inherit")


@dataclass(frozen=True, slots=True)
class Settings:
    theme: str = "system"
    """`system`, `light` or `dark`."""
    zoom: float = 1.0
    side_by_side: bool = False
    """The response stands beside the request, not below it."""
    window_size: tuple[int, int] = (1280, 820)
    sidebar_width: int = 280
    snippet_language: str = "curl"
    recent_collections: tuple[str, ...] = ()
    proxy: ProxySettings = field(default_factory=lambda: ProxySettings("system"))
    """For requests whose collection says nothing else; its password is in the secret store (`store.program`)."""
    trust_store: TrustStore = "system"
    """For requests that say nothing else."""
    recent_filters: tuple[str, ...] = ()
    """Of response bodies, the newest first; none that holds a secret."""
    problem: str = field(default="", compare=False)
    """What was wrong with the file when it was read, as a sentence; never saved."""


def load_settings() -> Settings:
    """Return the settings; what the file does not say, or says wrongly, has its default.

    A file that is not JSON is kept aside as `settings.json.broken`, and `problem` says so.
    """
    file = _file()
    said, problem = read_object(file)
    default = Settings()
    known = {
        each.name: _checked(said[each.name], each.name, default) for each in _saved() if each.name in said
    }
    return Settings(**known, problem=problem)


def save_settings(settings: Settings) -> None:
    """Save *settings*; what a newer version wrote beside them stays. The proxy's password is left out.

    Raises:
        UserError: the file cannot be written.
    """
    said, _ = read_object(_file())
    ours = {name: value for name, value in asdict(settings).items() if name != "problem"}
    del ours["proxy"]["password"]
    write_object(_file(), {**said, **ours})


def read_object(file: Path) -> tuple[dict[str, Any], str]:
    """Return the JSON object in *file* and what was wrong with it; a broken file is kept aside as `.broken`."""
    try:
        said = json.loads(file.read_bytes())
        if isinstance(said, dict):
            return said, ""
        reason = "it is not an object"
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, f"{file} could not be read: {error.strerror}. The usual values are used."
    except (ValueError, RecursionError) as error:
        reason = str(error)
    aside = file.with_name(file.name + ".broken")
    try:
        file.replace(aside)
    except OSError:
        aside = file
    return (
        {},
        f"{file.name} is broken ({reason}). The usual values are used; the old file is kept as {aside}.",
    )


def write_object(file: Path, value: dict[str, Any], *, private: bool = False) -> None:
    """Save *value* as JSON, atomically.

    Raises:
        UserError: the file cannot be written.
    """
    with told(f"Could not save {file}."):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, json.dumps(value, indent=1).encode() + b"\n", private=private)


def _file() -> Path:
    return places().config / "settings.json"


def _saved() -> list[Any]:
    return [each for each in fields(Settings) if each.name != "problem"]


def _checked(value: Any, name: str, default: Settings) -> Any:
    """Return *value* where it can be what the field means, else the default."""
    usual = getattr(default, name)
    match name, value:
        case "theme", str() if value in _THEMES:
            return value
        case "zoom", int() | float() if not isinstance(value, bool) and 0.25 <= value <= 5:
            return float(value)
        case "window_size", [int(width), int(height)] if min(width, height) > 0:
            return width, height
        case "sidebar_width", int() if not isinstance(value, bool) and value > 0:
            return value
        case "recent_collections" | "recent_filters", list():
            return tuple(each for each in value if isinstance(each, str))
        case "trust_store", str() if value in get_args(TrustStore):
            return value
        case "proxy", dict():
            return _proxy(value)
        case ("side_by_side", bool()) | ("snippet_language", str()):
            return value
        case _:
            return usual


def _proxy(said: dict[str, Any]) -> ProxySettings:
    texts = {name: said[name] for name in _PROXY_TEXTS if isinstance(said.get(name), str)}
    mode = said.get("mode")
    return ProxySettings(cast("ProxyMode", mode) if mode in _PROXY_MODES else "system", **texts)
