"""Statements that take others back (Data 2.3.2), in whichever order both come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from tracking.events import LearnerId, Purpose
from tracking.xapi.models import XapiMention, XapiStatement
from tracking.xapi.statements import mentions
from tracking.xapi.statements.statement_schema import VOIDED


def inherit_voided_purpose(rows: Sequence[XapiStatement]) -> None:
    """Let each voiding among ``rows`` serve what its target serves, in the target's course.

    Where that is not known it is of the record: a learner who refuses all else can still have a result undone.
    """
    voidings = [row for row in rows if row.verb == VOIDED]
    if not voidings:
        return
    stored = XapiStatement.objects.filter(pk__in=[_target_of(row) for row in voidings]).defer("statement")
    targets = {row.pk: row for row in [*rows, *stored]}
    for row in voidings:
        target = targets.get(_target_of(row))
        row.purpose = Purpose.RECORD
        if target is not None and target.verb != VOIDED and target.learner_id == row.learner_id:
            row.purpose, row.course_key = target.purpose, target.course_key


def void_statements(new: Sequence[XapiStatement], *, learner_id: LearnerId | None) -> list[XapiStatement]:
    """Mark what is voided now that ``new`` and what they mention are stored; return those that were stored before.

    ``learner_id`` is the only one that may be spoken for, as that of ``StatementSender``. Each of ``new`` then says
    whether it is voided.
    """
    found = XapiStatement.objects.filter(
        pk__in=[_target_of(row) for row in new if row.verb == VOIDED], is_voided=False
    ).exclude(verb=VOIDED)
    if learner_id is not None:
        # Content may void statements about its own learner only.
        found = found.filter(learner_id=learner_id)
    targets = {row.pk: row for row in found}
    voided = {*targets, *_voided_early(new)}
    if voided:
        XapiStatement.objects.filter(pk__in=voided).update(is_voided=True)
    for row in new:
        row.is_voided = row.pk in voided
    return [row for key, row in targets.items() if key not in {each.pk for each in new}]


def _voided_early(new: Iterable[XapiStatement]) -> set[UUID]:
    """Return the ids of those of ``new`` that a voiding stored before them names."""
    wanted = {row.pk.hex: row for row in new if row.verb != VOIDED}
    named = XapiMention.objects.filter(
        kind=mentions.TARGET, name__in=wanted, statement__verb=VOIDED
    ).select_related("statement")
    return {wanted[each.name].pk for each in named if _may_void(each.statement, wanted[each.name])}


def _may_void(voiding: XapiStatement, target: XapiStatement) -> bool:
    """Return whether a stored voiding applies to a new statement: content speaks for its own learner only."""
    by = voiding.statement["authority"].get("account", {}).get("name")
    return voiding.learner_id == target.learner_id or by != str(voiding.learner_id)


def _target_of(row: XapiStatement) -> UUID:
    return UUID(row.statement["object"]["id"])
