"""Tables of figures derived from observed data, and of estimates inferred from them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracking import models
from tracking.privacy import retention_texts
from tracking.privacy.inventory import row_rules
from tracking.privacy.inventory.tables import (
    BOTH,
    ENGAGEMENT,
    RECORD,
    DataOrigin,
    PersonalDataTable,
    Retention,
)

DERIVED_AND_INFERRED = (
    PersonalDataTable(
        name="page_views",
        model=models.PageView,
        origin=DataOrigin.DERIVED,
        title=_("Page views"),
        description=_(
            "Each time you opened a lesson: when, how long you were active, and how far you scrolled."
        ),
        purposes=ENGAGEMENT,
        time_field="opened_at",
        retention=Retention(text=retention_texts.days_of("RAW_EVENT_DAYS")),
    ),
    PersonalDataTable(
        name="lesson_days",
        model=models.LearnerUnitDay,
        origin=DataOrigin.DERIVED,
        title=_("Daily time per lesson"),
        description=_("Your time in one lesson on one day, such as “12 min on 3 May”."),
        purposes=BOTH,
        time_field="first_at",
        rows_to_erase=row_rules.empty_unit_days,
        trim=row_rules.trim_unit_days,
    ),
    PersonalDataTable(
        name="course_days",
        model=models.LearnerCourseDay,
        origin=DataOrigin.DERIVED,
        title=_("Daily time per course"),
        description=_("Your time in one course on one day. Time in two windows at once counts once."),
        purposes=BOTH,
        time_field="last_at",
        rows_to_erase=row_rules.empty_course_days,
        trim=row_rules.trim_course_days,
    ),
    PersonalDataTable(
        name="lessons",
        model=models.LearnerUnit,
        origin=DataOrigin.DERIVED,
        title=_("Your progress in each lesson and quiz"),
        description=_("Such as “completed”, “skimmed” or “not passed yet”, with your time and best result."),
        purposes=BOTH,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="courses",
        model=models.LearnerCourse,
        origin=DataOrigin.DERIVED,
        title=_("Your progress in each course"),
        description=_("How much of it you have completed, and your total time."),
        purposes=BOTH,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="patterns",
        model=models.LearnerPattern,
        origin=DataOrigin.DERIVED,
        title=_("When you are active"),
        description=_("Your time by hour of the week, and the order in which you moved between lessons."),
        purposes=ENGAGEMENT,
        time_field="",
    ),
    PersonalDataTable(
        name="skills",
        model=models.LearnerSkill,
        origin=DataOrigin.INFERRED,
        title=_("Your skills, estimated from your answers"),
        description=_(
            "For each skill, how many answers were right and how likely the next one is to be right."
        ),
        purposes=RECORD,
        time_field="last_at",
    ),
    PersonalDataTable(
        name="risks",
        model=models.LearnerRisk,
        origin=DataOrigin.INFERRED,
        title=_("Your risk of not finishing"),
        description=_("An estimate that your instructors see, with its components."),
        purposes=BOTH,
        time_field="assessed_at",
        rows_to_erase=row_rules.all_rows,
    ),
    PersonalDataTable(
        name="findings",
        model=models.Finding,
        origin=DataOrigin.INFERRED,
        title=_("Your areas to review"),
        description=_("Each with its reason and its evidence, such as “3 attempts not passed in 7 days”."),
        purposes=BOTH,
        time_field="opened_at",
        rows_to_erase=row_rules.all_rows,
        is_copied=True,
    ),
)
