"""The way to the server: a proxy, addresses of one's own, a Unix socket."""

import re

from antiphon.core.document import ProxySettings, RequestOptions
from antiphon.core.template import Scope
from antiphon.ui.request.options.section import Section
from antiphon.ui.theme import TABLE_ROW, Theme
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.proxy_form import ProxyForm
from antiphon.ui.widgets.rows import Column, Row
from antiphon.ui.widgets.table import RowsTable
from antiphon.ui.widgets.words import Words

_ADDRESS = re.compile(r"\+?(\[[^]]+\]|[^:\s]+):(\d{1,5}|\*):\S+")


class NetworkSection(Section):
    def __init__(self, theme: Theme) -> None:
        super().__init__(
            theme, "Network", "proxy inherited; names looked up", ("proxy", "resolve", "unix_socket")
        )
        self.proxy = ProxyForm(theme, ("inherit", "none", "system", "manual"), parent=self)
        columns = (Column("name", "host:port:address", 1, is_mono=True),)
        self.addresses = RowsTable(theme, "Address override", columns=columns, bulk_edit=False, parent=self)
        self.flaw = Words(theme, ink="post", parent=self)
        self.socket = FileField(theme, "Unix socket", placeholder="none", parent=self)
        self.form.add("Proxy", self.proxy)
        self.form.add("Addresses", self.addresses)
        self.form.add_words(self.flaw)
        self.form.add("Unix socket", self.socket)
        self.setFocusProxy(self.proxy)
        self.proxy.edited.connect(lambda proxy: self.change(proxy=proxy))
        self.addresses.edited.connect(self._take)
        self.socket.edited.connect(lambda text: self.change(unix_socket=text))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_fields(self, options: RequestOptions) -> None:
        self.proxy.show_proxy(options.proxy)
        self.addresses.show_rows([Row(address) for address in options.resolve])
        self.socket.show_text(options.unix_socket)
        wrong = next((row for row in options.resolve if not _is_address(row)), "")
        self.flaw.say(
            f"“{wrong}” is not host:port:address, such as example.org:443:127.0.0.1." if wrong else ""
        )
        self._restyle()

    def set_scope(self, scope: Scope) -> None:
        super().set_scope(scope)
        self.addresses.set_scope(scope)

    def set_inherited(self, proxy: ProxySettings, place: str) -> None:
        """Say which *proxy* is inherited, and from which *place*."""
        self.proxy.set_inherited(proxy, place)

    def _take(self, rows: tuple[Row, ...]) -> None:
        self.change(resolve=tuple(row.name for row in rows))

    def _restyle(self) -> None:
        """Give the table the height of its rows: it stands in a panel that scrolls."""
        rows = min(8, len(self.addresses.model.rows())) + 2
        self.addresses.setFixedHeight(self.theme.px(TABLE_ROW) * rows)


def _is_address(text: str) -> bool:
    return "{{" in text or bool(_ADDRESS.fullmatch(text.strip()))
