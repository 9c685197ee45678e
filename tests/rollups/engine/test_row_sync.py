"""Setting rows: what is written, what is left alone, and in which order values stand."""

import pytest

from tracking.models import LearnerCourse, LearnerCourseDay, LearnerUnit, LearnerUnitDay, PageView
from tracking.rollups.learner.course_rows import CourseRow
from tracking.rollups.learner.day_rows import CourseDayRow, PageViewRow, UnitDayRow
from tracking.rollups.learner.unit_rows import UnitRow
from tracking.storage import bulk_insert


@pytest.mark.parametrize(
    ("model", "row"),
    [
        (PageView, PageViewRow),
        (LearnerUnitDay, UnitDayRow),
        (LearnerCourseDay, CourseDayRow),
        (LearnerUnit, UnitRow),
        (LearnerCourse, CourseRow),
    ],
)
def test_a_row_has_its_values_in_the_order_of_the_table(model, row):
    assert list(row._fields) == bulk_insert.stored_field_names(model)
