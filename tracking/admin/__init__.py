"""Django's admin for operators: shows whether the installation works, and is read-only except for retries and webhooks.

Django imports this package only if ``django.contrib.admin`` is installed.
"""

from tracking.admin import courses, operations, quarantine, records, webhooks

__all__ = ["courses", "operations", "quarantine", "records", "webhooks"]
