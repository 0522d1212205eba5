"""Each kind of auth has its form: what is typed is in the request, what is in the request is shown."""

from dataclasses import fields, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox

from antiphon.core.document import (
    ApiKeyAuth,
    AwsAuth,
    BasicAuth,
    BearerAuth,
    DigestAuth,
    InheritAuth,
    NoAuth,
    NtlmAuth,
    OAuth1Auth,
    OAuth2Auth,
    OtherAuth,
    RequestDocument,
)
from antiphon.ui import style
from antiphon.ui.request.auth.page import AuthPage
from antiphon.ui.request.auth_panel import KINDS, AuthPanel, auth_words, kind_of
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.buttons import Segmented
from antiphon.ui.widgets.choice import Choice
from antiphon.ui.widgets.field import Field
from antiphon.ui.widgets.file_field import FileField
from antiphon.ui.widgets.secret import SecretField
from antiphon.ui.widgets.table import RowsTable

ALL = (
    BasicAuth(),
    BearerAuth(),
    ApiKeyAuth(),
    DigestAuth(),
    OAuth2Auth(),
    OAuth1Auth(),
    AwsAuth(),
    NtlmAuth(),
)


@pytest.fixture
def panel(qapp, qtbot):
    theme = Theme("light")
    style.install(theme)
    panel = AuthPanel(theme)
    qtbot.addWidget(panel)
    panel.told = []
    panel.edited.connect(lambda draft: panel.told.append(draft.auth))
    panel.resize(620, 300)
    panel.setVisible(True)
    panel.activateWindow()
    QApplication.processEvents()
    return panel


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def use(widget):
    """Do with *widget* what a person does to change it."""
    match widget:
        case Field():
            type_into(widget, "{{new}}")
        case SecretField() | FileField():
            type_into(widget.field, "{{new}}")
        case Segmented():
            next(button for button in widget._buttons.values() if not button.isChecked()).click()
        case Choice():
            widget.choose(next(k for k in map(widget.itemData, range(widget.count())) if k != widget.choice))
        case QCheckBox():
            widget.click()
        case RowsTable():
            widget.model.setData(widget.model.index(0, 0), "audience")
            widget.model.setData(widget.model.index(0, 1), "{{new}}")


@pytest.mark.parametrize("auth", ALL, ids=kind_of)
def test_every_field_of_a_kind_is_set_by_a_control_of_its_own(panel, auth):
    panel.kinds.choose(kind_of(auth))
    assert panel.told[-1] == auth
    page = panel._page(kind_of(auth))
    assert set(page._rows) == {field.name for field in fields(auth)}
    for name, widget in page._rows.items():
        before = panel.draft.auth
        use(widget)
        after = panel.draft.auth
        assert getattr(after, name) != getattr(before, name), name
        assert replace(after, **{name: getattr(before, name)}) == before, name


@pytest.mark.parametrize("auth", ALL, ids=kind_of)
def test_what_is_in_the_request_is_shown_and_nothing_is_told(panel, auth):
    other = AuthPanel(panel.theme)
    other.kinds.choose(kind_of(auth))
    for widget in other._page(kind_of(auth))._rows.values():
        use(widget)
    panel.show(other.draft)
    assert panel.told == []
    assert shown_of(panel._page(kind_of(auth))) == shown_of(other._page(kind_of(auth)))
    other.deleteLater()


def shown_of(page: AuthPage):
    fields_ = [field.text() for field in page.findChildren(Field)]
    choices = [choice.choice for choice in (*page.findChildren(Segmented), *page.findChildren(Choice))]
    return fields_, choices, [box.isChecked() for box in page.findChildren(QCheckBox)]


def test_each_kind_keeps_what_it_held(panel):
    panel.kinds.choose("basic")
    page = panel._page("basic")
    type_into(page._rows["username"], "me")
    type_into(page._rows["password"].field, "hunter2")
    panel.kinds.choose("bearer")
    panel.kinds.choose("basic")
    assert panel.told[-1] == BasicAuth("me", "hunter2")
    assert AuthPanel.mark(panel.draft) == "•"
    panel.kinds.choose("none")
    assert panel.told[-1] == NoAuth()
    assert AuthPanel.mark(panel.draft) == ""
    panel.kinds.choose("inherit")
    assert panel.told[-1] == InheritAuth()


