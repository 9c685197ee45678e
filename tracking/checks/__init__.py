"""What ``manage.py check --tag tracking`` says about settings, installation and adapter. Ids are never reused."""

from tracking.checks import declarations, declared_views, distribution, installation, settings

__all__ = ["declarations", "declared_views", "distribution", "installation", "settings"]
