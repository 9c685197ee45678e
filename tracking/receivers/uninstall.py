"""Leaving nothing behind: what Django notes of our models goes with their tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.migrations import Migration
from django.db.models.signals import post_migrate

APP = "tracking"


def connect_uninstall() -> None:
    """Listen to migrations, also while tracking is off."""
    post_migrate.connect(delete_content_types, dispatch_uid="tracking.uninstalling")


def delete_content_types(
    sender: Any, using: str, plan: Iterable[tuple[Migration, bool]] = (), **_: Any
) -> None:
    """Delete the content types of our models, and so their permissions, after ``migrate tracking zero``."""
    undone = {
        migration.name for migration, is_backwards in plan if is_backwards and migration.app_label == APP
    }
    if sender.label == APP and "0001_initial" in undone:
        ContentType.objects.using(using).filter(app_label=APP).delete()
        ContentType.objects.clear_cache()
