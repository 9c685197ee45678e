"""App configuration of ``tracking``."""

from django.apps import AppConfig


class TrackingConfig(AppConfig):
    """Registers the checks and rules, and the receivers for models that the host's adapter names."""

    name = "tracking"
    verbose_name = "Tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Imported for their side effects: checks register themselves, and rules declare their reasons.
        from tracking import checks, receivers  # noqa: F401
        from tracking.findings import rules  # noqa: F401

        receivers.connect()
