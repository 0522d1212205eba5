"""Options that are set in the window do what they say, and are there again after a restart."""

import gzip
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu

from antiphon.core.document import BasicAuth, OAuth2Auth, ProxySettings, RequestDocument, RequestOptions
from antiphon.core.places import places
from antiphon.store import collections as disk
from antiphon.ui.settings.defaults_page import AUTH, PROXY
from antiphon.ui.settings.program_page import ProgramPage
from tests.certificates import Authority, tls_server
from tests.journeys.program import Program
from tests.proxies import http_proxy
from tests.servers import http_server, reply
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


def new_request(program, url):
    program.window.run_command("request.new")
    page = program.window.request_page
    page.document.edit(RequestDocument(url=url))
    return page


async def test_a_body_is_saved_as_it_was_received(qtloop, program, tmp_path):
    packed = gzip.compress(b"hello " * 100)
    lines = ("Content-Encoding: gzip", "Content-Type: text/plain")
    async with http_server(lambda _request: reply(packed, "200 OK", *lines)) as (address, _received):
        page = new_request(program, address.url("/words"))
        await program.sent(page)
        page.response.body.save_button.click()
        menu = page.response.body.findChild(QMenu)
        titles = [action.text() for action in menu.actions()]
        assert titles == ["Save…", f"Save as received (gzip, {len(packed)} B)…"]
        menu.actions()[1].trigger()
        await until(lambda: program.window.findChild(QFileDialog) is not None)
        dialog = program.window.findChild(QFileDialog)
        assert dialog.selectedFiles()[0].endswith("words.txt.gz")
        dialog.selectFile(str(tmp_path / "words.txt.gz"))
        dialog.accept()
        await until(lambda: (tmp_path / "words.txt.gz").exists())
        assert (tmp_path / "words.txt.gz").read_bytes() == packed
        raw = page.document.feed.raw
        await program.close()
        assert raw.is_closed


async def test_a_body_without_coding_is_saved_without_a_question(qtloop, program):
    async with http_server(lambda _request: reply(b"plain")) as (address, _received):
        page = new_request(program, address.url())
        await program.sent(page)
        page.response.body.save_button.click()
        await until(lambda: program.window.findChild(QFileDialog) is not None)
        assert page.response.body.findChild(QMenu) is None
        program.window.findChild(QFileDialog).reject()
        await program.close()


OAUTH2 = OAuth2Auth(
    "client_credentials",
    token_url="{{baseUrl}}/oauth2/token",
    client_id="practice",
    client_secret="practice-secret",  # noqa: S106 - of the practice server
    scope="profile",
)


async def test_a_token_is_fetched_shown_used_and_forgotten_by_the_buttons_of_its_page(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="{{baseUrl}}/oauth2/me", auth=OAUTH2))
    program.window.run_command("view.panel_4")
    oauth2 = page.editor._panels[3]._page("oauth2")
    await until(lambda: oauth2.state.text().startswith("No token"))
    assert not oauth2.forget.isEnabled()
    oauth2.fetch.click()
    await until(lambda: "expires in" in oauth2.state.text())
    assert "Scope: profile" in oauth2.state.text()
    exchange = await program.sent(page)
    assert exchange.head.status == 200
    assert [hop.purpose for hop in exchange.hops] == ["request"]
    oauth2.forget.click()
    await until(lambda: oauth2.state.text().startswith("No token"))
    page.document.edit(replace(page.document.draft, auth=replace(OAUTH2, client_secret="wrong")))
    oauth2.fetch.click()
    await until(lambda: program.notices and program.notices[-1].level == "error")
    assert oauth2.state.text().startswith("No token") and oauth2.fetch.isEnabled()
    await program.close()


async def device_wait(program):
    """Begin to fetch a token by a code, and return the request's page and its form, once the code is shown."""
    program.window.run_command("collection.sample")
    page = program.window.request_page
    auth = replace(OAUTH2, flow="device_code", device_url="{{baseUrl}}/oauth2/device")
    page.document.edit(RequestDocument(url="{{baseUrl}}/oauth2/me", auth=auth))
    program.window.run_command("view.panel_4")
    oauth2 = page.editor._panels[3]._page("oauth2")
    oauth2.fetch.setFocus()
    oauth2.fetch.click()
    await until(lambda: any("the code" in notice.title for notice in program.notices), 30)
    return page, oauth2


def by_button(_page, oauth2):
    oauth2.fetch.click()


def by_escape(_page, oauth2):
    QTest.keyClick(oauth2.fetch, Qt.Key.Key_Escape)


def by_another_flow(_page, oauth2):
    oauth2._rows["flow"].choose("client_credentials")


def by_another_kind(page, _oauth2):
    page.editor._panels[3].kinds.choose("none")


