"""Follows the deletion of users: the learner's data is erased, or moves to a placeholder user."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.db.models.signals import post_delete, pre_delete

from tracking import conf
from tracking.hooks.boundary import guarded
from tracking.privacy import erasure, pseudonyms

COPIES = "_tracking_copies"
"""The attribute of a user who is being deleted that carries the rows to restore afterwards."""


def connect_user_deletion() -> None:
    """Listen to the deletion of users, even if tracking is disabled, because data from before is still stored."""
    users = get_user_model()
    # Deleting through a proxy sends signals for the proxy only; deleting a child model sends the parent's too.
    proxies = (
        model for model in apps.get_models() if model._meta.proxy and model._meta.concrete_model is users
    )
    for sender in (users, *proxies):
        pre_delete.connect(erase_before_user_deletion, sender=sender, dispatch_uid="tracking.users")
        post_delete.connect(restore_pseudonymised, sender=sender, dispatch_uid="tracking.users")


def erase_before_user_deletion(instance: Model, **_: Any) -> None:
    """Erase or pseudonymise the user's data. If that fails, Django's cascade still deletes all rows."""
    with guarded("Following the deletion of a user"):
        if conf.get_settings().ON_USER_DELETION == "pseudonymise":
            placeholder = pseudonyms.create_placeholder_user()
            setattr(instance, COPIES, pseudonyms.reassign_learner_rows(instance.pk, placeholder.pk))
            pseudonyms.erase_rest(instance.pk)
        else:
            erasure.erase_learner_data(erasure.ErasureScope(learner_id=instance.pk), by="the platform")


def restore_pseudonymised(instance: Model, **_: Any) -> None:
    """Restore pseudonymised rows that the cascade deleted, because Django had selected them before."""
    with guarded("Keeping figures under a pseudonym"):
        pseudonyms.restore_rows(instance.__dict__.pop(COPIES, ()))
