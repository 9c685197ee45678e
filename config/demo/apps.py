"""Register the demo with Django."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo: its commands and its simulated classes."""

    name = "config.demo"
    label = "demo"