@pytest.mark.parametrize("cancel", [by_button, by_escape, by_another_flow, by_another_kind])
async def test_who_waits_for_a_sign_in_can_cancel_it_and_its_notice_goes(qtloop, program, cancel):
    page, oauth2 = await device_wait(program)
    assert oauth2.fetch.text() == "Cancel" and oauth2.fetch.hasFocus()
    next(button for button in program.window.notices._actions if "Copy" in button.text()).click()
    assert program.window.notices.isVisible(), "the code is still wanted"
    cancel(page, oauth2)
    assert oauth2.fetch.text() == "Get token now"
    await until(lambda: not program.window.notices.isVisible())
    await program.close()


async def test_digest_is_answered_with_what_its_page_says(qtloop, program):
    program.window.run_command("collection.sample")
    page = program.window.request_page
    page.document.edit(RequestDocument(url="{{baseUrl}}/digest-auth/auth/ada/engine"))
    program.window.run_command("view.panel_4")
    auth = page.editor._panels[3]
    auth.kinds.choose("digest")
    username, password = (auth._page("digest")._rows[name] for name in ("username", "password"))
    QTest.keyClicks(username, "ada")
    QTest.keyClicks(password.field, "engine")
    exchange = await program.sent(page)
    assert exchange.head.status == 200
    assert [hop.purpose for hop in exchange.hops] == ["request", "auth"]
    await program.close()


@pytest.fixture
def root(tmp_path):
    """A collection with a folder and a request in it."""
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    disk.create_folder(root, "", "Orders")
    disk.create_request(root, "orders", RequestDocument("List", url="http://127.0.0.1:1/"))
    return root


async def test_a_client_certificate_of_the_collections_settings_is_shown_to_the_server_that_wants_one(
    qtloop, program, root, tmp_path
):
    shop = program.workbench.open_collection(root)
    authority = Authority()
    signed = authority.client()
    (shop.root / "me.pem").write_bytes(signed.pem())
    (shop.root / "me.key").write_bytes(signed.key_pem("geheim"))
    with tls_server(authority.sign().server_context(tmp_path, clients=authority)) as server:
        page = program.choose("List")
        options = RequestOptions(ca_file=authority.file(tmp_path))
        page.document.edit(replace(page.document.draft, url=server.url, options=options))
        exchange = await program.sent(page)
        assert "choose_client_certificate" in exchange.failure.remedies
        page.remedies.do("choose_client_certificate")
        settings = program.window.page
        form = settings.certificates.forms[0]
        assert form.host.text() == f"127.0.0.1:{server.port}"
        assert form.file.field.hasFocus() or form.file.isAncestorOf(program.window.focusWidget())
        QTest.keyClicks(form.file.field, "me.pem")
        QTest.keyClicks(form.key.field, "me.key")
        QTest.keyClicks(form.passphrase.field, "geheim")
        assert settings.is_dirty
        program.window.run_command("request.save")
        await until(lambda: not settings.is_dirty)
        program.window.pages.front(page)
        exchange = await program.sent(page)
        assert exchange.failure is None and exchange.head.status == 200
        assert server.seen[-1].client == signed.der
        form.enabled.click()
        assert settings.save()
        assert (await program.sent(page)).failure is not None
        await program.close()


async def test_a_request_goes_through_the_proxy_that_its_options_name_with_user_and_password(
    qtloop, program, root
):
    program.workbench.open_collection(root)
    async with (
        http_proxy("ada", "engine") as (proxy, heads),
        http_server(lambda _request: reply(b"ok")) as (address, _received),
    ):
        page = program.choose("List")
        page.document.edit(replace(page.document.draft, url=f"http://shop.test:{address.port}/"))
        program.window.run_command("view.panel_5")
        form = page.editor._panels[4].network.proxy
        form.modes._buttons["manual"].click()
        QTest.keyClicks(form.url, f"http://127.0.0.1:{proxy.port}")
        exchange = await program.sent(page)
        assert (exchange.failure.kind if exchange.failure else exchange.head.status) in {"proxy", 407}
        QTest.keyClicks(form.username, "ada")
        QTest.keyClicks(form.password.field, "engine")
        exchange = await program.sent(page)
        assert exchange.head.status == 200
        assert heads[-1].startswith(b"GET http://shop.test")
        await program.close()


