"""The parts page: a list, each part by its own type, saved alone, and followed while a stream of parts arrives."""

import base64

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QMenu

from antiphon.body.store import BodyStore
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer.hex_page import HexPage
from antiphon.ui.viewer.modes import mode_of
from antiphon.ui.viewer.parts_page import PartsPage
from antiphon.ui.viewer.preview_page import PreviewPage
from antiphon.ui.viewer.table_page import TablePage
from tests.ui.pictures import painted, written
from tests.waiting import until

MEDIA = Media("multipart", "utf-8", content_type="multipart/mixed; boundary=b")


@pytest.fixture
def page(qtbot):
    page = PartsPage(Theme("light"))
    qtbot.addWidget(page, before_close_func=lambda widget: widget.clear())
    page.resize(900, 600)
    page.show()
    return page


def multipart(*parts, end=b"--b--\r\n"):
    blocks = (
        b"--b\r\nContent-Type: " + kind.encode() + b"\r\n\r\n" + content + b"\r\n" for kind, content in parts
    )
    return b"".join(blocks) + end


def show(page, raw, media=MEDIA, *, is_over=True):
    body = BodyStore()
    body.append(raw)
    if is_over:
        body.finish()
    page.show_body(body, media, is_over=is_over)
    page._step()
    return body


async def settled(page):
    await until(lambda: not page._timer.isActive() and not page.view._timer.isActive())


def text(page):
    source = page.view.text.source
    return source.read(0, source.size_bytes).decode()


def test_parts_come_first_for_multipart():
    assert mode_of("multipart", None).key == "parts"


async def test_each_part_is_shown_by_its_own_type(qtloop, page):
    show(
        page,
        multipart(
            ("application/json", b'{"a":[1]}'),
            ("text/plain", "é".encode()),
            ("text/csv", b"a,b\n1,2\n"),
            ("application/octet-stream", bytes(9)),
            ("image/png", written(painted(), "PNG")),
            ("text/plain; charset=utf-16-le", "wide".encode("utf-16-le")),
            ("application/json", b"{no json"),
            ("application/xml", b"<a><b>1</b><c/></a>"),
        ),
    )
    shown = []
    for number in range(8):
        page.list.go_to(number, 0)
        page._step()
        await settled(page)
        shown.append(page.view.currentWidget())
        if number in {0, 1, 5, 6, 7}:
            shown[-1] = text(page)
    assert shown[:2] == ['{\n  "a": [\n    1\n  ]\n}', "é"]
    assert isinstance(shown[2], TablePage)
    assert isinstance(shown[3], HexPage)
    assert isinstance(shown[4], PreviewPage)
    assert shown[5:] == ["wide", "{no json", "<a>\n  <b>1</b>\n  <c/>\n</a>"]
    assert page.words.text() == "8 parts."
    page.list.go_to(4, 0)
    page._step()
    await until(lambda: page.view.currentWidget().area._picture is not None)
    assert "image/png" in page.headers.text()
    await settled(page)


async def test_a_missing_boundary_is_told(qtloop, page):
    show(page, multipart(("text/plain", b"x"), end=b""))
    await settled(page)
    assert "missing" in page.words.text()
    page.clear()
    show(page, b"no parts", Media("multipart", "utf-8", content_type="multipart/mixed"))
    assert "No boundary" in page.words.text()


async def test_a_part_is_saved_alone(qtloop, page, tmp_path, qtbot):
    show(page, multipart(("text/plain", b"first"), ("text/plain", b"second")))
    page.list.go_to(1, 0)
    said = []
    page.notice.connect(said.append)
    page.save_button.click()
    dialog = page.findChild(QFileDialog)
    dialog.filesSelected.emit([str(tmp_path / "part.txt")])
    dialog.close()
    await until(lambda: said)
    assert (tmp_path / "part.txt").read_bytes() == b"second"
    page.save_to(tmp_path / "none" / "part.txt")
    await until(lambda: len(said) == 2)
    assert said[0].startswith("Saved")
    assert "could not be written" in said[1]
    await settled(page)


async def test_a_stream_of_parts_is_followed_until_another_is_chosen(qtloop, page):
    body = show(page, multipart(("text/plain", b"one"), end=b""), is_over=False)
    for number in range(3):
        body.append(multipart(("text/plain", b"next %d" % number), end=b""))
        page.show_body(body, MEDIA, is_over=False)
        await until(lambda number=number: page.list.rows.count == number + 2)
    assert page.list.cell[0] == 3
    await until(lambda: text(page).startswith("next 2"))
    page.list.go_to(1, 0)
    body.append(multipart(("text/plain", b"last")))
    body.finish()
    page.show_body(body, MEDIA, is_over=True)
    await settled(page)
    assert (page.list.cell[0], page.list.rows.count) == (1, 5)
    assert text(page) == "next 0"


async def test_of_a_stream_of_pictures_the_newest_whole_one_is_seen(qtloop, page):
    head = b"--b\r\nContent-Type: image/png\r\n\r\n"
    frames = [written(painted(20, 20, color), "PNG") + b"\r\n" for color in ("red", "lime", "blue")]
    body = show(page, head + frames[0], is_over=False)
    seen = []

    def is_new():
        area = getattr(page.view.currentWidget(), "area", None)
        last = area and area._picture and area._picture.last
        color = last and last.image.pixelColor(5, 5).name()
        if color and color not in seen:
            seen.append(color)
            return True
        return False

    for frame in frames[1:]:
        body.append(head + frame[:40])
        page.show_body(body, MEDIA, is_over=False)
        await until(is_new)
        body.append(frame[40:])
    body.append(b"--b--")
    body.finish()
    page.show_body(body, MEDIA, is_over=True)
    await settled(page)
    assert seen == ["#ff0000", "#00ff00"]


