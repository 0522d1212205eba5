import pytest

from antiphon.body.printers.languages import LAID_OUT, printer_of
from tests.body.printers.feeding import printed


@pytest.mark.parametrize("language", LAID_OUT)
@pytest.mark.parametrize("is_quick", [True, False])
def test_every_language_has_a_printer(language, is_quick):
    assert printed(printer_of(language, is_quick=is_quick), b"<a/>")[0].strip() == b"<a/>"


def test_a_form_has_a_row_for_each_field():
    assert printed(printer_of("form"), b"a=1&b=%26&c", [3])[0] == b"a=1&\nb=%26&\nc"


def test_a_language_without_a_printer_is_refused():
    with pytest.raises(ValueError, match="yaml"):
        printer_of("yaml")
