"""Which way two bodies are compared, what is said of it, and lines that make the right of the left."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.body import compare
from antiphon.body.compare import first_difference
from antiphon.body.pieces import Sign
from tests.body.comparing import Compared, spooled

LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"long;" * 300, b"\xff\x00", b"c\r"]), max_size=30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bodies")


@settings(max_examples=100)
@given(LINES, LINES, st.sampled_from([b"", b"\n"]), st.sampled_from([b"", b"\n"]))
def test_lines_of_the_differences_make_the_right_of_the_left(folder, left, right, end, other_end):
    ours, theirs = b"\n".join(left) + end, b"\n".join(right) + other_end
    with Compared(ours, theirs, folder, language="text") as found:
        rows = list(found.rows())
        assert (found.outcome.differences == 0) == (ours == theirs)
        if ours != theirs:
            made = [mine if sign == Sign.EQUAL else other for sign, mine, other in rows]
            read = [list(text.row(n).text for n in range(len(text))) for text in found.texts]
            assert [line.encode("utf-8", "surrogateescape") for line in made if line is not None] == read[1]
            assert [line for _sign, line, _other in rows if line is not None] == [
                line.decode("utf-8", "surrogateescape") for line in read[0]
            ]


def test_equal_bodies_are_equal_whatever_they_are(folder):
    for language in ("json", "text", "binary"):
        with Compared(b"\x00{", b"\x00{", folder, language=language) as found:
            assert (found.outcome.manner, found.outcome.differences) == ("equal", 0)


def test_bytes_are_told_by_the_first_that_differs(folder):
    with Compared(b"\x00abcd", b"\x00abXd", folder, language="binary") as found:
        assert (found.outcome.manner, found.outcome.first_difference) == ("bytes", 3)
    with Compared(b"\x00ab", b"\x00abc", folder, language="image") as found:
        assert (found.outcome.manner, found.outcome.first_difference) == ("bytes", None)


@given(st.binary(max_size=50), st.binary(max_size=50), st.integers(1, 20))
def test_the_first_difference_is_the_first(folder, common, rest, step):
    left, right = spooled(common + rest, folder), spooled(common + b"!" + rest, folder)
    whole = [(a, b) for a, b in zip(common + rest + b"\x00" * 60, common + b"!" + rest)]
    naive = next((n for n, (a, b) in enumerate(whole) if a != b or n >= len(common + rest)), None)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(compare, "STEP_BYTES", step)
            assert first_difference(left, right) == naive
            assert first_difference(left, left) is None
    finally:
        left.close()
        right.close()


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (b'{"a":1', b'{"a":0}', "The left side is not valid JSON"),
        (b"{", b"}", "The left side is not valid JSON and The right side is not valid JSON"),
        (b"1\n2", b"1\n2\n", "Only the right side ends with a newline."),
    ],
)
def test_what_is_done_otherwise_is_said(folder, left, right, said):
    language = "json" if b"{" in left else "text"
    with Compared(left, right, folder, language=language) as found:
        assert found.outcome.manner == "lines"
        assert any(note.startswith(said) for note in found.outcome.notes)


def test_json_beside_other_text_is_compared_by_lines(folder):
    with Compared(b'{"a":1}', b"a: 1", folder, right_language="yaml") as found:
        assert found.outcome.notes == ["Only one side is JSON: compared line by line."]


def test_json_can_be_compared_by_its_lines_as_laid_out(folder):
    with Compared(b'{"a":1,"b":2}', b'{"b":2,"a":1}', folder, manner="lines") as found:
        assert found.outcome.manner == "lines"
        assert [text for _sign, text, _other in found.rows()][0] == "{"
        assert found.outcome.differences


def test_above_the_bounds_the_coarser_way_is_taken_and_said(folder, monkeypatch):
    monkeypatch.setattr(compare, "MOST_VALUES", 5)
    monkeypatch.setattr(compare, "FOLD_BYTES", 0)
    with Compared(b"[1,2,3,4,5,6]", b"[1,2,3,4,5,7]", folder) as found:
        assert found.outcome.manner == "lines"
        assert "More than 5 values" in found.outcome.notes[0]
    monkeypatch.setattr(compare, "MOST_TEXT_BYTES", 3)
    with Compared(b"abcd", b"abce", folder, language="text") as found:
        assert (found.outcome.manner, found.outcome.first_difference) == ("bytes", 3)
        assert "1 GiB" in found.outcome.notes[0]


def test_small_objects_count_once_so_large_documents_are_compared_by_structure(folder, monkeypatch):
    monkeypatch.setattr(compare, "MOST_VALUES", 1000)
    left = b"[" + b",".join(b'{"n":%d,"list":[1,2,3]}' % number for number in range(900)) + b"]"
    with Compared(left, left.replace(b'"n":77,', b'"n":-77,'), folder) as found:
        assert found.outcome.manner == "structure"
        assert found.differences() == [(Sign.CHANGED, "$[77].n")]


def test_more_differences_than_are_kept_are_said_to_be_more(folder, monkeypatch):
    monkeypatch.setattr("antiphon.body.pieces.MOST_DIFFERENCES", 3)
    with Compared(b"[1,2,3,4,5]", b"[6,7,8,9,0]", folder) as found:
        assert found.outcome.is_limited
        assert found.outcome.differences == len(found.pieces.differences) == 3


@pytest.mark.parametrize("language", ["text", "json"])
def test_wide_charsets_are_compared_as_text(folder, language):
    left, right = ('["é",1]', '["é",2]') if language == "json" else ("é\nb\n", "é\nc\n")
    with Compared(
        left.encode("utf-16"), right.encode("utf-16"), folder, language=language, charset="utf-16"
    ) as found:
        assert found.outcome.differences == 1
        assert any("é" in (text or "") for _sign, text, _other in found.rows())


def test_a_fault_found_late_leaves_nothing_of_the_layout_behind(folder):
    left = "[" + "1," * 100_000 + "oops"
    right = "[" + "1," * 100_000 + "2]"
    with Compared(left.encode("utf-16"), right.encode("utf-16"), folder, charset="utf-16") as found:
        assert found.outcome.manner == "lines"
        assert next(text for _sign, text, _other in found.rows()).startswith("[1,1,1")


def test_text_in_escapes_is_compared_as_what_it_says(folder):
    """In ISO-2022-JP a byte of ASCII may be half of another character."""
    left, right = ("同じ\n違う\n".encode("iso2022_jp"), "同じ\nちがう\n".encode("iso2022_jp"))
    with Compared(left, right, folder, language="text", charset="iso2022_jp") as found:
        assert found.outcome.uses_text == [True, True]
        assert [row[1:] for row in found.rows()] == [("同じ", "同じ"), ("違う", "ちがう")]
