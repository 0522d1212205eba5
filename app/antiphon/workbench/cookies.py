"""The cookie jars of the program: one for each collection and environment, read when first wanted, and kept on disk."""

import asyncio
import threading
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from antiphon.core.cookies import CookieJar
from antiphon.core.errors import UserError
from antiphon.store.cookies import JarKey, load_cookies, save_cookies
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.notice import Notice
from antiphon.workbench.tasks import Tasks

_SAVE_MS = 1000
"""So much is lost at most where the program is killed."""


class CookieJars(QObject):
    """Gives each environment its jar; what changes in one, by whatever thread, reaches the disk within a second."""

    changed = Signal()
    """Cookies of some jar are others."""
    _touched = Signal()

    def __init__(self, tasks: Tasks, notify: Callable[[Notice], None]) -> None:
        super().__init__()
        self._tasks = tasks
        self._notify = notify
        self._jars: dict[JarKey, KeptJar] = {}
        self._is_closed = False
        self._timer = QTimer(self, interval=_SAVE_MS, singleShot=True)
        self._timer.timeout.connect(self._save_soon)
        self._touched.connect(self._note, Qt.ConnectionType.QueuedConnection)  # it may come from any thread

    def jar(self, collection: OpenCollection | None) -> CookieJar:
        """Return the jar of the environment chosen in *collection*; before `loaded` it may lack what is on disk."""
        return self._kept(key_of(collection)).jar

    async def loaded(self, collection: OpenCollection | None) -> CookieJar:
        """Return the jar of the environment chosen in *collection*, once what is on disk is in it."""
        while not (kept := self._kept(key_of(collection))).is_loaded:
            await self._load(kept)  # another environment may be chosen meanwhile
        return kept.jar

    def forget(self, collection: OpenCollection, environment: str) -> None:
        """Empty the jar of *environment*, which is going; its cookies leave the disk too."""
        kept = self._kept(JarKey(str(collection.root), environment))
        self._tasks.spawn(self._empty(kept), "forget cookies")

    async def close(self) -> None:
        """Write what is not written yet."""
        self._is_closed = True
        self._timer.stop()
        await self._save()

    def _kept(self, key: JarKey) -> "KeptJar":
        if key not in self._jars:
            self._jars[key] = KeptJar(key, self._touched.emit)
        return self._jars[key]

    async def _load(self, kept: "KeptJar") -> None:
        problem = await asyncio.to_thread(kept.load)
        if problem:
            self._notify(Notice("Cookies could not be read.", problem, "warning"))
        self.changed.emit()

    async def _empty(self, kept: "KeptJar") -> None:
        await self._load(kept)
        kept.jar.clear()

    def _note(self) -> None:
        if not self._timer.isActive() and not self._is_closed:
            self._timer.start()
        self.changed.emit()

    def _save_soon(self) -> None:
        self._tasks.spawn(self._save(), "save cookies")

    async def _save(self) -> None:
        for kept in list(self._jars.values()):
            if kept.jar.changes and not kept.is_loaded:
                await self._load(kept)
            try:
                await asyncio.to_thread(kept.save)
            except UserError as error:
                self._notify(Notice(error.title, error.detail, "error"))


class KeptJar:
    """A jar and its file. `load` and `save` touch the disk and may be called in any thread."""

    def __init__(self, key: JarKey, on_change: Callable[[], None]) -> None:
        self.jar = CookieJar(on_change)
        self.is_loaded = False
        self._key = key
        self._lock = threading.Lock()
        self._saved_changes = 0

    def load(self) -> str:
        """Take in what is on disk, once; return what was wrong with it, as a sentence."""
        with self._lock:
            if self.is_loaded:
                return ""
            cookies, problem = load_cookies(self._key, time.time())
            self.jar.add_older(cookies)
            self.is_loaded = True
            return problem

    def save(self) -> None:
        """Write the cookies where they are others than on disk.

        Raises:
            UserError: the file cannot be written.
        """
        with self._lock:
            changes = self.jar.changes
            if self.is_loaded and changes != self._saved_changes:
                save_cookies(self._key, self.jar.snapshot(), time.time())
                self._saved_changes = changes


def key_of(collection: OpenCollection | None) -> JarKey:
    """Return whose cookies a request of *collection* uses now."""
    return JarKey(str(collection.root), collection.environment_name) if collection is not None else JarKey()
