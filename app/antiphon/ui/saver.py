"""Saving what tabs hold, and asking about what is unsaved before it goes."""

import asyncio
from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from antiphon.ui import dialogs
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.page import Page, is_dirty, name_of, tab_text
from antiphon.ui.pages import Pages
from antiphon.ui.request_page import RequestPage
from antiphon.ui.run.view import RunView
from antiphon.ui.settings.defaults_page import DefaultsPage
from antiphon.ui.theme import Theme
from antiphon.ui.tree_actions import TreeActions
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Action, Notice
from antiphon.workbench.workbench import Workbench


class Saver:
    """Asks its questions over the window; a `UserError` says what could not be written."""

    def __init__(
        self, owner: QWidget, theme: Theme, workbench: Workbench, pages: Pages, entries: TreeActions
    ) -> None:
        self._owner = owner
        self._theme = theme
        self._workbench = workbench
        self._pages = pages
        self._entries = entries
        self.ways_to_a_collection: Sequence[Action] = ()
        """What is offered where there is no collection to save into."""

    async def save(self, page: Page) -> bool:
        """Save what *page* holds; tell whether that was done."""
        match page:
            case RequestPage():
                return await self._save_request(page.document)
            case EnvironmentPage() | DefaultsPage():
                return page.save()
            case RunView():
                page.run.save_plan()
        return True

    async def save_all(self, pages: Sequence[Page]) -> bool:
        """Save what is unsaved in *pages*; stop where one was not."""
        for page in pages:
            if is_dirty(page) and not await self.save(page):
                return False
        return True

    async def settled(self, pages: Sequence[Page]) -> bool:
        """Ask what becomes of unsaved edits in *pages*; tell whether they may be closed now."""
        dirty = [page for page in pages if is_dirty(page)]
        if not dirty:
            return True
        title = f"Save the changes to {len(dirty)} tabs?"
        if len(dirty) == 1:
            self._pages.front(dirty[0])
            title = f"Save the changes to “{tab_text(dirty[0]).name}”?"
        answers = (("save", "Save"), ("discard", "Discard"), ("keep", "Keep editing"))
        detail = "What is discarded cannot be brought back."
        match await dialogs.Question(self._theme, title, detail, answers, self._owner).ask():
            case "save":
                return await self.save_all(dirty)
            case "discard":
                return True
            case _:
                return False

    async def save_csv(self, page: RunView) -> None:
        """Ask where, and write the table of a run there."""
        file = await dialogs.ask_file_to_save(self._owner, "Save as CSV", f"{page.run.name}.csv")
        if file is not None:
            await asyncio.to_thread(self._workbench.write_file, file, page.run.csv().encode())
            self._workbench.notify(Notice(f"Saved {file}."))

    async def _save_request(self, document: OpenDocument) -> bool:
        if document.path:
            return self._workbench.save(document)
        collection = self._workbench.current
        if collection is None:
            title, detail = "There is no collection to save into.", "Make or open one first."
            self._workbench.notify(Notice(title, detail, "warning", tuple(self.ways_to_a_collection)))
            return False
        folders, chosen = self._entries.folders(), self._entries.folder
        place = await dialogs.ask_place(self._owner, self._theme, name_of(document), folders, chosen)
        if place is None:
            return False
        name, folder = place
        self._workbench.save_as(document, collection, folder, name)
        self._entries.choose([document.path])
        return True
