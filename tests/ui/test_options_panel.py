"""Every option of a request is set, shown, explained and taken back in the options panel."""

from dataclasses import fields, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from antiphon.core.document import ProxySettings, RequestDocument, RequestOptions, Timeouts
from antiphon.ui import style
from antiphon.ui.request.options_panel import OptionsPanel
from antiphon.ui.theme import Theme

SET = RequestOptions(
    http_version="2-prior-knowledge",
    timeouts=Timeouts(None, 1.5, 2, 3, 4),
    follow_redirects=False,
    max_redirects=3,
    verify=False,
    ca_file="ca.pem",
    encode_url=False,
    request_target="*",
    use_cookies=False,
    header_charset="latin-1",
    keep_method=True,
    proxy=ProxySettings("manual", "http://p:3128", "me", "{{secret}}", "localhost"),
    trust_store="certifi",
    min_tls="1.3",
    server_name="other.org",
    resolve=("a:443:127.0.0.1",),
    unix_socket="/run/x.sock",
    key_log_file="keys.log",
    decoded_limit_bytes=5_000_000,
)


@pytest.fixture
def panel(qapp, qtbot):
    theme = Theme("light")
    style.install(theme)
    panel = OptionsPanel(theme)
    qtbot.addWidget(panel)
    panel.told = []
    panel.edited.connect(lambda draft: panel.told.append(draft.options))
    panel.resize(620, 300)
    panel.setVisible(True)
    panel.activateWindow()
    QApplication.processEvents()
    return panel


def type_into(field, text):
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def shown(panel, options):
    panel.show(RequestDocument(options=options))


