from hypothesis import given
from hypothesis import strategies as st

from antiphon.body.pretty import JsonPrinter
from antiphon.body.printers.laying import Laying
from tests.body.printers.feeding import printed


@given(
    st.sampled_from(['[1,"é\u65e5",x]', '{"a":1,"b":[2,]}', '["\u00e9', "[1,2", "x", ""]), st.integers(1, 20)
)
def test_a_fault_has_line_and_column_in_the_text_that_is_seen(text, size):
    laying = Laying(JsonPrinter())
    shown, fault = printed(laying, text.encode(), [size])
    before = shown[: fault.shown_offset].decode("utf-8", "ignore")
    assert laying.place == (before.count("\n") + 1, len(before) - before.rfind("\n"))


def test_without_a_fault_there_is_no_place():
    laying = Laying(JsonPrinter())
    printed(laying, b"[1]")
    assert laying.place is None
