import pytest

from antiphon.core.errors import UserError
from antiphon.store import files
from antiphon.store.files import file_at, save_values, sidecar_of, text_in, values_in, write_text
from antiphon.store.yamltree import YamlError


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x"])
def test_paths_stay_below_the_root(tmp_path, path):
    with pytest.raises(UserError, match="not inside"):
        file_at(tmp_path, path)


def test_a_sidecar_is_no_request(tmp_path):
    assert sidecar_of(tmp_path / "a.b.yml") == tmp_path / "a.b.antiphon.yaml"


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_LARGEST_BYTES", 3)
    (tmp_path / "f.yml").write_text("a: 1\n")
    with pytest.raises(YamlError, match="larger"):
        text_in(tmp_path / "f.yml")


def test_a_failed_save_says_where_and_that_nothing_changed(tmp_path):
    (tmp_path / "f").write_text("in the way")
    with pytest.raises(UserError) as caught:
        write_text(tmp_path / "f" / "x.yml", "a: 1\n")
    assert "x.yml" in caught.value.title
    assert "as it was" in caught.value.detail


def test_equal_values_write_nothing(tmp_path):
    file = tmp_path / "f.yml"
    file.write_text("a:   1   # odd\n")
    stamp = file.stat().st_mtime_ns
    assert save_values(file, values_in(file)) == ""
    assert file.stat().st_mtime_ns == stamp


def test_a_file_that_is_not_there_means_nothing(tmp_path):
    assert values_in(tmp_path / "none.yml") == {}
