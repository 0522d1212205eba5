import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.core.template import Piece
from antiphon.snippets.shell import ShellSecrets, printf_format, quoted, word
from tests.snippets.execution import environment

NO_NUL = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
TEXT = st.text(st.sampled_from("ab\"'\\{}[]\n\r\t $%!`ü漢*?~-=#;&|<>()_1"), max_size=20) | st.text(
    NO_NUL, max_size=20
)
AT_ONCE = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said_by_shell(script: str, environ: dict[str, str] | None = None) -> bytes:
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, check=True, env={**environment(), **(environ or {})}
    )
    return done.stdout


@AT_ONCE
@given(st.lists(TEXT, min_size=20, max_size=40))
def test_a_quoted_word_is_exactly_the_text(texts):
    script = "printf '%s\\0' " + " ".join(f"{quoted(text)} {word(text)}" for text in texts)
    assert said_by_shell(script).decode().split("\0")[:-1] == [text for text in texts for _ in range(2)]


@AT_ONCE
@given(
    st.lists(
        st.lists(st.tuples(TEXT.filter(bool), st.booleans()), min_size=1, max_size=5),
        min_size=20,
        max_size=30,
    )
)
def test_a_word_with_secrets_is_exactly_the_text(rows):
    secrets = ShellSecrets()
    words, environ = [], {}
    for row in rows:
        pieces = tuple(Piece(text, "token" if is_secret else "", is_secret) for text, is_secret in row)
        words.append(secrets.word(pieces))
        environ |= {secrets.names.name(piece): piece.text for piece in pieces if piece.is_secret}
    said = said_by_shell(f"printf '%s\\0' {' '.join(words)}", environ).decode().split("\0")[:-1]
    assert said == ["".join(text for text, _ in row) for row in rows]


@AT_ONCE
@given(st.lists(st.binary(max_size=60), min_size=10, max_size=20))
def test_printf_writes_exactly_the_bytes(runs):
    script = "; ".join(
        f"printf {printf_format(run)}; printf '|%s|' {index}" for index, run in enumerate(runs)
    )
    assert said_by_shell(script) == b"".join(run + f"|{index}|".encode() for index, run in enumerate(runs))


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="no bash")
def test_bash_reads_words_as_sh_does():
    text = "a'b\"c\\d$e`f!g\nh"
    done = subprocess.run(["bash", "-c", f"printf %s {quoted(text)}"], capture_output=True, check=True)
    assert done.stdout.decode() == text


@pytest.mark.parametrize(
    "pieces, expected",
    [
        ([Piece("plain")], "'plain'"),
        ([Piece("s", "api-key", True)], '"$API_KEY"'),
        ([Piece("Bearer "), Piece("s", "token", True)], '"Bearer $TOKEN"'),
        ([Piece("s", "token", True), Piece("_x")], '"${TOKEN}_x"'),
        ([Piece('{"a": "'), Piece("s", "token", True), Piece('"}')], '\'{"a": "\'"$TOKEN"\'"}\''),
    ],
)
def test_words_are_written_as_a_person_would(pieces, expected):
    assert ShellSecrets().word(tuple(pieces)) == expected
