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
from tracking.models import Action
from tracking.privacy import erasure, inventory
from tracking.privacy.inventory import INVENTORY, DataOrigin, PersonalDataTable


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
    for holding in INVENTORY:
        if _is_kept(holding) and "__" not in holding.learner:
            inventory.personal_rows(holding, learner_id).order_by().update(**{holding.learner: to})
    for holding in INVENTORY:
        for name in holding.related_user_fields:
            holding.model._default_manager.filter(**{name: learner_id}).update(**{name: to})
    # Those that were taken back come before what took them back, and every row after what it hangs on.
    return [
        list(inventory.personal_rows(holding, to).order_by("pk"))
        for holding in INVENTORY
        if holding.is_copied
    ]


def restore_rows(copies: Sequence[Sequence[Model]]) -> None:
    """Put back the rows of ``copies`` that the deletion has taken."""
    for rows in copies:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def erase_rest(learner_id: LearnerId) -> None:
    """Erase what still names the learner: what is not kept under a pseudonym."""
    erasure.erase_learner_data(erasure.ErasureScope(learner_id=learner_id), by="the platform")


def _is_kept(holding: PersonalDataTable) -> bool:
    """Return whether a pseudonym keeps the rows: not the records of consent and access, nor what names the learner."""
    is_record = holding.origin is DataOrigin.ADMINISTRATIVE and not holding.is_copied
    return bool(holding.course) and not is_record and not holding.names_learner
