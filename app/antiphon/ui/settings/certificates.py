"""The client certificates of a collection: for which host, in which files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from antiphon.core.document import ClientCertificate
from antiphon.core.template import Scope
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import QuietButton, Segmented
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.form import Form
from antiphon.ui.widgets.secret import SecretField
from antiphon.ui.widgets.words import Words

_KINDS = (("pem", "PEM"), ("pkcs12", "PKCS#12"))
_ORDER = "The first row that names a host is used for it."
_EMPTY = f"Servers that ask for a client certificate get none. {_ORDER}"


class CertificateForm(QWidget):
    """One certificate as fields."""

    edited = Signal(object)
    """The `ClientCertificate` after the user changed it."""
    remove_asked = Signal()

    def __init__(self, theme: Theme, certificate: ClientCertificate) -> None:
        super().__init__()
        self._certificate = certificate
        self._form = Form(theme, self)
        self.enabled = QCheckBox("Use it", self)
        self.remove = QuietButton(theme, "Remove", icon="close", tip="Remove this certificate", parent=self)
        self.host = Field(theme, "Host", placeholder="*.example.org", mono=True, variables=True, parent=self)
        self.kind = Segmented(theme, _KINDS, name="Kind of file", parent=self)
        self.file = FileField(theme, "Certificate file", parent=self)
        self.key = FileField(theme, "Key file", placeholder="in the certificate's file", parent=self)
        self.passphrase = SecretField(theme, "Passphrase", placeholder="none", parent=self)
        self._lay_out()
        self.setFocusProxy(self.host)
        self._connect()
        self.show_certificate(certificate)

    def show_certificate(self, certificate: ClientCertificate) -> None:
        self._certificate = certificate
        self.enabled.setChecked(certificate.enabled)
        self.host.show_text(certificate.host)
        self.kind.show_choice(certificate.kind)
        self.file.show_text(certificate.certificate_file)
        self.key.show_text(certificate.key_file)
        self.passphrase.field.show_text(certificate.passphrase)
        self._form.set_row_visible(self.key, certificate.kind == "pem")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.enabled)
        row.addStretch()
        row.addWidget(self.remove)
        self._form.add("Host", self.host)
        self._form.add("Kind", self.kind, is_wide=False)
        self._form.add("Certificate", self.file)
        self._form.add("Key", self.key)
        self._form.add("Passphrase", self.passphrase)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addLayout(row)
        column.addWidget(self._form)

    def _connect(self) -> None:
        self.enabled.clicked.connect(lambda checked: self._change(enabled=checked))
        self.remove.clicked.connect(lambda _checked: self.remove_asked.emit())
        self.host.textEdited.connect(lambda text: self._change(host=text))
        self.kind.chosen.connect(lambda key: self._change(kind=key))
        self.file.edited.connect(lambda text: self._change(certificate_file=text))
        self.key.edited.connect(lambda text: self._change(key_file=text))
        self.passphrase.field.textEdited.connect(lambda text: self._change(passphrase=text))

    def _change(self, **changes: Any) -> None:
        changed = replace(self._certificate, **changes)
        if changed != self._certificate:
            self.show_certificate(changed)
            self.edited.emit(changed)


class CertificatesPanel(QScrollArea):
    """All certificates below each other, and a button for one more."""

    edited = Signal(object)
    """The certificates (`tuple[ClientCertificate, ...]`) after the user changed them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._certificates: list[ClientCertificate] = []
        self._scope = Scope()
        self._base_dir: Path | None = None
        self.forms: list[CertificateForm] = []
        self.add = QuietButton(theme, "Add a certificate", icon="plus", tip="Add a client certificate")
        self.words = Words(theme, _EMPTY)
        inside = QWidget(self)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(5 * SPACE, 2 * SPACE, 4 * SPACE, 3 * SPACE)
        self._column.setSpacing(4 * SPACE)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(self.words)
        self._column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(inside)
        self.setFocusProxy(self.add)
        self.add.clicked.connect(lambda _checked: self.begin(""))

    def show_certificates(self, certificates: Sequence[ClientCertificate]) -> None:
        if list(certificates) == self._certificates:
            return
        self._certificates = list(certificates)
        self.words.setText(_ORDER if certificates else _EMPTY)
        while len(self.forms) > len(certificates):
            self._drop(self.forms.pop())
        for form, certificate in zip(self.forms, certificates, strict=False):
            form.show_certificate(certificate)
        for certificate in certificates[len(self.forms) :]:
            self._append(certificate)

    def begin(self, host: str) -> None:
        """Lead to the certificate for *host*, a new one where there is none."""
        names = {host, host.rpartition(":")[0]} - {""}
        row = next((at for at, known in enumerate(self._certificates) if known.host in names), None)
        if row is None:
            row = len(self._certificates)
            self._tell([*self._certificates, ClientCertificate(host)])
        form = self.forms[row]
        (form.file.field if host else form.host).setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(form)

    def set_scope(self, scope: Scope) -> None:
        self._scope = scope
        for form in self.forms:
            self._prepare(form)

    def set_base_dir(self, folder: Path | None) -> None:
        self._base_dir = folder
        for form in self.forms:
            self._prepare(form)

    def _prepare(self, form: CertificateForm) -> None:
        for field in form.findChildren(Field):
            field.set_scope(self._scope)
        for file in form.findChildren(FileField):
            file.set_base_dir(self._base_dir)

    def _append(self, certificate: ClientCertificate) -> None:
        form = CertificateForm(self._theme, certificate)
        self.forms.append(form)
        self._prepare(form)
        self._column.insertWidget(self._column.count() - 1, form)
        form.edited.connect(lambda changed: self._change(form, changed))
        form.remove_asked.connect(lambda: self._remove(form))

    def _change(self, form: CertificateForm, certificate: ClientCertificate) -> None:
        certificates = list(self._certificates)
        certificates[self.forms.index(form)] = certificate
        self._tell(certificates)

    def _remove(self, form: CertificateForm) -> None:
        certificates = list(self._certificates)
        del certificates[self.forms.index(form)]
        self._tell(certificates)
        self.add.setFocus(Qt.FocusReason.TabFocusReason)

    def _drop(self, form: CertificateForm) -> None:
        self._column.removeWidget(form)
        form.hide()
        form.deleteLater()

    def _tell(self, certificates: list[ClientCertificate]) -> None:
        self.show_certificates(certificates)
        self.edited.emit(tuple(certificates))
