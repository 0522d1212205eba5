"""Commands are rows: menus, shortcuts and the page of shortcuts all derive from them."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """Something the user can do; *id* is dotted (`request.send`), *keys* are in Qt's portable text."""

    id: str
    title: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    menu: str = ""
    enabled: Callable[[], bool] = lambda: True
    in_tree: bool = False
    """Its keys count only while the tree has the focus: elsewhere they mean something else."""
    in_page: bool = False
    """Its keys count only while the page of a request has the focus."""
