"""The demo's registration with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Registers the ``demo`` command."""

    name = "config.demo"
    label = "demo"
