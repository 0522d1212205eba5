"""The preview: what is decoded and drawn, by a process that is stopped, and that what is hostile costs nothing."""

import os

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from antiphon.body.store import BodyStore
from antiphon.render.media import Media
from antiphon.ui.theme import Theme
from antiphon.ui.viewer import picture as picture_module
from antiphon.ui.viewer.modes import mode_of, modes_of
from antiphon.ui.viewer.picture import Picture, Piece
from antiphon.ui.viewer.preview_page import PreviewPage
from tests.ui.pictures import gif, huge_png, painted, turned_jpeg, written
from tests.waiting import until

Key, Mod = Qt.Key, Qt.KeyboardModifier
IMAGE, SVG, HTML = Media("image", "utf-8"), Media("svg", "utf-8"), Media("html", "utf-8")


@pytest.fixture
def page(qtbot):
    page = PreviewPage(Theme("light"))
    qtbot.addWidget(page, before_close_func=lambda widget: widget.clear())
    page.resize(400, 300)
    page.show()
    page.area.setFocus()
    return page


def show(page, raw, media=IMAGE, *, is_over=True):
    body = BodyStore()
    body.append(raw)
    page.show_body(body, media, is_over=is_over)
    return body


async def drawn(page):
    await until(lambda: page.area._picture is not None and page.area._picture.last is not None)
    await until(lambda: not page.area._picture.is_busy)
    return page.area._picture.last.image


async def judged(page):
    await until(lambda: page.picture is not None and page.picture.facts is not None)
    return f"{page.message._title.text()}: {page.message._text.text()}"


def color(image, x=0.5, y=0.5):
    return image.pixelColor(int(image.width() * x), int(image.height() * y)).name()


def test_a_preview_comes_first_for_pictures():
    assert mode_of("image", None).key == mode_of("svg", None).key == "preview"
    assert mode_of("html", None).key == "pretty"
    assert "preview" in [mode.key for mode in modes_of("html")]


@pytest.mark.parametrize("kind", ["PNG", "JPG", "WEBP", "BMP", "ICO"])
async def test_pictures_are_shown_and_told(qtloop, page, kind):
    raw = written(painted(), kind)
    show(page, raw)
    image = await drawn(page)
    assert image.size().toTuple() == (40, 30)
    assert abs(image.pixelColor(20, 15).red() - 255) < 4
    assert f"40 × 30 pixels, {len(raw):,} bytes, 100 %" in page.words.text()
    assert page.area.accessibleDescription() == page.words.text()


async def test_one_pixel_is_shown(qtloop, page):
    show(page, written(painted(1, 1), "PNG"))
    assert (await drawn(page)).size().toTuple() == (1, 1)
    page.area.zoom_to(32)
    await until(lambda: page.area._picture.last.image.width() == 32)


async def test_a_picture_too_large_says_so_with_its_size(qtloop, page):
    show(page, huge_png())
    words = await judged(page)
    assert "Too large to be shown: PNG, 30,000 × 30,000 pixels" in words
    assert not page.fit.isVisible()


