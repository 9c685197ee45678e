"""Moments are told on the clock of whoever reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.dashboards.test_learner_pages import words
from tests.factories import COURSE
from tracking.models import Action, Consent, Download

AT = datetime(2026, 3, 11, 20, 0, tzinfo=UTC)
IN_TOKYO = "March 12, 2026 5 a.m."


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site in Tokyo."""
    monkeypatch.setattr(timezone, "get_current_timezone", lambda: ZoneInfo("Asia/Tokyo"))


@pytest.mark.parametrize(
    "address", [reverse("tracking:consent"), reverse("tracking:data_records", args=["consent"])]
)
def test_an_answer_is_shown_with_its_moment_on_the_readers_clock(
    address: str, lena: User, as_: Callable[[User], Client], tokyo: None
) -> None:
    """What was answered at five in the morning in Tokyo stood there as eight in the evening of the day before."""
    Consent.objects.update(given_at=AT)
    assert IN_TOKYO in words(as_(lena).get(address))


def test_a_file_is_kept_until_a_moment_on_the_readers_clock(
    lena: User, as_: Callable[[User], Client], tokyo: None
) -> None:
    now = timezone.now()
    later = now.replace(year=now.year + 1, month=3, day=11, hour=20, minute=0)
    Download.objects.create(learner=lena, requested_at=now, finished_at=now, expires_at=later)
    assert f"available until March 12, {later.year} 5 a.m." in words(as_(lena).get(reverse("tracking:data")))


def test_to_take_back_names_the_moment_that_stands_beside_it(
    lena: User, ines: User, as_: Callable[[User], Client], tokyo: None
) -> None:
    Action.objects.create(
        kind="noted",
        audience="instructor",
        actor=ines,
        learner=lena,
        course_key=COURSE,
        happened_at=AT,
        text="Called.",
    )
    page = as_(ines).get(reverse("tracking:class_learner", args=[COURSE, lena.pk]))
    assert f": note, {IN_TOKYO}" in words(page)
