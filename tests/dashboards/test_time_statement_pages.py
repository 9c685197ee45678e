"""Statements of time: whose they are, what they can be given as, and who may check them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.factories import COURSE
from tracking.events import Purpose
from tracking.models import CourseOutline, PageView, PendingChange
from tracking.models.pending_changes import RollupStage
from tracking.privacy import consent

MINE = reverse("tracking:my_time_statement")
CHECK = reverse("tracking:verify_time_statement")


@pytest.fixture
def worked(lena):
    """Lena has been at a lesson today for an hour and five seconds."""
    now = timezone.now()
    times = {"active_ms": 3_605_000, "visible_ms": 4_000_000}
    PageView.objects.create(
        view_id=uuid4(),
        learner=lena,
        course_key=COURSE,
        unit_key="m/mean",
        opened_at=now,
        last_at=now,
        **times,
    )
    factories.LearnerCourseDayFactory.create(learner=lena, day=timezone.localdate(), active_ms=3_605_000)
    return lena


@pytest.fixture
def of_lena(lena):
    return reverse("tracking:class_learner_time_statement", args=[COURSE, lena.pk])


@pytest.fixture
def table(worked, as_):
    return as_(worked).get(MINE, {**period(), "format": "csv"}).content


def period(**changes):
    today = timezone.localdate()
    return {"first": today.isoformat(), "last": today.isoformat()} | changes


def test_a_learner_reads_the_time_of_this_month_to_the_second(worked, as_):
    assert "1:00:05" in as_(worked).get(MINE).content.decode()


def test_a_statement_says_how_far_its_figures_have_come(worked, as_):
    """As far as the course with the oldest change that no figure holds yet."""
    waiting = timezone.now() - timedelta(hours=3)
    CourseOutline.objects.update(rolled_up_at=timezone.now())
    factories.CourseOutlineFactory.create(course_key="another-course", rolled_up_at=timezone.now())
    factories.EnrolmentFactory.create(learner=worked, course_key="another-course")
    assert as_(worked).get(MINE).context["freshness"].lag_seconds == 0
    PendingChange.objects.create(
        stage=RollupStage.LEARNER, learner=worked, course_key="another-course", created_at=waiting
    )
    page = as_(worked).get(MINE)
    assert (page.context["freshness"].as_of, "data up to" in page.content.decode()) == (waiting, True)


def test_a_period_without_time_says_so(worked, as_):
    page = as_(worked).get(MINE, period(first="2020-01-01", last="2020-01-31"))
    assert "No time recorded in this period" in page.content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "The end date is before the start date."),
        ({"first": "2020-01-01", "last": "2026-01-01"}, "at most 366 days"),
        ({"first": "yesterday", "last": "2026-01-01"}, "valid date"),
    ],
)
def test_a_period_that_is_none_is_explained(lena, as_, given, words):
    answer = as_(lena).get(MINE, given)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_an_instructor_reads_the_time_of_a_learner_of_the_class(worked, ines, as_, of_lena):
    assert "1:00:05" in as_(ines).get(of_lena).content.decode()


def test_an_instructor_does_not_read_the_time_of_a_learner_who_does_not_share_it(worked, ines, as_, of_lena):
    consent.refuse(worked.pk, [Purpose.ENGAGEMENT], source="test")
    assert as_(ines).get(of_lena).status_code == 404


def test_another_learner_reads_nobodys_time(worked, as_, of_lena):
    assert as_(worked).get(of_lena).status_code == 404


def test_a_table_has_a_line_for_each_view_and_ends_with_its_code(table):
    lines = table.decode().splitlines()
    assert "The mean,3605,4000,0,0,yes" in lines[1]
    assert lines[2].startswith("code,")


def test_a_title_is_no_formula_in_a_table(worked, as_):
    factories.OutlineUnitFactory.create(unit_key="m/bad", title='=HYPERLINK("x")', position=9)
    PageView.objects.update(unit_key="m/bad")
    assert b"\"'=HYPERLINK(" in as_(worked).get(MINE, {**period(), "format": "csv"}).content


def checked(**given):
    return Client().post(CHECK, given).content.decode()


def test_whoever_has_the_table_can_check_it_without_a_log_in(table):
    said = checked(file=SimpleUploadedFile("time.csv", table))
    assert "Issued by this site" in said
    assert "matches the one that was issued" in said
    assert "Lena Lind" in said


def test_a_table_with_another_figure_is_found_out(table):
    said = checked(file=SimpleUploadedFile("time.csv", table.replace(b",3605,", b",9605,")))
    assert "this table was changed" in said


def test_the_link_on_a_statement_leads_to_what_it_certifies(worked, as_):
    page = as_(worked).get(MINE)
    said = Client().get(CHECK, {"code": page.context["code"]}).content.decode()
    assert "Issued by this site" in said
    assert "1:00:05" in said


@pytest.mark.parametrize("code", ["nonsense", ""])
def test_a_code_of_another_site_is_found_out(db, code):
    assert "not issued by this site" in checked(code=code)


def test_a_file_that_is_too_long_or_no_text_is_no_statement(db, monkeypatch):
    monkeypatch.setattr("tracking.dashboards.learner.time_statement_pages.MAX_FILE_BYTES", 10)
    assert "not issued by this site" in checked(file=SimpleUploadedFile("time.csv", b"x" * 11))
    assert "not issued by this site" in checked(file=SimpleUploadedFile("time.csv", b"\xff\xfe"))


def test_views_older_than_what_is_kept_leave_the_days_standing(worked, as_):
    PageView.objects.all().delete()
    said = as_(worked).get(MINE).content.decode()
    assert "no longer kept" in said
    assert "1:00:05" in said


def test_a_long_list_is_cut_on_the_page_alone(worked, as_, monkeypatch):
    monkeypatch.setattr("tracking.dashboards.learner.time_statement_pages.MAX_PAGE_VIEWS", 1)
    view = PageView.objects.get()
    view.pk, view.view_id = None, uuid4()
    view.opened_at += timedelta(milliseconds=1)
    view.save()
    assert "The first 1 of 2" in as_(worked).get(MINE).content.decode()
    assert as_(worked).get(MINE, {**period(), "format": "csv"}).content.count(b"The mean") == 2


@pytest.mark.django_db(transaction=True)
def test_on_paper_each_page_of_a_table_says_whose_it_is_and_carries_the_hash(worked, page, log_in):
    log_in(page, worked)
    page.goto(MINE)
    head, form = page.locator(".trk-print-head").first, page.locator(".trk-filters")
    digest = page.locator(".trk-digest").inner_text()
    assert (head.is_visible(), form.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (head.is_visible(), form.is_visible()) == (True, False)
    assert "Lena Lind" in head.inner_text()
    assert digest[:16] in head.inner_text()
    # A table's head is repeated on each page that the table reaches.
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.trk-print-head').closest('thead')).display"
    ) == ("table-header-group")


def test_the_check_names_the_hash_that_is_printed(table, as_, worked):
    page = as_(worked).get(MINE, period())
    answer = Client().get(CHECK, {"code": page.context["code"]}).content.decode()
    assert page.context["digest"] in answer
    assert page.context["digest"] in page.content.decode()


def test_a_line_of_the_table_names_the_rule_it_was_measured_by(worked, as_, settings):
    settings.TRACKING = {**settings.TRACKING, "IDLE_SECONDS": 45}
    lines = as_(worked).get(MINE, {**period(), "format": "csv"}).content.decode().splitlines()
    assert [lines[0].split(",")[-3], lines[1].split(",")[-3]] == ["idle_limit_seconds", "45"]
    assert "45 seconds" in as_(worked).get(MINE, period()).content.decode()
