"""Figures as people read them: durations, shares, moments, each isolated from the text around it (``<bdi>``)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tracking.definitions import durations, shares

register = template.Library()

HEAT_STEPS = 10
NARROW_SPACE = "\u202f"
"""Does not break, so that a number and its unit stay in one line."""


@register.filter
def duration(seconds: int) -> SafeString:
    """Write a number of seconds as people say it: ``40 s``, ``12 min``, ``3 h 05 min``."""
    return _figure(durations.duration_text(seconds))


@register.filter
def precise_duration(seconds: int) -> SafeString:
    """Write a short time with its seconds, where times that differ little are compared: ``2 min 05 s``."""
    minutes, rest = divmod(seconds, 60)
    if not minutes or minutes >= 10:
        return duration(seconds)
    return _figure(_("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": f"{rest:02}"})


@register.filter
def weekday(number: int) -> str:
    """Write a day of the week briefly; 0 is Monday."""
    return str(WEEKDAYS_ABBR[number])


@register.filter
def unslug(name: str) -> str:
    """Write a name that was made for machines, such as the id of a heading, with spaces."""
    return name.replace("-", " ").replace("_", " ")


@register.filter
def plain_duration(seconds: int) -> str:
    """Write a duration where markup cannot stand: in an attribute or an SVG title."""
    return durations.duration_text(seconds)


@register.filter
def hms(seconds: int) -> SafeString:
    """Write a number of seconds to the second, as a proof needs it: ``3:05:09``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return _figure(f"{hours}:{minutes:02}:{rest:02}")


@register.filter
def datetime_text(moment: datetime) -> SafeString:
    """Write a moment with its day and time, in the zone that it carries."""
    words = f"{date_format(moment, 'DATE_FORMAT')} {date_format(moment, 'TIME_FORMAT')}"
    return format_html("<bdi>{}</bdi>", words)


@register.filter
def local_datetime(moment: datetime) -> SafeString:
    """Write a moment with its day and time, in the zone of whoever looks."""
    return datetime_text(timezone.localtime(moment))


@register.filter
def local_time(moment: datetime) -> SafeString:
    """Write the time of day of a moment, in the zone of whoever looks."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>', local.isoformat(), date_format(local, "TIME_FORMAT")
    )


@register.filter
def decimal(value: float) -> SafeString:
    """Write a number with the decimal mark of its readers, and with no more places than it has."""
    whole = int(value) if value == int(value) else round(value, 2)
    return _figure(number_format(whole, use_l10n=True))


@register.filter
def percent(share: float) -> SafeString:
    """Write a share from 0 to 1 as a percentage."""
    return _figure(_percent(share))


@register.filter
def precise_percent(share: float) -> SafeString:
    """Write a small share from 0 to 1 as a percentage with its first decimal: ``2.5 %``, ``< 0.1 %``."""
    if share >= 0.1:
        return percent(share)
    mark, least = ("< ", 0.001) if share < 0.001 else ("", 0.0)
    number = number_format(max(share, least) * 100, decimal_pos=1, use_l10n=True)
    return _figure(mark + _("%(number)s %%") % {"number": number})


@register.filter
def percent_number(share: float) -> SafeString:
    """Write a share from 0 to 1 as a percentage whose heading names the unit."""
    return _figure(str(shares.whole_percent(share)))


@register.filter
def percentage_points(change: float) -> SafeString:
    """Write the difference of two shares in percentage points, with its sign."""
    number = round(change * 100)
    sign = "+" if number > 0 else "\u2212" if number < 0 else "\u00b1"
    return _figure(f"{sign}{abs(number)}")


@register.filter
def grouped_number(count: int) -> SafeString:
    """Write a whole number with the marks that its readers use for thousands."""
    return _figure(number_format(count, use_l10n=True, force_grouping=True))


@register.filter
def heat_level(share: float | None) -> int:
    """Return which of the eleven shades stands for a share from 0 to 1."""
    return round((share or 0) * HEAT_STEPS)


@register.filter
def percent_of(number: int, whole: int) -> int:
    """Return the percentage that ``grouped_number`` is of ``whole``, from 0 to 100, for the length of a bar."""
    return min(round(100 * number / whole), 100) if whole else 0


@register.filter
def time_ago(moment: datetime) -> SafeString:
    """Write how long ago a moment was; the exact moment is in the ``datetime`` and the title."""
    local = timezone.localtime(moment)
    exact = date_format(local, "DATETIME_FORMAT")
    words = _ago(timezone.now() - moment) or date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, words)


@register.filter
def day(moment: Any) -> SafeString:
    """Write the day of a moment, without the year where it is this one."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    words = short_day(local) if local.year == timezone.localdate().year else date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.filter
def short_day(local: date) -> str:
    """Write a day without its year, where markup cannot stand or room is short."""
    return dateformat.format(local, pgettext("a short day without its year, as a Django date format", "M j"))


def _figure(text: str) -> SafeString:
    return format_html('<bdi class="trk-figure">{}</bdi>', text.replace(" ", NARROW_SPACE))


def _percent(share: float) -> str:
    return _("%(number)s %%") % {"number": shares.whole_percent(share)}


def _ago(age: timedelta) -> str:
    """Return the age in words, or nothing where a date says more."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return pgettext("a moment", "just now")
    if minutes < 60:
        return ngettext("%(count)s min ago", "%(count)s min ago", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    days = hours // 24
    if days < 28:
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return ""
