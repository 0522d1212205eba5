"""The law of docs/architecture.md: which part of the house may import which, and that no two modules need each other.

Every import counts: at the top, inside a function, behind `TYPE_CHECKING`, and by name through `import_module`.
"""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = "antiphon"
PACKAGE = Path(__file__).parents[1] / "app" / HOUSE
BELOW_API = "core body engine render formats snippets practice store run"


class Row(NamedTuple):
    rooms: str
    """The parts of the house that this one may import, besides itself."""
    libraries: str = ""
    """What it may import from others, besides the standard library; a dotted name allows that module alone."""


LAW = {
    "core": Row(""),
    "body": Row("core", "hyperscan msgspec"),
    "engine": Row(
        "core body",
        "httpx httpcore httpx2 httpcore2 h2 brotli zstandard certifi cryptography truststore spnego",
    ),
    "render": Row("core body", "pygments charset_normalizer jsonpath lxml"),
    "formats": Row("core", "yaml"),
    "snippets": Row("core"),
    "practice": Row("core", "hypercorn cryptography brotli zstandard"),
    "store": Row("core body formats", "yaml keyring"),
    "run": Row("core body engine render"),
    "api": Row(BELOW_API),
    "workbench": Row(BELOW_API + " api", "PySide6.QtCore"),
    "ui": Row("core body render workbench", "PySide6 shiboken6 qasync pygments"),
    "cli": Row(BELOW_API + " api"),
    "__main__": Row("core cli ui"),
    "__init__": Row("core api"),
}
LAZY_ROOM = "__init__"
"""The one that may import only inside `__getattr__`, so that nothing loads before it is asked for."""


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    source: str
    """The module that imports, `antiphon.core.prepare`."""
    target: str
    """The module that is imported, as exactly as the tree tells."""
    is_lazy_attribute: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.source} imports {self.target}"


def imports_of(package: Path) -> list[Import]:
    """Return every import in the tree below *package*, the folder of the house."""
    files = {_module_name(path, package): path for path in sorted(package.rglob("*.py"))}
    found = []
    for module, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        lazy = _lines_of_getattr(tree)
        for line, name in _imported_names(tree, module, is_package=path.name == "__init__.py"):
            found.append(Import(path, line, module, _module_in(name, files), line in lazy))
    return found


def broken_laws(imports: Iterable[Import]) -> list[str]:
    """Return a line for each import that `LAW` does not allow."""
    return [f"{edge}: {reason}" for edge in imports if (reason := _reason_against(edge))]


def rings(imports: Iterable[Import]) -> list[str]:
    """Return a paragraph for each set of modules that reach each other by imports, with the imports that do it."""
    edges = [edge for edge in imports if edge.target.split(".")[0] == HOUSE and edge.source != edge.target]
    told = []
    for ring in _components(edges):
        inside = dict.fromkeys(str(edge) for edge in edges if edge.source in ring and edge.target in ring)
        told.append("\n".join([f"ring of {len(ring)}: {', '.join(sorted(ring))}", *inside]))
    return told


def _reason_against(edge: Import) -> str:
    room = _room(edge.source)
    if room not in LAW:
        return f"{room} has no row in the law"
    top = edge.target.split(".")[0]
    if top in sys.stdlib_module_names:
        return ""
    if top != HOUSE:
        allowed = LAW[room].libraries.split()
        fits = any(f"{edge.target}.".startswith(f"{name}.") for name in allowed)
        return "" if fits else f"{room} may import of others: {', '.join(allowed) or 'nothing'}"
    if room == LAZY_ROOM and not edge.is_lazy_attribute:
        return "only inside __getattr__"
    rooms = LAW[room].rooms.split()
    return (
        "" if _room(edge.target) in [room, *rooms] else f"{room} may import: {', '.join(rooms) or 'nothing'}"
    )


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _module_name(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported_names(tree: ast.AST, module: str, *, is_package: bool) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=base, names=names, level=level):
                start = _base(module, level, is_package=is_package)
                whole = ".".join(part for part in (start, base) if part)
                yield from ((node.lineno, f"{whole}.{alias.name}") for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield node.lineno, name
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name


def _base(module: str, level: int, *, is_package: bool) -> str:
    """Return the package that *level* dots mean in *module*; empty for none."""
    if level == 0:
        return ""
    parts = module.split(".")
    return ".".join(parts[: len(parts) - level + is_package])


def _module_in(name: str, files: dict[str, Path]) -> str:
    """Return the longest start of *name* that is a module of ours; a stranger's name as it is."""
    parts = name.split(".")
    starts = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return next((start for start in starts if start in files), name)


def _lines_of_getattr(tree: ast.Module) -> set[int]:
    functions = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
    ]
    return {line for node in functions for line in range(node.lineno, (node.end_lineno or 0) + 1)}


