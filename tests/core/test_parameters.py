"""Parameters of header fields: quoted, extended, in pieces, and hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from antiphon.core.parameters import parameters


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('form-data; name="a"; filename="b;c.png"', {"name": "a", "filename": "b;c.png"}),
        (r'x; filename="a\"b.txt"', {"filename": 'a"b.txt'}),
        (r'x; filename="C:\dir\f.txt"', {"filename": r"C:\dir\f.txt"}),
        ("x;a=1;A=2", {"a": "1"}),
        ("x; a = b c ; d=", {"a": "b c", "d": ""}),
        ("x; filename=e.txt; filename*=UTF-8''%e2%82%ac.txt", {"filename": "€.txt"}),
        ("x; filename*=utf-8'de'a%20b; filename=plain", {"filename": "a b"}),
        ("x; filename*=iso-8859-1'en'%A3%20rates", {"filename": "£ rates"}),
        ('x; f*0="a b"; f*1=c', {"f": "a bc"}),
        ("x; f*0*=UTF-8''%e2%82; f*1*=%ac; f*2=%41", {"f": "€%41"}),
        ("x; f*1=b", {}),
        ("x; f*=idna''%41", {"f": "A"}),
        ("x; f*=hex''41", {"f": "41"}),
        ('m; type="x; boundary=no"; boundary="a b"', {"type": "x; boundary=no", "boundary": "a b"}),
        ('x; a="never closed; b=1', {"a": "never closed; b=1"}),
        ("x;;=; =3; b; c=1", {"c": "1"}),
        ("no parameters", {}),
        ("", {}),
    ],
)
def test_parameters(value, found):
    assert parameters(value) == found


@given(some.text("ab\\\"';=*%0 é\n", max_size=40))
def test_any_text_has_parameters_or_none(text):
    assert all(name == name.lower() for name in parameters("x; " + text))


@given(some.dictionaries(some.text("abc", min_size=1), some.text(), max_size=3))
def test_quoted_values_come_back(values):
    quoted = ((name, text.replace("\\", "\\\\").replace('"', '\\"')) for name, text in values.items())
    assert parameters("x" + "".join(f'; {name}="{text}"' for name, text in quoted)) == values
