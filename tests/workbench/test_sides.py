"""A file as a side of a comparison is read where it lies, and stays."""

import os

import pytest

from antiphon.body.spool import SpoolFile
from antiphon.core.errors import UserError
from antiphon.workbench.sides import side_of_file


@pytest.mark.parametrize(
    ("name", "content", "language"),
    [
        ("a.json", b'{"a": 1}', "json"),
        ("a.ndjson", b"1\n2\n", "jsonlines"),
        ("a.txt", b"hello", "text"),
        ("a.bin", b"\x00\x01", "binary"),
        ("empty", b"", "text"),
    ],
)
def test_a_file_is_what_its_bytes_and_name_say(tmp_path, name, content, language):
    file = tmp_path / name
    file.write_bytes(content)
    side = side_of_file(file)
    assert (side.title, side.body.language, side.exchange) == (name, language, None)
    assert side.body.body.read(0, 99) == content
    side.close()
    assert file.read_bytes() == content


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError):
        side_of_file(tmp_path / "pipe")


def test_a_file_is_only_read(tmp_path):
    file = tmp_path / "a"
    file.write_bytes(b"abc")
    spool = SpoolFile.of_file(file)
    with pytest.raises(OSError):
        spool.write(b"x", 0)
    again = spool.again()
    spool.close()
    assert again.read(0, 9) == b"abc"
    again.close()
    with pytest.raises(ValueError):
        again.again()
