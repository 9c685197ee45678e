"""Pseudonyms: keep a learner's figures under a placeholder user when the host deletes the learner's user.

Django collects some rows for deletion before it sends a signal, and deletes them even if they name another user by
then. So rows with dependants are copied, and restored once the user is deleted.
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
    """Create an inactive user with a random name and no usable password. Raises what the host's model raises."""
    users = get_user_model()
    user = users(**{users.USERNAME_FIELD: f"former-learner-{secrets.token_hex(8)}", "is_active": False})
    user.set_unusable_password()
    user.save()
    return user


def reassign_learner_rows(learner_id: LearnerId, to: LearnerId) -> list[Sequence[Model]]:
    """Change every row that names the learner to name ``to``; return copies of those to restore with ``restore_rows``.

    Free text is deleted, because it may name a person.
    """
    Action.objects.filter(learner_id=learner_id).update(text="")
    for table in INVENTORY:
        if _is_kept(table) and "__" not in table.learner:
            inventory.personal_rows(table, learner_id).order_by().update(**{table.learner: to})
    for table in INVENTORY:
        for name in table.related_user_fields:
            table.model._default_manager.filter(**{name: learner_id}).update(**{name: to})
    # Order by key: an undone action precedes the action that undid it, and every row follows the row it refers to.
    return [list(inventory.personal_rows(table, to).order_by("pk")) for table in INVENTORY if table.is_copied]


def restore_rows(copies: Sequence[Sequence[Model]]) -> None:
    """Restore the rows of ``copies`` that the deletion of the user deleted."""
    for rows in copies:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def erase_rest(learner_id: LearnerId) -> None:
    """Erase what still names the learner because no pseudonym keeps it."""
    erasure.erase_learner_data(erasure.ErasureScope(learner_id=learner_id), by="the platform")


def _is_kept(table: PersonalDataTable) -> bool:
    """Return whether a pseudonym keeps the rows. It keeps no consent history, no access log and no rows with names."""
    is_record = table.origin is DataOrigin.ADMINISTRATIVE and not table.is_copied
    return bool(table.course) and not is_record and not table.names_learner
