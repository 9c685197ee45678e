"""What an operator sees in Django's admin: everything that says whether the installation works, and nothing to change.

Django imports this package only where ``django.contrib.admin`` is installed.
"""

from tracking.admin import courses, operations, quarantine, records, webhooks

__all__ = ["courses", "operations", "quarantine", "records", "webhooks"]
