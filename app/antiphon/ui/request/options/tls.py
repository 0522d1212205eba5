"""Whom to believe: verification, trust, the oldest TLS, the name asked for, and the key log."""

from PySide6.QtWidgets import QCheckBox

from antiphon.core.document import RequestOptions
from antiphon.ui.request.options.section import Section
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.words import Words

STORES = (("system", "The system's certificates"), ("certifi", "Mozilla's list (certifi)"))
VERSIONS = (
    ("", "What OpenSSL takes"),
    ("1.0", "TLS 1.0"),
    ("1.1", "TLS 1.1"),
    ("1.2", "TLS 1.2"),
    ("1.3", "TLS 1.3"),
)
PEM_KINDS = "Certificates (*.pem *.crt *.cer)"


class TlsSection(Section):
    def __init__(self, theme: Theme) -> None:
        names = ("verify", "trust_store", "ca_file", "min_tls", "server_name", "key_log_file")
        super().__init__(theme, "Certificates and TLS", "verified, as the settings trust", names)
        self.verify = QCheckBox("Verify the server's certificate", self)
        warning = "Verification is off: anyone on the way can read and change this exchange."
        self.warning = Words(theme, warning, "delete", is_bold=True, parent=self)
        self.store = Choice(theme, STORES, name="Trust store", parent=self)
        self.ca_file = FileField(theme, "CA file", placeholder="none besides", kinds=PEM_KINDS, parent=self)
        self.oldest = Choice(theme, VERSIONS, name="Oldest TLS version", parent=self)
        self.server_name = Field(
            theme, "Server name", placeholder="the URL's host", mono=True, variables=True, parent=self
        )
        self.server_name.setToolTip("The name asked for in the handshake (SNI) and verified")
        self.key_log = FileField(theme, "Key log file", placeholder="nowhere", is_new=True, parent=self)
        exposed = "Whoever has this file can decrypt what this request and its answer say. Delete it when you are done."
        self.exposed = Words(theme, exposed, "delete", parent=self)
        self._lay_out_rows()
        self.setFocusProxy(self.verify)
        self._connect()

    def show_fields(self, options: RequestOptions) -> None:
        self.verify.setChecked(options.verify)
        self.warning.setVisible(not options.verify)
        self.store.show_choice(options.trust_store)
        self.ca_file.show_text(options.ca_file)
        self.oldest.show_choice(options.min_tls)
        self.server_name.show_text(options.server_name)
        self.key_log.show_text(options.key_log_file)
        self.exposed.setVisible(bool(options.key_log_file))

    def _lay_out_rows(self) -> None:
        form = self.form
        form.add("Certificate", self.verify, is_wide=False)
        form.add_words(self.warning)
        form.add("Trust", self.store, is_wide=False)
        form.add("CA file", self.ca_file)
        form.add("Oldest TLS", self.oldest, is_wide=False)
        form.add("Server name (SNI)", self.server_name)
        form.add("Key log file", self.key_log)
        form.add_words(self.exposed)

    def _connect(self) -> None:
        self.verify.clicked.connect(lambda checked: self.change(verify=checked))
        self.store.chosen.connect(lambda key: self.change(trust_store=key))
        self.ca_file.edited.connect(lambda text: self.change(ca_file=text))
        self.oldest.chosen.connect(lambda key: self.change(min_tls=key))
        self.server_name.textEdited.connect(lambda text: self.change(server_name=text))
        self.key_log.edited.connect(lambda text: self.change(key_log_file=text))
