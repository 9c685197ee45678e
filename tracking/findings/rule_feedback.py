"""How each rule has fared: how often it spoke, and what people did about it. A rule that cries wolf can be seen here.

It is switched off by naming its reason in the setting ``DISABLED_REASONS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from tracking import conf
from tracking.findings import rules
from tracking.findings.rules.rule import Rule
from tracking.models import Action, ActionKind, DismissReason, Finding

PERIOD = timedelta(days=90)

ENOUGH_ANSWERS = 10
"""Findings of a rule that people must have judged before it is called noisy."""

NOISY_SHARE = 0.5

NO_GOOD = Q(kind=ActionKind.NOT_USEFUL) | Q(
    kind=ActionKind.DISMISSED, dismiss_reason__in=[DismissReason.INACCURATE, DismissReason.IRRELEVANT]
)
"""What says that a finding should not have been there. That it is in hand, or seen to elsewhere, says the reverse."""

VERDICTS = NO_GOOD | Q(kind=ActionKind.USEFUL) | Q(kind=ActionKind.DISMISSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFeedback:
    """One reason over the last 90 days. Each count is of findings, however many actions there were on one."""

    rule: Rule
    is_on: bool
    opened_count: int
    open_count: int
    """Open now, whenever they were opened."""
    dismissed_count: int
    useful_count: int
    not_useful_count: int
    verdict_count: int
    """Called useful or not, or dismissed."""
    no_good_count: int
    """Called not useful, or dismissed as not true or as not mattering."""

    @property
    def reason(self) -> str:
        """The reason of its findings."""
        return self.rule.reason

    @property
    def thresholds(self) -> Mapping[str, Any]:
        """The settings that the rule compares with, and their values."""
        settings = conf.get_settings()
        return {name: getattr(settings, name) for name in self.rule.thresholds}

    @property
    def is_noisy(self) -> bool:
        """Whether at least half of enough judged findings were called no good."""
        return self.verdict_count >= ENOUGH_ANSWERS and self.no_good_count >= NOISY_SHARE * self.verdict_count


def find_rule_feedback(*, now: datetime) -> tuple[RuleFeedback, ...]:
    """Return the record of every rule, in the order of the reasons. Three queries."""
    since = now - PERIOD
    opened = _counted(Q(opened_at__gte=since))
    open_now = _counted(Q(cleared_at__isnull=True))
    acts = _acts(since)
    nothing = dict.fromkeys(("dismissed", "useful", "not_useful", "verdict", "no_good"), 0)
    off = conf.get_settings().DISABLED_REASONS
    return tuple(
        RuleFeedback(
            rule=rule,
            is_on=reason not in off,
            opened_count=opened.get(reason, 0),
            open_count=open_now.get(reason, 0),
            **{f"{name}_count": count for name, count in acts.get(reason, nothing).items()},
        )
        for reason, rule in rules.BY_REASON.items()
        # An instructor's own word is no rule.
        if reason not in rules.REQUESTED
    )


def _counted(which: Q) -> Mapping[str, int]:
    return dict(Finding.objects.filter(which).values_list("reason").annotate(Count("pk")))


def _acts(since: datetime) -> Mapping[str, Mapping[str, int]]:
    def findings(which: Q) -> Count:
        return Count("finding", filter=which, distinct=True)

    rows: Any = (  # the stubs know no row that loses a key
        Action.objects.in_effect()
        .filter(finding__isnull=False, happened_at__gte=since)
        .values("finding__reason")
        .annotate(
            dismissed=findings(Q(kind=ActionKind.DISMISSED)),
            useful=findings(Q(kind=ActionKind.USEFUL)),
            not_useful=findings(Q(kind=ActionKind.NOT_USEFUL)),
            verdict=findings(VERDICTS),
            no_good=findings(NO_GOOD),
        )
    )
    return {row.pop("finding__reason"): row for row in rows}
