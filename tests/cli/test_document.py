import argparse
import io
from types import SimpleNamespace

import pytest

from antiphon.cli.arguments import parsed
from antiphon.cli.document import changed, header_rows, of_url, without_left_out
from antiphon.core.document import (
    BasicAuth,
    FileBody,
    Header,
    MultipartBody,
    NoBody,
    Part,
    RequestDocument,
    RequestOptions,
    TextBody,
    Timeouts,
)
from antiphon.core.errors import UserError
from antiphon.core.prepare import prepare

SAVED = RequestDocument(
    name="Create",
    method="PUT",
    url="http://a.test",
    headers=(Header("X-One", "1"), Header("x-two", "2")),
    body=TextBody("json", "{}"),
    options=RequestOptions(follow_redirects=False, verify=False, http_version="2", timeouts=Timeouts(1, 2, 3, 4, 5)),
)  # fmt: skip


def options(*arguments: str) -> argparse.Namespace:
    return parsed(["send", "http://a.test", *arguments])


def made(*arguments: str) -> RequestDocument:
    return changed(of_url("http://a.test"), options(*arguments))


def content_type(document: RequestDocument) -> str | None:
    return next((row.value for row in document.headers if row.name.lower() == "content-type"), None)


def test_without_options_a_saved_request_stays_as_it_is():
    assert changed(SAVED, options()) == SAVED


def test_data_makes_a_post_with_a_form():
    document = made("-d", "a=1", "-d", "b=2")
    assert (document.method, document.body) == ("POST", TextBody("text", "a=1&b=2"))
    assert content_type(document) == "application/x-www-form-urlencoded"


def test_an_own_content_type_wins_over_the_form():
    document = made("-d", "{}", "-H", "content-type: application/json")
    assert [row for row in document.headers if row.name.lower() == "content-type"] == [Header("content-type", "application/json")]  # fmt: skip


def test_a_method_that_was_asked_for_wins():
    assert made("-X", "get", "-d", "a").method == "get"
    assert made("-I").method == "HEAD"
    assert made("-I", "-X", "GET").method == "GET"


def test_data_for_a_saved_request_keeps_its_method_and_json():
    document = changed(SAVED, options("-d", '{"a": 1}'))
    assert (document.method, document.body) == ("PUT", TextBody("json", '{"a": 1}'))
    assert content_type(document) is None


def test_a_header_replaces_the_saved_one_of_its_name():
    document = changed(SAVED, options("-H", "X-TWO: 3"))
    assert document.headers == (Header("X-One", "1"), Header("X-TWO", "3"))


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"a\r\nb\n\0c", "-d", "abc"),
        (b"a\r\nb\n", "--data-binary", None),
    ],
)
def test_data_from_a_file(tmp_path, content, kind, expected):
    file = tmp_path / "body.txt"
    file.write_bytes(content)
    body = made(kind, f"@{file}").body
    if expected is None:
        assert body == FileBody(str(file), "application/x-www-form-urlencoded")
    else:
        assert body == TextBody("text", expected)


def test_raw_data_does_not_read_files():
    assert made("--data-raw", "@nothing").body == TextBody("text", "@nothing")


def test_data_from_stdin(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO("grüß\n".encode())))
    assert made("--data-binary", "@-").body == TextBody("text", "grüß\n")


def test_form_fields_make_a_multipart_body(tmp_path):
    file = tmp_path / "note.txt"
    file.write_text("hello")
    body = made("-F", "a=1;type=text/x", "-F", f"f=@{file};type=image/png", "-F", f"t=<{file}",
                "--form-string", "s=@not;type=a/b").body  # fmt: skip
    assert body == MultipartBody(
        (
            Part("a", "1", content_type="text/x"),
            Part("f", paths=(str(file),), is_file=True, content_type="image/png"),
            Part("t", "hello"),
            Part("s", "@not;type=a/b"),
        )
    )


def test_user_and_password(monkeypatch):
    assert made("-u", "me:a:b").auth == BasicAuth("me", "a:b")
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"asked {prompt}")
    assert made("-u", "me").auth == BasicAuth("me", "asked Password for me: ")


def test_timeouts_and_transfer_options(tmp_path):
    ca = tmp_path / "ca.pem"
    document = made("--connect-timeout", "1", "--read-timeout", "0", "--write-timeout", "3", "--pool-timeout",
                    "4", "-m", "5", "--http", "2-prior-knowledge", "-k", "--no-follow", "--max-redirs", "3",
                    "--cacert", str(ca))  # fmt: skip
    assert document.options == RequestOptions(
        http_version="2-prior-knowledge",
        timeouts=Timeouts(1, None, 3, 4, 5),
        follow_redirects=False,
        max_redirects=3,
        verify=False,
        ca_file=str(ca),
    )


def test_saved_transfer_options_stay_unless_named():
    assert changed(SAVED, options("-m", "9")).options == RequestOptions(
        follow_redirects=False, verify=False, http_version="2", timeouts=Timeouts(1, 2, 3, 4, 9)
    )
    assert changed(SAVED, options("-L")).options.follow_redirects


def test_header_lines(tmp_path):
    file = tmp_path / "headers.txt"
    file.write_text("From: file\n\nAccept:\n")
    assert header_rows(["A: b:c ", "Empty;", f"@{file}"]) == (
        [Header("A", "b:c"), Header("Empty", ""), Header("From", "file")],
        {"accept"},
    )


def test_a_header_left_out_is_not_sent_unless_it_is_given_too():
    left_out = without_left_out(prepare(of_url("http://a.test")), ["accept:", "User-Agent:"])
    assert [header.name for header in left_out.headers] == ["Host", "Accept-Encoding"]
    kept = prepare(changed(of_url("http://a.test"), options("-H", "Accept: a/b", "-H", "Accept:")))
    assert without_left_out(kept, ["Accept: a/b", "Accept:"]).header("Accept") == "a/b"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-H", "no colon"],
        ["-H", "Host:"],
        ["-H", "content-length:"],
        ["-d", "a", "-F", "a=b"],
        ["-d", "@/no/such/file"],
        ["-F", "novalue"],
        ["-F", "a=</no/such/file"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_understood_is_the_users_to_mend(arguments):
    with pytest.raises(UserError):
        made(*arguments)


def test_data_that_is_not_text_names_the_way_out(tmp_path):
    file = tmp_path / "picture"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="--data-binary"):
        made("-d", f"@{file}")
    assert isinstance(made("--data-binary", f"@{file}").body, FileBody)
    assert made().body == NoBody()
