import pytest

from antiphon.cli.arguments import parsed


def send(*arguments: str):
    return parsed(["send", *arguments])


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (["-X", "PURGE"], "request", "PURGE"),
        (["-XPURGE"], "request", "PURGE"),
        (["--request", "purge"], "request", "purge"),
        (["-H", "A: b", "-HC:d"], "header", ["A: b", "C:d"]),
        (["-u", "me:pass=word"], "user", "me:pass=word"),
        (["-o-"], "output", "-"),
        (["-o", "-"], "output", "-"),
        (["-m0.5"], "max_time", 0.5),
        (["--max-time", "0"], "max_time", 0.0),
        (["--var", "a=b=c", "--var=d=-e"], "var", ["a=b=c", "d=-e"]),
        (["--var", "-a=b"], "var", ["-a=b"]),
    ],
)
def test_an_option_and_its_value(arguments, name, value):
    assert getattr(send("http://a.test", *arguments), name) == value


@pytest.mark.parametrize("text", ["a=b", "=b", "-5", "--verbose", "-X", "", "- item", "@file"])
@pytest.mark.parametrize("spelling", ["-d", "--data", "--data-ascii"])
def test_data_may_be_any_text_as_in_curl(spelling, text):
    assert send("http://a.test", spelling, text).data == [("data", text)]
    assert send("http://a.test", f"--data={text}").data == [("data", text)]


def test_data_joined_to_its_short_option_keeps_its_equals_signs():
    assert send("http://a.test", "-da=b", "-d=c").data == [("data", "a=b"), ("data", "=c")]


def test_kinds_of_data_keep_their_order():
    options = send("http://a.test", "-d", "1", "--data-raw", "@2", "--data-binary", "3")
    assert options.data == [("data", "1"), ("raw", "@2"), ("binary", "3")]


@pytest.mark.parametrize("cluster", [["-ikXPUT"], ["-ikX", "PUT"], ["-i", "-kXPUT"]], ids=" ".join)
def test_letters_may_be_joined_and_the_last_one_takes_a_value(cluster):
    options = send(*cluster, "http://a.test")
    assert (options.include, options.insecure, options.request) == (True, True, "PUT")
    assert options.targets == ["http://a.test"]


def test_targets_may_stand_before_between_and_after_options():
    options = send("http://1", "-H", "A: b", "http://2", "--env", "Local", "-i", "http://3", "--", "-4")
    assert options.targets == ["http://1", "http://2", "http://3", "-4"]
    assert (options.env, options.header, options.include) == ("Local", ["A: b"], True)


def test_one_send_does_not_leave_its_data_to_the_next():
    send("http://a.test", "-d", "1")
    assert send("http://a.test").data == []


def test_after_two_dashes_everything_is_a_target():
    assert send("--", "-d").targets == ["-d"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fetch", "http://a.test"],
        ["send"],
        ["send", "http://a.test", "-d"],
        ["send", "http://a.test", "--http", "3"],
        ["send", "http://a.test", "--max-time", "-1"],
        ["send", "http://a.test", "--max-time", "inf"],
        ["send", "http://a.test", "--connect-timeout", "nan"],
        ["send", "http://a.test", "--verbos"],
        ["send", "http://a.test", "-iZ"],
        ["send", "-H", "http://a.test"],
        ["send", "http://a.test", "-L", "--no-follow"],
        ["run", "folder", "--limit", "0"],
        ["run", "folder", "--rate", "0"],
        ["run", "folder", "--rate", "many"],
        ["run"],
    ],
    ids=" ".join,
)
def test_a_mistake_exits_with_2_and_says_where(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        parsed(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--help"], ["send", "--help"], ["run", "--help"], ["practice", "-h"]])
def test_help_exits_with_0_and_names_the_exit_codes_where_they_matter(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        parsed(arguments)
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert ("Exit codes" in said) == (arguments[0] in {"send", "run"})
