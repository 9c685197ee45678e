"""The days of a term that is in progress."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from courses.models import Course

DAYS = 105
PAST_WEEKS = 11
"""A term has 15 weeks. 11 are over: enough data to look back on, and some weeks to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term at the time ``now``. Days count from 0, the first day, and have fractions."""

    starts_on: date
    now: datetime
    day_count: int = DAYS

    def moment(self, day: float) -> datetime:
        """Return the time ``day`` days after the start of the term."""
        return datetime.combine(self.starts_on, time(), tzinfo=UTC) + timedelta(days=day)

    def day_of(self, day: date) -> int:
        """Return the number of a date."""
        return (day - self.starts_on).days

    def day_at(self, moment: datetime) -> float:
        """Return the day of a time, with its fraction."""
        return (moment - self.moment(0)) / timedelta(days=1)


def of(course: Course, *, now: datetime) -> Term:
    """Return the term of ``course``."""
    day_count = (course.ends_on - course.starts_on).days + 1
    return Term(starts_on=course.starts_on, now=now, day_count=day_count)


def around(now: datetime) -> Term:
    """Return a term that is in its twelfth week at ``now``. It starts on a Monday."""
    today = now.astimezone(UTC).date()
    return Term(starts_on=today - timedelta(weeks=PAST_WEEKS, days=today.weekday()), now=now)
