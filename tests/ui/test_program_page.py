"""What is chosen in the settings holds at once and is there after a restart."""

import json

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from antiphon.core.document import ProxySettings
from antiphon.core.places import places
from antiphon.store.settings import load_settings
from tests.journeys.program import Program
from tests.waiting import until


@pytest.fixture
def program(qtloop):
    return Program()


async def test_looks_are_chosen_and_saved(qtloop, program):
    window = program.window
    page = window.settings.show_program()
    page.themes._buttons["dark"].click()
    page.larger.click()
    page.layouts._buttons["beside"].click()
    page.language.choose("httpx")
    page.store.choose("certifi")
    said = load_settings()
    assert (said.theme, said.side_by_side, said.snippet_language, said.trust_store) == (
        "dark",
        True,
        "httpx",
        "certifi",
    )
    assert window.theme.is_dark and said.zoom > 1
    assert page.size_words.text() == f"{said.zoom:.0%}"
    assert window.workbench.outside().trust_store == "certifi"
    page.close()
    await program.close()


async def test_a_change_by_a_command_is_shown(qtloop, program):
    window = program.window
    page = window.settings.show_program()
    window.run_command("view.theme_light")
    window.run_command("view.layout")
    assert (page.themes.choice, page.layouts.choice) == ("light", "beside")
    assert window.settings.show_program() is page
    page.close()
    await program.close()


async def test_a_proxy_is_taken_over_when_the_typing_pauses_and_its_password_is_in_no_file(qtloop, program):
    window = program.window
    page = window.settings.show_program()
    page.proxy.modes._buttons["manual"].click()
    QTest.keyClicks(page.proxy.url, "http://p:1")
    QTest.keyClicks(page.proxy.username, "ada")
    QTest.keyClicks(page.proxy.password.field, "geheim")
    wanted = ProxySettings("manual", "http://p:1", "ada", "geheim")
    await until(lambda: window.workbench.outside().proxy == wanted)
    said = (places().config / "settings.json").read_text()
    assert json.loads(said)["proxy"]["url"] == "http://p:1" and "geheim" not in said
    assert not page.proxy.password.hint.isVisibleTo(page)
    page.close()
    await program.close()


async def test_a_proxy_without_an_address_changes_nothing_and_says_so(qtloop, program):
    page = program.window.settings.show_program()
    page.proxy.modes._buttons["manual"].click()
    assert page.unfinished.isVisibleTo(page)
    page.close()
    assert load_settings().proxy.mode == "system"
    await program.close()


async def test_what_was_typed_last_is_kept_when_the_page_is_closed(qtloop, program):
    window = program.window
    page = window.settings.show_program()
    page.proxy.modes._buttons["none"].click()
    page.close()
    await until(lambda: load_settings().proxy.mode == "none")
    await program.close()


async def test_every_control_has_a_name(qtloop, program):
    window = program.window
    page = window.settings.show_program()
    for kind in (QLineEdit, QComboBox, QAbstractButton):
        for widget in page.findChildren(kind):
            words = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            assert words or widget.objectName().startswith(("qt_", "Scroll")), widget
    assert isinstance(page.parent(), QWidget)
    page.close()
    await program.close()
