"""What the actions about a finding add up to: where it is set aside, and when it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracking.models import Action, ActionKind, Audience, Finding, FindingTriage

WORSE = 1.5
"""A finding that was set aside comes back when its measure has grown by half: three failed attempts became five."""


@dataclass(slots=True)
class TriageState:
    """The fields of ``models.FindingTriage`` as a fold of actions makes them."""

    seen_at: datetime | None = None
    snoozed_until: datetime | None = None
    dismissed_at: datetime | None = None
    dismiss_reason: str = ""
    severity: float | None = None
    is_useful: bool | None = None


def derive_triage(finding: Finding, audience: Audience) -> None:
    """Make the row of ``finding`` for ``audience`` again. The caller holds the lock on the finding."""
    standing = Action.objects.in_effect().filter(finding=finding, audience__in=("", audience))
    handling = TriageState()
    for action in standing.order_by("happened_at", "pk"):
        _fold(handling, action)
    FindingTriage.objects.update_or_create(
        finding=finding,
        audience=audience,
        defaults={name: getattr(handling, name) for name in TriageState.__dataclass_fields__},
    )


def is_materially_worse(measure: float | None, *, than: float | None) -> bool:
    """Return whether what was ``than`` bad when it was set aside has become materially worse."""
    return measure is not None and than is not None and measure > 0 and measure >= WORSE * than


def resurface(finding: Finding, *, now: datetime) -> None:
    """Put ``finding`` into the lists again where it was set aside and has got materially worse since."""
    triages = list(finding.triages.all())
    if any(
        _is_away(each, now=now) and is_materially_worse(finding.severity, than=each.severity)
        for each in triages
    ):
        _record(finding, ActionKind.RESURFACED, now=now)


def note_reopened(finding: Finding, *, now: datetime) -> None:
    """Record that ``finding`` was reopened; it stays snoozed or dismissed for the side that did so."""
    _record(finding, ActionKind.REOPENED, now=now)


def _record(finding: Finding, verb: ActionKind, *, now: datetime) -> None:
    Action.objects.create(
        kind=verb,
        learner_id=finding.learner_id,
        course_key=finding.course_key,
        unit_key=finding.unit_key,
        finding=finding,
        happened_at=now,
        severity=finding.severity,
    )
    for handling in list(finding.triages.all()):
        derive_triage(finding, Audience(handling.audience))


def _is_away(handling: FindingTriage, *, now: datetime) -> bool:
    is_snoozed = handling.snoozed_until is not None and handling.snoozed_until > now
    return is_snoozed or handling.dismissed_at is not None


def _fold(handling: TriageState, action: Action) -> None:
    match action.kind:
        case ActionKind.SEEN:
            handling.seen_at = handling.seen_at or action.happened_at
        case ActionKind.SNOOZED:
            handling.snoozed_until, handling.severity = action.snoozed_until, action.severity
        case ActionKind.DISMISSED:
            handling.dismissed_at, handling.dismiss_reason = action.happened_at, action.dismiss_reason
            handling.severity = action.severity
        case ActionKind.USEFUL | ActionKind.NOT_USEFUL:
            handling.is_useful = action.kind == ActionKind.USEFUL
        case ActionKind.RESURFACED if is_materially_worse(action.severity, than=handling.severity):
            handling.snoozed_until = handling.dismissed_at = handling.severity = None
            handling.dismiss_reason = ""
