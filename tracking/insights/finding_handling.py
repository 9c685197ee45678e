"""What the actions about a finding add up to: where it is set aside, and when it comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracking.models import Action, Audience, Finding, FindingHandling, Verb

WORSE = 1.5
"""A finding that was set aside comes back when its measure has grown by half: three failed attempts became five."""


@dataclass(slots=True)
class Handling:
    """The fields of ``models.FindingHandling`` as a fold of actions makes them."""

    seen_at: datetime | None = None
    snoozed_until: datetime | None = None
    dismissed_at: datetime | None = None
    dismissal: str = ""
    measure: float | None = None
    is_useful: bool | None = None


def derive(finding: Finding, audience: Audience) -> None:
    """Make the row of ``finding`` for ``audience`` again. The caller holds the lock on the finding."""
    standing = Action.objects.standing().filter(finding=finding, audience__in=("", audience))
    handling = Handling()
    for action in standing.order_by("at", "pk"):
        _fold(handling, action)
    FindingHandling.objects.update_or_create(
        finding=finding,
        audience=audience,
        defaults={name: getattr(handling, name) for name in Handling.__dataclass_fields__},
    )


def is_worse(measure: float | None, *, than: float | None) -> bool:
    """Return whether what was ``than`` bad when it was set aside has become materially worse."""
    return measure is not None and than is not None and measure > 0 and measure >= WORSE * than


def bring_back(finding: Finding, *, now: datetime) -> None:
    """Put ``finding`` into the lists again where it was set aside and has got materially worse since."""
    handlings = list(finding.handlings.all())
    if any(_is_away(each, now=now) and is_worse(finding.measure, than=each.measure) for each in handlings):
        _record(finding, Verb.WORSENED, now=now)


def note_reopened(finding: Finding, *, now: datetime) -> None:
    """Record that ``finding`` is open again; whoever had set it aside has still set it aside."""
    _record(finding, Verb.REOPENED, now=now)


def _record(finding: Finding, verb: Verb, *, now: datetime) -> None:
    Action.objects.create(
        verb=verb,
        learner_id=finding.learner_id,
        course_key=finding.course_key,
        unit_key=finding.unit_key,
        finding=finding,
        at=now,
        measure=finding.measure,
    )
    for handling in list(finding.handlings.all()):
        derive(finding, Audience(handling.audience))


def _is_away(handling: FindingHandling, *, now: datetime) -> bool:
    is_snoozed = handling.snoozed_until is not None and handling.snoozed_until > now
    return is_snoozed or handling.dismissed_at is not None


def _fold(handling: Handling, action: Action) -> None:
    match action.verb:
        case Verb.SEEN:
            handling.seen_at = handling.seen_at or action.at
        case Verb.SNOOZED:
            handling.snoozed_until, handling.measure = action.until, action.measure
        case Verb.DISMISSED:
            handling.dismissed_at, handling.dismissal = action.at, action.dismissal
            handling.measure = action.measure
        case Verb.USEFUL | Verb.NOT_USEFUL:
            handling.is_useful = action.verb == Verb.USEFUL
        case Verb.WORSENED if is_worse(action.measure, than=handling.measure):
            handling.snoozed_until = handling.dismissed_at = handling.measure = None
            handling.dismissal = ""
