"""Keeping the SQL views out of the way of migrations: a table that a view reads cannot be changed under it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate, pre_migrate

from tracking.interchange import sql_views
from tracking.models import CourseOutline

_taken_away: set[str] = set()


def subscribe() -> None:
    """Listen to migrations. Once is enough: nothing of it follows from the settings."""
    pre_migrate.connect(_take_away, dispatch_uid="tracking.sql_views.before")
    post_migrate.connect(_bring_back, dispatch_uid="tracking.sql_views.after")


def _take_away(sender: AppConfig, using: str, **_: Any) -> None:
    if sender.name == "tracking" and using == connection.alias and sql_views.exist():
        sql_views.drop()
        _taken_away.add(using)


def _bring_back(sender: AppConfig, using: str, **_: Any) -> None:
    if sender.name != "tracking" or using not in _taken_away:
        return
    _taken_away.discard(using)
    # Who uninstalls has no tables left to look at.
    if CourseOutline._meta.db_table in connection.introspection.table_names():
        sql_views.create()
