"""What ``manage.py check --tag tracking`` says about settings, installation and adapter. Ids are never reused."""

from tracking.checks import declarations, installation, options

__all__ = ["declarations", "installation", "options"]
