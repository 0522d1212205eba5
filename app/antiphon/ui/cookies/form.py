"""One cookie as fields: typed by hand, checked by the rules that servers are held to, and handed on when it is saved."""

import math
import time
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from antiphon.core.cookie import MAX_LIFE_S, Cookie, flaw_of
from antiphon.core.cookie_date import parse_date
from antiphon.ui.response.cookie_rows import shown
from antiphon.ui.theme import SPACE, Theme
from antiphon.ui.widgets.buttons import PrimaryButton
from antiphon.ui.widgets.field import Field

_FORBIDDEN_IN_DOMAIN = set(" \t/:;,@?#\\")


class CookieForm(QWidget):
    """Edits one cookie; nothing is changed before Save."""

    saved = Signal(object, object)
    """A cookie is to be kept, in the place of the second one; None there: it is new."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._before: Cookie | None = None
        self._shown = Cookie("", "", "", "/", True, 0.0)
        self.name = Field(theme, "Name", mono=True, parent=self)
        self.value = Field(theme, "Value", mono=True, parent=self)
        self.domain = Field(theme, "Domain", placeholder="example.org", mono=True, parent=self)
        self.path = Field(theme, "Path", mono=True, parent=self)
        self.expires = Field(theme, "Expires", placeholder="with the session", mono=True, parent=self)
        self.subdomains = QCheckBox("Subdomains too", self)
        self.secure = QCheckBox("Secure", self)
        self.http_only = QCheckBox("HttpOnly", self)
        self.same_site = QComboBox(self)
        self.same_site.setAccessibleName("SameSite")
        for site in ("", "Strict", "Lax", "None"):
            self.same_site.addItem(f"SameSite={site}" if site else "No SameSite", site)
        self.save = PrimaryButton(theme, "Add", self)
        self.problem = QLabel(self)
        self.problem.setWordWrap(True)
        self._lay_out()
        self.setFocusProxy(self.name)
        self.save.clicked.connect(lambda _checked: self._save())
        for field in self._fields():
            field.returnPressed.connect(self._save)
            field.textEdited.connect(lambda _text: self._tell(None, ""))
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def is_dirty(self) -> bool:
        """Tell whether something was typed that is not saved."""
        return self._facts() != self._facts_of(self._shown)

    @property
    def before(self) -> Cookie | None:
        """The cookie that is being changed; None: the one here is new."""
        return self._before

    def show_cookie(self, cookie: Cookie) -> None:
        """Let *cookie*, which is in the jar, be changed."""
        self._show(cookie, cookie)
        self.save.setText("Save")

    def show_new(self, domain: str) -> None:
        """Begin a new cookie for *domain*."""
        self._show(Cookie("", "", domain, "/", True, 0.0), None)
        self.save.setText("Add")

    def in_order(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, as the Tab key goes through it."""
        switches = (self.subdomains, self.secure, self.http_only, self.same_site)
        return (*self._fields(), *switches, self.save)

    def cookie(self, now: float) -> Cookie:
        """Return what the fields say.

        Raises:
            FormError: that can be no cookie.
        """
        cookie = Cookie(
            self._text(self.name, self._shown.name),
            self._text(self.value, self._shown.value),
            self._domain(),
            self.path.text().strip() or "/",
            not self.subdomains.isChecked(),
            self._shown.created or now,
            self._expires(now),
            self.secure.isChecked(),
            self.http_only.isChecked(),
            self.same_site.currentData(),
        )
        if not cookie.path.startswith("/"):
            raise FormError(self.path, "A path begins with a slash")
        if flaw := flaw_of(cookie):
            is_of_value = flaw_of(replace(cookie, value="")) != flaw
            raise FormError(self.value if is_of_value else self.name, flaw[0].upper() + flaw[1:])
        return cookie

    def _save(self) -> None:
        try:
            cookie = self.cookie(time.time())
        except FormError as flaw:
            self._tell(flaw.field, str(flaw))
            flaw.field.setFocus()
            return
        self.saved.emit(cookie, self._before)

    def _domain(self) -> str:
        text = self.domain.text().strip().removeprefix(".").strip("[]").lower()
        is_address = text.replace(":", "").isalnum() and text.count(":") > 1
        if not text or (set(text) & _FORBIDDEN_IN_DOMAIN and not is_address):
            raise FormError(self.domain, "The domain is a host name or an address, without scheme and port")
        try:
            return text if text.isascii() else text.encode("idna").decode()
        except UnicodeError:
            raise FormError(self.domain, "There is no such host name") from None

    def _expires(self, now: float) -> float | None:
        text = self.expires.text().strip()
        if text == self._facts_of(self._shown)["expires"]:
            return self._shown.expires
        moment = moment_of(text)
        if moment is None:
            raise FormError(self.expires, "A date is written like 2027-01-31 18:00 (UTC)")
        if moment <= now:
            raise FormError(self.expires, "That time is over; delete the cookie to be rid of it")
        return min(moment, now + MAX_LIFE_S) if math.isfinite(moment) else None

    def _text(self, field: Field, before: str) -> str:
        """Return what *field* says; untouched, it is *before*, which it may not be able to show."""
        return before if field.text() == shown(before) else field.text().strip()

    def _show(self, cookie: Cookie, before: Cookie | None) -> None:
        self._shown, self._before = cookie, before
        facts = self._facts_of(cookie)
        for name, field in zip(("name", "value", "domain", "path", "expires"), self._fields(), strict=True):
            field.show_text(str(facts[name]))
        self.subdomains.setChecked(not cookie.is_host_only)
        self.secure.setChecked(cookie.is_secure)
        self.http_only.setChecked(cookie.is_http_only)
        self.same_site.setCurrentIndex(self.same_site.findData(cookie.same_site))
        self._tell(None, "")

    def _facts(self) -> dict[str, object]:
        names = ("name", "value", "domain", "path", "expires")
        texts = {name: field.text() for name, field in zip(names, self._fields(), strict=True)}
        switches = (self.subdomains.isChecked(), self.secure.isChecked(), self.http_only.isChecked())
        return {**texts, "switches": switches, "site": self.same_site.currentData()}

    def _facts_of(self, cookie: Cookie) -> dict[str, object]:
        return {
            "name": shown(cookie.name),
            "value": shown(cookie.value),
            "domain": cookie.domain,
            "path": shown(cookie.path),
            "expires": moment_text(cookie.expires),
            "switches": (not cookie.is_host_only, cookie.is_secure, cookie.is_http_only),
            "site": cookie.same_site,
        }

    def _fields(self) -> tuple[Field, ...]:
        return self.name, self.value, self.domain, self.path, self.expires

    def _tell(self, field: Field | None, problem: str) -> None:
        for each in self._fields():
            each.set_invalid(problem if each is field else "")
        if field is not self.expires:
            self.expires.setToolTip("Date and time in UTC, such as 2027-01-31 18:00; empty: with the session")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(2 * SPACE)
        for row, column, label, field, span in (
            (0, 0, "&Name", self.name, 1),
            (0, 2, "&Value", self.value, 3),
            (1, 0, "&Domain", self.domain, 1),
            (1, 2, "&Path", self.path, 1),
            (1, 4, "E&xpires", self.expires, 1),
        ):
            caption = QLabel(label, self)
            caption.setBuddy(field)
            grid.addWidget(caption, row, column)
            grid.addWidget(field, row, column + 1, 1, span)
        for column, stretch in ((1, 3), (3, 2), (5, 3)):
            grid.setColumnStretch(column, stretch)
        switches = QHBoxLayout()
        switches.setSpacing(4 * SPACE)
        for widget in (self.subdomains, self.secure, self.http_only, self.same_site):
            switches.addWidget(widget)
        switches.addStretch(1)
        switches.addWidget(self.save)
        grid.addLayout(switches, 2, 0, 1, 6)
        grid.addWidget(self.problem, 3, 0, 1, 6)

    def _restyle(self) -> None:
        palette = self.problem.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color("delete"))
        self.problem.setPalette(palette)


class FormError(ValueError):
    """What was typed can be no cookie."""

    def __init__(self, field: Field, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def moment_of(text: str) -> float | None:
    """Return the seconds since 1970 that *text* means, in UTC unless it says otherwise.

    Infinity where it is empty: with the session. None where it is no date, as people or servers write them.
    """
    if not text:
        return math.inf
    try:
        moment = datetime.fromisoformat(text.removesuffix("UTC").strip())
    except ValueError:
        return parse_date(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def moment_text(seconds: float | None) -> str:
    """Return seconds since 1970 as `moment_of` reads them."""
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
