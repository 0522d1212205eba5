"""Text whose charset nobody names is read as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.render.charset_guess import guessed_charset, is_utf8

TEXTS = {
    "french": "Où êtes-vous passés ? Les élèves ont déjà mangé à la cantine, et l'été arrive bientôt.",
    "german": "Größe, Straße und Äpfel: über allen Gipfeln ist Ruh, spürest du kaum einen Hauch.",
    "typographic": "It’s a “quoted” text – with dashes… and more words here to see",
    "short": "né café",
    "polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni",
    "russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом",
    "japanese": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。" * 3,
    "chinese": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "korean": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로",
    "hebrew": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון",
    "turkish": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler",
    "icelandic": "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum. Menn eru gæddir vitsmunum",
    "greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
}


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("french", "cp1252"), ("german", "cp1252"), ("typographic", "cp1252"), ("short", "cp1252"),
        ("polish", "cp1250"), ("polish", "iso8859-2"), ("russian", "cp1251"), ("russian", "koi8-r"),
        ("japanese", "cp932"), ("japanese", "euc_jp"), ("chinese", "gb18030"), ("korean", "cp949"),
        ("greek", "cp1253"), ("hebrew", "cp1255"), ("turkish", "cp1254"), ("icelandic", "cp1252"),
    ],
)  # fmt: skip
def test_languages_are_told_by_their_bytes(text, charset):
    raw = f'{{"words": "{TEXTS[text]}"}}\n'.encode(charset)
    assert raw.decode(guessed_charset(raw)) == raw.decode(charset)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("times", [1, 30])
def test_a_bad_byte_in_utf8_does_not_make_it_another_charset(name, times):
    raw = (TEXTS[name] * times).encode()
    for faulty in (raw + b"\xe9", raw.replace(b" ", b" \xff", 1), raw[1:]):
        expected = "utf-8" if name not in {"short", "typographic"} or times > 1 else guessed_charset(faulty)
        assert guessed_charset(faulty) == expected


@given(some.text(), some.integers(0, 3))
def test_utf8_is_certain_even_where_it_is_cut(text, cut):
    raw = ("é" + text + "日本").encode("utf-8", "ignore")
    assert is_utf8(raw[: len(raw) - cut])
    assert guessed_charset(raw) == "utf-8"


@given(some.binary(max_size=400))
def test_any_bytes_get_a_charset_that_exists(raw):
    assert raw.decode(guessed_charset(raw), "replace") is not None
