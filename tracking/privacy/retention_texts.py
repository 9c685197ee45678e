"""How long each table keeps its rows, in words, from the settings in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracking import conf, events
from tracking.privacy import retention
from tracking.privacy.inventory import PersonalDataTable


def retention_text(holding: PersonalDataTable) -> str:
    """Return for how long the rows of ``holding`` are kept."""
    say = RULES.get(holding.name)
    return say() if say is not None else _("Until it is erased.")


def _by_purpose() -> str:
    return _("As long as the data they belong to (see above).")


def _days(days: int) -> str:
    if not days:
        return _("Until it is erased.")
    return ngettext("%(days)s day.", "%(days)s days.", days) % {"days": days}


def _documents() -> str:
    kept = retention.days_kept()
    days = min((kept[purpose] for purpose in events.PURPOSES_WITH_ROLLUPS if kept[purpose]), default=0)
    if not days:
        return _("Until it is erased.")
    return ngettext("%(days)s day after it last changed.", "%(days)s days after it last changed.", days) % {
        "days": days
    }


def _downloads() -> str:
    hours = conf.get_settings().DOWNLOAD_HOURS
    return ngettext("%(hours)s hour.", "%(hours)s hours.", hours) % {"hours": hours}


RULES: Mapping[str, Callable[[], str]] = {
    "events": _by_purpose,
    "statements": _by_purpose,
    "documents": _documents,
    "page_views": lambda: _days(conf.get_settings().RAW_EVENT_DAYS),
    "quarantined": lambda: _days(conf.get_settings().QUARANTINE_DAYS),
    "deliveries": lambda: _days(conf.get_settings().RAW_EVENT_DAYS),
    "access_log": lambda: _days(conf.get_settings().ACCESS_LOG_DAYS),
    "downloads": _downloads,
}
"""Of tables whose rows go by themselves."""
