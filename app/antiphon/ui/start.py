"""From the first line to the painted window, and from there to the last task's end."""

import asyncio
import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from antiphon.core.errors import UserError
from antiphon.core.launch import resources
from antiphon.core.version import VERSION
from antiphon.ui import icons
from antiphon.ui.commands import window_commands
from antiphon.ui.style import install
from antiphon.ui.theme import Theme
from antiphon.ui.viewer import accessible
from antiphon.ui.window import MainWindow
from antiphon.workbench.garbage import GarbageCollector
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench

if TYPE_CHECKING:
    from qasync import QEventLoop

_BREATH_S = 0.005
"""Between two small things that are loaded early."""
SWITCH_INTERVAL_S = 0.0001
"""How long a thread may keep the interpreter from another that waits for it.

Python's 5 ms cost frames, and a thread that carries sockets pays it with each call of the system (decision 11).
"""


class Faults:
    """Where our own mistakes go: logged, and shown with a report to copy. Never swallowed, never a crash."""

    def __init__(self) -> None:
        self.notify: Callable[[Notice], None] = lambda _notice: None

    def report(self, error: BaseException, where: str) -> None:
        text = "".join(traceback.format_exception(error))
        logging.getLogger("antiphon").error("%s\n%s", where, text)
        report = f"Antiphon {VERSION}, Python {sys.version.split()[0]}, {sys.platform}\n{where}\n{text}"
        self.notify(
            Notice(
                "Something in Antiphon went wrong; your work is kept.",
                f"{where}: {type(error).__name__}: {error}",
                "error",
                (Action("Copy report", lambda: QGuiApplication.clipboard().setText(report), closes=False),),
            )
        )

    def excepthook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, UserError):
            self.notify(Notice(error.title, error.detail, "error"))
            return
        self.report(error, "unhandled")

    def loop_handler(self, _loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        where = str(context.get("message", "event loop"))
        if isinstance(error, BaseException):
            self.report(error, where)
        else:
            logging.getLogger("antiphon").error("%s", where)


def main(arguments: Sequence[str] = ()) -> int:
    """Open the window, with the collection at the first of *arguments* where there is one; return the exit code."""
    logging.basicConfig(format="antiphon: %(message)s", level=logging.WARNING)
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = application()
    faults = Faults()
    sys.excepthook = faults.excepthook
    workbench = Workbench(faults.report)
    faults.notify = workbench.notify
    theme = Theme(workbench.settings.theme, workbench.settings.zoom)
    install(theme)
    window = MainWindow(theme, workbench)
    window.take_commands(window_commands(window))
    window.show()
    app.processEvents()  # the window is painted before anything of the network is loaded
    from qasync import QEventLoop

    loop = QEventLoop(app)
    loop.set_exception_handler(faults.loop_handler)
    with loop:
        loop.run_until_complete(_run(window, workbench, loop, arguments))
    return 0


def application() -> QApplication:
    """Return the one QApplication, named as ours."""
    QCoreApplication.setApplicationName("Antiphon")
    QCoreApplication.setApplicationVersion(VERSION)
    QGuiApplication.setDesktopFileName("antiphon")
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    accessible.install()
    app.setWindowIcon(QIcon(str(resources() / "icons" / "antiphon.svg")))
    return app


async def warm_up(window: MainWindow, workbench: Workbench) -> None:
    """Load what the first Send will need, while nobody waits for it."""
    workbench.sending.warm_up()
    for _name in icons.prepared(window.theme.color("dim")):
        await asyncio.sleep(_BREATH_S)


async def _run(
    window: MainWindow, workbench: Workbench, loop: "QEventLoop", arguments: Sequence[str]
) -> None:
    """Restore the session, and stay until the window has closed and all that runs has ended."""
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    sys.set_asyncgen_hooks(loop._asyncgen_firstiter_hook, loop._asyncgen_finalizer_hook)
    garbage = GarbageCollector(workbench)
    garbage.start()
    window.restore()
    for argument in arguments[:1]:
        window.open_folder(Path(argument))
    await warm_up(window, workbench)
    await closed.wait()
    await workbench.close()
    garbage.stop()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
