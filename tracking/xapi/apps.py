"""The Django app."""

from django.apps import AppConfig


class XapiConfig(AppConfig):
    """Adds to the core what speaks xAPI: personal data, a delivery target, an import format, checks and receivers."""

    name = "tracking.xapi"
    label = "tracking_xapi"
    verbose_name = "Tracking: xAPI"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tracking.capture.importing import log_import
        from tracking.exports import deliveries
        from tracking.privacy import downloads, inventory
        from tracking.receivers import uninstall
        from tracking.xapi import checks, lrs_delivery, privacy, receivers  # noqa: F401  Importing the checks registers them.
        from tracking.xapi.importing import statement_rows

        inventory.register(*privacy.TABLES)
        downloads.register_file(privacy.DOWNLOAD)
        deliveries.register_target(lrs_delivery.TARGET)
        log_import.register_reader("xapi", statement_rows.read_statements)
        uninstall.connect_uninstall(self.label)
        receivers.connect()