async def test_a_part_that_arrives_grows(qtloop, page):
    body = show(page, b"--b\r\nContent-Type: text/plain\r\n\r\nhalf", is_over=False)
    await until(lambda: text(page) == "half")
    body.append(b" and half\r\n--b--")
    body.finish()
    page.show_body(body, MEDIA, is_over=True)
    await settled(page)
    assert text(page) == "half and half"


async def test_a_part_is_shown_in_the_text_and_copied(qtloop, page, qtbot):
    raw = multipart(("text/plain", b"first"), ("application/octet-stream", bytes(range(20))))
    show(page, raw)
    await settled(page)
    page.copy()
    assert QGuiApplication.clipboard().text() == "first"
    with qtbot.waitSignal(page.reveal_asked) as asked:
        page.reveal_button.click()
    start, length = asked.args
    assert raw[start : start + length] == b"Content-Type: text/plain\r\n\r\nfirst"
    page.list.go_to(1, 0)
    page._step()
    with qtbot.waitSignal(page.reveal_asked) as asked:
        page.view.currentWidget().reveal_asked.emit(3, 2)
    assert raw[asked.args[0] :][:2] == b"\x03\x04"
    page._open_menu(QPoint(5, 5))
    page.findChild(QMenu).close()
    await settled(page)


async def test_the_keys_save_and_reveal(qtloop, page, qtbot):
    show(page, multipart(("text/plain", b"first")))
    with qtbot.waitSignal(page.reveal_asked):
        QTest.keyClick(page, Qt.Key.Key_R, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    page.findChild(QFileDialog).close()
    for button in page.findChildren(QAbstractButton):
        if not button.objectName() and button.window() is page:
            assert button.accessibleName() or button.text()
    page.grab()
    await settled(page)


@pytest.mark.parametrize(
    "raw",
    [b"--b\r\n" * 50_000, b"--b\r\n\r\n" + b"\0" * 100_000, b"--b" * 1000, b"--b\r\n" + b"x" * 200_000, b"\r\n--b--"],
    ids=["empty parts", "nulls", "no lines", "endless head", "no part"],
)  # fmt: skip
async def test_hostile_parts_open(qtloop, page, raw):
    show(page, raw)
    await settled(page)
    page.list.select_all()
    page.grab()
    await settled(page)


def part(headers: str, content: bytes, boundary: str = "b") -> bytes:
    return f"--{boundary}\r\n{headers}\r\n\r\n".encode() + content + b"\r\n"


async def test_a_part_in_base64_is_shown_and_saved_as_what_it_is(qtloop, page, tmp_path):
    headers = "Content-Type: application/json\r\nContent-Transfer-Encoding: Base64"
    raw = part(headers, base64.encodebytes(b'{"a":[1]}')) + part("X: y", b"next") + b"--b--"
    show(page, raw)
    await settled(page)
    assert text(page) == '{\n  "a": [\n    1\n  ]\n}'
    assert "as base64, 9 decoded" in page.headers.text()
    page.save_to(tmp_path / "a.json")
    await until(lambda: (tmp_path / "a.json").exists())
    assert (tmp_path / "a.json").read_bytes() == b'{"a":[1]}'
    asked = []
    page.reveal_asked.connect(lambda *span: asked.append(span))
    page._reveal_in_part(3, 1)
    assert asked == [(page.part.start, page.part.end - page.part.start)]
    page.list.go_to(1, 0)
    page._step()
    await settled(page)
    assert text(page) == "next"
    await until(lambda: page._saving is None)


async def test_a_part_in_quoted_printable_arrives_in_pieces(qtloop, page):
    raw = part("Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable", b"caf=C3=A9 =\r\nx")
    body = show(page, raw[:-7], is_over=False)
    body.append(raw[-7:] + b"--b--")
    body.finish()
    page.show_body(body, MEDIA, is_over=True)
    await settled(page)
    assert text(page) == "café x"


async def test_parts_of_parts_have_a_list_of_their_own(qtloop, page):
    inner = part("Content-Type: text/plain", b"one", "i") + part("", b"two", "i") + b"--i--\r\n"
    show(page, part('Content-Type: multipart/alternative; boundary="i"', inner) + b"--b--")
    await settled(page)
    nested = page.view.currentWidget()
    assert isinstance(nested, PartsPage)
    await settled(nested)
    assert nested.words.text() == "2 parts."
    assert text(nested) == "one"


async def test_parts_nested_without_end_are_bytes_at_last(qtloop, page):
    content = b"deep"
    for level in range(40, 0, -1):
        content = part(f"Content-Type: multipart/mixed; boundary=n{level}", content, f"n{level - 1}")
    show(page, content, Media("multipart", "utf-8", content_type="multipart/mixed; boundary=n0"))
    shown, depth = page, 0
    while isinstance(shown, PartsPage):
        await settled(shown)
        shown, depth = shown.view.currentWidget(), depth + 1
    assert isinstance(shown, HexPage)
    assert depth == 4


async def test_the_part_stands_beside_the_list_where_the_page_is_wide(qtloop, page):
    show(page, multipart(("text/plain", b"x"), ("text/plain", b"y")))
    await settled(page)
    assert page.view.mapTo(page, QPoint()).y() > page.list.height()
    page.resize(900, 300)
    assert page.view.mapTo(page, QPoint()).x() > page.list.width()
    assert abs(page.view.width() - page.list.width()) < 20
