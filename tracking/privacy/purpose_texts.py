"""The consent text of each purpose: what is recorded, why, and who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tracking.events import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeText:
    """The text about one purpose that learners read."""

    title: str | Promise
    what: str | Promise
    why: str | Promise
    who: str | Promise


YOU_AND_INSTRUCTORS = _("You and the instructors of the course. Both see the same numbers.")

WORDS: Mapping[Purpose, PurposeText] = {
    Purpose.RECORD: PurposeText(
        title=_("Your course record"),
        what=_("Your quiz attempts and results, and the lessons you mark as done."),
        why=_("It is part of taking the course."),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.ENGAGEMENT: PurposeText(
        title=_("How you work through the course"),
        what=_(
            "Which lessons you open and when, how long a page and its sections are visible "
            "and active, how far you scroll, which parts of a video you play, clicks on "
            "elements that the course has named, forms you start or submit, and where a page "
            "does not work for you. Never what you type, and never what you do on other "
            "sites."
        ),
        why=_(
            "It shows you where your time went and which lessons are worth reviewing, and it "
            "lets your instructor notice when something is too hard."
        ),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.NUDGES: PurposeText(
        title=pgettext_lazy("tracking", "Messages"),
        what=_(
            "A short message from an instructor on your page, when something is worth "
            "reviewing or when you have been away for a while."
        ),
        why=_("So that an instructor can suggest in words what to do next."),
        who=YOU_AND_INSTRUCTORS,
    ),
    Purpose.COMPARISON: PurposeText(
        title=_("Comparison with the class"),
        what=_("Your numbers next to the class median, never a rank and never a name."),
        why=_("Some people find it helpful; many do not."),
        who=_("Only you."),
    ),
}

README = _(
    "This is everything recorded about you, as of %(moment)s.\ncsv/ opens in a "
    "spreadsheet, json/ is for programs.\n"
    "Times are in UTC; _ms means milliseconds. In csv/, text that begins with =, +, "
    "- or @ has a ' in front of it,\nso that spreadsheets do not treat it as a "
    "formula."
)
