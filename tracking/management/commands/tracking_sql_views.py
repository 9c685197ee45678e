"""``manage.py tracking_sql_views``: create read-only views for Metabase, Superset, Grafana and other SQL clients."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tracking.exports import sql_views


class Command(BaseCommand):
    help = "Create or recreate the SQL views. Migrations empty and recreate them automatically."

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--drop", action="store_true", help="Drop the views.")
        choice.add_argument(
            "--print-sql", action="store_true", help="Print the SQL that creates them, and change nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print_sql"]:
            self.stdout.write(";\n".join(sql_views.view_statements()) + ";")
        elif options["drop"]:
            sql_views.drop_views()
        else:
            sql_views.create_views()
            self.stdout.write("\n".join(sql_views.view_names()))