@pytest.mark.parametrize("kind", ["PNG", "JPG"])
async def test_a_picture_cut_short_is_shown_as_far_as_it_came(qtloop, page, kind):
    image = painted(300, 200)
    for row in range(200):
        for column in range(0, 300, 3):
            image.setPixel(column, row, (row * column * 2654435761) & 0xFFFFFF)
    raw = written(image, kind)
    show(page, raw[: len(raw) // 2])
    assert (await drawn(page)).width() == 300
    assert "cut short: what came is shown" in page.words.text()


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n", b"no picture at all", b"RIFF\xff\0\0\0WEBPVP8 "])
async def test_what_cannot_be_decoded_says_why(qtloop, page, raw):
    show(page, raw)
    assert "It cannot be shown: " in await judged(page)


async def test_a_photograph_is_turned_as_its_exif_says(qtloop, page):
    show(page, turned_jpeg(40, 20))
    assert (await drawn(page)).size().toTuple() == (20, 40)
    assert "turned as its Exif says" in page.words.text()


async def test_an_animation_goes_round_until_it_is_held(qtloop, page):
    show(page, gif(["red", "lime", "blue"]))
    seen = []

    def note():
        last = page.area._picture and page.area._picture.last
        if last and (not seen or seen[-1] != color(last.image)):
            seen.append(color(last.image))
        return len(seen) >= 5

    await until(note)
    assert seen[:3] == seen[3:5] + seen[2:3] or seen[0] == seen[3]
    assert "3 frames" in page.words.text()
    QTest.keyClick(page.area, Key.Key_Space)
    assert not page.area.is_playing
    await until(lambda: not page.area._picture.is_busy)
    assert not page.area._frames.isActive()
    page.pause.click()
    assert page.area.is_playing


async def test_zoom_by_keys_wheel_and_buttons(qtloop, page):
    show(page, written(painted(1000, 1000), "PNG"))
    await drawn(page)
    area = page.area
    assert area.is_fitted
    assert area.zoom < 0.3
    QTest.keyClick(area, Key.Key_1)
    assert area.zoom == 1.0
    QTest.keyClick(area, Key.Key_Plus)
    assert area.zoom == 1.25
    page.smaller.click()
    assert "100 %" in page.words.text()
    area.zoom_by(1, QPointF(10, 10))
    page.fit.click()
    assert area.is_fitted
    await until(lambda: not area._picture.is_busy)


async def test_what_is_seen_of_a_large_picture_is_no_more_than_the_window(qtloop, page):
    image = painted(3000, 3000)
    image.setPixelColor(2999, 2999, painted(1, 1, "blue").pixelColor(0, 0))
    show(page, written(image, "PNG"))
    await drawn(page)
    page.area.zoom_to(1.0)
    await until(lambda: page.area.verticalScrollBar().isVisible() and not page.area._picture.is_busy)
    QTest.keyClick(page.area, Key.Key_End)
    page.area.horizontalScrollBar().setValue(page.area.horizontalScrollBar().maximum())
    await until(lambda: not page.area._picture.is_busy)
    last = page.area._picture.last.image
    assert last.width() <= page.area.viewport().width()
    assert last.pixelColor(last.width() - 1, last.height() - 1).name() == "#0000ff"


async def test_svg_is_drawn_and_loads_no_file(qtloop, page, tmp_path):
    (tmp_path / "secret.png").write_bytes(written(painted(100, 100, "blue"), "PNG"))
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">
        <rect width="100" height="100" fill="red"/>
        <image xlink:href="{tmp_path}/secret.png" width="100" height="100"/></svg>"""
    show(page, svg.encode(), SVG)
    assert color(await drawn(page)) == "#ff0000"
    page.area.zoom_to(3.0)
    await until(lambda: page.area._picture.last.image.width() == 300)


@pytest.mark.parametrize("start", ["", " <!-- a --> ", "\ufeff", "x"])
async def test_an_svg_that_says_to_be_a_picture_loads_no_file_either(qtloop, page, tmp_path, start):
    (tmp_path / "secret.png").write_bytes(written(painted(100, 100, "blue"), "PNG"))
    svg = f"""{start}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100"
        height="100"><image xlink:href="{tmp_path}/secret.png" width="100" height="100"/></svg>"""
    show(page, svg.encode())
    if "cannot be shown" not in await judged(page):
        assert color(await drawn(page)) != "#0000ff"


async def test_an_svg_of_endless_entities_is_refused(qtloop, page):
    show(page, b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', SVG)
    assert "declares entities" in await judged(page)


async def test_html_is_laid_out_and_loads_no_file(qtloop, page, tmp_path):
    (tmp_path / "secret.png").write_bytes(written(painted(100, 100, "blue"), "PNG"))
    source = f"<p>Words</p><im<b></b>g src='{tmp_path}/secret.png' width=400 height=300><img src='{tmp_path}/secret.png'>"
    show(page, source.encode(), HTML)
    image = await drawn(page)
    colors = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }
    assert "#0000ff" not in colors
    assert len(colors) > 1
    assert "not loaded" in page.words.text()
    assert not page.fit.isVisible()


async def test_html_that_qt_is_told_to_load_itself_gets_nothing(qtloop, tmp_path):
    """The second guard: were a picture's tag to pass the first, the process hands out an empty one."""
    from antiphon.ui.viewer.pictureprocess import _Paper

    secret = tmp_path / "secret.png"
    secret.write_bytes(written(painted(50, 50, "blue"), "PNG"))
    paper = _Paper()
    paper.setHtml(f"<img src='{secret}'><p style='background-image: url({secret})'>x</p>")
    from PySide6.QtGui import QImage, QPainter

    image = QImage(100, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paper.drawContents(painter)
    painter.end()
    assert not any(image.pixelColor(x, y).name() == "#0000ff" for x in range(100) for y in range(100))


async def test_a_picture_that_arrives_is_drawn_again(qtloop, page):
    image = painted(200, 200)
    raw = written(image, "BMP")
    body = show(page, raw[: len(raw) // 2], is_over=False)
    await drawn(page)
    assert "bytes so far" in page.words.text()
    body.append(raw[len(raw) // 2 :])
    page.show_body(body, IMAGE, is_over=True)
    await until(lambda: "cut short" not in page.words.text())
    assert f"{len(raw):,} bytes, " in page.words.text()


async def test_a_decoder_that_dies_or_never_ends_is_told(qtloop, page, monkeypatch):
    show(page, written(painted(), "PNG"))
    os.kill(await until(lambda: page.picture.process_id), 9)
    assert "ended early" in await judged(page)
    page.clear()
    monkeypatch.setattr(picture_module, "PATIENCE_S", 0.0)
    show(page, written(painted(), "PNG"))
    assert "takes longer" in await judged(page)


async def test_nothing_is_left_of_a_picture_that_is_gone(qtloop, page):
    show(page, written(painted(), "PNG"))
    await drawn(page)
    process = page.picture.process_id
    page.clear()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_a_disk_without_room_is_told(qtloop, page, monkeypatch):
    def full(*_words):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(picture_module.SpoolFile, "create", full)
    show(page, written(painted(), "PNG"))
    assert "No space left" in await judged(page)


async def test_a_picture_that_is_gone_at_once_leaves_nothing(qtloop, page):
    for _time in range(5):
        show(page, written(painted(), "PNG"))
        page.clear()


async def test_the_newest_question_wins(qtloop):
    picture, body = Picture(), BodyStore()
    body.append(written(painted(), "PNG"))
    picture.open(body, "image", "utf-8", "")
    for width in range(1, 30):
        picture.ask(Piece(1.0, 0, 0, width, 5, 100))
    await until(lambda: picture.last is not None and not picture.is_busy)
    assert picture.last.image.width() == 29
    picture.close()
    picture.deleteLater()


async def test_what_is_seen_is_copied_and_nothing_is_found_in_a_picture(qtloop, page, qtbot):
    show(page, written(painted(), "PNG"))
    await drawn(page)
    assert page.copy()
    assert color(QGuiApplication.clipboard().image()) == "#ff0000"
    with qtbot.waitSignal(page.notice):
        assert page.find()
    for button in page.findChildren(QAbstractButton):
        assert button.accessibleName() or button.text()
    page.grab()
