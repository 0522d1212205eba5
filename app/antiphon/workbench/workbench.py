"""What the program knows while it runs; built once at start and handed on by constructor."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from antiphon.core.context import Context
from antiphon.core.document import ProxySettings, RequestDocument
from antiphon.core.errors import UserError
from antiphon.core.places import places
from antiphon.practice.sample import copied_sample
from antiphon.store import collections as disk
from antiphon.store.atomic import write_atomically
from antiphon.store.files import ROOT_FILE
from antiphon.store.names import file_stem
from antiphon.store.program import keep_proxy_password, program_proxy
from antiphon.store.secrets import SecretStore
from antiphon.store.session import Journal, Session, SessionTab, load_session, save_session
from antiphon.store.settings import Settings, load_settings, save_settings
from antiphon.workbench import code
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument, merged
from antiphon.workbench.host import ProgramHost
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.run import FolderRun
from antiphon.workbench.sending import Sending, sample_home
from antiphon.workbench.tasks import Tasks

_JOURNAL_MS = 400


class Workbench(QObject):
    """Collections, documents and runs that are open, and the one engine that sends them all."""

    collections_changed = Signal()
    current_changed = Signal()
    """Another collection is in front."""
    document_opened = Signal(object)
    document_closed = Signal(object)
    noticed = Signal(object)
    notice_withdrawn = Signal(object)
    """What this `Notice` asked for is no longer awaited."""
    settings_changed = Signal()
    copy_wanted = Signal(str)
    """A text is to go into the clipboard."""

    def __init__(self, report: Callable[[BaseException, str], None], parent: QObject | None = None) -> None:
        """Faults of ours (not the user's, not the network's) go to *report*, with the name of their task."""
        super().__init__(parent)
        self._report = report
        self.tasks = Tasks(self._task_failed)
        self.settings: Settings = load_settings()
        self.secrets = SecretStore()
        self._outside: Context | None = None
        self.journal = Journal()
        self.collections: list[OpenCollection] = []
        self.current: OpenCollection | None = None
        self.documents: list[OpenDocument] = []
        self.runs: list[FolderRun] = []
        self.host = ProgramHost(
            self.tasks, self.notify, self.copy_wanted.emit, withdraw=self.notice_withdrawn.emit
        )
        self.sending = Sending(self.tasks, self.notify, self.secrets, self.host)
        self._unwritten: dict[str, OpenDocument] = {}
        self._vanished: set[Path] = set()
        self._journal_timer = QTimer(self, interval=_JOURNAL_MS, singleShot=True)
        self._journal_timer.timeout.connect(self._write_journal)

    # -- collections -------------------------------------------------------------------------------

    def open_collection(self, root: Path) -> OpenCollection:
        """Open the collection at *root*, or bring it to the front where it is open.

        Raises:
            UserError: there is no collection that can be read.
        """
        root = root.resolve()
        collection = next((known for known in self.collections if known.root == root), None)
        if collection is None:
            collection = OpenCollection(root, self.secrets, self, outside=self.outside)
            collection.moved.connect(lambda old, new, here=collection: self._moved(here, old, new))
            self.collections.append(collection)
            names = collection.environment_names
            collection.choose_environment(names[0] if names else "")
            self._remember(root)
            self.collections_changed.emit()
        self.bring_forward(collection)
        return collection

    def bring_forward(self, collection: OpenCollection | None) -> None:
        if collection is not self.current:
            self.current = collection
            self.current_changed.emit()

    def create_collection(self, parent: Path, name: str) -> OpenCollection:
        """Make a collection called *name* in a folder of its own below *parent*, and open it.

        Raises:
            UserError: the folder cannot be made, or holds something already.
        """
        return self.create_collection_in(parent / file_stem(name, "collection"), name)

    def is_plain_folder(self, folder: Path) -> bool:
        """Tell whether *folder* is there and holds no collection yet."""
        return folder.is_dir() and not (folder / ROOT_FILE).exists()

    def create_collection_in(self, root: Path, name: str) -> OpenCollection:
        """Make a collection called *name* of the folder *root* itself, and open it.

        Raises:
            UserError: there is one, or its file cannot be written.
        """
        disk.create_collection(root, name)
        return self.open_collection(root)

    def close_collection(self, collection: OpenCollection) -> None:
        """Take *collection* from the window; its files stay. Its documents must have been closed."""
        self.collections.remove(collection)
        if self.current is collection:
            self.current = None
            self.bring_forward(self.collections[0] if self.collections else None)
            self.current_changed.emit()
        self.collections_changed.emit()
        collection.deleteLater()

    def open_sample(self) -> OpenCollection:
        """Open “Try Antiphon”: a copy of the sample in the user's own data folder, made on first use."""
        return self.open_collection(copied_sample(sample_home()))

    # -- documents ---------------------------------------------------------------------------------

    def open_document(self, collection: OpenCollection, path: str) -> OpenDocument:
        """Open the request at *path*, or return it where it is open already.

        Raises:
            UserError: the file cannot be read.
        """
        for document in self.documents:
            if document.collection is collection and document.path == path:
                return document
        return self._opened(OpenDocument(collection.load(path), collection, path, self, outside=self.outside))

    def new_document(self, draft: RequestDocument | None = None) -> OpenDocument:
        return self._opened(
            OpenDocument(draft or RequestDocument(), self.current, "", self, outside=self.outside)
        )

    def close_document(self, document: OpenDocument) -> None:
        """Close *document*, its unsaved edits with it: ask first."""
        self.documents.remove(document)
        self.discard(document)
        document.close()
        self.document_closed.emit(document)

    def save(self, document: OpenDocument, *, over: bool = False) -> bool:
        """Save *document* where it stands; tell whether that was done.

        What changed on disk meanwhile is merged in where the edits do not touch; else the user is asked, unless
        *over* says that the draft wins.

        Raises:
            UserError: the file cannot be written.
        """
        collection, path, saved = document.collection, document.path, document.saved
        if collection is None or not path or saved is None:
            return False
        draft = document.draft
        on_disk = collection.load_if_there(path)
        if draft == on_disk:
            self._settle(document, draft)
            return True
        if on_disk not in (None, saved) and not over:
            both = merged(saved, draft, on_disk)
            if both is None:
                self._ask_about_conflict(document, on_disk)
                return False
            draft = both
        note = collection.save(path, draft)
        self._settle(document, draft)
        if note:
            self.notify(Notice(note))
        return True

    def save_as(self, document: OpenDocument, collection: OpenCollection, folder: str, name: str) -> None:
        """Save *document* as a new request called *name* in *folder*."""
        path = collection.create_request(folder, replace(document.draft, name=name, seq=None))
        saved = collection.load(path)
        self.discard(document)
        document.draft = saved
        document.placed(collection, path, saved)

    def discard(self, document: OpenDocument) -> None:
        """Forget the kept draft of *document*: its edits are not to come back."""
        self._unwritten.pop(document.key, None)
        self.journal.drop(document.key)

    def run_folder(self, collection: OpenCollection, folder: str) -> FolderRun:
        """Return the run of *folder*, opened now or before."""
        for run in self.runs:
            if run.collection is collection and run.folder == folder:
                return run
        run = FolderRun(collection, folder, self)
        self.runs.append(run)
        return run

    def close_run(self, run: FolderRun) -> None:
        self.runs.remove(run)
        run.close()

    # -- code and files -----------------------------------------------------------------------------------

    def snippet(self, document: OpenDocument, language: str) -> str:
        """Return *document* as code in *language* (a key of `code.languages`).

        Raises:
            UserError: the document cannot be sent as it is.
        """
        return code.snippet(self.sending.trusted(document.prepared()), language)

    def run_snippet(self, run: FolderRun) -> str:
        """Return the whole *run* as asynchronous httpx code.

        Raises:
            UserError: one of its requests cannot be sent as it is.
        """
        return code.run_snippet([self.sending.trusted(prepared) for prepared in run.prepared()], run.plan)

    def write_file(self, file: Path, data: bytes) -> None:
        """Write *data* to *file*, whole or not at all."""
        write_atomically(file, data)

    async def look_at_disk(self) -> None:
        """Take over what other programs changed: the trees, and documents that are not being edited."""
        for collection in list(self.collections):
            readings = collection.readings
            try:
                tree = await asyncio.to_thread(disk.open_collection, collection.root)
            except UserError as error:
                if collection.readings == readings:
                    self._tell_once(collection.root, error)
                continue
            self._vanished.discard(collection.root)
            if collection in self.collections and collection.readings == readings:
                collection.take(tree)
        for document in list(self.documents):
            self._look_at_file(document)

    def notify(self, notice: Notice) -> None:
        self.noticed.emit(notice)

    def notify_error(self, error: UserError) -> None:
        self.notify(Notice(error.title, error.detail, "error"))

    # -- start and end -----------------------------------------------------------------------------

    def restore(self) -> OpenDocument | None:
        """Open what the last session had open, drafts included; return the document that was in front.

        What cannot be opened any more is left out, and said. No body is opened, ever.
        """
        session = load_session()
        for root in session.collections:
            self._try_open(Path(root))
        for root, name in session.environments.items():
            for collection in self.collections:
                if str(collection.root) == root:
                    collection.choose_environment(name)
        drafts = {kept.key: kept.document for kept in self.journal.drafts()}
        recovered = len(drafts)
        opened = [self._reopen(tab, drafts) for tab in session.tabs]
        for key, draft in drafts.items():
            self._reopen_draft(key, draft)
        front = next((known for known in self.collections if str(known.root) == session.current), None)
        self.bring_forward(front or (self.collections[0] if self.collections else None))
        if recovered and not session.was_closed:
            text = "1 unsaved request was" if recovered == 1 else f"{recovered} unsaved requests were"
            self.notify(Notice(f"{text} brought back from the last session, which ended unexpectedly."))
        if self.settings.problem:
            self.notify(Notice("The settings could not be read.", self.settings.problem, "warning"))
        return opened[session.active] if 0 <= session.active < len(opened) else None

    def keep_session(self, active: int, *, closed: bool = False) -> None:
        """Write down what is open, so that the next start brings it back."""
        self._write_journal()
        tabs = tuple(
            SessionTab(
                str(document.collection.root) if document.collection else "", document.path, document.key
            )
            for document in self.documents
        )
        environments = {str(known.root): known.environment_name for known in self.collections}
        current = str(self.current.root) if self.current else ""
        roots = tuple(str(known.root) for known in self.collections)
        save_session(Session(roots, tabs, active, environments, current, was_closed=closed))

    def change_settings(self, **changes: object) -> None:
        """Change and save the settings; the password of a *proxy* goes to the secret store."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        if "proxy" in changes:
            keep_proxy_password(self.settings.proxy, self.secrets)
        self._outside = None
        save_settings(self.settings)
        self.settings_changed.emit()

    async def change_proxy(self, proxy: ProxySettings) -> None:
        """Change and save the proxy for all requests; the keyring is asked in a thread.

        Raises:
            UserError: the keyring refuses the password, or the settings cannot be written.
        """
        await asyncio.to_thread(keep_proxy_password, proxy, self.secrets)
        self.settings = replace(self.settings, proxy=proxy)
        self._outside = Context(proxy=proxy, trust_store=self.settings.trust_store)
        save_settings(self.settings)
        self.settings_changed.emit()

    def outside(self) -> Context:
        """Return what the program itself says to every request: its proxy and its trust store.

        Raises:
            UserError: the keyring does not tell the proxy's password.
        """
        if self._outside is None:
            proxy = program_proxy(self.settings, self.secrets)
            self._outside = Context(proxy=proxy, trust_store=self.settings.trust_store)
        return self._outside

    async def close(self) -> None:
        """End everything that runs: tasks, connections, the practice server, bodies."""
        self._journal_timer.stop()
        for document in self.documents:
            document.close()
        for run in self.runs:
            run.close()
        await self.tasks.close()
        await self.sending.close()

    # -- within ------------------------------------------------------------------------------------

    def _opened(self, document: OpenDocument) -> OpenDocument:
        self.documents.append(document)
        document.edited.connect(lambda: self._keep(document))
        self.document_opened.emit(document)
        return document

    def _keep(self, document: OpenDocument) -> None:
        self._unwritten[document.key] = document
        if not self._journal_timer.isActive():
            self._journal_timer.start()

    def _write_journal(self) -> None:
        for key, document in self._unwritten.items():
            if document.is_dirty:
                self.journal.keep(key, document.draft)
            else:
                self.journal.drop(key)
        self._unwritten.clear()

    def _settle(self, document: OpenDocument, saved: RequestDocument) -> None:
        document.saved = document.draft = saved
        self.discard(document)
        document.edited.emit()

    def _ask_about_conflict(self, document: OpenDocument, on_disk: RequestDocument) -> None:
        def take_theirs() -> None:
            self._settle(document, on_disk)

        def keep_mine() -> None:
            self.save(document, over=True)

        self.notify(
            Notice(
                f"{document.path} was changed outside Antiphon, in the same place as here.",
                "Nothing was written. Choose which of the two stays.",
                "warning",
                (Action("Keep mine", keep_mine), Action("Take the one on disk", take_theirs)),
            )
        )

    def _look_at_file(self, document: OpenDocument) -> None:
        """Take over what another program wrote into the file of *document*, unless it is being edited."""
        collection = document.collection
        if collection is None or not document.path or collection.root in self._vanished:
            return
        if collection.node(document.path) is None:
            name = document.path
            self._unplace(document)
            self.notify(
                Notice(
                    f"{name} is gone from the disk.", "Its tab holds the only copy now; save it.", "warning"
                )
            )
            return
        if document.is_dirty:
            return
        try:
            fresh = collection.load(document.path)
        except UserError:
            return  # the tree shows it as broken; what is open stays readable
        if fresh != document.saved:
            self._settle(document, fresh)

    def _tell_once(self, root: Path, error: UserError) -> None:
        if root not in self._vanished:
            self._vanished.add(root)
            self.notify_error(error)

    def _lose_file(self, document: OpenDocument) -> None:
        """Let *document* go with its file, which the user deleted; what is edited stays, as never saved."""
        if document.is_dirty:
            self._unplace(document)
        else:
            self.close_document(document)

    def _unplace(self, document: OpenDocument) -> None:
        """Make *document* one that was never saved; its kept draft goes by another key from now on."""
        key = document.key
        document.unplaced()
        self._write_journal()
        self._unwritten.pop(key, None)
        self.journal.drop(key)

    def _moved(self, collection: OpenCollection, old: str, new: str) -> None:
        """Let open documents follow their file, or become unsaved where it is gone."""
        for document in list(self.documents):
            if document.collection is not collection or not document.path:
                continue
            if document.path != old and not document.path.startswith(f"{old}/"):
                continue
            if not new:
                self._lose_file(document)
                continue
            self.discard(document)
            path = new + document.path.removeprefix(old)
            document.placed(collection, path, collection.load(path))

    def _try_open(self, root: Path) -> None:
        try:
            self.open_collection(root)
        except UserError as error:
            self.notify_error(error)

    def _reopen(self, tab: SessionTab, drafts: dict[str, RequestDocument]) -> OpenDocument | None:
        draft = drafts.pop(tab.key, None)
        collection = next((known for known in self.collections if str(known.root) == tab.root), None)
        if collection is None or not tab.path:
            return self._reopen_new(tab.key, draft, collection) if draft is not None else None
        try:
            document = self.open_document(collection, tab.path)
        except UserError as error:
            self.notify_error(error)
            return self._reopen_new(tab.key, draft, collection) if draft is not None else None
        if draft is not None:
            document.edit(draft)
        return document

    def _reopen_new(
        self, key: str, draft: RequestDocument, collection: OpenCollection | None
    ) -> OpenDocument:
        document = OpenDocument(RequestDocument(name=draft.name), collection, "", self, outside=self.outside)
        if key.startswith("new|"):
            document.key = key
        self._opened(document).edit(draft)
        if document.key != key:
            self._write_journal()
            self.journal.drop(key)
        return document

    def _reopen_draft(self, key: str, draft: RequestDocument) -> None:
        root, _, path = key.rpartition("|")
        self._reopen(SessionTab(root, path if root != "new" else "", key), {key: draft})

    def _remember(self, root: Path) -> None:
        text = str(root)
        recent = (text, *(known for known in self.settings.recent_collections if known != text))
        self.change_settings(recent_collections=recent[:12])

    def _task_failed(self, error: BaseException, name: str) -> None:
        if isinstance(error, UserError):
            self.notify_error(error)
        else:
            self._report(error, name)


def trash() -> Path:
    """Return the folder that deleted files are moved to."""
    return places().data / "trash"
