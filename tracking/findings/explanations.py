"""Findings in words: kind and pointing onwards for the learner, exact for the instructor. Each number is evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from tracking.definitions import durations, shares
from tracking.findings import rules
from tracking.findings.rules.rule import LearnerRule, Sentence, Words
from tracking.models import Finding, UnitState

Titles = Mapping[str, str]
"""Titles of units by their key."""

PERCENT_PLACEHOLDERS = {"chance": "expected_share", "score_label": "score"}
"""Words that are a share of the evidence in per cent."""

SHARE_PLACEHOLDERS = (
    ("skipped_count", "passed_by_count"),
    ("first_passed_count", "attempted_count"),
    ("correct_count", "answered_count"),
)


def explain_to_learner(finding: Finding, titles: Titles) -> str:
    """Return a sentence or two to the learner: what we saw, without blame."""
    rule = rules.BY_REASON[finding.reason]
    if not isinstance(rule, LearnerRule):
        raise TypeError(f"{finding.reason!r} is about a class. Explain it to an instructor.")
    return _say(rule.to_learner, _words(finding, titles))


def explain_to_instructor(finding: Finding, titles: Titles) -> str:
    """Return a sentence or two to the instructor: what was measured, with its numbers."""
    return _say(rules.BY_REASON[finding.reason].to_instructor, _words(finding, titles))


def explain_next_step(finding: Finding, kind: str) -> str:
    """Return what to do about it, as the words of a link to the unit."""
    step = rules.BY_REASON[finding.reason].next_step
    return str(step) if isinstance(step, Promise) else step(finding.evidence, kind)


def _say(sentence: Sentence, words: Words) -> str:
    return str(sentence % words) if isinstance(sentence, Promise) else sentence(words)


def _words(finding: Finding, titles: Titles) -> dict[str, Any]:
    evidence = finding.evidence
    skill_key = evidence.get("skill_key", "")
    words = {
        **evidence,
        "unit": _apart(titles.get(finding.unit_key, "")),
        "quiz": _apart(titles.get(evidence.get("quiz_key", ""), "")),
        "skill": _apart(titles.get(skill_key, skill_key)),
        "best": _percent(evidence.get("best_share")),
        "share": _percent(_share(evidence)),
    }
    for name, source in PERCENT_PLACEHOLDERS.items():
        if source in evidence:
            words[name] = _percent(evidence[source])
    if "state" in evidence:
        words["state_label"] = UnitState(evidence["state"]).label
    if "active_ms" in evidence:
        words["minutes"] = round(evidence["active_ms"] / 60_000)
        words["p90_minutes"] = round((evidence["p90_ms"] or 0) / 60_000)
    if "read_seconds" in evidence:
        words["read"] = durations.duration_text(evidence["read_seconds"])
        words["expected"] = durations.duration_text(evidence["expected_seconds"])
    if "right_count" in evidence:
        words["missed_share"] = _percent(evidence["missed_not_covered_count"] / evidence["missed_count"])
        words["right_share"] = _percent(evidence["right_not_covered_count"] / evidence["right_count"])
    return words


def _apart(title: str) -> str:
    # In a line from right to left, "Check: DNS" in quotation marks would lose its colon and a mark to the other side.
    return f"\u2068{title}\u2069" if get_language_bidi() else title


def _share(evidence: Mapping[str, Any]) -> float | None:
    for part, whole in SHARE_PLACEHOLDERS:
        if evidence.get(whole):
            return float(evidence[part] / evidence[whole])
    return None


def _percent(share: float | None) -> str:
    return _("not graded") if share is None else _("%(number)s %%") % {"number": shares.whole_percent(share)}
