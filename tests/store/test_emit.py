import pytest
from hypothesis import given

from antiphon.core.errors import UserError
from antiphon.store import emit
from antiphon.store.yamltree import Raw, parse, value_of
from tests.store.documents import TRAPS, files, texts, values


@given(files)
def test_whole_file_means_what_it_was_written_from(value):
    assert value_of(parse(emit.whole_file(value))) == value


@given(values)
def test_flow_means_what_it_was_written_from_on_one_line(value):
    text = emit.flow(value)
    assert "\n" not in text
    assert value_of(parse("k: [" + text + "]"))["k"] == [value]


@pytest.mark.parametrize("style", ["", "'", '"'])
@pytest.mark.parametrize("text", TRAPS)
def test_every_trap_stays_text_in_every_style(text, style):
    assert value_of(parse(f"k: {emit.scalar(text, style=style)}\n"))["k"] == text


@given(texts)
def test_literal_block_keeps_every_character_or_declines(text):
    block = emit.literal(text, 4)
    assert block is None or value_of(parse(f"a:\n  k: {block}\n  z: 1\n")) == {
        "a": {"k": text, "z": Raw("1")}
    }


@pytest.mark.parametrize(
    "text", ["no", "on", "012", "1e3", "0o17", "2020-01-01", "12:30", "~", "{{x}}", "1.0", "0x1F", ""]
)
def test_what_yaml_1_1_or_1_2_would_misread_is_quoted(text):
    assert emit.scalar(text) == f'"{text}"'


@pytest.mark.parametrize("text", ["application/json", "Bearer x", "http://a/b?c=d", "1.0.0", "a b"])
def test_plain_words_stay_plain(text):
    assert emit.scalar(text) == text


def test_long_lines_are_not_folded():
    assert emit.scalar("word " * 1000 + "x").count("\n") == 0


def test_multi_line_text_is_a_block():
    assert emit.whole_file({"docs": "a\nb\n"}) == "docs: |\n  a\n  b\n"


def test_half_a_character_is_refused_with_a_remedy():
    with pytest.raises(UserError, match="U\\+D800"):
        emit.quoted("\ud800")
