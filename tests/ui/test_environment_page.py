"""An environment is edited beside other programs, and its secrets stay out of its file."""

import pytest

from antiphon.core.document import Environment, Variable
from antiphon.store import collections as disk
from antiphon.store import environments
from antiphon.ui.environment_page import EnvironmentPage
from antiphon.ui.theme import Theme
from antiphon.ui.widgets.rows import Row
from antiphon.workbench.workbench import Workbench


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "shop"
    disk.create_collection(root, "Shop")
    environments.create_environment(root, "Local")
    environments.save_environment(root, Environment("Local", (Variable("base", "http://h"),)))
    return root


@pytest.fixture
def page(qtbot, root):
    workbench = Workbench(lambda error, name: None)
    page = EnvironmentPage(Theme("light"), workbench, workbench.open_collection(root), "Local")
    page.told = []
    workbench.noticed.connect(page.told.append)
    qtbot.addWidget(page)
    return page


def test_saving_writes_variables_and_keeps_secrets_out_of_the_file(page, root):
    page.variables.edited.emit((Row("base", "http://other"),))
    page.secrets.edited.emit((Row("token", "s3cret"),))
    assert page.is_dirty
    assert page.save()
    assert not page.is_dirty
    text = (root / "environments" / "Local.yml").read_text()
    assert "http://other" in text
    assert "token" in text
    assert "s3cret" not in text
    assert page.collection.secret("Local", "token") == "s3cret"


def test_a_secret_is_shown_as_dots_until_it_is_asked_for(page):
    page.secrets.edited.emit((Row("token", "s3cret"),))
    assert "s3cret" not in [row.value for row in page.secrets.model.rows()]
    page._toggle_secrets()
    assert [row.value for row in page.secrets.model.rows()] == ["s3cret"]


def test_what_another_program_wrote_is_not_written_over_unasked(page, root):
    page.variables.edited.emit((Row("base", "http://mine"),))
    environments.save_environment(root, Environment("Local", (Variable("base", "http://theirs"),)))
    assert not page.save()
    assert "http://theirs" in (root / "environments" / "Local.yml").read_text()
    mine, theirs = page.told[-1].actions
    theirs.run()
    assert [row.value for row in page.variables.model.rows()] == ["http://theirs"]
    assert not page.is_dirty
    page.variables.edited.emit((Row("base", "http://mine"),))
    mine.run()
    assert "http://mine" in (root / "environments" / "Local.yml").read_text()
