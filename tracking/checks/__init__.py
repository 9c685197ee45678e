"""System checks of settings, installation and adapter (``manage.py check --tag tracking``). Ids are never reused."""

from tracking.checks import declarations, declared_views, distribution, installation, settings

__all__ = ["declarations", "declared_views", "distribution", "installation", "settings"]
