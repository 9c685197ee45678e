"""What was counted from what was told, and what was concluded from that."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.privacy.inventory.tables import BOTH, ENGAGEMENT, RECORD, DataOrigin, PersonalDataTable

FIGURES = (
    PersonalDataTable(
        name="page_views",
        model=models.PageView,
        origin=DataOrigin.DERIVED,
        title=_("Openings of lessons"),
        description=_("Each time you had a lesson open: from when, how long in use, how far down."),
        purposes=ENGAGEMENT,
        time_field="opened_at",
    ),
    PersonalDataTable(
        name="lesson_days",
        model=models.LearnerUnitDay,
        origin=DataOrigin.DERIVED,
        title=_("Lessons by day"),
        description=_("Your time in one lesson on one day, such as “12 min on 3 May”."),
        purposes=BOTH,
        time_field="first_at",
    ),
    PersonalDataTable(
        name="course_days",
        model=models.LearnerCourseDay,
        origin=DataOrigin.DERIVED,
        title=_("Courses by day"),
        description=_("Your time in one course on one day. Two windows at once count once."),
        purposes=BOTH,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="lessons",
        model=models.LearnerUnit,
        origin=DataOrigin.DERIVED,
        title=_("Where you stand with each lesson and quiz"),
        description=_("Such as “completed”, “skimmed” or “not passed yet”, with your time and best result."),
        purposes=BOTH,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="courses",
        model=models.LearnerCourse,
        origin=DataOrigin.DERIVED,
        title=_("Where you stand with each course"),
        description=_("How much of it you have completed, and your time in all."),
        purposes=BOTH,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="patterns",
        model=models.LearnerPattern,
        origin=DataOrigin.DERIVED,
        title=_("When you are at work"),
        description=_("Your time by hour of the week, and from which lesson you went on to which."),
        purposes=ENGAGEMENT,
        time_field="",
    ),
    PersonalDataTable(
        name="skills",
        model=models.LearnerSkill,
        origin=DataOrigin.INFERRED,
        title=_("What you can do, as far as answers tell"),
        description=_("For each skill how many answers were right, and how likely the next one is to be."),
        purposes=RECORD,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="risks",
        model=models.LearnerRisk,
        origin=DataOrigin.INFERRED,
        title=_("How likely you are to finish"),
        description=_("An estimate that your instructors see, with the parts that it is made of."),
        purposes=BOTH,
        time_field="assessed_at",
    ),
    PersonalDataTable(
        name="findings",
        model=models.Finding,
        origin=DataOrigin.INFERRED,
        title=_("Areas to go back to"),
        description=_(
            "Each with its reason and the numbers behind it, such as “3 attempts not passed in 7 days”."
        ),
        purposes=BOTH,
        time_field="opened_at",
    ),
)
