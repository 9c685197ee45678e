"""Each purpose in plain words: what is recorded, what for, and who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracking import events
from tracking.events import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeText:
    """One purpose as a learner reads it."""

    title: str | Promise
    what: str | Promise
    why: str | Promise
    who: str | Promise


YOU_AND_INSTRUCTORS = _("You, and the instructors of the course. Both see the same numbers.")

WORDS: Mapping[Purpose, PurposeText] = {
    Purpose.RECORD: PurposeText(
        title=_("Your course record"),
        what=_("Your attempts at quizzes, their results, and the lessons you mark as done."),
        why=_("It is part of taking the course."),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.ENGAGEMENT: PurposeText(
        title=_("How you work through the course"),
        what=_(
            "Which lessons you open and when, how long a page and its sections are in front of you and in use, how far "
            "down you read, which parts of a video you play, clicks on what the course names, forms that you begin or "
            "hand in, and where a page does not work for you. Never what you type, and never what you do on other "
            "sites."
        ),
        why=_(
            "It shows you where your time went and which lessons are worth going back to, and it lets your instructor "
            "notice when something is too hard."
        ),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.REPLAY: PurposeText(
        title=_("Replay of a session"),
        what=_("How a page looked and moved while you used it, with all text that you enter left out."),
        why=_("It helps to find out what does not work on a page."),
        who=_("You, and whoever looks after this site."),
    ),
    Purpose.NUDGES: PurposeText(
        title=_("Messages"),
        what=_(
            "A short message from an instructor on your own page, when something is worth going back to or when you "
            "have been away for a while."
        ),
        why=_("So that somebody can tell you in words what to do next."),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.COMPARISON: PurposeText(
        title=_("Comparison with the class"),
        what=_("Your numbers beside the middle of your class, never a rank and never a name."),
        why=_("Some people find it helpful. Many do not."),
        who=_("You alone."),
    ),
}

KINDS: Mapping[str, str | Promise] = {
    events.PAGE_OPENED: _("opened a lesson or quiz"),
    events.PAGE_PROGRESS: _("how long it has been in use so far, and how far down"),
    events.PAGE_DETAILS: _("which parts of the page were in use"),
    events.UNIT_ACCESSED: _("opened, as another log has it"),
    events.UNIT_COMPLETED: _("completed a lesson"),
    events.FEATURE_CLICKED: _("clicked something that the course names"),
    events.MEDIA_PLAYED: _("played parts of a video or sound"),
    events.FORM_STARTED: _("began a form or quiz"),
    events.FORM_SUBMITTED: _("handed a form or quiz in"),
    events.FORM_ABANDONED: _("left a form or quiz without handing it in"),
    events.SCRIPT_FAILED: _("something on the page did not work"),
    events.FRICTION: _("clicked where nothing happened"),
}
"""What each kind of event says."""

README = _(
    "This is everything that is recorded about you, as of %(moment)s.\n"
    "csv/ opens in a spreadsheet, json/ is for programs, xapi/ is what other learning platforms read.\n"
    "Times are UTC; _ms are thousandths of a second. A text that begins with =, +, - or @ has a ' before it in csv/,\n"
    "so that no spreadsheet takes it for a formula."
)