async def test_the_proxy_of_the_settings_is_used_where_nothing_else_is_said_and_its_password_is_in_no_file(
    qtloop, program, root
):
    program.workbench.open_collection(root)
    async with (
        http_proxy("ada", "engine") as (proxy, heads),
        http_server(lambda _request: reply(b"ok")) as (address, _received),
    ):
        page = program.choose("List")
        page.document.edit(replace(page.document.draft, url=f"http://shop.test:{address.port}/"))
        program.window.run_command("settings.open")
        settings = program.window.findChild(ProgramPage)
        settings.proxy.modes._buttons["manual"].click()
        QTest.keyClicks(settings.proxy.url, f"http://127.0.0.1:{proxy.port}")
        QTest.keyClicks(settings.proxy.username, "ada")
        QTest.keyClicks(settings.proxy.password.field, "engine")
        QTest.keyClick(settings, Qt.Key.Key_Escape)
        await until(lambda: program.workbench.outside().proxy.password == "engine")
        assert (await program.sent(page)).head.status == 200
        assert heads
        program.window.run_command("view.panel_5")
        inherited = page.editor._panels[4].network.proxy.words.text()
        assert inherited == f"From the settings: the proxy http://127.0.0.1:{proxy.port}."
        assert "engine" not in (places().config / "settings.json").read_text()
        await program.close()


async def test_edited_options_are_saved_beside_the_request_and_are_there_when_it_is_opened_again(
    qtloop, program, root
):
    shop = program.workbench.open_collection(root)
    page = program.choose("List")
    program.window.run_command("view.panel_5")
    options = page.editor._panels[4]
    options.tls.oldest.choose("1.3")
    options.redirects.keep.click()
    QTest.keyClicks(options.tls.server_name, "{{sni}}")
    options.network.addresses.model.setData(
        options.network.addresses.model.index(0, 0), "example.org:443:127.0.0.1"
    )
    program.window.run_command("view.panel_2")
    page.editor._panels[1]._leave_out("User-Agent", False)
    wanted = page.document.draft.options
    program.window.run_command("request.save")
    await until(lambda: not page.document.is_dirty)
    assert shop.load(page.document.path).options == wanted
    program.window.run_command("tab.close")
    await until(lambda: program.window.request_page is None)
    again = program.choose("List")
    program.window.run_command("view.panel_5")
    assert again.document.draft.options == wanted
    assert again.editor._panels[4].tls.oldest.choice == "1.3"
    assert (wanted.min_tls, wanted.server_name, wanted.omitted_headers) == ("1.3", "{{sni}}", ("user-agent",))
    await program.close()


async def test_what_a_folder_says_in_its_settings_goes_out_with_its_requests(qtloop, program, root):
    program.workbench.open_collection(root)
    async with http_server(lambda _request: reply(b"ok")) as (address, received):
        page = program.choose("List")
        page.document.edit(replace(page.document.draft, url=address.url("/{{id}}")))
        program.window.run_command("folder.settings")
        settings = program.window.page
        assert (settings.folder, settings.name) == ("orders", "Orders")
        headers = settings.headers.table.model
        headers.setData(headers.index(0, 1), "X-Folder")
        headers.setData(headers.index(0, 2), "orders")
        variables = settings.variables.model
        variables.setData(variables.index(0, 1), "id")
        variables.setData(variables.index(0, 2), "7")
        settings.auth.kinds.choose("bearer")
        QTest.keyClicks(settings.auth._page("bearer")._rows["token"].field, "t0ken")
        program.window.run_command("request.save")
        await until(lambda: not settings.is_dirty)
        program.window.pages.front(page)
        await program.sent(page)
        request = received[-1]
        assert request.get("x-folder") == "orders" and request.get("authorization") == "Bearer t0ken"
        assert request.target.endswith("/7")
        await program.close()


async def test_a_remedy_leads_to_where_the_auth_or_the_proxy_is_typed(qtloop, program, root):
    shop = program.workbench.open_collection(root)
    page = program.choose("List")
    window = program.window
    page._lead_to("change_auth")
    assert page.editor._panels[3].kinds.hasFocus() or page.editor.current_panel == 3
    page._lead_to("change_proxy")
    assert page.editor.current_panel == 4
    shop.save_defaults("orders", replace(shop.own_defaults("orders"), auth=BasicAuth("ada", "x")))
    page._lead_to("change_auth")
    assert (window.page.folder, window.page.tabs.current) == ("orders", AUTH)
    shop.save_defaults("", replace(shop.own_defaults(""), proxy=ProxySettings("none")))
    page._lead_to("change_proxy")
    assert (window.page.folder, window.page.tabs.current) == ("", PROXY)
    shop.save_defaults("", replace(shop.own_defaults(""), proxy=ProxySettings("inherit")))
    program.workbench.change_settings(proxy=ProxySettings("none"))
    page._lead_to("change_proxy")
    assert window.findChild(ProgramPage).isVisible()
    window.findChild(ProgramPage).close()
    await program.close()


async def test_a_request_of_no_collection_is_told_where_client_certificates_stand(qtloop, program):
    page = new_request(program, "https://127.0.0.1:1/")
    page._lead_to("choose_client_certificate")
    assert "settings of a collection" in program.notices[-1].title
    await program.close()
