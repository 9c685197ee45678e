"""A class week by week since its course began, so that one run can be compared with another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracking import lms
from tracking.definitions import shares, times
from tracking.definitions.times import TimePercentiles, time_percentiles
from tracking.models import CourseOutline, CourseWeek, Enrolment
from tracking.rollups import freshness
from tracking.rollups.freshness import Freshness

MAX_WEEKS = 520
"""The maximum number of weeks for which empty ones are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortWeek:
    """One week of the learners who share their activity."""

    week: int
    """0 is the first; below 0 is before the course began."""
    learner_count: int
    """Learners with any activity other than an attempt."""
    learner_share: float | None
    """The share of the learners who share, from 0 to 1."""
    active_seconds: int
    active_spread: TimePercentiles | None
    """Over the learners with any active time in the week."""
    view_count: int
    access_count: int
    attempt_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The class of one course, week by week, up to the last active week. Weeks without activity are included."""

    course_key: str
    course_title: str
    starts_at: datetime | None
    """``None`` if each learner's weeks begin with their own enrolment."""
    enrolled_count: int
    freshness: Freshness
    weeks: tuple[CohortWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousRun:
    """The run of a course before another one."""

    course_key: str
    is_guess: bool
    """Whether it is inferred, because the host did not name it."""


def find_cohort(course_key: str, *, now: datetime) -> Cohort | None:
    """Return the cohort of one course, or ``None`` if the course is unknown."""
    return next(iter(compare_cohorts([course_key], now=now)), None)


def compare_cohorts(course_keys: Sequence[str], *, now: datetime) -> list[Cohort]:
    """Return the cohorts of ``course_keys``, such as the runs of one course, in that order; unknown keys are left out.

    Three queries.
    """
    courses = freshness.read_courses_freshness(
        CourseOutline.objects.filter(course_key__in=course_keys).annotate(**freshness.data_version_parts())
    )
    outlines = {each.outline.course_key: each.outline for each in courses}
    fresh = {each.outline.course_key: freshness.course_freshness(each, now=now) for each in courses}
    rows: defaultdict[str, dict[int, CourseWeek]] = defaultdict(dict)
    for row in CourseWeek.objects.filter(course_key__in=outlines):
        rows[row.course_key][row.week] = row
    enrolled: defaultdict[str, int] = defaultdict(int)
    for course_key in Enrolment.objects.filter(course_key__in=outlines).values_list("course_key", flat=True):
        enrolled[course_key] += 1
    return [
        Cohort(
            course_key=key,
            course_title=outlines[key].title,
            starts_at=outlines[key].starts_at,
            enrolled_count=enrolled[key],
            freshness=fresh[key],
            weeks=_weeks(rows[key], enrolled_count=enrolled[key]),
        )
        for key in dict.fromkeys(course_keys)
        if key in outlines
    ]


def find_previous_run(course_key: str, among: Collection[str]) -> PreviousRun | None:
    """Return the run before this one, out of the courses ``among``: the one that the host names, else a guess.

    The guess is the last run to start before this one whose title or key differs only in digits and punctuation.
    """
    named = lms.get_adapter().previous_course_key(course_key)
    if named and named in among:
        return PreviousRun(course_key=named, is_guess=False)
    outlines = CourseOutline.objects.in_bulk({course_key, *among})
    mine = outlines.pop(course_key, None)
    if named or mine is None or mine.starts_at is None:
        return None
    earlier = [
        (outline.starts_at, key)
        for key, outline in outlines.items()
        if outline.starts_at is not None and outline.starts_at < mine.starts_at and _are_alike(mine, outline)
    ]
    return PreviousRun(course_key=max(earlier)[1], is_guess=True) if earlier else None


def _are_alike(one: CourseOutline, other: CourseOutline) -> bool:
    patterns = [{_pattern(outline.title), _pattern(outline.course_key)} - {""} for outline in (one, other)]
    return not patterns[0].isdisjoint(patterns[1])


def _pattern(words: str) -> str:
    """Return only the letters of a title or key: years and numbers differ from run to run."""
    return "".join(letter for letter in words.casefold() if letter.isalpha())


def _weeks(rows: dict[int, CourseWeek], *, enrolled_count: int) -> tuple[CohortWeek, ...]:
    if not rows:
        return ()
    # An imported log may have a date centuries off: filling in every week up to it would never end.
    first, last = min(0, *rows), max(rows)
    places = range(first, last + 1) if last - first < MAX_WEEKS else sorted(rows)
    return tuple(
        _week(rows.get(place) or CourseWeek(week=place, enrolled_count=enrolled_count)) for place in places
    )


def _week(row: CourseWeek) -> CohortWeek:
    return CohortWeek(
        week=row.week,
        learner_count=row.learner_count,
        learner_share=shares.WEEKLY_ACTIVE.of(row),
        active_seconds=times.whole_seconds(row.active_ms),
        active_spread=time_percentiles(row),
        view_count=row.view_count,
        access_count=row.access_count,
        attempt_count=row.attempt_count,
    )
