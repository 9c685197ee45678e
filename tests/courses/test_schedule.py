from datetime import date

from courses import schedule
from courses.models import Lesson, Quiz


def test_each_module_is_due_at_the_end_of_its_share_of_the_days(course):
    schedule.spread(course, starts_on=date(2026, 9, 7), weeks=3)
    assert (course.starts_on, course.ends_on) == (date(2026, 9, 7), date(2026, 9, 27))
    due = {"first-steps": date(2026, 9, 16), "further": date(2026, 9, 27)}
    for units in (Lesson.objects.all(), Quiz.objects.all()):
        assert {unit.module.slug: unit.due_on for unit in units} == due
