import pytest

from courses.tracking_adapter import Adapter
from tests.small_host import Adapter as SmallAdapter
from tracking import lms
from tracking.exceptions import AdapterError


def test_the_adapter_of_an_installed_app_is_found_by_itself():
    assert type(lms.get_adapter()) is Adapter
    assert lms.get_adapter() is lms.get_adapter()


def test_the_adapter_that_the_settings_name_is_used(settings):
    settings.TRACKING = {"ADAPTER": "tests.small_host.Adapter"}

    assert type(lms.get_adapter()) is SmallAdapter


def test_of_two_adapters_one_must_be_named(settings, monkeypatch):
    monkeypatch.setattr("tracking.lms.discovery.module_has_submodule", lambda module, name: True)
    lms.get_adapter.cache_clear()

    with pytest.raises(
        AdapterError, match=r"Several apps have an adapter: .*courses\.tracking_adapter\.Adapter"
    ):
        lms.get_adapter()


def test_an_adapter_that_declares_nothing_answers_everything():
    adapter = lms.Adapter()

    assert list(adapter.course_keys()) == []
    assert list(adapter.enrolments("c")) == []
    assert adapter.outline("c") is None
    assert adapter.unit_url(lms.UnitRef(course_key="c", unit_key="u")) == ""
    assert adapter.skills(lms.UnitRef(course_key="c", unit_key="u")) == ()
