"""Who says which charset a body is in, and that the first of them wins."""

import codecs

import pytest

from antiphon.render.charset import (
    CHARSETS,
    ORIGIN_WORDS,
    charset_of,
    charset_title,
    known_charset,
    meant_charset,
    short_title,
)
from antiphon.render.media import media_of


@pytest.mark.parametrize(
    ("content_type", "first", "charset", "origin"),
    [
        ("text/html; charset=koi8-r", b"\xef\xbb\xbf<meta charset=big5>", "utf-8", "bom"),
        ("text/html; charset=koi8-r", b"<meta charset=big5>", "koi8-r", "header"),
        ("text/html; charset=martian", b"<meta charset=big5>", "big5hkscs", "markup"),
        ("text/html", b"<html><head><META Charset = 'Windows-1251' ><p>", "cp1251", "markup"),
        (
            "text/html",
            b'<meta http-equiv="Content-Type" content="text/html; charset=euc-jp">',
            "euc_jp",
            "markup",
        ),
        ("text/html", b"<!-- <meta charset=big5> --><meta charset=latin1>", "cp1252", "markup"),
        ("text/html", b"<meta charset=utf-16><p>", "utf-8", "markup"),
        ("text/html", b"<p>charset=big5</p>", "utf-8", "nobody"),
        ("text/html", b"<meta charset=martian>", "utf-8", "nobody"),
        ("application/xml", b'<?xml version="1.0" encoding="iso-8859-2"?>', "iso8859-2", "markup"),
        ("text/css", b'@charset "cp1250"; p {}', "cp1250", "markup"),
        ("text/plain", b"about <meta charset=big5>", "utf-8", "nobody"),
        ("", '{"a": "é"}'.encode("utf-16-le"), "utf-16-le", "bytes"),
        ("", '{"a": "é"}'.encode("utf-16-be"), "utf-16-be", "bytes"),
        ("", bytes(range(1, 5)) * 3, "utf-8", "nobody"),
        ("", b"\x01\x00\x02\x00\x03\x00", "utf-8", "nobody"),
        ("", '{"имя": "Ж"}'.encode("utf-16-be"), "utf-16-be", "bytes"),
        ("", '["一二三四五六七八九十"]'.encode("utf-16-le"), "utf-16-le", "bytes"),
        ("", '{"a": "é"}'.encode("utf-32-le"), "utf-32-le", "bytes"),
        ("", '{"a": "é"}'.encode("utf-32-be"), "utf-32-be", "bytes"),
        ("", "\ufeffab".encode("utf-32-le"), "utf-32", "bom"),
        ("text/html; charset=utf-7", b"+ADw-script+AD4-", "utf-8", "nobody"),
        ("text/html", b"<meta charset=utf-7>", "utf-8", "nobody"),
        ("text/plain; charset=unicode-escape", b"\\x41", "utf-8", "nobody"),
        ("text/plain; charset=iso-8859-1", b"\x93", "cp1252", "header"),
        ("text/plain; charset=euc-kr", b"", "cp949", "header"),
        ("text/plain; charset=Shift_JIS", b"", "cp932", "header"),
        ("text/plain; charset=Windows-31J", b"", "cp932", "header"),
        ("text/html", b"<meta charset=gb2312>", "gb18030", "markup"),
        ("", b"", "utf-8", "nobody"),
        ("text/plain; charset=a\x00b", b"", "utf-8", "nobody"),
    ],
)
def test_the_first_who_says_a_charset_wins(content_type, first, charset, origin):
    assert charset_of(content_type, first) == (charset, origin)
    assert origin in ORIGIN_WORDS


def test_a_chosen_charset_wins_over_all_and_decides_what_is_binary():
    raw = "text".encode("utf-16-le")
    media = media_of("text/plain; charset=utf-8", raw, ("utf-16-le", "chosen"))
    assert (media.language, media.charset, media.charset_origin) == ("text", "utf-16-le", "chosen")
    assert media_of("text/plain; charset=utf-8", raw).language == "binary"


def test_every_charset_of_the_menu_is_one_that_python_knows():
    for codec, title in CHARSETS:
        assert known_charset(codec) == codec == codecs.lookup(codec).name
        assert charset_title(codec) == title
    assert len(dict(CHARSETS)) == len(CHARSETS)


def test_titles_are_short_for_a_button():
    assert [short_title(one) for one in ("utf-8", "cp1252", "iso8859-7", "utf-16")] == [
        "UTF-8",
        "windows-1252",
        "ISO8859-7",
        "UTF-16",
    ]


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("euc-kr", "똠방각하"),
        ("shift_jis", "①㈱"),
        ("gb2312", "镕"),
        ("big5", "裏"),
        ("latin1", "“€”"),
        ("latin5", "€"),
    ],
)
def test_a_label_reads_what_the_web_writes_under_it(label, text):
    codec = meant_charset(label)
    assert text.encode(codec).decode(codec) == text
    assert text.encode(codec).decode(label, "replace") != text
