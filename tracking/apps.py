"""The Django app."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers checks and, where the host's adapter names models, the receivers that follow them."""

    name = "tracking"
    verbose_name = "Tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Importing the checks registers them, and importing the rules declares their reasons.
        from tracking import checks, receivers  # noqa: F401
        from tracking.findings import rules  # noqa: F401

        receivers.connect()
