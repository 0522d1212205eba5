"""Remedies of a failed exchange, done on the document that is open: at once, and with a way back."""

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject

from antiphon.core.document import RequestDocument
from antiphon.core.events import Failure, Remedy
from antiphon.core.remedy import certificate_to_trust, remedied
from antiphon.ui.response.failure import FailurePane
from antiphon.ui.widgets.files import choose_files, relative_to
from antiphon.workbench.document import OpenDocument
from antiphon.workbench.tasks import Tasks
from antiphon.workbench.trusted import write_trusted


class Remedies(QObject):
    """Does what the buttons of a `FailurePane` say."""

    def __init__(
        self,
        pane: FailurePane,
        document: OpenDocument,
        tasks: Tasks,
        lead_to: Callable[[Remedy], None],
        send: Callable[[], None],
    ) -> None:
        """Let *lead_to* show the place where a person types a remedy; *send* sends again."""
        super().__init__(pane)
        self._pane = pane
        self._document = document
        self._tasks = tasks
        self._lead_to = lead_to
        self._send = send
        self._before: RequestDocument | None = None
        self._after: RequestDocument | None = None
        pane.remedy_asked.connect(self.do)
        pane.send_asked.connect(send)
        pane.undo_asked.connect(self.undo)

    def do(self, remedy: Remedy) -> None:
        failure = self._failure
        if failure is None:
            return
        match remedy:
            case "send_again":
                self._send()
            case "choose_ca_file":
                choose_files(
                    self._pane,
                    "Choose certificates to trust",
                    lambda paths: self._trust(remedy, self._relative(paths[0])),
                    kinds="Certificates (*.pem *.crt *.cer)",
                )
            case "trust_shown":
                self._tasks.spawn(self._trust_shown(failure), "trust a certificate")
            case "choose_client_certificate" | "change_proxy" | "change_auth":
                self._lead_to(remedy)
            case _:
                self._edit(remedy, remedied(self._document.draft, remedy, failure))

    def undo(self) -> None:
        """Take the last remedy back, unless the request was edited since."""
        if self._before is not None and self._document.draft == self._after:
            self._document.edit(self._before)
        self._before = self._after = None
        self._pane.tell_undone()

    @property
    def _failure(self) -> Failure | None:
        feed = self._document.feed
        return feed.exchange.failure if feed is not None else None

    async def _trust_shown(self, failure: Failure) -> None:
        certificate = certificate_to_trust(failure)
        if certificate is not None:
            file = await asyncio.to_thread(write_trusted, certificate)
            self._trust("trust_shown", str(file))

    def _trust(self, remedy: Remedy, file: str) -> None:
        if (failure := self._failure) is not None:
            self._edit(remedy, remedied(self._document.draft, remedy, failure, file))

    def _edit(self, remedy: Remedy, draft: RequestDocument) -> None:
        if draft == self._document.draft:
            return
        self._before, self._after = self._document.draft, draft
        self._document.edit(draft)
        self._pane.tell_done(remedy)

    def _relative(self, path: str) -> str:
        collection = self._document.collection
        return relative_to(path, collection.root if collection is not None else None)
