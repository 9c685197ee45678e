"""Keeping a learner's figures where the host deletes its user: under a user of ours that is nobody.

The deletion has made up its mind about some rows before anybody is told of it, and takes them whatever they say by
then. So rows that others hang on are copied, and put back once the user is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model

from tracking.events import LearnerId
from tracking.models import Action, Answer, Attempt, Finding, FindingTriage, XapiDocument, XapiStatement
from tracking.privacy import erasure, inventory
from tracking.privacy.inventory import INVENTORY, DataOrigin

COPIED: tuple[type[Model], ...] = (Attempt, Answer, Finding, FindingTriage, Action)
"""The rows that a deletion takes one by one; each after what it hangs on."""

NAMING: tuple[type[Model], ...] = (XapiStatement, XapiDocument)
"""What content said word for word: it says who it is about."""

KEPT = tuple(
    each
    for each in INVENTORY
    if each.course
    and each.model not in NAMING
    and (each.origin is not DataOrigin.ADMINISTRATIVE or each.model in COPIED)
)
"""What is kept under the pseudonym. The words of content go, and so do the records of consent and of looks."""


def create_placeholder_user() -> Any:
    """Make a user that nobody can log in as, named by chance. Raises what the host's model raises."""
    users = get_user_model()
    user = users(**{users.USERNAME_FIELD: f"former-learner-{secrets.token_hex(8)}", "is_active": False})
    user.set_unusable_password()
    user.save()
    return user


def reassign_learner_rows(learner_id: LearnerId, to: LearnerId) -> list[Sequence[Model]]:
    """Name ``to`` in every row that names the learner, and return copies of those to put back with ``restore_rows``.

    What people wrote in their own words goes, for it may name somebody.
    """
    Action.objects.filter(learner_id=learner_id).update(text="")
    for holding in KEPT:
        if "__" not in holding.learner:
            inventory.personal_rows(holding, learner_id).order_by().update(**{holding.learner: to})
    for holding in INVENTORY:
        for name in holding.related_user_fields:
            holding.model._default_manager.filter(**{name: learner_id}).update(**{name: to})
    return [list(_rows(model, to)) for model in COPIED]


def restore_rows(copies: Sequence[Sequence[Model]]) -> None:
    """Put back the rows of ``copies`` that the deletion has taken."""
    for rows in copies:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def erase_rest(learner_id: LearnerId) -> None:
    """Erase what still names the learner: what is not kept under a pseudonym."""
    erasure.erase_learner_data(erasure.ErasureScope(learner_id=learner_id), by="the platform")


def _rows(model: type[Model], learner_id: LearnerId) -> Any:
    holding = next(each for each in INVENTORY if each.model is model)
    # Those that were taken back come before what took them back.
    return inventory.personal_rows(holding, learner_id).order_by("pk")