FLOWS = {
    "authorization_code": {"authorization_url", "redirect_url", "state", "uses_pkce", "refresh_url"},
    "client_credentials": set(),
    "password": {"username", "password", "refresh_url"},
    "device_code": {"device_url", "refresh_url"},
}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_shows_its_own_fields_only(panel, flow):
    panel.kinds.choose("oauth2")
    page = panel._page("oauth2")
    page._rows["flow"].choose(flow)
    special = set().union(*FLOWS.values())
    assert {name for name in special if page._rows[name].isVisibleTo(page)} == FLOWS[flow]
    assert all(page._rows[name].isVisibleTo(page) for name in ("token_url", "client_id", "scope", "extra"))


def test_a_private_key_is_asked_for_where_rsa_signs(panel):
    panel.kinds.choose("oauth1")
    page = panel._page("oauth1")
    assert not page._rows["private_key"].isVisibleTo(page)
    page._rows["signature_method"].choose("RSA-SHA256")
    assert page._rows["private_key"].isVisibleTo(page)


def test_a_secret_typed_out_is_said_to_stand_in_the_file(panel):
    panel.kinds.choose("bearer")
    secret = panel._page("bearer")._rows["token"]
    assert not secret.hint.isVisibleTo(panel)
    type_into(secret.field, "abc")
    assert secret.hint.isVisibleTo(panel)
    type_into(secret.field, "{{token}}")
    assert not secret.hint.isVisibleTo(panel)


def test_inherited_auth_says_from_where(panel):
    panel.set_inherited(BearerAuth("abc"), "folder Orders")
    words = panel._pages["inherit"]._label
    assert words.text() == "From folder Orders: Bearer."
    panel.set_inherited(InheritAuth(), "")
    assert "nothing is sent" in words.text()


def test_a_foreign_kind_of_auth_is_kept_as_it_is(panel):
    panel.show(RequestDocument(auth=OtherAuth("wsse")))
    assert panel.kinds.choice == "other"
    assert "wsse" in panel._pages["other"]._label.text()
    panel.kinds.choose("none")
    panel.kinds.choose("other")
    assert panel.told[-1] == OtherAuth("wsse")


def test_the_token_is_fetched_and_forgotten_by_buttons_that_are_on_when_they_can_do_something(panel):
    asked = []
    panel.fetch_asked.connect(lambda: asked.append("fetch"))
    panel.forget_asked.connect(lambda: asked.append("forget"))
    panel.token_wanted.connect(lambda: asked.append("look"))
    panel.kinds.choose("oauth2")
    page = panel._page("oauth2")
    page.fetch.click()
    page.forget.click()
    panel.show_fetching()
    page.fetch.click()
    panel.show_token("Expires in 12 min.", has_token=True)
    assert page.state.text() == "Expires in 12 min."
    page.forget.click()
    assert asked == ["look", "fetch", "forget"]


def test_the_first_field_can_be_led_to(panel):
    panel.lead_in()
    assert panel.kinds.hasFocus()
    panel.kinds.choose("digest")
    panel.lead_in()
    assert panel._page("digest")._rows["username"].hasFocus()


@pytest.mark.parametrize("auth", [*ALL, NoAuth(), InheritAuth(), OtherAuth("x")], ids=kind_of)
def test_every_kind_has_a_title_and_no_secret_in_words(auth):
    assert kind_of(auth) in dict(KINDS)
    assert auth_words(auth)


def test_the_button_that_fetches_cancels_while_it_does_and_keeps_the_focus(panel):
    asked = []
    panel.fetch_asked.connect(lambda: asked.append("fetch"))
    panel.cancel_asked.connect(lambda: asked.append("cancel"))
    panel.kinds.choose("oauth2")
    page = panel._page("oauth2")
    page.fetch.setFocus()
    page.fetch.click()
    panel.show_fetching()
    assert (page.fetch.text(), page.fetch.isEnabled(), page.fetch.hasFocus()) == ("Cancel", True, True)
    page.fetch.click()
    QTest.keyClick(page._rows["client_id"], Qt.Key.Key_Escape)
    panel.show_token("No token is kept.", has_token=False)
    assert page.fetch.text() == "Get token now" and page.fetch.hasFocus()
    QTest.keyClick(page._rows["client_id"], Qt.Key.Key_Escape)
    assert asked == ["fetch", "cancel", "cancel"]
