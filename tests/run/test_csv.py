import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from antiphon.core.collection import Column, RunPlan
from antiphon.core.events import Failure
from antiphon.run import Row, csv_text
from antiphon.run.csv import HEADINGS

PLAN = RunPlan(columns=(Column("Name", "$.name"), Column("Repos", "$.repos")))
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_an_answered_row_has_all_its_cells():
    row = Row(0, "Ada", "ada.yml", "done", 200, "OK", "HTTP/2", 0.0123456, 512, None, ("Ada L.", "12"))
    assert read(csv_text([row], PLAN)) == [
        [*HEADINGS, "Name", "Repos"],
        ["Ada", "200", "HTTP/2", "12.346", "512", "", "Ada L.", "12"],
    ]


def test_a_failed_row_says_why_and_leaves_the_rest_empty():
    failure = Failure("read_timeout", "No answer within 1 s.", "Wait longer.")
    row = Row(0, "Slow", "slow.yml", "failed", failure=failure, total_s=1.0, values=(None, None))
    assert read(csv_text([row], PLAN))[1] == [
        "Slow",
        "",
        "",
        "1000.000",
        "",
        "read timeout: No answer within 1 s.",
        "",
        "",
    ]


def test_an_error_status_is_told():
    row = Row(0, "x", "x.yml", "done", 404, "Not Found", "HTTP/2", 0.001, 9, values=(None, None))
    assert read(csv_text([row], PLAN))[1][5] == "error status 404"


def test_a_cancelled_row_says_so():
    row = Row(0, "x", "x.yml", "cancelled", values=(None, None))
    assert read(csv_text([row], PLAN))[1] == ["x", "", "", "", "", "cancelled", "", ""]


def test_lines_end_with_crlf_as_rfc_4180_says():
    assert csv_text([], RunPlan()) == ",".join(HEADINGS) + "\r\n"


def test_values_that_look_like_formulas_stay_as_they_are():
    row = Row(0, "=1+1", "x.yml", "done", 200, values=("-5", "@name"))
    cells = read(csv_text([row], PLAN))[1]
    assert (cells[0], cells[-2:]) == ("=1+1", ["-5", "@name"])


@given(CELL, CELL, CELL)
def test_any_text_comes_back_from_csv(name, first, second):
    row = Row(0, name, "x.yml", "done", 200, values=(first, second))
    cells = read(csv_text([row], PLAN))[1]
    assert [cells[0], *cells[-2:]] == [name, first, second]
