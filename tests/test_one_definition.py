"""Each figure has one definition: whichever door it comes out of, it is the same number.

Pages, CSV files, API and SQL views of generated classes are compared figure by figure. ``tracking/definitions`` holds
the definitions; the name of a failed test holds the seed and the size of its class.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from tests import generated_class
from tests.doors import Doors, by, cells, everyone, lesson, mine_of, plain, says, some, sql, told, words
from tests.generated_class import COURSE, LESSONS, QUIZZES
from tests.school import Adapter
from tests.security import pages
from tracking.definitions import shares
from tracking.definitions.states import UnitState
from tracking.exports import sql_views
from tracking.models import Finding
from tracking.reports.course import groups, modules, progress_grid
from tracking.reports.course import overview as course_overview
from tracking.reports.site import courses

UNIT_FIGURES = ("reached_share", "completed_share", "skipped_share", "median_active_seconds")
LEARNER_FIGURES = (
    "completed_count",
    "required_count",
    "skipped_count",
    "active_seconds",
    "estimated_seconds",
    "reported_later_seconds",
)


@pytest.fixture(params=[(2, 22), (3, 4)], ids=lambda made: f"seed {made[0]}, {made[1]} learners")
def doors(request, school, make_learner, send_online, monkeypatch) -> Doors:
    now = timezone.now()
    instructor = make_learner("ines")
    monkeypatch.setattr(Adapter, "can_view_course", lambda self, who, key: who.pk == instructor.pk)
    monkeypatch.setattr(
        Adapter, "instructed_course_keys", lambda self, who: [COURSE] if who.pk == instructor.pk else []
    )
    seed, size = request.param
    members = generated_class.make(seed, size, school, make_learner, send_online, now=now)
    browser = Client()
    browser.force_login(instructor)
    sql_views.create_views()
    overview = course_overview.find_class_overview(COURSE, now=now)
    assert overview is not None
    return Doors(members, overview, browser, now)


def assert_agrees(in_sql, on_page) -> None:
    """Assert that a view says what a page says, or hides it: its readers may not see persons."""
    for name, value in in_sql.items():
        if value is not None:
            shown = on_page[name]
            assert value == (min(max(shown, 0.1), 0.9) if name.endswith("_share") else shown)


def test_a_lesson_or_quiz_is_the_same_through_every_door(doors: Doors) -> None:
    wanted = {each.key: each for each in doors.overview.units}
    assert wanted.keys() == {*LESSONS, *QUIZZES}
    figures = (*UNIT_FIGURES, "passed_share", "first_try_share")
    for rows in (
        by(doors.table("class", "lessons"), "unit_key"),
        by(doors.api("unit_reports")["units"], "key"),
        by(doors.api("class_overview")["units"], "key"),
        {key: doors.api("unit", unit_key=key)["measures"] for key in wanted},
        {key: lesson(doors, key).measures for key in wanted},
    ):
        assert {key: told(row, figures) for key, row in rows.items()} == {
            key: told(row, figures) for key, row in wanted.items()
        }
    in_sql = sql("unit_stats", "unit_key")
    for key, unit in wanted.items():
        names = (*UNIT_FIGURES, "first_try_share") if unit.is_quiz else UNIT_FIGURES
        first_try = {"first_try_share": "first_passed_share"}
        assert_agrees(told(in_sql[key], names, first_try), told(unit, names))


def test_a_lesson_or_quiz_is_on_its_pages_as_in_its_report(doors: Doors) -> None:
    for module in doors.overview.modules:
        if not module.key:
            continue
        page = doors.html("class_module", module_key=module.key)
        for unit in module.units:
            reached, skipped, _, first_try, passed = cells(page, unit.title)
            assert says(reached, unit.reached_share)
            assert says(skipped, unit.skipped_share)
            assert says(first_try, unit.first_try_share)
            assert says(passed, unit.passed_share)
        if len(module.units) > 1:
            reached, skipped, *_ = cells(page, "total")
            assert says(reached, module.reached_share)
            assert says(skipped, module.skipped_share)
        said = re.findall(r"(\d+) % completed", words(page))
        share = module.completed_share
        assert said == ([] if share is None else [str(shares.whole_percent(share))])


def test_the_steps_and_attempts_of_a_lesson_page_are_those_of_the_class_page(doors: Doors) -> None:
    for unit in doors.overview.units:
        found = lesson(doors, unit.key).figures
        if found is None or not found.funnel:
            continue
        assert found.funnel[1].share == pytest.approx(unit.reached_share)
        assert found.funnel[-1].share == pytest.approx(unit.completed_share)
        counts = {each.state: each.count for each in found.states}
        reached, skipped = (
            round((unit.reached_share or 0) * unit.learner_count),
            counts.get(UnitState.SKIPPED, 0),
        )
        if unit.skipped_share is not None:
            assert unit.skipped_share == pytest.approx(skipped / (reached + skipped))
        if unit.is_quiz:
            assert plain(found.attempts[0].passed_share) == plain(unit.first_try_share)


def test_a_group_of_the_whole_class_has_the_figures_of_the_class(doors: Doors) -> None:
    found = groups.find_groups(COURSE, now=doors.now)
    assert found is not None
    [group] = found.groups
    in_api = by(doors.api("groups")["groups"][0]["units"], "key")
    in_file = by(doors.table("class_trends", "groups"), "unit_key")
    names = ("reached_share", "completed_share", "skipped_share", "first_try_share")
    wanted = {each.key: each for each in doors.overview.units}
    for unit in group.units:
        for row in (unit, in_api[unit.key], in_file[unit.key]):
            assert told(row, names) == told(wanted[unit.key], names)
        median = unit.active_spread.median_seconds if unit.active_spread else None
        assert median == wanted[unit.key].median_active_seconds


def test_findings_about_the_class_say_the_shares_of_its_page(doors: Doors) -> None:
    units = by(doors.overview.units, "key")
    of_reason = {
        "often_skipped": ("skipped_count", "passed_by_count", "skipped_share"),
        "hard_quiz": ("first_passed_count", "attempted_count", "first_try_share"),
        "hard_lesson": ("correct_count", "answered_count", "first_try_share"),
    }
    for finding in Finding.objects.filter(course_key=COURSE, learner=None, reason__in=of_reason):
        part, whole, name = of_reason[finding.reason]
        share = finding.evidence[part] / finding.evidence[whole]
        assert share == pytest.approx(getattr(units[finding.unit_key], name))


def test_a_module_is_the_same_through_every_door(doors: Doors) -> None:
    wanted = by(doors.overview.modules, "key")
    reports = by(modules.find_modules(COURSE), "key")
    in_api = by(doors.api("modules")["modules"], "key")
    in_sql = sql("module_stats", "module_key")
    names = ("reached_share", "completed_share", "skipped_share")
    for key, module in wanted.items():
        assert_agrees(told(in_sql[key], UNIT_FIGURES), told(module, UNIT_FIGURES))
        if key:
            assert told(reports[key], names) == told(in_api[key], names) == told(module, names)
            spread = reports[key].active_spread
            assert (spread.median_seconds if spread else None) == module.median_active_seconds


def test_who_completed_or_skipped_a_module_is_counted_as_each_learners_page_says(doors: Doors) -> None:
    mine = [mine_of(doors, learner.pk) for learner in doors.members.sharing]
    for module in doors.overview.modules:
        states = [each.state for found in mine for each in found.modules if each.key == module.key]
        if module.completed_share is None:
            continue
        assert module.completed_share == pytest.approx(
            states.count(UnitState.COMPLETED) / module.learner_count
        )
        reached = round((module.reached_share or 0) * module.learner_count)
        assert reached == sum(state in (UnitState.COMPLETED, UnitState.IN_PROGRESS) for state in states)
        skipped = states.count(UnitState.SKIPPED)
        if module.skipped_share is not None:
            assert module.skipped_share == pytest.approx(skipped / (reached + skipped))


def test_a_learner_is_the_same_through_every_door(doors: Doors) -> None:
    in_sql = sql("learner_courses", "learner_id")
    columns = {"completed_count": "completed", "required_count": "required", "skipped_count": "skipped"}
    in_file = by(doors.table("class", "learners"), "learner_id")
    in_list = by(doors.api("learners")["results"], "learner_id")
    people = {each.pk: each for each in some(doors)}
    for row in doors.overview.learners:
        if row.learner_id not in people:
            continue
        key = str(row.learner_id)
        wanted = told(row, LEARNER_FIGURES)
        mine = mine_of(doors, row.learner_id)
        own = Client()
        own.force_login(people[row.learner_id])
        for found in (
            in_list[key],
            mine,
            doors.api("learner_progress", learner_id=key),
            own.get(pages.address("api:my_progress", {"course_key": COURSE})).json(),
        ):
            assert told(found, LEARNER_FIGURES) == wanted
        assert told(in_file[key], LEARNER_FIGURES, columns) == wanted
        assert told(in_file[key], ["failed_count"], {"failed_count": "not_passed"}) == told(
            row, ["failed_count"]
        )
        if row.shares_engagement:
            assert told(in_sql[key], LEARNER_FIGURES) == wanted
        assert len(mine.gaps) >= (row.skipped_count or 0)


def test_each_unit_of_a_learner_is_the_same_through_every_door(doors: Doors) -> None:
    in_sql = sql("learner_units", "learner_id", "unit_key")
    figures = ("state", "active_seconds", "attempt_count", "best_share")
    for learner in some(doors):
        found = mine_of(doors, learner.pk)
        units = {unit.key: unit for module in found.modules for unit in module.units}
        in_file = by(doors.table("class_learner", "units", learner_id=learner.pk), "unit_key")
        in_api = by(
            (
                unit
                for module in doors.api("learner_progress", learner_id=learner.pk)["modules"]
                for unit in module["units"]
            ),
            "key",
        )
        for key, unit in units.items():
            wanted = told(unit, figures)
            assert told(in_api[key], figures) == wanted
            assert told(in_file[key], figures, {"attempt_count": "attempts"}) == wanted
            row = in_sql.get((str(learner.pk), key))
            if row and found.shares_engagement and unit.state != UnitState.LOCKED:
                assert told(row, figures) == wanted
        if found.shares_engagement:
            counted = [unit.state for unit in units.values() if unit.is_required]
            assert found.skipped_count == counted.count(UnitState.SKIPPED)
            assert found.completed_count == counted.count(UnitState.COMPLETED)


def test_a_cell_of_the_progress_grid_says_what_the_learners_page_says(doors: Doors) -> None:
    sheet = progress_grid.open_grid(COURSE, now=doors.now)
    assert sheet is not None
    for row in progress_grid.grid_rows(sheet, sheet.learners, sheet.columns):
        found = by(mine_of(doors, row.learner_id).modules, "key")
        for column, cell in zip(sheet.columns, row.cells, strict=True):
            names = ("state", "completed_count", "required_count")
            assert told(cell, names) == told(found[column.key], names)


def test_learners_active_this_week_are_as_many_on_every_page(doors: Doors) -> None:
    count = doors.overview.active_this_week_count
    assert count == sum(each.is_active_this_week for each in doors.overview.learners)
    [taught] = courses.taught_courses([COURSE], now=doors.now)
    assert taught.active_this_week_count == count
    changes = {change.measure.value: change.now for change in doors.overview.week}
    if changes:
        sharing = [each for each in doors.overview.learners if each.shares_engagement]
        assert changes["active"] == sum(each.is_active_this_week for each in sharing)


def test_a_question_is_the_same_through_every_door(doors: Doors) -> None:
    names = ("first_correct_share", "discrimination", "correct_share")
    in_sql = sql("questions", "question_key")
    in_file = by(doors.table("class", "questions"), "question")
    in_api = by((each["item"] for each in doors.api("questions")["questions"]), "question_key")
    for key, row in in_api.items():
        wanted = told(row, names)
        assert told(in_file[key], names) == wanted
        # Questions that few answered are not in the view.
        in_view = names[:2]
        assert_agrees(told(in_sql.get(key, dict.fromkeys(in_view)), in_view), wanted)


def test_days_and_weeks_are_the_same_through_every_door(doors: Doors) -> None:
    names = ("learner_count", "active_seconds", "view_count")
    in_sql = sql("course_weeks", "week")
    columns = {"learner_count": "learners", "view_count": "views"}
    in_file = by(doors.table("class_trends", "weeks"), "week")
    for week in doors.api("weeks")["weeks"]:
        row = in_file[str(week["week"] + 1)]
        assert told(row, (*names, "learner_share"), columns) == told(week, (*names, "learner_share"))
        if str(week["week"]) in in_sql:
            assert told(in_sql[str(week["week"])], names[:2]) == told(week, names[:2])


def test_the_result_of_an_attempt_is_the_same_through_every_door(doors: Doors) -> None:
    in_sql = sorted(
        (str(row["learner_id"]), str(row["unit_key"]), plain(row["share"]) or 0.0)
        for row in sql("learner_attempts", "learner_id", "unit_key", "started_at").values()
    )
    on_pages = sorted(
        (str(learner.pk), each.unit_key, plain(each.share) or 0.0)
        for learner in everyone(doors)
        for each in mine_of(doors, learner.pk).attempts
    )
    assert in_sql == on_pages
