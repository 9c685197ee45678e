"""The days of a term, of which today is one."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from courses.models import Course

DAYS = 105
WEEKS_GONE = 11
"""A term of fifteen weeks, eleven of which are over: enough behind it to look back on, and some weeks to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term as it stands at ``now``. Days count from its first as 0 and have fractions."""

    starts_on: date
    now: datetime
    day_count: int = DAYS

    def moment(self, day: float) -> datetime:
        """Return the moment ``day`` days after the first midnight."""
        return datetime.combine(self.starts_on, time(), tzinfo=UTC) + timedelta(days=day)

    def day_of(self, day: date) -> int:
        """Return the number of a date."""
        return (day - self.starts_on).days

    def day_at(self, moment: datetime) -> float:
        """Return the number of the day of a moment, with its fraction."""
        return (moment - self.moment(0)) / timedelta(days=1)


def of(course: Course, *, now: datetime) -> Term:
    """Return the term that ``course`` has."""
    day_count = (course.ends_on - course.starts_on).days + 1
    return Term(starts_on=course.starts_on, now=now, day_count=day_count)


def around(now: datetime) -> Term:
    """Return the term that is in its twelfth week at ``now``. It began on a Monday, whatever day it is."""
    today = now.astimezone(UTC).date()
    return Term(starts_on=today - timedelta(weeks=WEEKS_GONE, days=today.weekday()), now=now)
