"""Findings in words: kind and pointing onwards for the learner, exact for the instructor. Each number is evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from tracking.definitions import durations, shares
from tracking.events import UnitKind
from tracking.models import Finding, Reason, UnitState

Titles = Mapping[str, str]
"""Titles of units by their key."""

MISSED = ngettext_lazy(
    "In “%(quiz)s”, you missed %(missed_count)s question about this lesson.",
    "In “%(quiz)s”, you missed %(missed_count)s questions about this lesson.",
    "missed_count",
)

SENTENCES_FOR_LEARNER: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: MISSED,
    Reason.MISSED_QUESTIONS: MISSED,
    Reason.REPEATED_FAILURE: ngettext_lazy(
        "You have attempted this %(attempt_count)s time. Reviewing the lessons it covers "
        "may help more than another attempt.",
        "You have attempted this %(attempt_count)s times. Reviewing the lessons it "
        "covers may help more than another attempt.",
        "attempt_count",
    ),
    Reason.NOT_PASSED: gettext_lazy("You have not passed this one yet. Your best result so far is %(best)s."),
    Reason.SKIPPED: gettext_lazy("You skipped this one, and later parts build on it."),
    Reason.LONG_TIME: ngettext_lazy(
        "You have spent %(minutes)s minute on this. It may be a good time to ask for help.",
        "You have spent %(minutes)s minutes on this. It may be a good time to ask for help.",
        "minutes",
    ),
    Reason.INACTIVE: ngettext_lazy(
        "You were last here %(days)s day ago. Your place is saved: pick up where you left off.",
        "You were last here %(days)s days ago. Your place is saved: pick up where you left off.",
        "days",
    ),
    Reason.MISSED_LONG_TIME: ngettext_lazy(
        "In “%(quiz)s”, you missed %(missed_count)s question about this lesson, and you "
        "have already spent a lot of time on it. A different approach may help: ask "
        "someone, or start with the part that made sense.",
        "In “%(quiz)s”, you missed %(missed_count)s questions about this lesson, and you "
        "have already spent a lot of time on it. A different approach may help: ask "
        "someone, or start with the part that made sense.",
        "missed_count",
    ),
    Reason.WHEEL_SPINNING: ngettext_lazy(
        "You have put real work into “%(skill)s”: %(answered_count)s answer so far. "
        "Practising alone may not be the best way forward. Ask for help, or go back one "
        "step.",
        "You have put real work into “%(skill)s”: %(answered_count)s answers so far. "
        "Practising alone may not be the best way forward. Ask for help, or go back one "
        "step.",
        "answered_count",
    ),
    Reason.LOW_MASTERY: gettext_lazy(
        "You have %(correct_count)s of %(answered_count)s answers on “%(skill)s” right "
        "so far. A little more practice will help."
    ),
    Reason.REVIEW_DUE: ngettext_lazy(
        "You knew “%(skill)s” %(days)s day ago. A short review now will help you remember it.",
        "You knew “%(skill)s” %(days)s days ago. A short review now will help you remember it.",
        "days",
    ),
    Reason.STALLED: gettext_lazy(
        "You keep coming back, and that matters. This is your next new step, whenever you are ready."
    ),
    Reason.AT_RISK: gettext_lazy(
        "This is a good moment to pick one small thing and finish it. Your instructor is happy to help."
    ),
    Reason.NEVER_STARTED: gettext_lazy("The course is open, and your first lesson is waiting for you."),
    Reason.REVIEW_ASSIGNED: gettext_lazy("Your instructor suggests going back to this."),
}

SENTENCES_FOR_INSTRUCTOR: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: ngettext_lazy(
        "Missed the only question about “%(unit)s” in “%(quiz)s”. State of the lesson: %(state_label)s.",
        "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
        "“%(quiz)s”. State of the lesson: %(state_label)s.",
        "asked_count",
    ),
    Reason.MISSED_QUESTIONS: ngettext_lazy(
        "Missed the only question about “%(unit)s” in “%(quiz)s”, although the lesson was not skipped.",
        "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
        "“%(quiz)s”, although the lesson was not skipped.",
        "asked_count",
    ),
    Reason.REPEATED_FAILURE: ngettext_lazy(
        "“%(unit)s”: %(attempt_count)s failed attempt, best result %(best)s.",
        "“%(unit)s”: %(attempt_count)s failed attempts, best result %(best)s.",
        "attempt_count",
    ),
    Reason.NOT_PASSED: gettext_lazy("“%(unit)s”: not passed yet, best result %(best)s."),
    Reason.SKIPPED: gettext_lazy("Skipped “%(unit)s”."),
    Reason.LONG_TIME: ngettext_lazy(
        "%(minutes)s minute on “%(unit)s” without finishing; nine in ten learners need "
        "%(p90_minutes)s minutes or less.",
        "%(minutes)s minutes on “%(unit)s” without finishing; nine in ten learners need "
        "%(p90_minutes)s minutes or less.",
        "minutes",
    ),
    Reason.INACTIVE: ngettext_lazy("No activity for %(days)s day.", "No activity for %(days)s days.", "days"),
    Reason.MISSED_LONG_TIME: ngettext_lazy(
        "Missed the only question about “%(unit)s” in “%(quiz)s” after spending "
        "%(minutes)s minutes on the lesson.",
        "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in "
        "“%(quiz)s” after spending %(minutes)s minutes on the lesson.",
        "asked_count",
    ),
    Reason.WHEEL_SPINNING: gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right over several "
        "visits, never more than %(longest_run_count)s in a row."
    ),
    Reason.LOW_MASTERY: gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right. Estimated "
        "chance of getting the next one right: %(chance)s."
    ),
    Reason.REVIEW_DUE: ngettext_lazy(
        "“%(skill)s”: known %(days)s day ago (%(correct_count)s of %(answered_count)s "
        "right), now due for review.",
        "“%(skill)s”: known %(days)s days ago (%(correct_count)s of %(answered_count)s "
        "right), now due for review.",
        "days",
    ),
    Reason.STALLED: ngettext_lazy(
        "Active on %(active_day_count)s day of the last %(days)s but started nothing new. Next: “%(unit)s”.",
        "Active on %(active_day_count)s days of the last %(days)s but started nothing new. Next: “%(unit)s”.",
        "active_day_count",
    ),
    Reason.AT_RISK: gettext_lazy(
        "At risk of not finishing (risk %(score_label)s on day %(day)s of the course)."
    ),
    Reason.NEVER_STARTED: ngettext_lazy(
        "Has not started. The course has been open to this learner for %(days)s day.",
        "Has not started. The course has been open to this learner for %(days)s days.",
        "days",
    ),
    Reason.REVIEW_ASSIGNED: gettext_lazy("Was asked to review “%(unit)s”."),
    Reason.OFTEN_SKIPPED: gettext_lazy(
        "%(skipped_count)s of the %(passed_by_count)s learners who should have finished "
        "it by now skipped it (%(share)s)."
    ),
    Reason.HARD_QUIZ: gettext_lazy(
        "%(first_passed_count)s of %(attempted_count)s learners passed on the first attempt (%(share)s)."
    ),
    Reason.NOT_COVERED_LINK: gettext_lazy(
        "%(missed_share)s of the %(missed_count)s learners who missed a question about "
        "it in “%(quiz)s” had not covered it, compared with %(right_share)s of the "
        "%(right_count)s who got it right. This is a correlation, not proof of a cause."
    ),
    Reason.HARD_LESSON: gettext_lazy(
        "%(correct_count)s of %(answered_count)s first answers to questions about it were right (%(share)s)."
    ),
}

LABELS_FOR_LEARNER: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: gettext_lazy("A lesson to read first"),
    Reason.REPEATED_FAILURE: gettext_lazy("A quiz that needs a different approach"),
    Reason.NOT_PASSED: gettext_lazy("A quiz to try again"),
    Reason.MISSED_LONG_TIME: gettext_lazy("A lesson that needs a different approach"),
    Reason.MISSED_QUESTIONS: gettext_lazy("A lesson to review"),
    Reason.WHEEL_SPINNING: gettext_lazy("A good place to ask for help"),
    Reason.LOW_MASTERY: gettext_lazy("Something to practise"),
    Reason.REVIEW_DUE: gettext_lazy("A short review"),
    Reason.SKIPPED: gettext_lazy("A lesson to catch up on"),
    Reason.LONG_TIME: gettext_lazy("A good place to ask for help"),
    Reason.STALLED: gettext_lazy("Your next step"),
    Reason.AT_RISK: gettext_lazy("One small step"),
    Reason.INACTIVE: gettext_lazy("Your place is saved"),
    Reason.NEVER_STARTED: gettext_lazy("Your course is open"),
    Reason.REVIEW_ASSIGNED: gettext_lazy("From your instructor"),
}
"""What a reason is called before the learner: nobody should read of themselves that they are at risk."""

OVERDUE_TO_LEARNER = ngettext_lazy(
    "This is overdue and not started yet. It is a good place to continue.",
    "%(overdue_count)s lessons and quizzes are overdue and not started yet. Begin with this one.",
    "overdue_count",
)

OVERDUE_TO_INSTRUCTOR = ngettext_lazy(
    "“%(unit)s” is overdue and not started.",
    "%(overdue_count)s lessons and quizzes are overdue and not started. The first is “%(unit)s”.",
    "overdue_count",
)

MISSED_SENTENCE = ngettext_lazy(
    "Missed the only question about “%(unit)s” in “%(quiz)s”.",
    "Missed %(missed_count)s of %(asked_count)s questions about “%(unit)s” in “%(quiz)s”.",
    "asked_count",
)

SKIMMED_SENTENCE = gettext_lazy("Spent %(read)s on it; %(expected)s expected.")

HASTE_IN_CLASS_TO_INSTRUCTOR = gettext_lazy("Spent %(read)s on it; %(expected)s is typical for this class.")

STATE_SENTENCES: Mapping[str, Promise] = {
    UnitState.SKIMMED: gettext_lazy("You went through it quickly."),
    UnitState.BOUNCED: gettext_lazy("You opened it only briefly."),
    UnitState.SKIPPED: gettext_lazy("You have not read it yet."),
    UnitState.NOT_REACHED: gettext_lazy("You have not read it yet."),
}

PERCENT_PLACEHOLDERS = {"chance": "expected_share", "score_label": "score"}
"""Words that are a share of the evidence in per cent."""

NEXT_STEPS: Mapping[str, Promise] = {
    Reason.NEVER_STARTED: gettext_lazy("Start the course"),
    Reason.INACTIVE: gettext_lazy("Continue"),
    Reason.AT_RISK: gettext_lazy("Continue"),
    Reason.STALLED: gettext_lazy("Continue here"),
    Reason.REVIEW_DUE: gettext_lazy("Review it"),
}
"""Next steps that follow from the reason alone."""

SHARE_PLACEHOLDERS = (
    ("skipped_count", "passed_by_count"),
    ("first_passed_count", "attempted_count"),
    ("correct_count", "answered_count"),
)


def explain_to_learner(finding: Finding, titles: Titles) -> str:
    """Return a sentence or two to the learner: what we saw, without blame."""
    words = _words(finding, titles)
    template = OVERDUE_TO_LEARNER if "overdue_count" in words else SENTENCES_FOR_LEARNER[finding.reason]
    sentence = str(template % words)
    if finding.reason == Reason.MISSED_NOT_COVERED:
        sentence += f" {STATE_SENTENCES[words['state']]}"
    if finding.reason == Reason.REVIEW_ASSIGNED and words["text"]:
        sentence += f" “{words['text']}”"
    return sentence


def explain_to_instructor(finding: Finding, titles: Titles) -> str:
    """Return a sentence or two to the instructor: what was measured, with its numbers."""
    words = _words(finding, titles)
    if "overdue_count" in words:
        return str(OVERDUE_TO_INSTRUCTOR % words)
    if finding.reason == Reason.MISSED_QUESTIONS and words["state"] in STATE_SENTENCES:
        # Of a learner who shares no views it is not known whether the lesson was read.
        return str(MISSED_SENTENCE % words)
    sentence = str(SENTENCES_FOR_INSTRUCTOR[finding.reason] % words)
    if "read" in words:
        haste = HASTE_IN_CLASS_TO_INSTRUCTOR if words["is_learned"] else SKIMMED_SENTENCE
        sentence += f" {haste % words}"
    return sentence


def explain_next_step(finding: Finding, kind: str) -> str:
    """Return what to do about it, as the words of a link to the unit."""
    if finding.reason in NEXT_STEPS:
        return str(NEXT_STEPS[finding.reason])
    if kind == UnitKind.QUIZ:
        return _("Review, then try again")
    if finding.reason == Reason.SKIPPED or finding.evidence.get("state") in (
        UnitState.SKIPPED,
        UnitState.NOT_REACHED,
    ):
        return _("Read this lesson")
    return _("Go through it again")


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
