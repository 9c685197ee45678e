"""Keeping the SQL views out of the way of migrations: a table that a view reads cannot be changed under it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate

from tracking.interchange import sql_views
from tracking.models import CourseOutline


def subscribe() -> None:
    """Listen to migrations. Once is enough: nothing of it follows from the settings."""
    pre_migrate.connect(before, dispatch_uid="tracking.sql_views.before")
    post_migrate.connect(after, dispatch_uid="tracking.sql_views.after")


def before(sender: AppConfig, using: str, plan: Iterable[tuple[Migration, bool]] = (), **_: Any) -> None:
    """Hollow the views out where a table behind them may change, and leave them alone otherwise."""
    if not _is_about_us(sender, using):
        return
    # The keys of learners in our tables have the type of those in the host's.
    behind = {"tracking", get_user_model()._meta.app_label}
    if any(migration.app_label in behind for migration, _is_backwards in plan) and sql_views.exist():
        sql_views.hollow_out()


def after(sender: AppConfig, using: str, **_: Any) -> None:
    """Make views that are hollow whole again, as soon as the tables are as the models have them.

    Hollow are they also since a migration that failed, in a process that is long gone.
    """
    if not _is_about_us(sender, using) or not sql_views.are_hollow():
        return
    # Who uninstalls has no tables left to look at.
    if CourseOutline._meta.db_table not in connection.introspection.table_names():
        sql_views.drop()
    elif not _is_behind():
        sql_views.create()


def _is_about_us(sender: AppConfig, using: str) -> bool:
    return sender.name == "tracking" and using == connection.alias


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes("tracking")))
