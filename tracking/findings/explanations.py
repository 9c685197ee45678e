"""Findings in words: kind and pointing onwards for the learner, exact for the instructor. Each number is evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext_lazy
from django.utils.translation import gettext as _

from tracking.definitions import durations
from tracking.events import UnitKind
from tracking.models import Finding, Reason, UnitState

Titles = Mapping[str, str]
"""Titles of units by their key."""

MISSED = ngettext_lazy(
    "In “%(quiz)s” you missed %(missed_count)s question that comes from this lesson.",
    "In “%(quiz)s” you missed %(missed_count)s questions that come from this lesson.",
    "missed_count",
)

SENTENCES_FOR_LEARNER: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: MISSED,
    Reason.MISSED_QUESTIONS: MISSED,
    Reason.REPEATED_FAILURE: ngettext_lazy(
        "You have tried this %(attempt_count)s time. The lessons behind it may help more than another try.",
        "You have tried this %(attempt_count)s times. The lessons behind it may help more than another try.",
        "attempt_count",
    ),
    Reason.NOT_PASSED: gettext_lazy(
        "You are not through with this one yet: your best result so far is %(best)s."
    ),
    Reason.SKIPPED: gettext_lazy("You went past this, and later parts build on it."),
    Reason.LONG_TIME: ngettext_lazy(
        "You have spent a good while on this (%(minutes)s minute). It may be time to ask for a hand.",
        "You have spent a good while on this (%(minutes)s minutes). It may be time to ask for a hand.",
        "minutes",
    ),
    Reason.INACTIVE: ngettext_lazy(
        "It has been %(days)s day. Your place is kept: carry on where you stopped.",
        "It has been %(days)s days. Your place is kept: carry on where you stopped.",
        "days",
    ),
    Reason.MISSED_LONG_TIME: ngettext_lazy(
        "In “%(quiz)s” you missed %(missed_count)s question that comes from this lesson, and you have given it much "
        "time. Another way in may help: ask somebody, or begin with the part that was clear.",
        "In “%(quiz)s” you missed %(missed_count)s questions that come from this lesson, and you have given it much "
        "time. Another way in may help: ask somebody, or begin with the part that was clear.",
        "missed_count",
    ),
    Reason.WHEEL_SPINNING: ngettext_lazy(
        "You have kept at “%(skill)s” for %(answered_count)s answer. Going on alone may not be the best way: "
        "ask for a hand, or go back one step.",
        "You have kept at “%(skill)s” for %(answered_count)s answers. Going on alone may not be the best way: "
        "ask for a hand, or go back one step.",
        "answered_count",
    ),
    Reason.LOW_MASTERY: gettext_lazy(
        "%(correct_count)s of your %(answered_count)s answers on “%(skill)s” were right so far. Some more practice "
        "here will carry you further."
    ),
    Reason.REVIEW_DUE: ngettext_lazy(
        "You knew “%(skill)s” %(days)s day ago. A short review now keeps it.",
        "You knew “%(skill)s” %(days)s days ago. A short review now keeps it.",
        "days",
    ),
    Reason.STALLED: gettext_lazy("You keep coming. This is the next new thing, whenever you are ready."),
    Reason.AT_RISK: gettext_lazy(
        "It is a good moment to pick one small thing and finish it; your instructor is glad to help."
    ),
    Reason.NEVER_STARTED: gettext_lazy("The course is open, and your first lesson waits for you."),
    Reason.REVIEW_ASSIGNED: gettext_lazy("Your instructor suggests that you go back to this."),
}

SENTENCES_FOR_INSTRUCTOR: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: ngettext_lazy(
        "Missed the one question on “%(unit)s” in “%(quiz)s”; the lesson: %(state_label)s.",
        "Missed %(missed_count)s of %(asked_count)s questions on “%(unit)s” in “%(quiz)s”; "
        "the lesson: %(state_label)s.",
        "asked_count",
    ),
    Reason.MISSED_QUESTIONS: ngettext_lazy(
        "Missed the one question on “%(unit)s” in “%(quiz)s”, having read the lesson.",
        "Missed %(missed_count)s of %(asked_count)s questions on “%(unit)s” in “%(quiz)s”, having read the lesson.",
        "asked_count",
    ),
    Reason.REPEATED_FAILURE: ngettext_lazy(
        "“%(unit)s”: %(attempt_count)s attempt not passed, best %(best)s.",
        "“%(unit)s”: %(attempt_count)s attempts not passed, best %(best)s.",
        "attempt_count",
    ),
    Reason.NOT_PASSED: gettext_lazy("“%(unit)s” not passed yet, best %(best)s."),
    Reason.SKIPPED: gettext_lazy("Went past “%(unit)s” without working on it."),
    Reason.LONG_TIME: ngettext_lazy(
        "%(minutes)s minute on “%(unit)s”, not finished; nine in ten of the class need at most %(p90_minutes)s.",
        "%(minutes)s minutes on “%(unit)s”, not finished; nine in ten of the class need at most %(p90_minutes)s.",
        "minutes",
    ),
    Reason.INACTIVE: ngettext_lazy("No activity for %(days)s day.", "No activity for %(days)s days.", "days"),
    Reason.MISSED_LONG_TIME: ngettext_lazy(
        "Missed the one question on “%(unit)s” in “%(quiz)s”, after %(minutes)s minutes on the lesson.",
        "Missed %(missed_count)s of %(asked_count)s questions on “%(unit)s” in “%(quiz)s”, after %(minutes)s minutes "
        "on the lesson.",
        "asked_count",
    ),
    Reason.WHEEL_SPINNING: gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right over several sittings, never more than "
        "%(longest_run_count)s in a row."
    ),
    Reason.LOW_MASTERY: gettext_lazy(
        "“%(skill)s”: %(correct_count)s of %(answered_count)s answers right; the next is right with a chance of "
        "%(chance)s."
    ),
    Reason.REVIEW_DUE: ngettext_lazy(
        "“%(skill)s”: known %(days)s day ago (%(correct_count)s of %(answered_count)s right), due for a review.",
        "“%(skill)s”: known %(days)s days ago (%(correct_count)s of %(answered_count)s right), due for a review.",
        "days",
    ),
    Reason.STALLED: ngettext_lazy(
        "Has begun nothing new for %(days)s days, though here on %(active_day_count)s day of them; next is “%(unit)s”.",
        "Has begun nothing new for %(days)s days, though here on %(active_day_count)s days of them; next is “%(unit)s”.",
        "active_day_count",
    ),
    Reason.AT_RISK: gettext_lazy("Not likely to finish (risk %(score_label)s on day %(day)s)."),
    Reason.NEVER_STARTED: ngettext_lazy(
        "Has not started; the course has been open to them for %(days)s day.",
        "Has not started; the course has been open to them for %(days)s days.",
        "days",
    ),
    Reason.REVIEW_ASSIGNED: gettext_lazy("Has been asked to go back to “%(unit)s”."),
    Reason.OFTEN_SKIPPED: gettext_lazy(
        "%(skipped_count)s of the %(passed_by_count)s learners who should be through with it by now "
        "skipped it (%(share)s)."
    ),
    Reason.HARD_QUIZ: gettext_lazy(
        "%(first_passed_count)s of %(attempted_count)s learners passed at the first attempt (%(share)s)."
    ),
    Reason.NOT_COVERED_LINK: gettext_lazy(
        "%(missed_share)s of the %(missed_count)s learners who missed a question on it in “%(quiz)s” had passed it "
        "over; of the %(right_count)s who did not miss it, %(right_share)s had. The two go together; that does not say "
        "that one causes the other."
    ),
    Reason.HARD_LESSON: gettext_lazy(
        "%(correct_count)s of %(answered_count)s first answers on this lesson were right (%(share)s)."
    ),
}

LABELS_FOR_LEARNER: Mapping[str, Promise] = {
    Reason.MISSED_NOT_COVERED: gettext_lazy("A lesson to read first"),
    Reason.REPEATED_FAILURE: gettext_lazy("A quiz that wants another way in"),
    Reason.NOT_PASSED: gettext_lazy("A quiz to try again"),
    Reason.MISSED_LONG_TIME: gettext_lazy("A lesson that wants another way in"),
    Reason.MISSED_QUESTIONS: gettext_lazy("A lesson to go through again"),
    Reason.WHEEL_SPINNING: gettext_lazy("A good place to ask for a hand"),
    Reason.LOW_MASTERY: gettext_lazy("Something to practise"),
    Reason.REVIEW_DUE: gettext_lazy("A short review"),
    Reason.SKIPPED: gettext_lazy("A lesson still to come"),
    Reason.LONG_TIME: gettext_lazy("A good place to ask for a hand"),
    Reason.STALLED: gettext_lazy("The next new thing"),
    Reason.AT_RISK: gettext_lazy("One small step"),
    Reason.INACTIVE: gettext_lazy("Your place is kept"),
    Reason.NEVER_STARTED: gettext_lazy("Your course is open"),
    Reason.REVIEW_ASSIGNED: gettext_lazy("From your instructor"),
}
"""What a reason is called before the learner: nobody should read of themselves that they are at risk."""

OVERDUE_TO_LEARNER = ngettext_lazy(
    "This was due and is not begun yet: a good place to go on.",
    "%(overdue_count)s lessons and quizzes were due and are not begun yet. This is the first of them.",
    "overdue_count",
)

OVERDUE_TO_INSTRUCTOR = ngettext_lazy(
    "“%(unit)s” was due and is not begun.",
    "%(overdue_count)s lessons and quizzes were due and are not begun, the first of them “%(unit)s”.",
    "overdue_count",
)

MISSED_SENTENCE = ngettext_lazy(
    "Missed the one question on “%(unit)s” in “%(quiz)s”.",
    "Missed %(missed_count)s of %(asked_count)s questions on “%(unit)s” in “%(quiz)s”.",
    "asked_count",
)

SKIMMED_SENTENCE = gettext_lazy("Gone through in %(read)s; expected: %(expected)s.")

HASTE_IN_CLASS_TO_INSTRUCTOR = gettext_lazy("Gone through in %(read)s; usual in this class: %(expected)s.")

STATE_SENTENCES: Mapping[str, Promise] = {
    UnitState.SKIMMED: gettext_lazy("You went through it quickly."),
    UnitState.BOUNCED: gettext_lazy("You opened it only for a moment."),
    UnitState.SKIPPED: gettext_lazy("You have not read it yet."),
    UnitState.NOT_REACHED: gettext_lazy("You have not read it yet."),
}

PERCENT_PLACEHOLDERS = {"chance": "expected_share", "score_label": "score"}
"""Words that are a share of the evidence in per cent."""

NEXT_STEPS: Mapping[str, Promise] = {
    Reason.NEVER_STARTED: gettext_lazy("Start the course"),
    Reason.INACTIVE: gettext_lazy("Continue"),
    Reason.AT_RISK: gettext_lazy("Continue"),
    Reason.STALLED: gettext_lazy("Go on here"),
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
    return _("not graded") if share is None else _("%(number)s %%") % {"number": round(share * 100)}
