"""What a finding rule is: one value with the reason, the code that finds it, and every sentence about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tracking.conf import TrackingSettings
from tracking.definitions.reasons import Audience, DeclaredReason
from tracking.events import UnitKind
from tracking.findings.candidates import Candidate
from tracking.findings.facts import ClassFacts, LearnerFacts
from tracking.models import UnitState

Words: TypeAlias = Mapping[str, Any]
"""The evidence of a finding, with titles and shares put in words: what a sentence is filled with."""

Sentence: TypeAlias = Promise | Callable[[Words], str]
"""A template, or what makes the text where it depends on the evidence."""

NextStep: TypeAlias = Promise | Callable[[Mapping[str, Any], str], str]
"""The words of a link, or what makes them of the evidence and the kind of the unit."""

BOTH = frozenset(Audience)
ONLY_LEARNER = frozenset({Audience.LEARNER})
ONLY_INSTRUCTOR = frozenset({Audience.INSTRUCTOR})


class FindInLearner(Protocol):
    """The areas of one reason in one learner. A pure function: it reads no rows."""

    def __call__(
        self, learner: LearnerFacts, settings: TrackingSettings, /, *, now: datetime
    ) -> Iterable[Candidate]: ...


class FindInClass(Protocol):
    """The areas of one reason in a class. A pure function: it reads no rows."""

    def __call__(self, facts: ClassFacts, settings: TrackingSettings, /) -> Iterable[Candidate]: ...


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule(DeclaredReason):
    """What rules about a learner and rules about a class have in common."""

    thresholds: tuple[str, ...] = ()
    """The settings that it compares with."""
    to_instructor: Sentence
    """What was measured, with its numbers."""
    next_step: NextStep


@dataclass(frozen=True, kw_only=True, eq=False)
class LearnerRule(Rule):
    """A rule about one learner."""

    audiences: frozenset[Audience] = BOTH
    find: FindInLearner
    label_to_learner: Promise
    """What the reason is called in front of the learner, who should not read that they are at risk."""
    to_learner: Sentence
    """What we saw, without blame."""
    cites_page_views: bool = False
    """Whether it rests on how a unit was read, so that the evidence names the page views."""
    is_alone: bool = False
    """Where it finds something, nothing else is said."""
    is_requested: bool = False
    """An instructor asks for it. It is no rule that could be noisy or switched off, and comes before all others."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassRule(Rule):
    """A rule about a whole class."""

    audiences: frozenset[Audience] = ONLY_INSTRUCTOR
    find: FindInClass


def next_step_for_unit(evidence: Mapping[str, Any], kind: str) -> str:
    """Return what to do about a unit that nothing more is known of than its kind and its state in the evidence."""
    if kind == UnitKind.QUIZ:
        return _("Review, then try again")
    if evidence.get("state") in (UnitState.SKIPPED, UnitState.NOT_REACHED):
        return _("Read this lesson")
    return _("Go through it again")


def next_step_for_skipped(_evidence: Mapping[str, Any], kind: str) -> str:
    """Return what to do about a unit that was never opened."""
    return next_step_for_unit({"state": UnitState.SKIPPED}, kind)
