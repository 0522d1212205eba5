"""The page of cookies shows the jar in front, says what goes along, and changes it by keyboard."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from antiphon.core.cookie import Cookie
from antiphon.core.document import Environment, Header, RequestDocument, RequestOptions
from antiphon.store import collections as disk
from antiphon.store import environments
from antiphon.ui.cookies.page import CookiesPage, InFront
from antiphon.ui.theme import Theme
from antiphon.workbench.workbench import Workbench
from tests.waiting import until

NOW = time.time()
SID = Cookie("sid", "abc", "h.example", "/", True, NOW)
OTHER = Cookie("taste", "sweet", "other.example", "/", False, NOW, NOW + 3600, True, True, "Lax")


class Front:
    """A workbench with one request in front, and the page over it."""

    def __init__(self, theme, workbench, owner):
        self.workbench = workbench
        self.collection = None
        self.document = workbench.new_document(RequestDocument(url="http://h.example/x"))
        self.jar = workbench.sending.jars.jar(None)
        for cookie in (SID, OTHER):
            self.jar.put(cookie)
        self.page = CookiesPage(theme, workbench, lambda: InFront(self.collection, self.document), owner)
        self.page.show()

    def rows(self):
        return [row[:2] for row in self.page.table.facts.rows]

    def kept(self):
        return [(cookie.name, cookie.value) for cookie in self.jar.snapshot()]

    async def close(self):
        self.page.close()
        await self.workbench.close()


@pytest.fixture(params=["light", "dark"])
def theme(request):
    return Theme(request.param)


@pytest.fixture
def front(qtloop, qtbot, theme):
    owner = QWidget()
    qtbot.addWidget(owner)
    made = []

    def make():
        made.append(Front(theme, Workbench(lambda error, _name: pytest.fail(str(error))), owner))
        return made[-1]

    yield make
    for each in made:
        each.workbench.sending.jars._timer.stop()


def choose(page, row):
    """Choose *row*; `selectRow` would heed a Shift that an earlier test pressed."""
    model = page.table.selectionModel()
    model.select(
        page.table.facts.index(row, 0), model.SelectionFlag.ClearAndSelect | model.SelectionFlag.Rows
    )


def typed(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


async def test_it_lists_the_jar_and_says_what_goes_along(front):
    front = front()
    assert front.rows() == [("sid", "abc"), ("taste", "sweet")]
    assert front.page.going.text() == "1 cookie goes along with GET http://h.example/x"
    assert [row[5] for row in front.page.table.facts.rows] == ["yes", ""]
    assert "Secure, HttpOnly, SameSite=Lax" in front.page.table.facts.rows[1]
    await front.close()


@pytest.mark.parametrize(
    ("draft", "part"),
    [
        (RequestDocument(url="http://nobody.example/"), "No cookie goes"),
        (RequestDocument(url="http://{{nowhere}}/"), "cannot be sent yet"),
        (
            RequestDocument(url="http://h.example/", options=RequestOptions(use_cookies=False)),
            "switch cookies off",
        ),
        (
            RequestDocument(url="http://h.example/", headers=(Header("cookie", "a=b"),)),
            "of its own, which wins",
        ),
    ],
)
async def test_it_says_why_nothing_goes_along(front, draft, part):
    front = front()
    front.document.edit(draft)
    front.page.refresh()
    assert part in front.page.going.text()
    assert not any(row[5] for row in front.page.table.facts.rows)
    await front.close()


async def test_an_edited_value_is_in_the_jar(front):
    front = front()
    choose(front.page, 0)
    assert front.page.form.value.text() == "abc"
    typed(front.page.form.value, "changed")
    assert front.kept() == [("sid", "changed"), ("taste", "sweet")]
    assert front.rows()[0] == ("sid", "changed")
    assert [cookie.name for cookie in front.page.chosen()] == ["sid"]
    await front.close()


async def test_a_new_cookie_is_made_for_the_host_in_front(front):
    front = front()
    QTest.mouseClick(front.page.new, Qt.MouseButton.LeftButton)
    form = front.page.form
    assert form.domain.text() == "h.example"
    QTest.keyClicks(form.name, "fresh")
    QTest.keyClicks(form.value, "1")
    form.secure.click()
    QTest.mouseClick(form.save, Qt.MouseButton.LeftButton)
    made = front.jar.snapshot()[-1]
    assert (made.name, made.value, made.domain, made.path, made.is_host_only, made.is_secure) == (
        "fresh",
        "1",
        "h.example",
        "/",
        True,
        True,
    )
    assert made.created >= NOW
    await front.close()


@pytest.mark.parametrize(
    ("field", "text", "part"),
    [
        ("name", "", "no name"),
        ("name", "a=b", "character"),
        ("name", "__Host-x", "needs Secure"),
        ("value", "1;2", "character"),
        ("value", "x" * 5000, "longer"),
        ("name", "x" * 5000, "longer"),
        ("domain", "http://h.example", "host name"),
        ("domain", "", "host name"),
        ("path", "nowhere", "slash"),
        ("expires", "soon", "2027-01-31"),
        ("expires", "2001-01-01", "over"),
    ],
)
async def test_what_can_be_no_cookie_is_said_at_its_field_and_not_kept(front, field, text, part):
    front = front()
    choose(front.page, 0)
    line = getattr(front.page.form, field)
    line.clear()
    typed(line, text)
    assert part in front.page.form.problem.text()
    fields = front.page.form._fields()
    assert [each is line for each in fields] == [each._invalid for each in fields]
    assert front.kept() == [("sid", "abc"), ("taste", "sweet")]
    await front.close()


@pytest.mark.parametrize("text", ["2090-01-01", "2090-01-01 10:00", "Sun, 01 Jan 2090 10:00:00 GMT"])
async def test_an_expiry_is_read_as_people_and_servers_write_it_and_capped(front, text):
    front = front()
    choose(front.page, 0)
    typed(front.page.form.expires, text)
    assert NOW < front.jar.snapshot()[0].expires < NOW + 401 * 86400
    front.page.form.expires.clear()
    QTest.keyClick(front.page.form.expires, Qt.Key.Key_Return)
    assert front.jar.snapshot()[0].expires is None
    await front.close()


async def test_bytes_that_are_no_text_survive_an_edit_beside_them(front):
    front = front()
    front.jar.put(replace(SID, value="\udcfc"))
    front.page.refresh()
    choose(front.page, 0)
    assert front.page.form.value.text() == "\\xfc"
    typed(front.page.form.path, "/other")
    assert [(each.path, each.value) for each in front.jar.snapshot()][0] == ("/other", "\udcfc")
    await front.close()


async def test_del_deletes_the_chosen_and_buttons_forget_more(front):
    front = front()
    page = front.page
    assert not page.delete.isEnabled()
    choose(page, 0)
    page.activateWindow()
    page.table.setFocus()
    await until(page.table.hasFocus)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    assert front.kept() == [("taste", "sweet")]
    front.jar.put(SID)
    front.jar.put(replace(OTHER, name="second"))
    page.refresh()
    choose(page, front.rows().index(("second", "sweet")))
    page.clear_domain.click()
    assert front.kept() == [("sid", "abc")]
    page.end_session.click()
    assert front.kept() == []
    front.jar.put(OTHER)
    page.refresh()
    assert not page.end_session.isEnabled()
    page.clear_all.click()
    assert front.kept() == []
    assert not page.clear_all.isEnabled()
    await front.close()


async def test_the_filter_looks_into_every_column(front):
    front = front()
    for text, expected in (
        ("SWEET", ["taste"]),
        ("h.exam", ["sid"]),
        ("lax", ["taste"]),
        ("", ["sid", "taste"]),
    ):
        front.page.filter.setText(text)
        assert [name for name, _value in front.rows()] == expected
    await front.close()


async def test_what_the_engine_stores_meanwhile_shows_and_leaves_what_is_typed(front):
    front = front()
    choose(front.page, 0)
    front.page.form.value.setText("half-typed")
    front.jar.store("http://h.example/", ["late=1; Path=/"], NOW)
    await until(lambda: ("late", "1") in front.rows())
    assert front.page.form.value.text() == "half-typed"
    assert [cookie.name for cookie in front.page.chosen()] == ["sid"]
    await front.close()


async def test_another_environment_has_another_jar(front, tmp_path):
    front = front()
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    environments.create_environment(root, "Live")
    environments.save_environment(root, Environment("Live"))
    front.collection = front.workbench.open_collection(root)
    front.page.refresh()
    assert front.page.heading.text() == "Shop · Live"
    assert front.rows() == []
    front.page.begin()
    QTest.keyClicks(front.page.form.name, "live")
    front.page.form.save.click()
    assert front.rows() == [("live", "")]
    assert front.kept() == [("sid", "abc"), ("taste", "sweet")]
    await front.close()


async def test_everything_has_a_name_and_is_reached_by_tab(front):
    front = front()
    page = front.page
    choose(page, 0)
    page.filter.setFocus()
    reached = []
    for _ in range(20):
        reached.append(page.focusWidget())
        QTest.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
    wanted = [page.table, page.new, page.delete, page.clear_domain, page.end_session, page.clear_all]
    wanted += page.form.in_order()
    assert [widget for widget in reached[1 : 1 + len(wanted)]] == wanted
    assert all(widget.accessibleName() or isinstance(widget, QAbstractButton) for widget in wanted)
    await front.close()


async def test_it_fits_a_small_window(front):
    front = front()
    assert front.page.minimumSizeHint().width() <= 800
    assert front.page.minimumSizeHint().height() <= 500
    await front.close()
