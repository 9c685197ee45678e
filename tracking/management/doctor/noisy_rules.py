"""Checks the feedback on findings: a rule whose findings are mostly rejected does harm."""

from __future__ import annotations

from datetime import datetime

from tracking.findings import rule_feedback
from tracking.management.doctor.results import CheckResult, ok, warning


def check_noisy_rules(now: datetime) -> CheckResult:
    """Check for rules whose findings people mostly rated negative."""
    records = rule_feedback.find_rule_feedback(now=now)
    noisy = [each for each in records if each.is_noisy and each.is_on]
    verdict_count, negative_count = (
        sum(getattr(each, name) for each in records) for name in ("verdict_count", "no_good_count")
    )
    disabled = ", ".join(each.reason for each in records if not each.is_on) or "none"
    fact = (
        f"{verdict_count:,} findings with a verdict in 90 days, {negative_count:,} of them negative; "
        f"switched off: {disabled}."
    )
    if not noisy:
        return ok("rules", fact)
    noisy_text = ", ".join(f"{each.reason} ({each.no_good_count} of {each.verdict_count})" for each in noisy)
    return warning(
        "rules",
        f"{fact} Noisy: {noisy_text}.",
        "Change its threshold (docs/findings.md), or add it to DISABLED_REASONS.",
    )
