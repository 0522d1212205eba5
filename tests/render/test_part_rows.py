"""Parts as rows: named by what tells one from the other, and no name leads into a folder."""

import pytest

from antiphon.body.parts import Part, PartIndex
from antiphon.body.store import BodyStore
from antiphon.render.part_rows import PartRows, part_name


def part(disposition):
    return Part(0, 0, 0, (("Content-Disposition", disposition),), is_whole=True)


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('form-data; name="a"; filename="b.png"', "b.png"),
        ("attachment; filename=b.png; x=1", "b.png"),
        ("attachment; filename=x; filename*=UTF-8''na%C3%AFve%20b.txt", "naïve b.txt"),
        ('form-data; filename="../../etc/passwd"', "_.._etc_passwd"),
        ('form-data; name="a"', ""),
        ('form-data; filename="a;b.txt"', "a;b.txt"),
        ("attachment; filename*=iso-8859-1'en'%A3.txt", "£.txt"),
        ('attachment; filename*0="a"; filename*1="b.txt"', "ab.txt"),
        ('attachment; filename="=?utf-8?B?w6QudHh0?="', "ä.txt"),
        ('attachment; filename="=?utf-8?B?x"', "=_utf-8_B_x"),
        ('form-data; filename="say %22hi%22.txt"', "say _hi_.txt"),
        ("", ""),
    ],
)
def test_the_file_name_is_the_parts_own_without_folders(disposition, name):
    assert part_name(part(disposition)) == name


def test_a_name_in_the_content_type_is_one_too():
    assert part_name(Part(0, 0, 0, (("Content-Type", 'image/png; name="a.png"'),), is_whole=True)) == "a.png"


def test_rows_tell_name_type_size_and_place():
    body = BodyStore()
    body.append(
        b'--b\r\nContent-Disposition: form-data; name="pic"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n1234'
        b"\r\n--b\r\nContent-Range: bytes 0-4/9\r\n\r\n12345\r\n--b\r\nContent-ID: <a@b>\r\n\r\n1"
    )
    index = PartIndex(body, "b")
    index.advance()
    rows = PartRows(body, index)
    assert [rows.row(number).cells for number in range(rows.count)] == [
        ("pic, x.png", "image/png", "4 B", "94"),
        ("bytes 0-4/9", "", "5 B", "135"),
        ("<a@b>", "", "1 B …", "168"),
    ]
