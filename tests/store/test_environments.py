from dataclasses import replace

import pytest

from antiphon.core.document import Environment, Variable
from antiphon.core.errors import UserError
from antiphon.store.environments import (
    create_environment,
    delete_environment,
    environment_names,
    load_environment,
    rename_environment,
    save_environment,
)
from tests.store.sample import LOCAL, write_sample


@pytest.fixture
def root(tmp_path):
    return write_sample(tmp_path / "c")


def test_what_it_extends_is_filled_in_and_its_own_wins(root):
    environment = load_environment(root, "Local")
    assert {each.name: each.value for each in environment.variables} == {
        "baseUrl": "http://localhost:8080",
        "zone": "no",
        "token": "",
    }
    assert [each.name for each in environment.variables if each.is_secret] == ["token"]


def test_unfollowed_it_is_what_its_own_file_says(root):
    assert [each.name for each in load_environment(root, "Local", follow=False).variables] == [
        "baseUrl",
        "token",
    ]


@pytest.mark.parametrize("base", ["Local", "Missing"])
def test_a_ring_or_a_missing_parent_is_told(root, base):
    (root / "environments/Base.yml").write_text(f"name: Base\nextends: {base}\n")
    with pytest.raises(UserError, match="extends itself|no environment"):
        load_environment(root, "Local")


def test_an_edit_touches_its_line_only(root):
    own = load_environment(root, "Local", follow=False)
    assert save_environment(root, own) == ""
    assert (root / "environments/Local.yml").read_text() == LOCAL
    save_environment(root, replace(own, variables=(Variable("baseUrl", "no"), own.variables[1])))
    assert (root / "environments/Local.yml").read_text() == LOCAL.replace("http://localhost:8080", "no")


def test_a_secret_value_is_never_written(root):
    secret = Variable("password", "hunter2", is_secret=True)
    save_environment(root, Environment("Local", (Variable("baseUrl", "x"), secret), "Base"))
    assert "hunter2" not in (root / "environments/Local.yml").read_text()
    assert load_environment(root, "Local", follow=False).variables[1] == replace(secret, value="")


def test_a_variable_that_becomes_secret_loses_its_value_in_the_file(root):
    save_environment(
        root, Environment("Local", (Variable("baseUrl", "http://localhost:8080", is_secret=True),))
    )
    assert "localhost" not in (root / "environments/Local.yml").read_text()


def test_every_value_is_quoted(root):
    save_environment(root, Environment("New", (Variable("a", "plain"),)))
    assert 'value: "plain"' in (root / "environments/New.yml").read_text()


def test_made_renamed_and_thrown_away(root, home):
    assert create_environment(root, "Prod/EU") == "Prod-EU"
    assert create_environment(root, "prod-eu") == "prod-eu-2"
    assert rename_environment(root, "Base", "Common") == "Common"
    assert load_environment(root, "Local", follow=False).extends == "Common"
    assert "name: Common" in (root / "environments/Common.yml").read_text()
    delete_environment(root, "Common")
    assert environment_names(root) == ("Local", "Prod-EU", "prod-eu-2")
    assert list(home.rglob("Common.yml"))


@pytest.mark.parametrize("name", ["", "../x", "Nope"])
def test_an_unknown_one_is_told(root, name):
    with pytest.raises(UserError, match="no environment"):
        load_environment(root, name)