def _components(edges: list[Import]) -> list[set[str]]:
    """Return the strongly connected sets of more than one module: each reaches, and is reached by, all of its set."""
    onward: dict[str, set[str]] = {}
    for edge in edges:
        onward.setdefault(edge.source, set()).add(edge.target)
    reach = {module: _reachable(module, onward) for module in onward}
    sets = {
        frozenset(other for other in reach[module] if module in reach.get(other, ())) for module in onward
    }
    return [set(found) for found in sets if len(found) > 1]


def _reachable(start: str, onward: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        for module in onward.get(todo.pop(), ()):
            if module not in seen:
                seen.add(module)
                todo.append(module)
    return seen


def test_every_import_of_the_house_keeps_the_law():
    broken = broken_laws(imports_of(PACKAGE))
    assert not broken, "\n" + "\n".join(broken)


def test_no_modules_of_the_house_form_a_ring():
    found = rings(imports_of(PACKAGE))
    assert not found, "\n" + "\n\n".join(found)


def built(tmp_path: Path, files: dict[str, str]) -> Path:
    package = tmp_path / HOUSE
    for name, text in {"__init__.py": "", **files}.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return package


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (
            {"core/a.py": "\nimport antiphon.body.b\n", "body/b.py": ""},
            "a.py:2: antiphon.core.a imports antiphon.body.b",
        ),
        ({"core/a.py": "def f():\n    from antiphon import body\n", "body/__init__.py": ""}, "a.py:2:"),
        (
            {"core/a.py": "from ..body import b\n", "body/b.py": ""},
            "imports antiphon.body.b: core may import: nothing",
        ),
        (
            {"core/__init__.py": "from ..body import b\n", "body/b.py": ""},
            "antiphon.core imports antiphon.body.b",
        ),
        ({"core/a.py": "if TYPE_CHECKING:\n    import httpx\n"}, "a.py:2: antiphon.core.a imports httpx"),
        ({"store/a.py": "import importlib\nimportlib.import_module('PySide6.QtCore')\n"}, "a.py:2:"),
        ({"workbench/a.py": "from PySide6 import QtWidgets\n"}, "imports PySide6.QtWidgets"),
        ({"workbench/a.py": "from PySide6.QtGui import QColor\n"}, "imports PySide6.QtGui.QColor"),
        ({"ui/a.py": "from antiphon.engine import Engine\n", "engine/__init__.py": ""}, "ui may import"),
        ({"cli.py": "from antiphon.workbench import a\n", "workbench/a.py": ""}, "cli may import"),
        ({"cellar/a.py": "import os.path\n"}, "cellar has no row in the law"),
        ({"__init__.py": "from antiphon.api import load\n", "api.py": ""}, "only inside __getattr__"),
    ],
)
def test_a_broken_law_is_found(tmp_path, files, complaint):
    (broken,) = broken_laws(imports_of(built(tmp_path, files)))
    assert complaint in broken


def test_what_the_law_allows_is_not_reported(tmp_path):
    files = {
        "__init__.py": "def __getattr__(name):\n    from antiphon.api import load\n    return load\n",
        "api.py": "from antiphon.core.a import f\nfrom .run import order\n",
        "run/order.py": "from antiphon.engine import Engine\n",
        "render/path.py": "import jsonpath\n",
        "engine/__init__.py": "import ssl, httpx\nfrom httpcore import AsyncConnectionPool\nfrom antiphon.core import a\n",
        "core/a.py": "import os.path\nfrom . import b\n",
        "core/b.py": "",
        "workbench/a.py": "from PySide6.QtCore import QObject\nfrom PySide6 import QtCore\n",
    }
    imports = imports_of(built(tmp_path, files))
    assert broken_laws(imports) == []
    assert rings(imports) == []


def test_a_ring_hidden_in_functions_is_found(tmp_path):
    files = {
        "core/a.py": "from antiphon.core import b\n",
        "core/b.py": "def f():\n    from .c import g\n",
        "core/c.py": "if TYPE_CHECKING:\n    from antiphon.core.a import h\n",
        "core/d.py": "from antiphon.core import a\n",
    }
    (ring,) = rings(imports_of(built(tmp_path, files)))
    assert ring.startswith("ring of 3: antiphon.core.a, antiphon.core.b, antiphon.core.c\n")
    assert "c.py:2: antiphon.core.c imports antiphon.core.a" in ring
    assert "core.d" not in ring


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import antiphon", ("httpx", "httpcore", "PySide6", "antiphon.api")),
        ("import antiphon.__main__", ("httpx", "PySide6", "antiphon.cli", "antiphon.ui")),
        ("import antiphon.cli", ("PySide6", "qasync", "antiphon.ui", "antiphon.workbench")),
    ],
)
def test_import_loads_nothing_that_can_wait(statement, absent):
    told = f"{statement}, sys; print([name for name in {absent!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")
