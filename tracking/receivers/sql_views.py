"""Empties the SQL views during migrations, because a database refuses to change a table that a view reads."""

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
    """Listen to migrations. Independent of the settings, so it is never disconnected."""
    pre_migrate.connect(empty_views_before_migrate, dispatch_uid="tracking.sql_views.before")
    post_migrate.connect(restore_views_after_migrate, dispatch_uid="tracking.sql_views.after")


def empty_views_before_migrate(
    sender: AppConfig, using: str, plan: Iterable[tuple[Migration, bool]] = (), **_: Any
) -> None:
    """Empty the views if a table that they read may change; otherwise leave them as they are."""
    if not _is_about_us(sender, using):
        return
    # Our learner columns have the type of the host's user key, so a migration of the user's app can change them too.
    apps = {"tracking", get_user_model()._meta.app_label}
    if any(migration.app_label in apps for migration, _is_backwards in plan) and sql_views.views_exist():
        sql_views.empty_views()


def restore_views_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """Recreate emptied views as soon as the tables match the models.

    The views may have been emptied by another process, whose migration then failed.
    """
    if not _is_about_us(sender, using) or not sql_views.are_views_emptied():
        return
    # After "migrate tracking zero" there are no tables left for the views.
    if CourseOutline._meta.db_table not in connection.introspection.table_names():
        sql_views.drop_views()
    elif not _has_unapplied_migrations():
        sql_views.create_views()


def _is_about_us(sender: AppConfig, using: str) -> bool:
    return sender.name == "tracking" and using == connection.alias


def _has_unapplied_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes("tracking")))
