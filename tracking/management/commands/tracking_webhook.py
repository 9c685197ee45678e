"""``manage.py tracking_webhook``: manage the URLs that receive findings, completions and grades."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tracking.exceptions import TrackingError
from tracking.exports import deliveries, outbound_http, webhooks
from tracking.models import Delivery, Webhook
from tracking.models.deliveries import WEBHOOK_TOPICS

TOPICS = [topic.value for topic in WEBHOOK_TOPICS]


class Command(BaseCommand):
    help = "Add, list and remove webhooks, resend what was sent, or retry dead letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        subcommands = parser.add_subparsers(dest="action", required=True)
        adding = subcommands.add_parser(
            "add", help="Add a URL, and print the secret that verifies its deliveries."
        )
        adding.add_argument("url")
        adding.add_argument(
            "--topic", action="append", choices=TOPICS, help="Topic to send; may be repeated. Default: all."
        )
        adding.add_argument(
            "--course",
            action="append",
            default=[],
            metavar="KEY",
            help="Send only this course; may be repeated.",
        )
        subcommands.add_parser("list", help="List webhooks with their pending deliveries and dead letters.")
        for name, text in (
            ("remove", "Delete a webhook and its deliveries."),
            ("resend", "Resend what a webhook was sent."),
        ):
            subparser = subcommands.add_parser(name, help=text)
            subparser.add_argument("number", type=int)
            if name == "resend":
                subparser.add_argument(
                    "--hours", type=float, default=24, help="How many hours back (default: 24)."
                )
        subcommands.add_parser("retry-dead-letters", help="Retry dead letters.")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['action'].replace('-', '_')}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        try:
            outbound_http.check_target_url(options["url"])
        except TrackingError as error:
            raise CommandError(str(error)) from error
        hook = Webhook.objects.create(
            url=options["url"],
            secret=webhooks.new_secret(),
            topics=options["topic"] or TOPICS,
            course_keys=options["course"],
        )
        self.stdout.write(f"{hook.pk}: {hook.url} receives {', '.join(hook.topics)}.")
        self.stdout.write(f"Its secret is {hook.secret}")

    def _list(self, options: dict[str, Any]) -> None:
        for hook in Webhook.objects.order_by("pk"):
            own = {"target": str(hook.pk)}
            pending = Delivery.objects.waiting().filter(**own).count()
            dead = Delivery.objects.dead().filter(**own).count()
            state = "" if hook.is_active else " (off)"
            self.stdout.write(f"{hook.pk}: {hook.url}{state}, {pending} pending, {dead} dead letters")

    def _remove(self, options: dict[str, Any]) -> None:
        hook = self._hook(options)
        Delivery.objects.filter(target=str(hook.pk)).delete()
        hook.delete()

    def _resend(self, options: dict[str, Any]) -> None:
        since = timezone.now() - timedelta(hours=options["hours"])
        count = deliveries.replay_webhook(self._hook(options), since=since)
        self.stdout.write(f"{count} deliveries will be resent.")

    def _retry_dead_letters(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{deliveries.retry_dead()} deliveries will be retried.")

    def _hook(self, options: dict[str, Any]) -> Webhook:
        found = Webhook.objects.filter(pk=options["number"]).first()
        if found is None:
            raise CommandError(f"There is no webhook {options['number']}. See tracking_webhook list.")
        return found
