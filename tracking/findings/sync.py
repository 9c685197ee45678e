"""Keeping stored findings in step with what the rules say: opened when a cause appears, cleared when it goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from tracking import conf, signals
from tracking.findings import (
    class_facts,
    clear_reasons,
    detection,
    evidence,
    learner_facts,
    question_links,
    rules,
    triage,
)
from tracking.findings.candidates import Candidate
from tracking.models import ClearReason, Finding
from tracking.models.findings import FindingQuerySet

SAME_WITHIN = timedelta(days=7)
"""A cause that comes back within this time is the same finding again, with all that was done about it."""

FOLLOWED = ("weight", "confidence", "severity", "evidence")
"""What a finding takes from its rule as long as it is open."""

WhatCleared = Callable[[Finding], ClearReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """Whom findings are about: a learner in a course, or its class where there is none."""

    course_key: str
    learner_id: Any
    now: datetime


def refresh_learners(course_key: str, learner_ids: list[Any], *, now: datetime) -> None:
    """Bring the findings about ``learner_ids`` in one course into step. The caller is inside a transaction."""
    settings = conf.get_settings()
    all_facts = learner_facts.read_learner_facts(course_key, learner_ids, now=now)
    found = {
        learner_id: detection.find_for_learner(learner, settings, now=now)
        for learner_id, learner in all_facts.items()
    }
    cited = evidence.add_view_evidence(course_key, found)
    recent = _recent(Finding.objects.filter(course_key=course_key, learner_id__in=learner_ids), now=now)
    for learner_id in learner_ids:
        learner, areas = all_facts.get(learner_id), cited.get(learner_id, [])
        _bring_into_step(
            recent[learner_id],
            areas,
            about=_About(course_key=course_key, learner_id=learner_id, now=now),
            what_cleared=partial(clear_reasons.learner_clear_reason, learner=learner, areas=areas, now=now),
        )


def refresh_class(course_key: str, *, now: datetime) -> None:
    """Bring the findings about the class of one course into step. The caller is inside a transaction."""
    facts = class_facts.read_class_facts(course_key)
    question_links.set_question_links(course_key, facts.links)
    recent = _recent(Finding.objects.about_class().filter(course_key=course_key), now=now)
    _bring_into_step(
        recent[None],
        detection.find_for_class(facts, conf.get_settings()),
        about=_About(course_key=course_key, learner_id=None, now=now),
        what_cleared=partial(clear_reasons.class_clear_reason, unit_keys={unit.key for unit in facts.units}),
    )


def _recent(findings: FindingQuerySet, *, now: datetime) -> defaultdict[Any, list[Finding]]:
    """Return those that are open, and those cleared lately, by learner; of one cause the last comes last."""
    by_learner: defaultdict[Any, list[Finding]] = defaultdict(list)
    is_recent = Q(cleared_at__isnull=True) | Q(cleared_at__gt=now - SAME_WITHIN)
    # Those cleared come first: of one cause the open one must win.
    for finding in findings.filter(is_recent).prefetch_related("triages").order_by("cleared_at", "pk"):
        by_learner[finding.learner_id].append(finding)
    for known in by_learner.values():
        known.sort(key=lambda finding: finding.cleared_at is None)
    return by_learner


def _bring_into_step(
    recent: Iterable[Finding], areas: Iterable[Candidate], *, about: _About, what_cleared: WhatCleared
) -> None:
    known = {(finding.unit_key, finding.reason): finding for finding in recent}
    for area in areas:
        finding = known.pop((area.unit_key, area.reason), None)
        if finding is None or _is_new(finding):
            _open(area, about)
        else:
            _follow(finding, area, about)
    for finding in known.values():
        if finding.cleared_at is None:
            finding.cleared_at, finding.clear_reason = about.now, what_cleared(finding)
            finding.save(update_fields=["cleared_at", "clear_reason"])
            signals.finding_cleared.send(sender=Finding, finding=finding, at=about.now)


def _is_new(finding: Finding) -> bool:
    """Return whether the same cause opens a new finding: a second assigned review is meant to."""
    return finding.cleared_at is not None and finding.reason in rules.REQUESTED


def _open(area: Candidate, about: _About) -> None:
    finding = Finding.objects.create(
        learner_id=about.learner_id,
        course_key=about.course_key,
        unit_key=area.unit_key,
        reason=area.reason,
        opened_at=about.now,
        **{name: getattr(area, name) for name in FOLLOWED},
    )
    signals.finding_opened.send(sender=Finding, finding=finding, at=about.now)


def _follow(finding: Finding, area: Candidate, about: _About) -> None:
    was_cleared = finding.cleared_at is not None
    now_so = {name: getattr(area, name) for name in FOLLOWED}
    if was_cleared or any(getattr(finding, name) != value for name, value in now_so.items()):
        finding.cleared_at, finding.clear_reason = None, ""
        for name, value in now_so.items():
            setattr(finding, name, value)
        finding.save(update_fields=["cleared_at", "clear_reason", *FOLLOWED])
    if was_cleared:
        triage.note_reopened(finding, now=about.now)
        signals.finding_opened.send(sender=Finding, finding=finding, at=about.now)
    triage.resurface(finding, now=about.now)
