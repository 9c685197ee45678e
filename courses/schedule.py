"""When the parts of a course are due."""

from datetime import date, timedelta

from django.db import transaction

from courses.models import Course, Lesson, Quiz


@transaction.atomic
def spread(course: Course, *, starts_on: date, weeks: int) -> None:
    """Let ``course`` run for ``weeks`` from ``starts_on``, each module with an equal share of the days.

    Every lesson and quiz of a module is due on the last day of its share.
    """
    days = weeks * 7
    course.starts_on, course.ends_on = starts_on, starts_on + timedelta(days=days - 1)
    course.save(update_fields=["starts_on", "ends_on"])
    modules = list(course.modules.all())
    for number, module in enumerate(modules, start=1):
        due_on = starts_on + timedelta(days=days * number // len(modules) - 1)
        Lesson.objects.filter(module=module).update(due_on=due_on)
        Quiz.objects.filter(module=module).update(due_on=due_on)
