"""What people say of the findings: a rule that is mostly told to be wrong does harm."""

from __future__ import annotations

from datetime import datetime

from tracking.findings import rule_feedback
from tracking.management.doctor.results import CheckResult, ok, warning


def check_noisy_rules(now: datetime) -> CheckResult:
    """Look at the rules whose findings people mostly called no good."""
    records = rule_feedback.find_rule_feedback(now=now)
    noisy = [each for each in records if each.is_noisy and each.is_on]
    judged, no_good = (
        sum(getattr(each, name) for each in records) for name in ("verdict_count", "no_good_count")
    )
    off = ", ".join(each.reason for each in records if not each.is_on) or "none"
    fact = (
        f"{judged:,} findings with a verdict in 90 days, {no_good:,} of them negative; switched off: {off}."
    )
    if not noisy:
        return ok("rules", fact)
    told = ", ".join(f"{each.reason} ({each.no_good_count} of {each.verdict_count})" for each in noisy)
    return warning(
        "rules",
        f"{fact} Noisy: {told}.",
        "Change its threshold (docs/findings.md), or add it to DISABLED_REASONS.",
    )
