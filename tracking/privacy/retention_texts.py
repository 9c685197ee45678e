"""How long tables keep their rows, in words, from the settings in force."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracking import conf


def until_erased() -> str:
    """Say that rows stay until somebody erases them."""
    return _("Until it is erased.")


def by_purpose() -> str:
    """Say that rows stay as long as what they serve."""
    return _("As long as the data they belong to (see above).")


def days_of(option: str) -> Callable[[], str]:
    """Return what says for how many days rows stay by an option of ``TRACKING``, where 0 is for ever."""

    def text() -> str:
        days = getattr(conf.get_settings(), option)
        return ngettext("%(days)s day.", "%(days)s days.", days) % {"days": days} if days else until_erased()

    return text


def download_hours() -> str:
    """Say for how long the file of a learner stays."""
    hours = conf.get_settings().DOWNLOAD_HOURS
    return ngettext("%(hours)s hour.", "%(hours)s hours.", hours) % {"hours": hours}
