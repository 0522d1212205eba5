"""How `{{variables}}` look wherever text is typed: a rounded ground, and a wavy line where no value is known."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTextCharFormat, QTextLayout, QTextLine

from antiphon.core.template import Reference, Scope, references
from antiphon.ui.paint import paint_ground
from antiphon.ui.theme import Theme

_HIDDEN = "•" * 8


@dataclass(frozen=True, slots=True)
class Run:
    """Characters from *start* to *end* painted in the colour of *token*.

    A variable has a ground behind it, a missing one a wavy line below it too.
    """

    start: int
    end: int
    token: str
    is_variable: bool = False
    is_missing: bool = False


def variable_runs(text: str, scope: Scope | None) -> list[Run]:
    """Return a run for every `{{name}}` in *text*; without a scope none counts as missing."""
    return [_run(reference, scope) for reference in references(text)]


def explained(name: str, scope: Scope | None) -> str:
    """Return what hovering over `{{name}}` says: its value (dots for a secret) and where that comes from."""
    found = scope.lookup(name) if scope is not None else None
    if found is None:
        return f"{name} has no value here. Add it to the environment, or to this request's variables."
    return f"{name} = {_HIDDEN if found.is_secret else _shortened(found.value)}\nfrom {found.origin}"


def formats(runs: Iterable[Run], theme: Theme) -> list[QTextLayout.FormatRange]:
    """Return *runs* as what a QTextLayout takes."""
    return [_format(run, theme) for run in runs]


def paint_chips(
    painter: QPainter, line: QTextLine, origin: QPointF, runs: Iterable[Run], theme: Theme
) -> None:
    """Paint the grounds of the variables among *runs*, to be painted over with *line* at *origin*."""
    for run in runs:
        if not run.is_variable:
            continue
        left = line.cursorToX(run.start)[0]
        right = line.cursorToX(run.end)[0]
        chip = QRectF(origin.x() + left - 2, origin.y() - 1, right - left + 4, line.height() + 2)
        paint_ground(painter, chip, theme.color("selection"), radius=4)


def _run(reference: Reference, scope: Scope | None) -> Run:
    is_missing = scope is not None and scope.lookup(reference.name) is None
    token = "delete" if is_missing else "key"  # the accent is too close to the chip's ground to be read
    return Run(reference.start, reference.end, token, is_variable=True, is_missing=is_missing)


def _format(run: Run, theme: Theme) -> QTextLayout.FormatRange:
    look = QTextCharFormat()
    look.setForeground(theme.color(run.token))
    if run.is_missing:
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(theme.color(run.token))
    made = QTextLayout.FormatRange()
    made.start = run.start
    made.length = run.end - run.start
    made.format = look
    return made


def _shortened(value: str) -> str:
    return value if len(value) <= 200 else f"{value[:200]}…"


def laid_out(text: str, theme: Theme, runs: Iterable[Run] = (), *, mono: bool = True) -> QTextLayout:
    """Return *text* on one endless line in the theme's font; keep the layout as long as one of its lines."""
    layout = QTextLayout(text, theme.mono_font() if mono else theme.ui_font())
    layout.setCacheEnabled(True)
    layout.setFormats(formats(runs, theme))
    layout.beginLayout()
    layout.createLine().setLineWidth(1e7)
    layout.endLayout()
    return layout
