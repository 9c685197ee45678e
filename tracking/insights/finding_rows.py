"""Keeping stored findings in step with what the rules say: opened when a cause appears, cleared when it goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tracking import conf, signals
from tracking.insights import reinforcement, situation_rows
from tracking.insights.reinforcement import Area
from tracking.models import Finding


def refresh_learners(course_key: str, learner_ids: list[Any], *, now: datetime) -> None:
    """Bring the findings about ``learner_ids`` in one course into step. The caller is inside a transaction."""
    rules = conf.get_settings()
    situations = situation_rows.read_learners(course_key, learner_ids)
    open_now: dict[Any, list[Finding]] = {learner_id: [] for learner_id in learner_ids}
    for finding in Finding.objects.open().filter(course_key=course_key, learner_id__in=learner_ids):
        open_now[finding.learner_id].append(finding)
    for learner_id in learner_ids:
        situation = situations.get(learner_id)
        areas = reinforcement.find_for_learner(situation, rules, now=now) if situation else []
        _bring_into_step(open_now[learner_id], areas, course_key=course_key, learner_id=learner_id, now=now)


def refresh_class(course_key: str, *, now: datetime) -> None:
    """Bring the findings about the class of one course into step. The caller is inside a transaction."""
    areas = reinforcement.find_for_class(situation_rows.read_class(course_key), conf.get_settings())
    open_now = Finding.objects.open().about_class().filter(course_key=course_key)
    _bring_into_step(open_now, areas, course_key=course_key, learner_id=None, now=now)


def _bring_into_step(
    open_now: Iterable[Finding], areas: Iterable[Area], *, course_key: str, learner_id: Any, now: datetime
) -> None:
    stale = {(finding.unit_key, finding.reason): finding for finding in open_now}
    for area in areas:
        known = stale.pop((area.unit_key, area.reason), None)
        if known is None:
            _open(area, course_key=course_key, learner_id=learner_id, now=now)
        elif (known.weight, known.evidence) != (area.weight, area.evidence):
            known.weight, known.evidence = area.weight, area.evidence
            known.save(update_fields=["weight", "evidence"])
    for finding in stale.values():
        finding.cleared_at = now
        finding.save(update_fields=["cleared_at"])
        signals.finding_cleared.send(sender=Finding, finding=finding)


def _open(area: Area, *, course_key: str, learner_id: Any, now: datetime) -> None:
    finding = Finding.objects.create(
        learner_id=learner_id,
        course_key=course_key,
        unit_key=area.unit_key,
        reason=area.reason,
        weight=area.weight,
        evidence=area.evidence,
        opened_at=now,
    )
    signals.finding_opened.send(sender=Finding, finding=finding)
