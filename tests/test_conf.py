"""The settings, and that their page tells all of them."""

from dataclasses import fields
from pathlib import Path

import pytest

from tracking import conf
from tracking.conf import TrackingSettings

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.mark.parametrize("field", fields(TrackingSettings), ids=lambda field: field.name)
def test_every_option_is_told_with_its_default(field):
    assert f"| `{field.name}` | {field.type} | `{field.default!r}` |" in PAGE.read_text()


def test_settings_are_read_when_they_are_asked_for(settings):
    settings.TRACKING = {"IDLE_SECONDS": 30, "NO_SUCH_OPTION": 1}
    assert conf.get_settings() == TrackingSettings(IDLE_SECONDS=30)
    settings.TRACKING = {}
    assert conf.get_settings() == TrackingSettings()


def test_a_dict_that_is_none_counts_as_empty(settings):
    settings.TRACKING = "yes"
    assert conf.get_settings() == TrackingSettings()
