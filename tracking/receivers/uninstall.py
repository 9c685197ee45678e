"""Deletes our content types and permissions when the tables are removed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.migrations import Migration
from django.db.models.signals import post_migrate

APP = "tracking"

_labels = {APP}


def connect_uninstall(label: str = APP) -> None:
    """Listen to the migrations of the app ``label``, even if tracking is disabled."""
    _labels.add(label)
    post_migrate.connect(delete_content_types, dispatch_uid="tracking.uninstalling")


def delete_content_types(
    sender: Any, using: str, plan: Iterable[tuple[Migration, bool]] = (), **_: Any
) -> None:
    """Delete the content types of our models, and with them their permissions, after ``migrate LABEL zero``."""
    undone = {
        migration.name
        for migration, is_backwards in plan
        if is_backwards and migration.app_label == sender.label
    }
    # Only when the first migration is undone are all tables gone. Before, the content types are still in use.
    if sender.label in _labels and "0001_initial" in undone:
        ContentType.objects.using(using).filter(app_label=sender.label).delete()
        ContentType.objects.clear_cache()
