"""Every row that roll-ups make, to be compared row for row."""

from tracking.models import (
    CourseDay,
    CourseHour,
    CourseWeek,
    GroupDay,
    GroupUnitStats,
    LearnerCourse,
    LearnerCourseDay,
    LearnerPattern,
    LearnerSkill,
    LearnerUnit,
    LearnerUnitDay,
    ModuleStats,
    PageView,
    QuestionStats,
    UnitStats,
    UnitTransition,
)

ROLLUPS = (
    PageView, LearnerUnitDay, LearnerCourseDay, LearnerUnit, LearnerCourse, LearnerPattern, UnitStats,
    ModuleStats, CourseDay, CourseWeek, CourseHour, UnitTransition, GroupUnitStats, GroupDay,
    LearnerSkill, QuestionStats,
)  # fmt: skip


def rows(*models):
    """Return every row, or those of ``models``, by the model, without what names the row or the run."""
    return {
        model.__name__: sorted(map(_told, model.objects.values()), key=repr) for model in models or ROLLUPS
    }


def _told(row):
    return tuple((name, value) for name, value in row.items() if name not in {"id", "rolled_up_at"})
