import pytest
from hypothesis import given

from antiphon.core.document import RequestOptions, Timeouts
from antiphon.store import emit
from antiphon.store.sidecar import sidecar_data, with_sidecar
from antiphon.store.yamltree import Map, YamlError, parse, value_of
from tests.store.documents import options


@given(options)
def test_options_come_back(expected):
    text = emit.whole_file({**sidecar_data(expected, Map()), "other": "kept"})
    settings = RequestOptions(
        timeouts=Timeouts(total_s=expected.timeouts.total_s),
        follow_redirects=expected.follow_redirects,
        max_redirects=expected.max_redirects,
        encode_url=expected.encode_url,
    )
    assert with_sidecar(settings, value_of(parse(text))) == expected


def test_all_default_says_nothing():
    assert sidecar_data(RequestOptions(), Map()) == {}


def test_foreign_keys_stay_and_ours_go_when_usual():
    data = value_of(parse("note: mine\nverify: false\n"))
    assert sidecar_data(RequestOptions(), data) == {"note": "mine"}


@pytest.mark.parametrize(
    "text",
    ["httpVersion: 9\n", "timeoutSeconds: soon\n", "timeoutSeconds: {connect: soon}\n", "verify: maybe\n"],
)
def test_nonsense_is_the_usual_value(text):
    assert with_sidecar(RequestOptions(), value_of(parse(text))) == RequestOptions()


def test_a_list_is_broken():
    with pytest.raises(YamlError):
        with_sidecar(RequestOptions(), value_of(parse("- a\n")))
