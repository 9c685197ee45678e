"""A course of 20 modules with 50 lessons each: what one more page view and the class page cost."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cases import figures
from tests.messages import progress
from tests.school import node
from tracking import jobs
from tracking.events import UnitKind
from tracking.lms.values import OutlineNode

# What differs between databases is tested on smaller courses.
pytestmark = pytest.mark.once

MODULES, LESSONS = 20, 50
KILOBYTE = 1000


def view(at, course_key, unit_key):
    return progress(at, unit_key, [[0, 60_000]], course=course_key)


@pytest.fixture
def class_of_six(school, make_learner, send_online, now):
    """Six learners who have read the last lessons of course ``large`` and both of course ``small``."""
    nodes = []
    for module in range(MODULES):
        nodes.append(OutlineNode(key=f"m{module}", kind=UnitKind.MODULE, title=f"Module {module}"))
        nodes += [node(f"{module}-{number}", parent_key=f"m{module}") for number in range(LESSONS)]
    school.course("large", nodes=tuple(nodes))
    school.course("small", lessons=["18-49", "19-49"])
    people = [make_learner(f"learner{number}") for number in range(6)]
    for each, course_key in itertools.product(people, ["large", "small"]):
        school.enrol(each, course_key)
        units = ["18-49", "19-49"]
        send_online(each, *(view(now, course_key, unit) for unit in units))
    figures.update(now=now)
    return people


def test_one_more_page_view_costs_as_few_queries_as_in_a_small_course(class_of_six, send_online, now):
    counts = []
    for minutes, course_key in enumerate(("small", "large"), start=5):
        later = now + timedelta(minutes=minutes)
        send_online(class_of_six[0], view(later, course_key, "19-49"))
        with CaptureQueriesContext(connection) as queries:
            jobs.roll_up(now=later)
        counts.append(len(queries))
    assert counts[1] < 1.2 * counts[0]


def test_the_class_page_of_a_large_course_is_under_120_kilobytes(class_of_six, admin_client):
    page = admin_client.get(reverse("tracking:class", args=["large"]))
    assert len(page.content) < 120 * KILOBYTE


def test_all_areas_to_review_of_a_large_course_can_be_reached_page_by_page(class_of_six, admin_client):
    address, areas = reverse("tracking:class", args=["large"]), set()
    page = admin_client.get(address)
    whole = page.context["class_finding_groups"].paginator
    for number in (1, 2, whole.num_pages):
        shown = admin_client.get(address, {"areas": number}).context["class_finding_groups"]
        areas |= {group[0].unit_key for group in shown}
    assert (whole.count > 900, len(areas)) == (True, 2 * whole.per_page + whole.count % whole.per_page)
