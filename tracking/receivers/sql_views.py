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

from tracking.exports import sql_views
from tracking.models import CourseOutline


def connect_migrations_for_sql_views() -> None:
    """Listen to migrations. Once is enough: nothing of it follows from the settings."""
    pre_migrate.connect(empty_views_before_migrate, dispatch_uid="tracking.sql_views.before")
    post_migrate.connect(restore_views_after_migrate, dispatch_uid="tracking.sql_views.after")


def empty_views_before_migrate(
    sender: AppConfig, using: str, plan: Iterable[tuple[Migration, bool]] = (), **_: Any
) -> None:
    """Hollow the views out where a table behind them may change, and leave them alone otherwise."""
    if not _is_about_us(sender, using):
        return
    # The keys of learners in our tables have the type of those in the host's.
    behind = {"tracking", get_user_model()._meta.app_label}
    if any(migration.app_label in behind for migration, _is_backwards in plan) and sql_views.views_exist():
        sql_views.empty_views()


def restore_views_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Make views that are hollow whole again, as soon as the tables are as the models have them.

    Hollow are they also since a migration that failed, in a process that is long gone.
    """
    if not _is_about_us(sender, using) or not sql_views.are_views_emptied():
        return
    # Who uninstalls has no tables left to look at.
    if CourseOutline._meta.db_table not in connection.introspection.table_names():
        sql_views.drop_views()
    elif not _is_behind():
        sql_views.create_views()


def _is_about_us(sender: AppConfig, using: str) -> bool:
    return sender.name == "tracking" and using == connection.alias


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes("tracking")))
