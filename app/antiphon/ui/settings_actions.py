"""Opens the pages on which settings are changed: of environments, folders, collections and the program."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from antiphon.ui.collection_actions import CollectionActions
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.page import enter
from antiphon.ui.pages import Pages
from antiphon.ui.settings.defaults_page import AUTH, CERTIFICATES, PROXY, DefaultsPage
from antiphon.ui.settings.places import host_of, lending_folder
from antiphon.ui.theme import Theme
from antiphon.workbench.collections import OpenCollection
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.notice import Notice
from antiphon.workbench.workbench import Workbench

if TYPE_CHECKING:
    from antiphon.ui.settings.program_page import Looks, ProgramPage


class SettingsActions:
    """Each environment and each folder has one page at most, which comes to the front when it is asked for again.

    Args:
        folder: Where the tree's cursor stands; empty at the top.
        looks: What the program's settings do about looks.
    """

    def __init__(
        self,
        owner: QWidget,
        theme: Theme,
        workbench: Workbench,
        pages: Pages,
        *,
        folder: Callable[[], str],
        looks: Callable[[], "Looks"],
    ) -> None:
        self._owner = owner
        self._theme = theme
        self._workbench = workbench
        self._pages = pages
        self._folder = folder
        self._looks = looks
        self._collections = CollectionActions(owner, theme, workbench)

    # Environments

    def edit_environment(self, name: str | None = None) -> None:
        """Show the environment *name*, None: the chosen one; where there is none, make one."""
        collection = self._workbench.current
        if collection is None:
            return
        chosen = collection.environment_name if name is None else name
        if not chosen:
            self.new_environment()
        elif (known := self._environment_page(collection, chosen)) is not None:
            self._pages.front(known)
        else:
            page = EnvironmentPage(self._theme, self._workbench, collection, chosen)
            page.changed.connect(lambda: self._pages.refresh(page))
            self._pages.add(page)
            enter(page)

    def new_environment(self) -> None:
        making = self._collections.create_environment(self.edit_environment)
        self._workbench.tasks.spawn(making, "make an environment")

    def delete_environment(self) -> None:
        self._workbench.tasks.spawn(self._delete_environment(), "delete the environment")

    async def _delete_environment(self) -> None:
        collection = self._workbench.current
        name = await self._collections.delete_environment()
        if collection is None or not name:
            return
        self._workbench.sending.jars.forget(collection, name)
        if page := self._environment_page(collection, name):
            self._pages.forget(page)

    def _environment_page(self, collection: OpenCollection, name: str) -> EnvironmentPage | None:
        pages = (page for page in self._pages.all if isinstance(page, EnvironmentPage))
        return next((page for page in pages if (page.collection, page.name) == (collection, name)), None)

    # What folders lend to their requests

    def edit_defaults(
        self, folder: str = "", collection: OpenCollection | None = None
    ) -> DefaultsPage | None:
        """Show what *folder* lends to its requests, the collection where that is empty."""
        collection = collection or self._workbench.current
        if collection is None:
            return None
        page = self._defaults_page(collection, folder) or self._added(collection, folder)
        self._pages.front(page)
        enter(page)
        return page

    def edit_folder_defaults(self) -> None:
        """Show what the folder where the tree's cursor stands lends to its requests."""
        self.edit_defaults(self._folder())

    @property
    def has_folder_settings(self) -> bool:
        """Whether the folder where the tree's cursor stands can lend anything."""
        collection, folder = self._workbench.current, self._folder()
        return collection is not None and bool(folder) and collection.has_settings(folder)

    def _defaults_page(self, collection: OpenCollection, folder: str) -> DefaultsPage | None:
        pages = (page for page in self._pages.all if isinstance(page, DefaultsPage))
        return next((page for page in pages if (page.collection, page.folder) == (collection, folder)), None)

    def _added(self, collection: OpenCollection, folder: str) -> DefaultsPage:
        page = DefaultsPage(self._theme, self._workbench, collection, folder)
        page.changed.connect(lambda: self._pages.refresh(page))
        page.gone.connect(lambda: self._pages.forget(page))
        self._pages.add(page)
        return page

    # The program, and where a remedy is typed

    def show_program(self) -> "ProgramPage":
        """Show the settings of the program, beside the window."""
        from antiphon.ui.settings.program_page import ProgramPage

        known = self._owner.findChild(ProgramPage)
        page = known or ProgramPage(self._theme, self._workbench, self._looks(), self._owner)
        page.show()
        page.raise_()
        page.activateWindow()
        return page

    def lead_to(self, document: OpenDocument, remedy: str, place: str) -> None:
        """Show where a person types *remedy* for *document*: the settings called *place*."""
        collection = document.collection
        if place == "the settings":
            self.show_program().proxy.setFocus(Qt.FocusReason.TabFocusReason)
            return
        if collection is None:
            title = "Client certificates stand in the settings of a collection."
            self._workbench.notify(Notice(title, "Save the request into one first.", "warning"))
            return
        folder = lending_folder(collection, document.path) if remedy == "change_auth" else ""
        if (page := self.edit_defaults(folder, collection)) is not None:
            tab = {"change_auth": AUTH, "change_proxy": PROXY}.get(remedy, CERTIFICATES)
            page.lead_to(tab, host_of(document) if tab == CERTIFICATES else "")