ACTIONS = {
    "http_version": lambda p: p.http.version.choose("2-prior-knowledge"),
    "header_charset": lambda p: p.http.charset.choose("latin-1"),
    "use_cookies": lambda p: p.http.cookies.click(),
    "follow_redirects": lambda p: p.redirects.follow.click(),
    "max_redirects": lambda p: type_into(p.redirects.most, "3"),
    "keep_method": lambda p: p.redirects.keep.click(),
    "verify": lambda p: p.tls.verify.click(),
    "trust_store": lambda p: p.tls.store.choose("certifi"),
    "ca_file": lambda p: type_into(p.tls.ca_file.field, "ca.pem"),
    "min_tls": lambda p: p.tls.oldest.choose("1.3"),
    "server_name": lambda p: type_into(p.tls.server_name, "other.org"),
    "key_log_file": lambda p: type_into(p.tls.key_log.field, "keys.log"),
    "unix_socket": lambda p: type_into(p.network.socket.field, "/run/x.sock"),
    "encode_url": lambda p: p.url.encode.click(),
    "request_target": lambda p: type_into(p.url.target, "*"),
    "decoded_limit_bytes": lambda p: type_into(p.response.limit, "5 MB"),
    "resolve": lambda p: p.network.addresses.model.setData(
        p.network.addresses.model.index(0, 0), "a:443:127.0.0.1"
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_what_is_done_with_a_control_is_in_the_options_and_is_taken_back_by_reset(panel, name):
    ACTIONS[name](panel)
    assert panel.told[-1] == replace(RequestOptions(), **{name: getattr(SET, name)})
    section = next(section for section in panel.sections if name in section.names)
    assert section.reset_button.isVisibleTo(panel) and section.changed_word.isVisibleTo(panel)
    section.reset_button.click()
    assert panel.told[-1] == RequestOptions()
    assert not section.reset_button.isVisibleTo(panel) and not section.changed_word.isVisibleTo(panel)


def test_there_is_a_control_for_every_option(panel):
    ours = {name for section in panel.sections for name in section.names}
    elsewhere = {"omitted_headers", "client_certificates"}
    assert ours == {field.name for field in fields(RequestOptions)} - elsewhere
    assert ours - set(ACTIONS) == {"timeouts", "proxy"}


def test_every_option_shown_is_the_documents(panel):
    shown(panel, SET)
    assert panel.told == []
    assert panel.http.version.currentText().startswith("HTTP/2 without TLS")
    assert [field.text() for field in panel.times.fields.values()] == ["", "1.5", "2", "3", "4"]
    assert not panel.redirects.most.isEnabled() and panel.redirects.most.text() == "3"
    assert (panel.tls.store.choice, panel.tls.oldest.choice) == ("certifi", "1.3")
    assert (panel.network.proxy.modes.choice, panel.network.proxy.url.text()) == ("manual", "http://p:3128")
    assert panel.network.addresses.model.index(0, 0).data() == "a:443:127.0.0.1"
    assert panel.response.limit.text() == "5 MB"
    assert OptionsPanel.mark(RequestDocument(options=SET)) == "19 · not verified"


def test_all_are_reset_together(panel):
    shown(panel, SET)
    panel.reset_all.click()
    assert panel.told[-1] == RequestOptions()
    assert not panel.reset_all.isVisibleTo(panel)
    assert [field.text() for field in panel.times.fields.values()] == ["10", "60", "60", "10", ""]


def test_seconds_are_typed_with_comma_or_not_at_all_and_wrong_ones_are_not_told(panel):
    read, connect = panel.times.fields["read_s"], panel.times.fields["connect_s"]
    type_into(read, "2,5")
    assert panel.told[-1].timeouts == Timeouts(read_s=2.5)
    assert read.text() == "2,5"
    count = len(panel.told)
    type_into(read, "x")
    assert "seconds" in read.accessibleDescription()
    assert len(panel.told) == count
    connect.setFocus()
    connect.selectAll()
    QTest.keyClick(connect, Qt.Key.Key_Delete)
    assert panel.told[-1].timeouts.connect_s is None


def test_verification_that_is_off_is_loud(panel):
    assert not panel.tls.warning.isVisibleTo(panel)
    panel.tls.verify.click()
    assert panel.tls.warning.isVisibleTo(panel)
    assert "not verified" in OptionsPanel.mark(RequestDocument(options=panel.told[-1]))


def test_a_key_log_warns_of_what_it_gives_away(panel):
    assert not panel.tls.exposed.isVisibleTo(panel)
    type_into(panel.tls.key_log.field, "k")
    assert panel.tls.exposed.isVisibleTo(panel) and "decrypt" in panel.tls.exposed.text()


def test_the_decoding_limit_can_be_none_and_comes_back(panel):
    panel.response.asks.click()
    assert panel.told[-1].decoded_limit_bytes is None
    assert not panel.response.limit.isEnabled()
    panel.response.asks.click()
    assert panel.told[-1].decoded_limit_bytes == 1 << 30
    type_into(panel.response.limit, "much")
    assert "size" in panel.response.limit.accessibleDescription()


def test_a_proxy_is_typed_and_kept_while_others_are_tried(panel):
    proxy = panel.network.proxy
    proxy.modes._buttons["manual"].click()
    for field, text in (
        (proxy.url, "http://p:1"),
        (proxy.username, "me"),
        (proxy.password.field, "pw"),
        (proxy.bypass, "localhost"),
    ):
        type_into(field, text)
    assert panel.told[-1].proxy == ProxySettings("manual", "http://p:1", "me", "pw", "localhost")
    assert proxy.password.hint.isVisibleTo(panel)
    proxy.modes._buttons["none"].click()
    assert panel.told[-1].proxy == ProxySettings("none")
    proxy.modes._buttons["manual"].click()
    assert panel.told[-1].proxy.url == "http://p:1"
    panel.network.reset_button.click()
    assert panel.told[-1].proxy == ProxySettings()


@pytest.mark.parametrize(
    ("proxy", "place", "words"),
    [
        (
            ProxySettings("manual", "http://p:1"),
            "the collection",
            "From the collection: the proxy http://p:1.",
        ),
        (ProxySettings("none"), "the settings", "From the settings: no proxy."),
        (ProxySettings("system"), "the system", "The system's proxy, if it has one."),
    ],
)
def test_an_inherited_proxy_is_said_with_its_place(panel, proxy, place, words):
    panel.set_inherited_proxy(proxy, place)
    assert panel.network.proxy.words.text() == words


def test_an_address_that_is_none_is_said_but_kept(panel):
    model = panel.network.addresses.model
    model.setData(model.index(0, 0), "nonsense")
    assert panel.told[-1].resolve == ("nonsense",)
    assert "nonsense" in panel.network.flaw.text()
    model.setData(model.index(0, 0), "example.org:443:[::1]")
    assert panel.network.flaw.text() == ""


def test_a_file_is_chosen_and_named_from_the_collection(panel, tmp_path):
    panel.set_base_dir(tmp_path)
    panel.tls.ca_file.choose.click()
    dialog = panel.tls.ca_file.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "ca.pem")])
    dialog.close()
    assert panel.told[-1].ca_file == "ca.pem"
    panel.tls.key_log.choose.click()
    dialog = panel.tls.key_log.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "new.log")])
    dialog.close()
    assert panel.told[-1].key_log_file == "new.log"


def test_it_can_be_led_to_a_group_and_walked_by_tab(panel):
    panel.lead_to(panel.network)
    assert panel.network.isAncestorOf(QApplication.focusWidget())
    panel.http.version.setFocus()
    seen = set()
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.add(QApplication.focusWidget())
    for control in (
        panel.tls.verify,
        panel.tls.ca_file.field,
        panel.network.socket.field,
        panel.response.limit,
    ):
        assert control in seen, control.accessibleName()
