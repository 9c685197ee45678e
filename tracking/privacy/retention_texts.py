"""Texts that say how long tables keep their rows, from the current settings."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracking import conf


def until_erased() -> str:
    """Say that rows are kept until they are erased."""
    return _("Until it is erased.")


def by_purpose() -> str:
    """Say that rows are kept as long as the data they belong to."""
    return _("As long as the data they belong to (see above).")


def days_of(option: str) -> Callable[[], str]:
    """Return a function that says how many days rows are kept, from an option of ``TRACKING``; 0 means for ever."""

    def text() -> str:
        days = getattr(conf.get_settings(), option)
        return ngettext("%(days)s day.", "%(days)s days.", days) % {"days": days} if days else until_erased()

    return text


def download_hours() -> str:
    """Say how long the download of a learner is kept."""
    hours = conf.get_settings().DOWNLOAD_HOURS
    return ngettext("%(hours)s hour.", "%(hours)s hours.", hours) % {"hours": hours}
