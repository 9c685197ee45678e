"""Setting rows: what is written, what is left alone, and in which order values stand."""

import pytest

from tracking.models import LearnerCourse, LearnerCourseDay, LearnerUnit, LearnerUnitDay, View, bulk_rows
from tracking.rollups.course_rows import CourseRow
from tracking.rollups.day_rows import CourseDayRow, UnitDayRow, ViewRow
from tracking.rollups.unit_rows import UnitRow


@pytest.mark.parametrize(
    ("model", "row"),
    [
        (View, ViewRow),
        (LearnerUnitDay, UnitDayRow),
        (LearnerCourseDay, CourseDayRow),
        (LearnerUnit, UnitRow),
        (LearnerCourse, CourseRow),
    ],
)
def test_a_row_has_its_values_in_the_order_of_the_table(model, row):
    assert list(row._fields) == bulk_rows.stored_names(model)
