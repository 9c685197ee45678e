"""Filters that format durations, shares and moments, each isolated from the text around it (``<bdi>``)."""

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
"""A space that does not break, so that a number and its unit stay on one line."""


@register.filter
def duration(seconds: int) -> SafeString:
    """Format seconds as a duration: ``40 s``, ``12 min``, ``3 h 05 min``."""
    return _figure(durations.duration_text(seconds))


@register.filter
def precise_duration(seconds: int) -> SafeString:
    """Format a short duration with its seconds, to compare similar ones: ``2 min 05 s``."""
    minutes, rest = divmod(seconds, 60)
    if not minutes or minutes >= 10:
        return duration(seconds)
    return _figure(_("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": f"{rest:02}"})


@register.filter
def weekday(number: int) -> str:
    """Format a day of the week, abbreviated; 0 is Monday."""
    return str(WEEKDAYS_ABBR[number])


@register.filter
def unslug(name: str) -> str:
    """Format an identifier, such as the id of a heading, with spaces."""
    return name.replace("-", " ").replace("_", " ")


@register.filter
def plain_duration(seconds: int) -> str:
    """Format a duration without markup, for an attribute or an SVG title."""
    return durations.duration_text(seconds)


@register.filter
def hms(seconds: int) -> SafeString:
    """Format a duration exact to the second, for time statements: ``3:05:09``."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return _figure(f"{hours}:{minutes:02}:{rest:02}")


@register.filter
def datetime_text(moment: datetime) -> SafeString:
    """Format a moment with its day and time, in its own time zone."""
    text = f"{date_format(moment, 'DATE_FORMAT')} {date_format(moment, 'TIME_FORMAT')}"
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def local_datetime(moment: datetime) -> SafeString:
    """Format a moment with its day and time, in the reader's time zone."""
    return datetime_text(timezone.localtime(moment))


@register.filter
def local_time(moment: datetime) -> SafeString:
    """Format the time of day of a moment, in the reader's time zone."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}"><bdi>{}</bdi></time>', local.isoformat(), date_format(local, "TIME_FORMAT")
    )


@register.filter
def decimal(value: float) -> SafeString:
    """Format a number with the reader's decimal separator, and at most two decimals."""
    rounded = int(value) if value == int(value) else round(value, 2)
    return _figure(number_format(rounded, use_l10n=True))


@register.filter
def percent(share: float) -> SafeString:
    """Format a share from 0 to 1 as a percentage."""
    return _figure(_percent(share))


@register.filter
def precise_percent(share: float) -> SafeString:
    """Format a share from 0 to 1 as a percentage, with one decimal below 10 %: ``2.5 %``, ``< 0.1 %``."""
    if share >= 0.1:
        return percent(share)
    prefix, minimum = ("< ", 0.001) if share < 0.001 else ("", 0.0)
    number = number_format(max(share, minimum) * 100, decimal_pos=1, use_l10n=True)
    return _figure(prefix + _("%(number)s %%") % {"number": number})


@register.filter
def percent_number(share: float) -> SafeString:
    """Format a share from 0 to 1 as a percentage without "%", for a column whose heading has it."""
    return _figure(str(shares.whole_percent(share)))


@register.filter
def percentage_points(change: float) -> SafeString:
    """Format the difference of two shares in percentage points, with its sign."""
    number = round(change * 100)
    sign = "+" if number > 0 else "\u2212" if number < 0 else "\u00b1"
    return _figure(f"{sign}{abs(number)}")


@register.filter
def grouped_number(count: int) -> SafeString:
    """Format a whole number with the reader's thousands separator."""
    return _figure(number_format(count, use_l10n=True, force_grouping=True))


@register.filter
def heat_level(share: float | None) -> int:
    """Return the shade, 0 to 10, for a share from 0 to 1."""
    return round((share or 0) * HEAT_STEPS)


@register.filter
def percent_of(number: int, total: int) -> int:
    """Return the percentage, 0 to 100, that ``number`` is of ``total``, for the length of a bar."""
    # A number can exceed its total, and the bar must not leave its frame.
    return min(round(100 * number / total), 100) if total else 0


@register.filter
def time_ago(moment: datetime) -> SafeString:
    """Format how long ago a moment was. The exact moment is in the ``datetime`` attribute and the title."""
    local = timezone.localtime(moment)
    exact = date_format(local, "DATETIME_FORMAT")
    text = _ago(timezone.now() - moment) or date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(), exact, text)


@register.filter
def day(moment: Any) -> SafeString:
    """Format the day of a moment, without the year if it is the current one."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    text = short_day(local) if local.year == timezone.localdate().year else date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), text)


@register.filter
def course_day(moment: datetime) -> SafeString:
    """Format the day of a moment of a course, such as a due date, in the value's own time zone: the course's."""
    return day(moment.date())


@register.filter
def short_day(local: date) -> str:
    """Format a day without its year and without markup."""
    return dateformat.format(local, pgettext("a short day without its year, as a Django date format", "M j"))


def _figure(text: str) -> SafeString:
    return format_html('<bdi class="trk-figure">{}</bdi>', text.replace(" ", NARROW_SPACE))


def _percent(share: float) -> str:
    return _("%(number)s %%") % {"number": shares.whole_percent(share)}


def _ago(age: timedelta) -> str:
    """Return the age as text; empty if it is 28 days or more, because a date is clearer then."""
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
