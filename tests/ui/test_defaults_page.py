"""What a collection or a folder lends is edited beside other programs; nothing is written before Save."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QTableView

from antiphon.core.document import ApiKeyAuth, BasicAuth, Header, ProxySettings, Variable
from antiphon.store import collections as disk
from antiphon.ui.settings.defaults_page import AUTH, CERTIFICATES, PROXY, DefaultsPage
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.rows import Row
from antiphon.workbench.workbench import Workbench


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    disk.create_folder(root, "", "Orders")
    return root


@pytest.fixture
def made(qtbot, root):
    workbench = Workbench(lambda error, name: None)
    collection = workbench.open_collection(root)

    def make(folder=""):
        page = DefaultsPage(Theme("light"), workbench, collection, folder)
        page.told = []
        workbench.noticed.connect(page.told.append)
        qtbot.addWidget(page)
        return page

    return make


@pytest.mark.parametrize("folder", ["", "orders"])
def test_headers_auth_and_variables_are_saved_and_read_again(made, root, folder):
    page = made(folder)
    page.headers.table.edited.emit((Row("X-A", "1"), Row("X-B", "2", enabled=False)))
    page.auth.kinds.choose("api key")
    page.variables.edited.emit((Row("id", "7", description="an id"),))
    assert page.is_dirty
    assert disk.own_defaults(root, folder).headers == ()
    assert page.save() and not page.is_dirty
    lent = disk.own_defaults(root, folder)
    assert lent.headers == (Header("X-A", "1"), Header("X-B", "2", enabled=False))
    assert lent.auth == ApiKeyAuth()
    assert lent.variables == (Variable("id", "7", description="an id"),)
    again = made(folder)
    assert [row.value for row in again.headers.table.model.rows()] == ["1", "2"]
    assert again.tabs.titles()[:3] == ["Headers 1", "Auth •", "Variables 1"]


def test_only_a_collection_has_a_proxy_and_certificates(made):
    assert made("").tabs.titles() == ["Headers", "Auth", "Variables", "Proxy", "Client certificates"]
    assert made("orders").tabs.titles() == ["Headers", "Auth", "Variables"]


def test_proxy_and_certificates_of_the_collection_are_saved(made, root):
    page = made()
    page.proxy.modes._buttons["none"].click()
    page.lead_to(CERTIFICATES, "api.example.org")
    assert page.tabs.current == CERTIFICATES
    page.certificates.forms[0].kind._buttons["pkcs12"].click()
    assert page.save()
    lent = disk.own_defaults(root, "")
    assert lent.proxy == ProxySettings("none")
    assert [(row.host, row.kind) for row in lent.certificates] == [("api.example.org", "pkcs12")]
    page.certificates.forms[0].remove.click()
    assert page.save()
    assert disk.own_defaults(root, "").certificates == ()


def test_the_page_can_be_led_to_each_place(made):
    page = made()
    for tab in (AUTH, PROXY, CERTIFICATES):
        page.lead_to(tab)
        assert page.tabs.current == tab


def test_what_another_program_wrote_is_not_written_over_unasked(made, root):
    page = made()
    page.headers.table.edited.emit((Row("X", "mine"),))
    lent = disk.own_defaults(root, "")
    disk.save_defaults(root, "", replace(lent, headers=(Header("X", "theirs"),)))
    assert not page.save()
    assert disk.own_defaults(root, "").headers == (Header("X", "theirs"),)
    mine, theirs = page.told[-1].actions
    theirs.run()
    assert [row.value for row in page.headers.table.model.rows()] == ["theirs"]
    assert not page.is_dirty
    page.headers.table.edited.emit((Row("X", "mine"),))
    mine.run()
    assert disk.own_defaults(root, "").headers == (Header("X", "mine"),)


def test_what_another_program_wrote_is_shown_where_nothing_is_edited(made, root):
    page = made()
    disk.save_defaults(root, "", replace(disk.own_defaults(root, ""), auth=BasicAuth("ada", "x")))
    page.collection.refresh()
    assert page.auth.kinds.choice == "basic" and not page.is_dirty


def test_a_folder_that_is_renamed_is_followed_and_one_that_is_deleted_takes_its_page_along(made):
    page = made("orders")
    gone = []
    page.gone.connect(lambda: gone.append(page.folder))
    fresh = page.collection.rename("orders", "Sales")
    assert (page.folder, page.name) == (fresh, "Sales") == (page.folder, page._title.text())
    page.collection.delete(fresh)
    assert gone == [fresh]


def test_what_is_edited_while_the_folder_is_renamed_is_saved_into_the_renamed_one(made, root):
    page = made("orders")
    page.headers.table.edited.emit((Row("X", "1"),))
    fresh = page.collection.rename("orders", "Sales")
    assert page.save()
    assert disk.own_defaults(root, fresh).headers == (Header("X", "1"),)
    assert disk.own_defaults(root, fresh).name == "Sales"
    assert not (root / "orders").exists()


def test_a_secret_variable_stays_one_whatever_it_is_called(made, root):
    lent = disk.own_defaults(root, "")
    disk.save_defaults(root, "", replace(lent, variables=(Variable("token", is_secret=True),)))
    page = made()
    page.variables.edited.emit((Row("key"),))
    assert page.save()
    assert disk.own_defaults(root, "").variables == (Variable("key", is_secret=True),)


def test_every_control_has_a_name(made):
    page = made()
    page.certificates.begin("")
    for kind in (QLineEdit, QComboBox, QAbstractButton, QTableView):
        for widget in page.findChildren(kind):
            if widget.metaObject().className() == "QTableCornerButton":
                continue
            words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert words or widget.objectName().startswith(("qt_", "Scroll")), widget


def test_what_a_folder_inherits_is_said(made, root):
    disk.save_defaults(root, "", replace(disk.own_defaults(root, ""), auth=BasicAuth("ada", "x")))
    page = made("orders")
    page.collection.refresh()
    assert page.auth._pages["inherit"]._label.text() == "From the collection: Basic."
    assert made().proxy.words.text() == "From the settings: the system's proxy."


def test_a_folder_goes_by_its_name_and_not_by_that_of_its_directory(made, root):
    disk.save_defaults(root, "orders", replace(disk.own_defaults(root, "orders"), name="Orders: all of them"))
    page = made("orders")
    page.collection.refresh()
    assert page.name == page._title.text() == "Orders: all of them"
    page.headers.table.edited.emit((Row("X", "1"),))
    assert page.save()
    assert "Orders: all of them" in page.told[-1].title


def test_it_says_that_no_certificate_is_shown_only_where_there_is_none(made):
    page = made()
    assert "get none" in page.certificates.words.text()
    page.certificates.begin("h")
    assert "get none" not in page.certificates.words.text()
    page.certificates.forms[0].remove.click()
    assert "get none" in page.certificates.words.text()
