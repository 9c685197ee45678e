"""Set the dates of a course."""

from datetime import date, timedelta

from django.db import transaction

from courses.models import Course, Lesson, Quiz


@transaction.atomic
def spread(course: Course, *, starts_on: date, weeks: int) -> None:
    """Set the dates of ``course`` to ``weeks`` from ``starts_on``, with an equal number of days for each module.

    Every lesson and quiz is due on the last day of its module.
    """
    days = weeks * 7
    course.starts_on, course.ends_on = starts_on, starts_on + timedelta(days=days - 1)
    course.save(update_fields=["starts_on", "ends_on"])
    modules = list(course.modules.all())
    for number, module in enumerate(modules, start=1):
        due_on = starts_on + timedelta(days=days * number // len(modules) - 1)
        Lesson.objects.filter(module=module).update(due_on=due_on)
        Quiz.objects.filter(module=module).update(due_on=due_on)
